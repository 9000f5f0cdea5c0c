//! Confluent API secrets: `cflt`, 54 characters, and of the Base64 of their CRC-32 the 6 digits.
//!
//! The CRC-32 is in little-endian order. It held on public samples.

use super::{Format, PLAIN, Proof};
use crate::trailer::{Trailer, split_end};
use crate::{Evidence, base64};

pub(super) const FORMAT: Format = Format {
    name: "confluent-secret",
    summary: "Checks the CRC-32 of a Confluent API secret.",
    proof: Proof::Checksum(Evidence::Vector),
    check: |secret| CHECKSUM.check(secret),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const PREFIX: &[u8] = b"cflt";
const BODY_BYTES: usize = 54;
const CHECKSUM_DIGITS: usize = 6;

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        split_end(secret.strip_prefix(PREFIX)?, CHECKSUM_DIGITS)
            .filter(|(body, _)| body.len() == BODY_BYTES)
    },
    make: |body| base64::encode(&crc32fast::hash(body).to_le_bytes()).into_bytes(),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_completed_secret_is_valid_and_one_changed_character_is_not() {
        let mut secret = ["cf", "lt", &"aB3+/".repeat(12)].concat().into_bytes();
        CHECKSUM.complete(&mut secret);
        assert_eq!(secret.len(), 64);
        assert_eq!(FORMAT.check(&secret), Validity::Valid);
        secret[20] = b'#';
        assert!(matches!(
            FORMAT.check(&secret),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }

    #[test]
    fn the_bytes_are_in_little_endian_order() {
        let crc = crate::checksum::bitwise_crc32(&[b'a'; 54]);
        let decoded = base64::decode(&(CHECKSUM.make)(&[b'a'; 54])).unwrap();
        assert_eq!(decoded, crc.to_le_bytes());
    }
}
