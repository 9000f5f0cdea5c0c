//! Private keys of Sui: Bech32 of a flag for the scheme and 32 bytes (SIP-15).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, Decoded};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "sui-key",
    summary: "Checks the Bech32 checksum of a private key of Sui and tells its algorithm.",
    proof: Proof::Checksum(Evidence::Documentation),
    tells: &[(Evidence::Documentation, &[FactKey::Algorithm])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

/// The human-readable part.
const PART: &str = "suiprivkey";

const KEY_BYTES: usize = 33;

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
    let algorithm = key(secret).and_then(|key| match key.first() {
        Some(0) => Some("Ed25519"),
        Some(1) => Some("secp256k1"),
        Some(2) => Some("P-256"),
        _ => None,
    });
    facts.add_some(FactKey::Algorithm, algorithm, Evidence::Documentation);
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let digits = PART.len() + 1 + 59;
    if matches!(encoded::from_bech32(secret, PART), Decoded::WrongChecksum)
        && secret.len() == digits
    {
        let bytes = [&[0], &secret[PART.len() + 1..][..KEY_BYTES - 1]].concat();
        *secret = encoded::to_bech32(&bytes, PART).into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_algorithm() {
        // Worked out from a zero and 32 times 0x42 by an implementation of its own.
        let secret = [
            "suipriv",
            "key1q",
            "ppyysjzg",
            &"fpyysjzg".repeat(5),
            "fpyy458zla",
        ]
        .concat();
        assert_eq!(check(secret.as_bytes()), Validity::Valid, "{secret}");
        assert_eq!(
            facts(secret.as_bytes()).get(FactKey::Algorithm),
            Some("Ed25519")
        );
        let wrong = secret.replace("458zla", "458zlq");
        assert!(matches!(
            check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }
}
