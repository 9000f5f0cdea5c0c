//! Unkey root keys: a prefix, 8 characters of base 58, `unkeyv1`, 36 more, and the CRC-32C of all that.
//!
//! Unkey makes and tests them in its own repository. The checksum is big-endian, in 6 digits of base 58, with `1` as
//! the digit that fills it up.

use super::{Format, PLAIN, Proof};
use crate::trailer::{Trailer, split_end};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "unkey-key",
    summary: "Checks the CRC-32C of an Unkey key of version 1.",
    // NOTE: no public key was at hand to prove it with.
    proof: Proof::Checksum(Evidence::Community),
    tells: &[(Evidence::Source, &[FactKey::Version])],
    check: |secret| CHECKSUM.check(secret),
    facts,
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const MARK: &[u8] = b"unkeyv1";

/// What stands before the mark, without the prefix, and between it and the checksum.
const BEFORE_BYTES: usize = 8;
const BEHIND_BYTES: usize = 36;

const CHECKSUM_DIGITS: usize = 6;

const CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI);

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        let (signed, checksum) = split_end(secret, CHECKSUM_DIGITS)?;
        let (prefix, body) = split_end(signed, BEFORE_BYTES + MARK.len() + BEHIND_BYTES)?;
        let is_key = prefix.ends_with(b"_") && body.get(BEFORE_BYTES..)?.starts_with(MARK);
        is_key.then_some((signed, checksum))
    },
    make: |signed| {
        let text = bs58::encode(CRC.checksum(signed).to_be_bytes()).into_string();
        format!("{text:1>CHECKSUM_DIGITS$}").into_bytes()
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if (CHECKSUM.split)(secret).is_some() {
        facts.add(FactKey::Version, "1", Evidence::Source);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Validity;

    #[test]
    fn a_completed_key_is_valid_and_one_changed_character_is_a_doubt() {
        let mut key = [
            "unkey",
            "_",
            "abcdefgh",
            "unkeyv1",
            &"Xy7".repeat(12),
            "111111",
        ]
        .concat()
        .into_bytes();
        CHECKSUM.complete(&mut key);
        assert_eq!(FORMAT.check(&key), Validity::Valid);
        assert_eq!(facts(&key).get(FactKey::Version), Some("1"));
        key[30] = b'#';
        assert!(matches!(FORMAT.check(&key), Validity::Doubtful(_)));
        assert_eq!(FORMAT.check(&key[..50]), Validity::Unknown);
    }

    #[test]
    fn the_sum_is_castagnolis() {
        // The published check value of CRC-32C.
        assert_eq!(CRC.checksum(b"123456789"), 0xe306_9283);
    }
}
