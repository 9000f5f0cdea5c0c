//! Family seeds of the XRP Ledger: Base58Check with an alphabet of its own.
//!
//! The version bytes are on the XRP Ledger's page on base 58 encodings: 0x21 for secp256k1, 0x01e14b for Ed25519.

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "xrp-seed",
    summary: "Checks the Base58Check checksum of a seed of the XRP Ledger and tells its algorithm.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Documentation, &[FactKey::Algorithm])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
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

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| TEXT_BYTES.contains(&secret.len()),
    decode: |secret| encoded::base58check(secret, ALPHABET),
    is_key: |bytes| algorithm(bytes).is_some(),
    make: |secret| {
        let version = match secret.starts_with(b"sEd") {
            true => ED25519,
            false => &[0x21],
        };
        let seed = secret.get(3..3 + SEED_BYTES)?;
        Some(encoded::to_base58check(&[version, seed].concat(), ALPHABET))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let algorithm = KEY.bytes(secret).and_then(|bytes| algorithm(&bytes));
    facts.add_some(FactKey::Algorithm, algorithm, Evidence::Documentation);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_seed_tells_its_algorithm() {
        // Worked out from 16 times 0x42 by an implementation of its own.
        for (seed, algorithm) in [
            (["sscqjjf6JGnbrPE", "Y7HoZZB9MkPi25"], "secp256k1"),
            (["sEdTDFjdog15wtM", "QzmPTn8V6C6fQuWA"], "Ed25519"),
        ] {
            let seed = seed.concat();
            assert_eq!(KEY.check(seed.as_bytes()), Validity::Valid);
            assert_eq!(
                facts(seed.as_bytes()).get(FactKey::Algorithm),
                Some(algorithm)
            );
            let wrong = seed.replacen('i', "j", 1).replacen('Q', "R", 1);
            assert!(matches!(
                KEY.check(wrong.as_bytes()),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
        assert_eq!(KEY.check(b"s0"), Validity::Unknown);
    }
}
