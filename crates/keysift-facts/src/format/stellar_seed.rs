//! Secret seeds of Stellar: base 32 of a version byte, the Ed25519 seed and a CRC-16 (StrKey, SEP-23).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts, curve};

pub(super) const FORMAT: Format = Format {
    name: "stellar-seed",
    summary: "Checks the CRC-16 of a Stellar seed and tells its account.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Documentation, &[FactKey::Account])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

/// The version bytes of a seed and of an account's public key.
const SEED: u8 = 18 << 3;
const ACCOUNT: u8 = 6 << 3;

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| secret.len() == 56 && secret.starts_with(b"S"),
    decode: encoded::base32_crc16,
    is_key: |bytes| bytes.first() == Some(&SEED) && bytes.len() == 33,
    make: |secret| {
        let seed = secret.get(2..)?.first_chunk::<32>()?;
        Some(encoded::to_base32_crc16(&[&[SEED], &seed[..]].concat()))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let account = KEY.bytes(secret).and_then(|bytes| {
        let seed = bytes.get(1..)?.try_into().ok()?;
        let public = curve::ed25519_public(seed);
        Some(encoded::to_base32_crc16(
            &[&[ACCOUNT], &public[..]].concat(),
        ))
    });
    facts.add_some(FactKey::Account, account, Evidence::Documentation);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_seed_tells_its_account() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let seed = [
            "SB",
            "BEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEE5BQ",
        ]
        .concat();
        assert_eq!(KEY.check(seed.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(seed.as_bytes()).get(FactKey::Account),
            Some("GAQVF6GRTN4R2JCFGJBOCXZOVNWLPT72PNVF5UYAS6LA4BUYQHNRET46")
        );
        let wrong = seed.replace("E5BQ", "E5BA");
        assert!(matches!(
            KEY.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert!(facts(wrong.as_bytes()).is_empty());
        assert_eq!(KEY.check(b"S"), Validity::Unknown);
    }

    #[test]
    fn the_seed_of_stellars_own_tests_is_one() {
        let seed = [
            "SBU2RRGLXH3E5CQHTD3ODLDF2BWD",
            "CYUSSBLLZ5GNW7JXHDIYKXZWHOKR",
        ]
        .concat();
        let bytes = KEY.bytes(seed.as_bytes()).unwrap();
        assert!(crate::hex(&bytes[1..]).starts_with("69a8c4cbb9f64e8a0798f6e1"));
    }
}
