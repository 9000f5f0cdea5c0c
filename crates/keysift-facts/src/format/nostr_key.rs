//! Secret keys of Nostr: Bech32 of 32 bytes (NIP-19).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, Decoded};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "nostr-key",
    summary: "Checks the Bech32 checksum of a secret key of Nostr.",
    proof: Proof::Checksum(Evidence::Documentation),
    tells: &[(Evidence::Documentation, &[FactKey::Algorithm])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

/// The human-readable part.
const PART: &str = "nsec";

const KEY_BYTES: usize = 32;

fn key(secret: &[u8]) -> Option<Vec<u8>> {
    match encoded::from_bech32(secret, PART) {
        Decoded::Bytes(bytes) if bytes.len() == KEY_BYTES => Some(bytes),
        _ => None,
    }
}

fn check(secret: &[u8]) -> Validity {
    match encoded::from_bech32(secret, PART) {
        Decoded::Bytes(bytes) if bytes.len() == KEY_BYTES => Validity::Valid,
        Decoded::WrongChecksum => Validity::Invalid(
            Failure::Checksum,
            "the Bech32 checksum at the end of the key is wrong",
        ),
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if key(secret).is_some() {
        facts.add(FactKey::Algorithm, "secp256k1", Evidence::Documentation);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let digits = PART.len() + 1 + 58;
    if matches!(encoded::from_bech32(secret, PART), Decoded::WrongChecksum)
        && secret.len() == digits
    {
        let bytes = &secret[PART.len() + 1..][..KEY_BYTES];
        *secret = encoded::to_bech32(bytes, PART).into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_checksum() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let secret = ["nsec", "1", &"gfpyysjz".repeat(6), "gfpqucsp2m"].concat();
        assert_eq!(check(secret.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(secret.as_bytes()).get(FactKey::Algorithm),
            Some("secp256k1")
        );
        let wrong = secret.replace("ucsp2m", "ucsp2q");
        assert!(matches!(
            check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert_eq!(check(b"nsec"), Validity::Unknown);
    }
}
