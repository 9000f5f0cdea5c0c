//! The name that a value is given to: its span, its words, and which kind of credential they speak of.

use super::address;
use super::byte::{is_name_byte, is_name_joint};
use super::stem::{self, ADDRESS};
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
    /// The scheme of an address, whose login has a password.
    Address,
}

/// Some kinds of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct NameKinds(u16);

impl NameKinds {
    pub(crate) fn of(kinds: &[NameKind]) -> Self {
        Self(kinds.iter().fold(0, |bits, kind| bits | 1 << *kind as u16))
    }

    #[inline]
    pub(crate) fn has(self, kind: NameKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A name, read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) span: Span,
    pub(crate) kind: NameKind,
    /// Where its stem ends.
    pub(crate) stem_end: usize,
}

/// What the words of a name say.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Meaning {
    /// All words.
    pub(crate) all: Traits,
    /// Those behind the stem.
    pub(crate) tail: Traits,
    /// The last word, where it stands behind the stem.
    pub(crate) last: Traits,
    /// How many words there are, at most sixteen.
    pub(crate) words: usize,
}

/// Reads the name with a stem at `at`; `None` when the stem is a part of another word.
pub(crate) fn read(hay: &[u8], at: usize) -> Option<Name> {
    let stem = stem::at(hay, at)?;
    let stem_end = at + stem.literal.len();
    let end = match stem.kind {
        NameKind::Address => at,
        _ => end_of(hay, stem_end),
    };
    Some(Name {
        span: Span::new(start_of(hay, at), end),
        kind: stem.kind,
        stem_end,
    })
}

impl Name {
    /// Whether another stem follows in the name, which then decides what it is.
    pub(crate) fn has_later_stem(&self, hay: &[u8]) -> bool {
        (self.stem_end..self.span.end).any(|at| stem::at(hay, at).is_some())
    }
}

/// What the words of a name say.
pub(crate) fn meaning(hay: &[u8], name: &Name) -> Meaning {
    let bytes = &hay[name.span.range()];
    let mut meaning = Meaning::default();
    for (from, to) in Words::new(bytes).take(MAX_WORDS) {
        let traits = word::traits(&bytes[from..to]);
        meaning.all |= traits;
        if name.span.start + from >= name.stem_end {
            meaning.tail |= traits;
            meaning.last = traits;
        }
        meaning.words += 1;
    }
    meaning
}

/// Whether a name whose stem ends at `behind` can be given a value, by a look at what follows it. Right when it says no.
#[inline]
pub(crate) fn may_begin(hay: &[u8], behind: usize) -> bool {
    if hay[..behind].ends_with(ADDRESS) {
        return address::has_user(hay, behind);
    }
    let end = end_of(hay, behind);
    hay.get(end).is_some_and(|byte| may_end_name(*byte))
}

/// Whether a byte may stand right behind the literal of a stem in a name that can be given a value. Right when it says no.
pub(crate) fn may_follow(stem: &[u8], byte: u8) -> bool {
    if stem == ADDRESS {
        return address::may_begin_login(byte);
    }
    if byte.is_ascii_lowercase() {
        return stem::may_go_on(stem, byte);
    }
    is_name_byte(byte) || is_name_joint(byte) || may_end_name(byte)
}

/// Whether a byte opens an operator, closes a name, or stands before either.
#[inline]
fn may_end_name(byte: u8) -> bool {
    matches!(
        byte,
        b'=' | b':'
            | b' '
            | b'\t'
            | b'"'
            | b'\''
            | b'`'
            | b'\\'
            | b']'
            | b'}'
            | b'?'
            | b'!'
            | b'*'
            | b'['
            | b'&'
            | b'<'
            | b'>'
            | b','
            | b'('
            | b'|'
            | b'\r'
            | b'\n'
    )
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
        read(text.as_bytes(), at)
            .filter(|name| !name.has_later_stem(text.as_bytes()))
            .map(|name| name.kind)
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
