//! npm access tokens: `npm_`, 30 random characters and a checksum, as GitHub's.

use super::{Format, Input, Proof};
use crate::checksum::{base62_crc, split_checksum};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "npm-token",
    summary: "Checks the CRC-32 of an npm access token.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Vector, &[FactKey::Kind])],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const PREFIX: &[u8] = b"npm_";
const BODY_BYTES: usize = 36;

fn body(secret: &[u8]) -> Option<&[u8]> {
    let body = secret.strip_prefix(PREFIX)?;
    (body.len() == BODY_BYTES && body.iter().all(u8::is_ascii_alphanumeric)).then_some(body)
}

fn check(secret: &[u8]) -> Validity {
    match body(secret).and_then(split_checksum) {
        Some((random, checksum)) if base62_crc(random) == checksum => Validity::Valid,
        Some(_) => Validity::Invalid(
            Failure::Checksum,
            "the CRC-32 at the end of the token is wrong",
        ),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if body(secret).is_some() {
        facts.add(FactKey::Kind, "access token", Evidence::Vector);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let checksum = body(secret)
        .and_then(split_checksum)
        .map(|(random, _)| base62_crc(random));
    if let Some(checksum) = checksum {
        let start = secret.len() - checksum.len();
        secret.truncate(start);
        secret.extend_from_slice(&checksum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_token_is_valid_and_one_changed_character_is_not() {
        let mut token = ["np", "m_", &"x9Q".repeat(12)].concat().into_bytes();
        complete(&mut token);
        assert_eq!(check(&token), Validity::Valid);
        token[10] = b'-';
        assert_eq!(check(&token), Validity::Unknown);
        token[10] = b'0';
        assert!(matches!(
            check(&token),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }

    #[test]
    fn an_older_uuid_token_has_nothing_to_check() {
        assert_eq!(
            check(b"01234567-89ab-cdef-0123-456789abcdef"),
            Validity::Unknown
        );
        assert!(facts(b"01234567-89ab-cdef-0123-456789abcdef").is_empty());
    }
}
