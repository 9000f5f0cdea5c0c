//! Vercel tokens: a prefix, 50 characters and their CRC-32 in 6 digits of base 62.
//!
//! It held on public samples. Tokens of 24 characters, which are older, have no prefix and nothing to check.

use super::{Format, PLAIN, Proof};
use crate::checksum::{base62_crc, split_checksum};
use crate::kind::{self, Kinds};
use crate::trailer::Trailer;
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "vercel-token",
    summary: "Checks the CRC-32 of a Vercel token and tells its kind.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    check: |secret| CHECKSUM.check(secret),
    facts: |secret| kind::facts(secret, KINDS, Evidence::Community),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("vca_", "access token of an app"),
    ("vci_", "integration token"),
    ("vck_", "AI Gateway key"),
    ("vcp_", "personal access token"),
    ("vcr_", "refresh token of an app"),
];

const BODY_BYTES: usize = 56;

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
        let mut token = ["vc", "p_", &"x9Q7".repeat(14)].concat().into_bytes();
        CHECKSUM.complete(&mut token);
        assert_eq!(FORMAT.check(&token), Validity::Valid);
        token[8] = b'0';
        assert!(matches!(
            FORMAT.check(&token),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert_eq!(FORMAT.check(&token[..59]), Validity::Unknown);
    }
}
