//! The name that a value is given to: its span, its words, and which kind of credential they speak of.

use super::byte::{is_name_byte, is_name_joint};
use super::word::{self, Traits};
use crate::blob::Span;

/// How far a name is read before and behind its anchor, in bytes. What is longer is no name that people write.
const MAX_NAME_SIDE_BYTES: usize = 64;

/// The most words of a name that are looked at.
const MAX_WORDS: usize = 16;

/// What a name says that its value is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NameKind {
    /// `password`, `db_pwd`, `passphrase`.
    Password,
    /// `secret`, `client_secret`.
    Secret,
    /// `token`, `authToken`.
    Token,
    /// `key`, `api_key`.
    Key,
    /// `auth`, `Authorization`, `oauth_verifier`.
    Auth,
    /// `credentials`, `cred`.
    Credential,
    /// `salt`.
    Salt,
    /// `nonce`.
    Nonce,
    /// `otp`, `TOTP`.
    OneTime,
    /// `Bearer`, as a header's scheme.
    Bearer,
}

/// A literal that names of credentials contain, and what may stand round it in one word.
struct Stem {
    literal: &'static [u8],
    kind: NameKind,
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
}

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
            b"by", b"com", b"sur", b"tres", b"im", b"over", b"under", b"multi", b"single",
        ]),
    },
    Stem {
        literal: b"pwd",
        kind: NameKind::Password,
        tails: PLURAL,
        heads: Heads::Except(&[b"old"]),
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
        heads: Heads::Except(&[]),
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
];

/// The literals that names of a kind of credential contain; matched in any case.
pub fn stems() -> impl Iterator<Item = (&'static str, NameKind)> {
    STEMS
        .iter()
        .filter_map(|stem| Some((std::str::from_utf8(stem.literal).ok()?, stem.kind)))
}

/// A name, read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) span: Span,
    pub(crate) kind: NameKind,
    /// What its words say, all together.
    pub(crate) traits: Traits,
    /// What the words behind the anchor say.
    pub(crate) tail_traits: Traits,
    /// How many words it has, at most sixteen.
    pub(crate) word_count: usize,
}

/// Reads the name with an anchor at `at`. `None` when the anchor is a part of another word, or when a later stem of
/// the same name decides.
pub(crate) fn read(hay: &[u8], at: usize) -> Option<Name> {
    let stem = stem_at(hay, at)?;
    let end = end_of(hay, at + stem.literal.len());
    let mut later = at + stem.literal.len();
    while later < end {
        if stem_at(hay, later).is_some() {
            return None;
        }
        later += 1;
    }
    let start = start_of(hay, at);
    let span = Span::new(start, end);
    let mut name = Name {
        span,
        kind: stem.kind,
        traits: Traits::default(),
        tail_traits: Traits::default(),
        word_count: 0,
    };
    let bytes = &hay[start..end];
    for (from, to) in Words::new(bytes).take(MAX_WORDS) {
        let traits = word::traits(&bytes[from..to]);
        name.traits |= traits;
        if start + from >= at + stem.literal.len() {
            name.tail_traits |= traits;
        }
        name.word_count += 1;
    }
    Some(name)
}

/// The stem whose literal stands at `at`, if the word round it is one of a credential's.
fn stem_at(hay: &[u8], at: usize) -> Option<&'static Stem> {
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
    let behind = at + stem.literal.len();
    let tail = word_end(hay, behind);
    let is_tail = |wanted: &&[u8]| hay[behind..tail].eq_ignore_ascii_case(wanted);
    if !stem.tails.iter().any(|wanted| is_tail(wanted)) {
        return false;
    }
    let head = word_head(hay, at);
    let ends = |end: &&[u8]| {
        head.len() >= end.len() && head[head.len() - end.len()..].eq_ignore_ascii_case(end)
    };
    match &stem.heads {
        Heads::Except(heads) => !heads.iter().any(|end| ends(end)),
        Heads::Only(heads) => head.is_empty() || heads.iter().any(|end| ends(end)),
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

fn end_of(hay: &[u8], from: usize) -> usize {
    let limit = hay.len().min(from.saturating_add(MAX_NAME_SIDE_BYTES));
    let mut end = from;
    while end < limit {
        if is_name_byte(hay[end])
            || is_name_joint(hay[end]) && hay.get(end + 1).is_some_and(u8::is_ascii_alphanumeric)
        {
            end += 1;
        } else {
            break;
        }
    }
    end
}

fn start_of(hay: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(MAX_NAME_SIDE_BYTES);
    let mut start = at;
    while start > floor
        && (is_name_byte(hay[start - 1])
            || is_name_joint(hay[start - 1]) && start - 1 > floor && is_name_byte(hay[start - 2]))
    {
        start -= 1;
    }
    start
}

/// The words of a name, as offsets: parted by joints, by digits, and where the case rises.
pub(super) struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl Iterator for Words<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.bytes;
        while self.at < bytes.len() && !bytes[self.at].is_ascii_alphabetic() {
            self.at += 1;
        }
        let start = self.at;
        while self.at < bytes.len() && bytes[self.at].is_ascii_alphabetic() {
            let at = self.at;
            let rises = at > start
                && bytes[at].is_ascii_uppercase()
                && (bytes[at - 1].is_ascii_lowercase()
                    || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            if rises {
                break;
            }
            self.at += 1;
        }
        (self.at > start).then_some((start, self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str, stem: &str) -> Option<NameKind> {
        let at = text.to_ascii_lowercase().rfind(stem).unwrap();
        read(text.as_bytes(), at).map(|name| name.kind)
    }

    #[test]
    fn names_of_credentials_are_told_by_their_last_stem() {
        for (text, stem, wanted) in [
            ("db.password", "pass", NameKind::Password),
            ("DB_PASSWD2", "pass", NameKind::Password),
            ("clientSecret", "secret", NameKind::Secret),
            ("secretAccessKey", "key", NameKind::Key),
            ("authtoken", "token", NameKind::Token),
            ("X-Api-Key", "key", NameKind::Key),
            ("apikey", "key", NameKind::Key),
            ("oauth_verifier", "auth", NameKind::Auth),
        ] {
            assert_eq!(kind(text, stem), Some(wanted), "{text}");
        }
        assert_eq!(kind("secret_key", "secret"), None, "the later stem decides");
    }

    #[test]
    fn other_words_are_no_names_of_credentials() {
        for (text, stem) in [
            ("bypass", "pass"),
            ("passport", "pass"),
            ("author", "auth"),
            ("keyboard", "key"),
            ("monkey", "key"),
            ("tokenizer", "token"),
            ("secretary", "secret"),
            ("incredible", "cred"),
        ] {
            assert_eq!(kind(text, stem), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_cut_into_words() {
        let words = |text: &'static str| -> Vec<&str> {
            Words::new(text.as_bytes())
                .map(|(from, to)| &text[from..to])
                .collect()
        };
        assert_eq!(words("myHTTPServer2_key"), ["my", "HTTP", "Server", "key"]);
        assert_eq!(words("--"), [""; 0]);
    }
}
