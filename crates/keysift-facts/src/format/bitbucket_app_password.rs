//! Bitbucket app passwords: `ATBB`, 24 characters, and what seems to be the CRC-32 of both in 8 hexadecimal digits.
//!
//! One public sample did not have it, so that a wrong one says nothing.

use super::{Format, PLAIN, Proof};
use crate::trailer::{Trailer, split_end};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "bitbucket-app-password",
    summary: "Knows the CRC-32 of a Bitbucket app password where it is right, and tells its kind.",
    proof: Proof::Checksum(Evidence::Community),
    tells: &[(Evidence::Documentation, &[FactKey::Kind])],
    check: |secret| match CHECKSUM.holds(secret) {
        Some(true) => Validity::Valid,
        _ => Validity::Unknown,
    },
    facts,
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const PREFIX: &[u8] = b"ATBB";
const SIGNED_BYTES: usize = 28;
const CHECKSUM_DIGITS: usize = 8;

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        split_end(secret, CHECKSUM_DIGITS)
            .filter(|(signed, _)| signed.len() == SIGNED_BYTES && signed.starts_with(PREFIX))
    },
    make: |signed| format!("{:08X}", crc32fast::hash(signed)).into_bytes(),
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if (CHECKSUM.split)(secret).is_some() {
        facts.add(
            FactKey::Kind,
            "app password of a user",
            Evidence::Documentation,
        );
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_checksum_proves_and_a_wrong_one_says_nothing() {
        let crc = crate::checksum::bitwise_crc32(&[&b"ATBB"[..], &[b'a'; 24]].concat());
        let password = ["AT", "BB", &"a".repeat(24), &format!("{crc:08X}")].concat();
        assert_eq!(FORMAT.check(password.as_bytes()), Validity::Valid);
        let other = password.replacen('a', "b", 1);
        assert_eq!(FORMAT.check(other.as_bytes()), Validity::Unknown);
        assert_eq!(
            facts(other.as_bytes()).get(FactKey::Kind),
            Some("app password of a user")
        );
        assert!(facts(&other.as_bytes()[1..]).is_empty());
    }
}
