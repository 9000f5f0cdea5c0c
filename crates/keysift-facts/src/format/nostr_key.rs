//! Secret keys of Nostr: Bech32 of 32 bytes (NIP-19).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "nostr-key",
    summary: "Checks the Bech32 checksum of a secret key of Nostr.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Documentation, &[FactKey::Algorithm])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

/// The human-readable part.
const PART: &str = "nsec";

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| encoded::is_bech32_of(secret, PART, 63),
    decode: |secret| encoded::from_bech32(secret, PART),
    is_key: |bytes| bytes.len() == 32,
    make: |secret| {
        let bytes = secret.get(PART.len() + 1..)?.first_chunk::<32>()?;
        Some(encoded::to_bech32(bytes, PART))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if KEY.bytes(secret).is_some() {
        facts.add(FactKey::Algorithm, "secp256k1", Evidence::Documentation);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_key_has_a_checksum() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let secret = ["nsec", "1", &"gfpyysjz".repeat(6), "gfpqucsp2m"].concat();
        assert_eq!(KEY.check(secret.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(secret.as_bytes()).get(FactKey::Algorithm),
            Some("secp256k1")
        );
        let wrong = secret.replace("ucsp2m", "ucsp2q");
        assert!(matches!(
            KEY.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert_eq!(KEY.check(b"nsec"), Validity::Unknown);
    }

    #[test]
    fn the_key_of_nip_19_is_one() {
        let secret = [
            "nsec1vl029mgpspedva04g90vltkh6fv",
            "h240zqtv9k0t9af8935ke9laqsnlfe5",
        ]
        .concat();
        let key = KEY.bytes(secret.as_bytes()).unwrap();
        assert!(crate::hex(&key).starts_with("67dea2ed018072d675f5415e"));
    }
}
