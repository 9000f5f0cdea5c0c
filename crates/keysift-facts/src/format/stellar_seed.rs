//! Secret seeds of Stellar: base 32 of a version byte, the Ed25519 seed and a CRC-16 (StrKey, SEP-23).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, Decoded};
use crate::{Evidence, FactKey, Facts, Failure, Validity, curve};

pub(super) const FORMAT: Format = Format {
    name: "stellar-seed",
    summary: "Checks the CRC-16 of a Stellar seed and tells its account.",
    proof: Proof::Checksum(Evidence::Documentation),
    tells: &[(Evidence::Documentation, &[FactKey::Account])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

/// The version bytes of a seed and of an account's public key.
const SEED: u8 = 18 << 3;
const ACCOUNT: u8 = 6 << 3;

const DIGITS: usize = 56;

fn seed(secret: &[u8]) -> Option<[u8; 32]> {
    match encoded::base32_crc16(secret) {
        Decoded::Bytes(bytes) => match bytes.as_slice() {
            [SEED, seed @ ..] => seed.try_into().ok(),
            _ => None,
        },
        _ => None,
    }
}

fn check(secret: &[u8]) -> Validity {
    match encoded::base32_crc16(secret) {
        Decoded::Bytes(_) if seed(secret).is_some() => Validity::Valid,
        Decoded::WrongChecksum if secret.starts_with(b"S") && secret.len() == DIGITS => {
            Validity::Invalid(
                Failure::Checksum,
                "the CRC-16 at the end of the seed is wrong",
            )
        }
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let account = seed(secret).map(|seed| {
        let public = curve::ed25519_public(&seed);
        encoded::to_base32_crc16(&[&[ACCOUNT], &public[..]].concat())
    });
    facts.add_some(FactKey::Account, account, Evidence::Documentation);
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if secret.len() == DIGITS && secret.starts_with(b"S") && check(secret) != Validity::Valid {
        let bytes = [&[SEED], &secret[2..34]].concat();
        *secret = encoded::to_base32_crc16(&bytes).into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_tells_its_account() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let seed = [
            "SB",
            "BEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEE5BQ",
        ]
        .concat();
        assert_eq!(check(seed.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(seed.as_bytes()).get(FactKey::Account),
            Some("GAQVF6GRTN4R2JCFGJBOCXZOVNWLPT72PNVF5UYAS6LA4BUYQHNRET46")
        );
        let wrong = seed.replace("E5BQ", "E5BA");
        assert!(matches!(
            check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert!(facts(wrong.as_bytes()).is_empty());
        assert_eq!(check(b"S"), Validity::Unknown);
    }
}
