//! Polar tokens: a prefix, 37 characters and their CRC-32 in 6 digits of base 62.
//!
//! Polar's server makes them so, in `server/polar/kit/crypto.py`; the prefixes are in its constants.

use super::{Format, PLAIN, Proof};
use crate::checksum::{base62_crc, split_checksum};
use crate::kind::{self, Kinds};
use crate::trailer::Trailer;
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "polar-token",
    summary: "Checks the CRC-32 of a Polar token and tells its kind.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Kind])],
    check: |secret| CHECKSUM.check(secret),
    facts: |secret| kind::facts(secret, KINDS, Evidence::Source),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("polar_at_o_", "OAuth access token of an organization"),
    ("polar_at_u_", "OAuth access token of a user"),
    ("polar_crt_", "client registration token"),
    ("polar_cs_", "client secret"),
    ("polar_oat_", "access token of an organization"),
    ("polar_pat_", "personal access token"),
    ("polar_rt_o_", "OAuth refresh token of an organization"),
    ("polar_rt_u_", "OAuth refresh token of a user"),
];

const BODY_BYTES: usize = 43;

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        let (_, body) = kind::split(secret, KINDS)?;
        let is_whole = body.len() == BODY_BYTES && body.iter().all(u8::is_ascii_alphanumeric);
        split_checksum(body).filter(|_| is_whole)
    },
    make: |random| base62_crc(random).to_vec(),
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
    fn a_completed_token_is_valid_and_one_changed_character_is_not() {
        let mut token = ["polar_", "oat_", &"x9Q7z".repeat(9)[..43]]
            .concat()
            .into_bytes();
        CHECKSUM.complete(&mut token);
        assert_eq!(FORMAT.check(&token), Validity::Valid);
        token[15] = b'0';
        assert!(matches!(
            FORMAT.check(&token),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }
}
