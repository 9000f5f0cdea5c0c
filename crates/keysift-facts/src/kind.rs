//! Kinds of secrets that a provider tells apart by a prefix.

use crate::{Evidence, FactKey, Facts};

/// Prefixes and the kinds that they stand for; a longer prefix stands before one that it starts with.
pub(crate) type Kinds = [(&'static str, &'static str)];

/// The kind of a secret, and what follows its prefix.
pub(crate) fn split<'a>(secret: &'a [u8], kinds: &Kinds) -> Option<(&'static str, &'a [u8])> {
    kinds
        .iter()
        .find_map(|(prefix, kind)| Some((*kind, secret.strip_prefix(prefix.as_bytes())?)))
}

/// The kind alone, as a fact.
pub(crate) fn facts(secret: &[u8], kinds: &Kinds, evidence: Evidence) -> Facts {
    let mut facts = Facts::new();
    let kind = split(secret, kinds).map(|(kind, _)| kind);
    facts.add_some(FactKey::Kind, kind, evidence);
    facts
}

/// Bytes as text, if they are a public id: between one and `most` letters, digits, underscores and dashes.
pub(crate) fn id(bytes: &[u8], most: usize) -> Option<&str> {
    let is_id = (1..=most).contains(&bytes.len())
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    std::str::from_utf8(bytes).ok().filter(|_| is_id)
}

/// What stands before the first `end`, and what follows it.
pub(crate) fn before(bytes: &[u8], end: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == end)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// For the tests of formats that tell a kind alone: each prefix tells its kind, and one in front of which something
/// stands tells nothing.
#[cfg(test)]
pub(crate) fn assert_told(format: &crate::Format, kinds: &Kinds) {
    for (prefix, kind) in kinds {
        let secret = [*prefix, &"x".repeat(20)].concat();
        let told = (format.facts)(secret.as_bytes());
        assert_eq!(told.get(FactKey::Kind), Some(*kind), "{prefix}");
        assert_eq!(told.len(), 1, "{prefix}");
        assert!((format.facts)(format!(" {secret}").as_bytes()).is_empty());
    }
    assert!((format.facts)(b"").is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &Kinds = &[("ab_cd_", "longer"), ("ab_", "shorter")];

    #[test]
    fn the_first_prefix_that_fits_decides() {
        assert_eq!(split(b"ab_cd_x", KINDS), Some(("longer", &b"x"[..])));
        assert_eq!(split(b"ab_x", KINDS), Some(("shorter", &b"x"[..])));
        assert_eq!(split(b"ab", KINDS), None);
    }

    #[test]
    fn an_id_is_short_and_plain() {
        assert_eq!(id(b"aB-3_", 5), Some("aB-3_"));
        for (bytes, most) in [(&b""[..], 5), (b"abcdef", 5), (b"a b", 5), (b"\xff", 5)] {
            assert_eq!(id(bytes, most), None);
        }
        assert_eq!(before(b"a:b:c", b':'), Some((&b"a"[..], &b"b:c"[..])));
        assert_eq!(before(b"abc", b':'), None);
    }
}
