//! The stems of names: literals that names of credentials contain, and the words that they may be a part of.

use super::name::NameKind;

/// A literal that names of credentials contain, and what may stand round it in one word.
pub(super) struct Stem {
    pub(super) literal: &'static [u8],
    pub(super) kind: NameKind,
    /// What may follow in the same word.
    tails: &'static [&'static [u8]],
    /// What stands before in the same word.
    heads: Heads,
}

enum Heads {
    /// Anything but words that end so.
    Except(&'static [&'static [u8]]),
    /// Nothing, or a word that ends so.
    Only(&'static [&'static [u8]]),
    /// A letter or a digit; what follows is another word.
    Scheme,
}

/// What parts the scheme of an address from what follows.
pub(super) const ADDRESS: &[u8] = b"://";

const PLURAL: &[&[u8]] = &[b"", b"s"];

/// The stems. Of those in a name the last decides what it is.
const STEMS: &[Stem] = &[
    Stem {
        literal: b"pass",
        kind: NameKind::Password,
        tails: &[
            b"", b"word", b"words", b"wd", b"wrd", b"w", b"phrase", b"phrases", b"code", b"wort",
            b"wds",
        ],
        heads: Heads::Except(&[
            b"by", b"com", b"sur", b"tres", b"im", b"over", b"under", b"multi", b"single", b"kee",
        ]),
    },
    Stem {
        literal: b"pwd",
        kind: NameKind::Password,
        tails: PLURAL,
        heads: Heads::Except(&[b"old"]),
    },
    Stem {
        literal: b"bindpw",
        kind: NameKind::Password,
        tails: &[b""],
        heads: Heads::Except(&[]),
    },
    Stem {
        literal: b"rootpw",
        kind: NameKind::Password,
        tails: &[b""],
        heads: Heads::Except(&[]),
    },
    Stem {
        literal: b"psk",
        kind: NameKind::Password,
        tails: PLURAL,
        heads: Heads::Only(&[b"wifi", b"wpa", b"wlan"]),
    },
    Stem {
        literal: b"secret",
        kind: NameKind::Secret,
        tails: PLURAL,
        heads: Heads::Except(&[]),
    },
    Stem {
        literal: b"token",
        kind: NameKind::Token,
        tails: PLURAL,
        heads: Heads::Except(&[b"jsonweb"]),
    },
    Stem {
        literal: b"key",
        kind: NameKind::Key,
        tails: PLURAL,
        heads: Heads::Only(&[
            b"api",
            b"access",
            b"secret",
            b"private",
            b"public",
            b"auth",
            b"encrypt",
            b"encryption",
            b"crypt",
            b"sign",
            b"signing",
            b"signature",
            b"client",
            b"app",
            b"account",
            b"consumer",
            b"master",
            b"site",
            b"server",
            b"shared",
            b"storage",
            b"license",
            b"service",
            b"user",
            b"admin",
            b"session",
            b"security",
            b"pass",
            b"aes",
            b"hmac",
            b"rsa",
            b"ssh",
            b"priv",
            b"pub",
            b"des",
            b"cipher",
            b"deploy",
            b"host",
            b"db",
        ]),
    },
    Stem {
        literal: b"auth",
        kind: NameKind::Auth,
        tails: &[b"", b"orization", b"code", b"s"],
        heads: Heads::Except(&[b"un"]),
    },
    Stem {
        literal: b"cred",
        kind: NameKind::Credential,
        tails: &[b"", b"s", b"ential", b"entials"],
        heads: Heads::Except(&[b"sa", b"ac"]),
    },
    Stem {
        literal: b"salt",
        kind: NameKind::Salt,
        tails: PLURAL,
        heads: Heads::Except(&[b"ba", b"as"]),
    },
    Stem {
        literal: b"nonce",
        kind: NameKind::Nonce,
        tails: PLURAL,
        heads: Heads::Except(&[b"an", b"pro", b"re", b"de"]),
    },
    Stem {
        literal: b"otp",
        kind: NameKind::OneTime,
        tails: PLURAL,
        heads: Heads::Only(&[b"t", b"h"]),
    },
    Stem {
        literal: b"bearer",
        kind: NameKind::Bearer,
        tails: &[b""],
        heads: Heads::Only(&[]),
    },
    Stem {
        literal: ADDRESS,
        kind: NameKind::Address,
        tails: &[],
        heads: Heads::Scheme,
    },
];

/// The literals that names of a kind of credential contain; matched in any case.
pub fn stems() -> impl Iterator<Item = (&'static str, NameKind)> {
    STEMS
        .iter()
        .filter_map(|stem| Some((std::str::from_utf8(stem.literal).ok()?, stem.kind)))
}

/// Whether a small letter may follow a stem's literal in the same word.
pub(super) fn may_go_on(literal: &[u8], letter: u8) -> bool {
    let stem = STEMS.iter().find(|stem| stem.literal == literal);
    stem.is_none_or(|stem| stem.tails.iter().any(|tail| tail.first() == Some(&letter)))
}

/// The stem whose literal stands at `at`, if the word round it is one of a credential's.
pub(super) fn at(hay: &[u8], at: usize) -> Option<&'static Stem> {
    let first = hay.get(at)?.to_ascii_lowercase();
    STEMS.iter().find(|stem| {
        stem.literal[0] == first
            && hay
                .get(at..at + stem.literal.len())
                .is_some_and(|bytes| bytes.eq_ignore_ascii_case(stem.literal))
            && fits(hay, at, stem)
    })
}

fn fits(hay: &[u8], at: usize, stem: &Stem) -> bool {
    if matches!(stem.heads, Heads::Scheme) {
        return at > 0 && hay[at - 1].is_ascii_alphanumeric();
    }
    let behind = at + stem.literal.len();
    let tail = word_end(hay, behind);
    let is_tail = |wanted: &&[u8]| hay[behind..tail].eq_ignore_ascii_case(wanted);
    if !stem.tails.iter().any(is_tail) {
        return false;
    }
    let head = word_head(hay, at);
    let last = head.last().map(u8::to_ascii_lowercase);
    let ends = |end: &&[u8]| {
        end.last().copied() == last
            && head.len() >= end.len()
            && head[head.len() - end.len()..].eq_ignore_ascii_case(end)
    };
    match &stem.heads {
        Heads::Except(heads) => !heads.iter().any(ends),
        Heads::Only(heads) => head.is_empty() || heads.iter().any(ends),
        Heads::Scheme => true,
    }
}

/// Where the word ends whose letters go on at `from`: at no letter, or at a capital behind a small letter.
fn word_end(hay: &[u8], from: usize) -> usize {
    let mut end = from;
    while end < hay.len() && end < from + 12 && hay[end].is_ascii_alphabetic() {
        let rises = hay[end].is_ascii_uppercase() && end > 0 && hay[end - 1].is_ascii_lowercase();
        if rises {
            break;
        }
        end += 1;
    }
    end
}

/// The letters of the anchor's word that stand before it.
fn word_head(hay: &[u8], at: usize) -> &[u8] {
    let mut start = at;
    let floor = at.saturating_sub(16);
    while start > floor && hay[start - 1].is_ascii_alphabetic() {
        let rises = hay[start].is_ascii_uppercase()
            && (hay[start - 1].is_ascii_lowercase()
                || hay.get(start + 1).is_some_and(u8::is_ascii_lowercase));
        if rises {
            break;
        }
        start -= 1;
    }
    &hay[start..at]
}
