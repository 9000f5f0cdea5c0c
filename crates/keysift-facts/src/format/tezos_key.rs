//! Secret keys of Tezos: Base58Check with version bytes that make the prefix.
//!
//! The version bytes are in Tezos' `src/lib_crypto/base58.ml`.

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, Decoded};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "tezos-key",
    summary: "Checks the Base58Check checksum of a secret key of Tezos and tells its algorithm.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Algorithm])],
    check,
    facts,
    complete: Some(complete),
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

fn check(secret: &[u8]) -> Validity {
    match encoded::base58check(secret, ALPHABET) {
        Decoded::Bytes(bytes) if algorithm(&bytes).is_some() => Validity::Valid,
        Decoded::WrongChecksum if matches!(secret.len(), 54 | 98) => Validity::Invalid(
            Failure::Checksum,
            "the checksum at the end of the key is wrong",
        ),
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Decoded::Bytes(bytes) = encoded::base58check(secret, ALPHABET) {
        facts.add_some(FactKey::Algorithm, algorithm(&bytes), Evidence::Source);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if check(secret) == Validity::Valid {
        return;
    }
    let version = match secret.get(..4) {
        Some(b"edsk") => VERSIONS[usize::from(secret.len() == VERSIONS[1].2)],
        Some(b"spsk") => VERSIONS[2],
        Some(b"p2sk") => VERSIONS[3],
        _ => return,
    };
    let (version, key, text, _) = version;
    if secret.len() == text {
        let bytes: Vec<u8> = version
            .iter()
            .chain(secret.iter().skip(4).take(key))
            .copied()
            .collect();
        *secret = encoded::to_base58check(&bytes, ALPHABET).into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(check(key.as_bytes()), Validity::Valid);
            assert_eq!(
                facts(key.as_bytes()).get(FactKey::Algorithm),
                Some(algorithm)
            );
            let wrong = [&key[..53], "x"].concat();
            assert!(matches!(
                check(wrong.as_bytes()),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
    }
}
