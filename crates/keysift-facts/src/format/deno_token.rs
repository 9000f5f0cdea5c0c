//! Deno Deploy tokens: a prefix, 30 characters, and the CRC-32 of both in 6 digits of base 62.
//!
//! A public vector of a personal token proved it; for the other kinds it is likely, and was not seen.

use super::{Format, PLAIN, Proof};
use crate::checksum::{base62_crc, split_checksum};
use crate::kind::{self, Kinds};
use crate::trailer::Trailer;
use crate::{Evidence, FactKey, Validity};

pub(super) const FORMAT: Format = Format {
    name: "deno-token",
    summary: "Checks the CRC-32 of a Deno Deploy token and tells its kind.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    check,
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const PROVEN: &[u8] = b"ddp_";

const KINDS: &Kinds = &[
    ("ddo_", "token of an organization"),
    ("ddp_", "personal access token"),
    ("ddw_", "deploy token"),
];

const BODY_BYTES: usize = 36;

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        let (_, body) = kind::split(secret, KINDS)?;
        let is_whole = body.len() == BODY_BYTES && body.iter().all(u8::is_ascii_alphanumeric);
        split_checksum(secret).filter(|_| is_whole)
    },
    make: |signed| base62_crc(signed).to_vec(),
};

fn check(secret: &[u8]) -> Validity {
    match CHECKSUM.check(secret) {
        Validity::Invalid(..) if !secret.starts_with(PROVEN) => Validity::Unknown,
        validity => validity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Failure;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }

    #[test]
    fn only_where_it_was_proven_a_wrong_checksum_is_a_failure() {
        for (prefix, is_proven) in [("ddp_", true), ("ddo_", false)] {
            let mut token = [prefix, &"x9Q".repeat(12)].concat().into_bytes();
            CHECKSUM.complete(&mut token);
            assert_eq!(check(&token), Validity::Valid);
            token[10] = b'0';
            let failed = matches!(check(&token), Validity::Invalid(Failure::Checksum, _));
            assert_eq!(failed, is_proven, "{prefix}");
            assert!(failed || check(&token) == Validity::Unknown);
        }
    }
}
