//! Secret keys of Tezos: Base58Check with version bytes that make the prefix.
//!
//! The version bytes are in Tezos' `src/lib_crypto/base58.ml`.

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "tezos-key",
    summary: "Checks the Base58Check checksum of a secret key of Tezos and tells its algorithm.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Algorithm])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

const ALPHABET: &bs58::Alphabet = bs58::Alphabet::BITCOIN;

/// The version bytes, how many bytes follow, how long the text is, and the algorithm.
const VERSIONS: &[([u8; 4], usize, usize, &str)] = &[
    ([0x0d, 0x0f, 0x3a, 0x07], 32, 54, "Ed25519"),
    ([0x2b, 0xf6, 0x4e, 0x07], 64, 98, "Ed25519"),
    ([0x11, 0xa2, 0xe0, 0xc9], 32, 54, "secp256k1"),
    ([0x10, 0x51, 0xee, 0xbd], 32, 54, "P-256"),
];

fn algorithm(bytes: &[u8]) -> Option<&'static str> {
    let (version, key) = bytes.split_first_chunk::<4>()?;
    VERSIONS
        .iter()
        .find(|(known, length, ..)| known == version && key.len() == *length)
        .map(|(.., algorithm)| *algorithm)
}

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| matches!(secret.len(), 54 | 98),
    decode: |secret| encoded::base58check(secret, ALPHABET),
    is_key: |bytes| algorithm(bytes).is_some(),
    make: |secret| {
        let (version, length, text, _) = match secret.get(..4)? {
            b"edsk" => VERSIONS[usize::from(secret.len() == VERSIONS[1].2)],
            b"spsk" => VERSIONS[2],
            b"p2sk" => VERSIONS[3],
            _ => return None,
        };
        let key = secret.get(4..4 + length)?;
        (secret.len() == text)
            .then(|| encoded::to_base58check(&[&version[..], key].concat(), ALPHABET))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let algorithm = KEY.bytes(secret).and_then(|bytes| algorithm(&bytes));
    facts.add_some(FactKey::Algorithm, algorithm, Evidence::Source);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_key_tells_its_algorithm() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        for (key, algorithm) in [
            (
                ["edsk3B5mk62TBpYXK1ctwkfHVsE", "woz9LGeeNHUsgmhvo8pBF4Nb75p"],
                "Ed25519",
            ),
            (
                ["spsk1vkB41Lwg9hauuXcmFbhWnE", "tvsPdRMqqCp7ThS1FpBrXfT8tLZ"],
                "secp256k1",
            ),
            (
                ["p2sk2qyJHWGY8Pp4fMku8HFVHfr", "x9JVbkTTnFLdtxuouXsbqt1SDuG"],
                "P-256",
            ),
        ] {
            let key = key.concat();
            assert_eq!(KEY.check(key.as_bytes()), Validity::Valid);
            assert_eq!(
                facts(key.as_bytes()).get(FactKey::Algorithm),
                Some(algorithm)
            );
            let wrong = [&key[..53], "x"].concat();
            assert!(matches!(
                KEY.check(wrong.as_bytes()),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
    }
}
