//! Cloudflare API credentials in the form that scanners can tell: a prefix, 40 characters and a checksum.
//!
//! Cloudflare's page on token formats lists the prefixes. The checksum is the CRC-32 of the 40 characters in 8
//! hexadecimal digits, which held on public samples.

use super::{Format, PLAIN, Proof};
use crate::kind::{self, Kinds};
use crate::trailer::{Trailer, split_end};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "cloudflare-token",
    summary: "Checks the CRC-32 of a Cloudflare API credential and tells its kind.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Documentation, &[FactKey::Kind])],
    check: |secret| CHECKSUM.check(secret),
    facts: |secret| kind::facts(secret, KINDS, Evidence::Documentation),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("cfat_", "API token of an account"),
    ("cfk_", "global API key of a user"),
    ("cfut_", "API token of a user"),
];

const BODY_BYTES: usize = 40;
const CHECKSUM_DIGITS: usize = 8;

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        let (_, rest) = kind::split(secret, KINDS)?;
        split_end(rest, CHECKSUM_DIGITS).filter(|(body, _)| body.len() == BODY_BYTES)
    },
    make: |body| format!("{:08x}", crc32fast::hash(body)).into_bytes(),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }

    #[test]
    fn the_checksum_is_that_of_the_body() {
        // The CRC-32 of "a" 40 times, by an implementation of its own.
        let crc = crate::checksum::bitwise_crc32(&[b'a'; 40]);
        let token = ["cf", "ut_", &"a".repeat(40), &format!("{crc:08x}")].concat();
        assert_eq!(FORMAT.check(token.as_bytes()), Validity::Valid);
        let wrong = token.replacen('a', "b", 1);
        assert!(matches!(
            FORMAT.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert_eq!(FORMAT.check(&token.as_bytes()[..50]), Validity::Unknown);
    }
}
