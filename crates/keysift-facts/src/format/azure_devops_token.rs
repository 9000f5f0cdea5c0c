//! Personal access tokens of Azure DevOps in the older form: 52 digits of base 32 with a CRC-32 strewn among them.
//!
//! Of the 32 bytes, those at four places are the CRC-32 of the others, mixed with a constant that tells the kind
//! (Microsoft's security utilities, SEC101/102).

use data_encoding::BASE32_NOPAD;

use super::{Format, PLAIN, Proof};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "azure-devops-token",
    summary: "Checks the CRC-32 in an older token of Azure DevOps and tells its kind.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Kind])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

const DIGITS: usize = 52;

/// Where the bytes of the checksum stand, the lowest first.
const PLACES: [usize; 4] = [22, 8, 7, 2];

const KINDS: &[(u32, &str)] = &[
    (0xe0b9_692d, "personal access token of a user"),
    (0x1019_f92e, "token of an application"),
];

fn decode(secret: &[u8]) -> Option<Vec<u8>> {
    let upper = secret.to_ascii_uppercase();
    let is_lower = secret.len() == DIGITS && !secret.iter().any(u8::is_ascii_uppercase);
    BASE32_NOPAD.decode(&upper).ok().filter(|_| is_lower)
}

/// The CRC-32 of the bytes at the other places.
fn sum(bytes: &[u8]) -> u32 {
    let others = bytes
        .iter()
        .enumerate()
        .filter(|(at, _)| !PLACES.contains(at));
    crc32fast::hash(&others.map(|(_, byte)| *byte).collect::<Vec<u8>>())
}

fn kind(secret: &[u8]) -> Option<&'static str> {
    let bytes = decode(secret)?;
    let found = PLACES.map(|at| bytes.get(at).copied().unwrap_or_default());
    // NOTE: no public token was at hand to tell the order of the four bytes with, so that either will do.
    let either = [u32::from_le_bytes(found), u32::from_be_bytes(found)];
    KINDS
        .iter()
        .find(|(constant, _)| either.contains(&(sum(&bytes) ^ constant)))
        .map(|(_, kind)| *kind)
}

fn check(secret: &[u8]) -> Validity {
    match (kind(secret), decode(secret)) {
        (Some(_), _) => Validity::Valid,
        (None, Some(_)) => Validity::Doubtful("the CRC-32 in the token is wrong"),
        (None, None) => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    facts.add_some(FactKey::Kind, kind(secret), Evidence::Source);
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if check(secret) == Validity::Valid || secret.len() != DIGITS {
        return;
    }
    // The last digit has bits that no byte takes.
    let mut text = secret.clone();
    if let Some(last) = text.last_mut() {
        *last = b'a';
    }
    let Some(mut bytes) = decode(&text) else {
        return;
    };
    let checksum = (sum(&bytes) ^ KINDS[0].0).to_le_bytes();
    for (at, byte) in PLACES.iter().zip(checksum) {
        bytes[*at] = byte;
    }
    *secret = BASE32_NOPAD
        .encode(&bytes)
        .to_ascii_lowercase()
        .into_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_token_is_valid_and_one_changed_digit_is_a_doubt() {
        let mut token = "a2b3c4d5e6f7g".repeat(4).into_bytes();
        assert_eq!(token.len(), DIGITS);
        complete(&mut token);
        assert_eq!(check(&token), Validity::Valid);
        assert_eq!(
            facts(&token).get(FactKey::Kind),
            Some("personal access token of a user")
        );
        token[0] = if token[0] == b'a' { b'b' } else { b'a' };
        assert!(matches!(check(&token), Validity::Doubtful(_)));
        assert!(facts(&token).is_empty());
    }

    #[test]
    fn another_alphabet_is_another_secret() {
        for text in ["0".repeat(52), "A".repeat(52), "a".repeat(51)] {
            assert_eq!(check(text.as_bytes()), Validity::Unknown);
        }
    }
}
