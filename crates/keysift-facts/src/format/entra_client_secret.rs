//! Client secrets of Entra applications: three characters, `7Q~` or `8Q~`, and random ones.
//!
//! The ones with an 8 end with the first three digits of a Marvin32 hash, in an alphabet of their own.

use super::{Format, Input, Proof};
use crate::marvin::{marvin32, seed};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "entra-client-secret",
    summary: "Checks the Marvin32 checksum of an Entra client secret of the current form.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Kind])],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const SIGNATURE: std::ops::Range<usize> = 3..6;
const OLDER: (&[u8], usize) = (b"7Q~", 37);
const CURRENT: (&[u8], usize) = (b"8Q~", 40);
const CHECKSUM_DIGITS: usize = 3;
const ALPHABET: &[u8; 66] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

fn has_form(secret: &[u8], (signature, length): (&[u8], usize)) -> bool {
    secret.len() == length
        && secret.get(SIGNATURE) == Some(signature)
        && secret.iter().all(|b| ALPHABET.contains(b))
}

/// The first digits of the hash of all but the last three characters.
fn checksum(secret: &[u8]) -> Option<[u8; CHECKSUM_DIGITS]> {
    let signed = secret.get(..secret.len().checked_sub(CHECKSUM_DIGITS)?)?;
    // Of the 6 digits the last 3 are left out.
    let mut rest = marvin32(signed, seed(b"AadPwd00")) / 66_u32.pow(3);
    let mut digits = [0; CHECKSUM_DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 66) as usize];
        rest /= 66;
    }
    Some(digits)
}

fn check(secret: &[u8]) -> Validity {
    if !has_form(secret, CURRENT) {
        Validity::Unknown
    } else if checksum(secret).is_some_and(|checksum| secret.ends_with(&checksum)) {
        Validity::Valid
    } else {
        Validity::Invalid(
            Failure::Checksum,
            "the Marvin32 checksum at the end of the secret is wrong",
        )
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if has_form(secret, CURRENT) || has_form(secret, OLDER) {
        facts.add(FactKey::Kind, "application client secret", Evidence::Source);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if let Some(checksum) = checksum(secret).filter(|_| has_form(secret, CURRENT)) {
        secret.truncate(secret.len() - CHECKSUM_DIGITS);
        secret.extend_from_slice(&checksum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_microsofts_own_tests_is_valid() {
        let mut secret = ["zzz8", "Q~", &"z".repeat(31), "blP"].concat().into_bytes();
        assert_eq!(check(&secret), Validity::Valid);
        secret[0] = b'y';
        assert!(matches!(
            check(&secret),
            Validity::Invalid(Failure::Checksum, _)
        ));
        complete(&mut secret);
        assert_eq!(check(&secret), Validity::Valid);
    }

    #[test]
    fn the_older_form_has_no_checksum() {
        let secret = ["yyy7", "Q~", &"y".repeat(31)].concat();
        assert_eq!(check(secret.as_bytes()), Validity::Unknown);
        assert_eq!(
            facts(secret.as_bytes()).get(FactKey::Kind),
            Some("application client secret")
        );
    }
}
