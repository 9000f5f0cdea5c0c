//! Family seeds of the XRP Ledger: Base58Check with an alphabet of its own.
//!
//! The version bytes are on the XRP Ledger's page on base 58 encodings: 0x21 for secp256k1, 0x01e14b for Ed25519.

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, Decoded};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "xrp-seed",
    summary: "Checks the Base58Check checksum of a seed of the XRP Ledger and tells its algorithm.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Documentation, &[FactKey::Algorithm])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

const ALPHABET: &bs58::Alphabet = bs58::Alphabet::RIPPLE;
const ED25519: &[u8] = &[0x01, 0xe1, 0x4b];
const SEED_BYTES: usize = 16;
const TEXT_BYTES: &[usize] = &[29, 31];

fn algorithm(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x21, seed @ ..] if seed.len() == SEED_BYTES => Some("secp256k1"),
        _ if bytes.starts_with(ED25519) && bytes.len() == ED25519.len() + SEED_BYTES => {
            Some("Ed25519")
        }
        _ => None,
    }
}

fn check(secret: &[u8]) -> Validity {
    match encoded::base58check(secret, ALPHABET) {
        Decoded::Bytes(bytes) if algorithm(&bytes).is_some() => Validity::Valid,
        Decoded::WrongChecksum if TEXT_BYTES.contains(&secret.len()) => Validity::Invalid(
            Failure::Checksum,
            "the checksum at the end of the seed is wrong",
        ),
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Decoded::Bytes(bytes) = encoded::base58check(secret, ALPHABET) {
        facts.add_some(
            FactKey::Algorithm,
            algorithm(&bytes),
            Evidence::Documentation,
        );
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if !TEXT_BYTES.contains(&secret.len()) || check(secret) == Validity::Valid {
        return;
    }
    let version = if secret.starts_with(b"sEd") {
        ED25519
    } else {
        &[0x21]
    };
    let bytes = [version, &secret[3..3 + SEED_BYTES]].concat();
    *secret = encoded::to_base58check(&bytes, ALPHABET).into_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_tells_its_algorithm() {
        // Worked out from 16 times 0x42 by an implementation of its own.
        for (seed, algorithm) in [
            (["sscqjjf6JGnbrPE", "Y7HoZZB9MkPi25"], "secp256k1"),
            (["sEdTDFjdog15wtM", "QzmPTn8V6C6fQuWA"], "Ed25519"),
        ] {
            let seed = seed.concat();
            assert_eq!(check(seed.as_bytes()), Validity::Valid);
            assert_eq!(
                facts(seed.as_bytes()).get(FactKey::Algorithm),
                Some(algorithm)
            );
            let wrong = seed.replacen('i', "j", 1).replacen('Q', "R", 1);
            assert!(matches!(
                check(wrong.as_bytes()),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
        assert_eq!(check(b"s0"), Validity::Unknown);
    }
}
