//! Zuplo API keys: `zpka_`, 32 characters, an underscore and their CRC-32 in 8 hexadecimal digits.
//!
//! It held on public samples.

use super::{Format, PLAIN, Proof};
use crate::Evidence;
use crate::trailer::{Trailer, split_end};

pub(super) const FORMAT: Format = Format {
    name: "zuplo-key",
    summary: "Checks the CRC-32 of a Zuplo API key.",
    proof: Proof::Checksum(Evidence::Vector),
    check: |secret| CHECKSUM.check(secret),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const PREFIX: &[u8] = b"zpka_";
const BODY_BYTES: usize = 32;
const CHECKSUM_DIGITS: usize = 8;

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        let (body, checksum) = split_end(secret.strip_prefix(PREFIX)?, CHECKSUM_DIGITS)?;
        let body = body.strip_suffix(b"_")?;
        (body.len() == BODY_BYTES).then_some((body, checksum))
    },
    make: |body| format!("{:08x}", crc32fast::hash(body)).into_bytes(),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn the_checksum_is_that_of_the_body() {
        let crc = crate::checksum::bitwise_crc32(&[b'a'; 32]);
        let key = ["zp", "ka_", &"a".repeat(32), &format!("_{crc:08x}")].concat();
        assert_eq!(FORMAT.check(key.as_bytes()), Validity::Valid);
        let wrong = key.replace("aa_", "ab_");
        assert!(matches!(
            FORMAT.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert_eq!(FORMAT.check(&key.as_bytes()[1..]), Validity::Unknown);
    }
}
