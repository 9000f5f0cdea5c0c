//! Private keys of Sui: Bech32 of a flag for the scheme and 32 bytes (SIP-15).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "sui-key",
    summary: "Checks the Bech32 checksum of a private key of Sui and tells its algorithm.",
    proof: Proof::Checksum(Evidence::Documentation),
    tells: &[(Evidence::Documentation, &[FactKey::Algorithm])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

/// The human-readable part.
const PART: &str = "suiprivkey";

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| encoded::is_bech32_of(secret, PART, 70),
    decode: |secret| encoded::from_bech32(secret, PART),
    is_key: |bytes| bytes.len() == 33,
    make: |secret| {
        let key = secret.get(PART.len() + 1..)?.first_chunk::<32>()?;
        Some(encoded::to_bech32(&[&[0], &key[..]].concat(), PART))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let algorithm = KEY.bytes(secret).and_then(|key| match key.first() {
        Some(0) => Some("Ed25519"),
        Some(1) => Some("secp256k1"),
        Some(2) => Some("P-256"),
        _ => None,
    });
    facts.add_some(FactKey::Algorithm, algorithm, Evidence::Documentation);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

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
        assert_eq!(KEY.check(secret.as_bytes()), Validity::Valid, "{secret}");
        assert_eq!(
            facts(secret.as_bytes()).get(FactKey::Algorithm),
            Some("Ed25519")
        );
        let wrong = secret.replace("458zla", "458zlq");
        assert!(matches!(
            KEY.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }
}
