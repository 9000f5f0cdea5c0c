//! Tokens of crates.io: the last character of one for trusted publishing is a check character.
//!
//! crates.io makes it in `crates_io_trustpub/src/access_token.rs`: the exclusive or of the 31 characters before it,
//! modulo 62, as a digit of `A-Za-z0-9`. Other tokens have nothing to check.

use super::{Format, PLAIN, Proof};
use crate::kind::{self, Kinds};
use crate::trailer::{Trailer, split_end};
use crate::{Evidence, FactKey};

pub(super) const FORMAT: Format = Format {
    name: "crates-io-token",
    summary: "Checks the check character of a token of crates.io for trusted publishing and tells the kind of any.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Kind])],
    check: |secret| CHECKSUM.check(secret),
    facts: |secret| kind::facts(secret, KINDS, Evidence::Source),
    complete: Some(|secret| CHECKSUM.complete(secret)),
    ..PLAIN
};

const PREFIX: &[u8] = b"cio_tp_";

const KINDS: &Kinds = &[
    ("cio_tp_", "token for trusted publishing, of 30 minutes"),
    ("cio", "API token of a user"),
];

const BODY_BYTES: usize = 31;

const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const CHECKSUM: Trailer = Trailer {
    split: |secret| {
        split_end(secret.strip_prefix(PREFIX)?, 1).filter(|(body, _)| body.len() == BODY_BYTES)
    },
    make: |body| {
        let sum = body.iter().fold(0, |sum, byte| sum ^ byte);
        vec![DIGITS[usize::from(sum) % DIGITS.len()]]
    },
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
    fn the_check_character_is_the_exclusive_or() {
        // Of an odd number of equal characters it is that character: 97 is 35 more than 62, the digit `j`.
        let token = ["cio", "_tp_", &"a".repeat(31), "j"].concat();
        assert_eq!(FORMAT.check(token.as_bytes()), Validity::Valid);
        let wrong = token.replace("aj", "ak");
        assert!(matches!(
            FORMAT.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        let user = ["ci", "o", &"a".repeat(32)].concat();
        assert_eq!(FORMAT.check(user.as_bytes()), Validity::Unknown);
    }
}
