//! Grafana service account tokens: `glsa_`, 32 characters, and a CRC-32 in 8 hexadecimal digits.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "grafana-service-account",
    summary: "Checks the CRC-32 of a Grafana service account token.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Source, &[FactKey::Kind])],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const PREFIX: &[u8] = b"glsa_";

/// The prefix and the 32 random characters: all that the checksum is over.
const SIGNED_BYTES: usize = 37;

const CHECKSUM_DIGITS: usize = 8;

/// Splits a token into what is signed and the checksum.
fn parse(secret: &[u8]) -> Option<(&[u8], &[u8])> {
    let (signed, rest) = secret.split_at_checked(SIGNED_BYTES)?;
    let checksum = rest.strip_prefix(b"_")?;
    (signed.starts_with(PREFIX) && checksum.len() == CHECKSUM_DIGITS).then_some((signed, checksum))
}

/// The checksum as Grafana writes it: the bytes in little-endian order.
fn checksum(signed: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(signed).swap_bytes())
}

fn check(secret: &[u8]) -> Validity {
    match parse(secret) {
        Some((signed, found)) if checksum(signed).as_bytes().eq_ignore_ascii_case(found) => {
            Validity::Valid
        }
        Some(_) => Validity::Invalid(
            Failure::Checksum,
            "the CRC-32 at the end of the token is wrong",
        ),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if parse(secret).is_some() {
        facts.add(FactKey::Kind, "service account token", Evidence::Source);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if let Some(checksum) = parse(secret).map(|(signed, _)| checksum(signed)) {
        secret.truncate(SIGNED_BYTES + 1);
        secret.extend_from_slice(checksum.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_token_is_valid_and_one_changed_character_is_not() {
        let mut token = ["gl", "sa_", &"aB3x".repeat(8), "_00000000"]
            .concat()
            .into_bytes();
        assert!(matches!(
            check(&token),
            Validity::Invalid(Failure::Checksum, _)
        ));
        complete(&mut token);
        assert_eq!(check(&token), Validity::Valid);
        token[10] ^= 1;
        assert!(matches!(
            check(&token),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }

    #[test]
    fn the_digits_are_those_of_the_bytes_from_the_lowest() {
        // 0xcbf43926 is the published check value of CRC-32.
        assert_eq!(checksum(b"123456789"), "2639f4cb");
    }
}
