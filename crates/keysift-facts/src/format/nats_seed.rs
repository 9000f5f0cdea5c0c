//! Seeds of NATS (nkeys): base 32 of two bytes for the kind, the Ed25519 seed and a CRC-16.
//!
//! The layout is that of `nats-io/nkeys`. The public key, by which servers know the holder, follows from the seed.

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts, curve};

pub(super) const FORMAT: Format = Format {
    name: "nats-seed",
    summary: "Checks the CRC-16 of a NATS seed; tells its kind and its public key.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Kind, FactKey::PublicKey])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

/// The type of a seed, before which that of its holder stands.
const SEED: u8 = 18 << 3;

/// Of each kind of holder the type and the name.
const KINDS: &[(u8, &str)] = &[
    (0, "seed of an account"),
    (2 << 3, "seed of a cluster"),
    (13 << 3, "seed of a server"),
    (14 << 3, "seed of an operator"),
    (20 << 3, "seed of a user"),
    (23 << 3, "seed of a curve key"),
];

/// Curve keys are X25519, the others Ed25519.
const CURVE: u8 = 23 << 3;

/// The kind of holder, its name, and the seed itself.
fn parse(bytes: &[u8]) -> Option<(u8, &'static str, &[u8; 32])> {
    let [first, second, seed @ ..] = bytes else {
        return None;
    };
    let holder = (first & 7) << 5 | second >> 3;
    let (_, name) = KINDS.iter().find(|(kind, _)| *kind == holder)?;
    (first & 0xf8 == SEED).then_some((holder, *name, seed.try_into().ok()?))
}

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| secret.len() == 58 && secret.starts_with(b"S"),
    decode: encoded::base32_crc16,
    is_key: |bytes| parse(bytes).is_some(),
    make: |secret| {
        let holder = match secret.get(1)? {
            b'A' => 0,
            b'O' => 14 << 3,
            b'C' => 2 << 3,
            b'N' => 13 << 3,
            b'X' => CURVE,
            _ => 20 << 3,
        };
        let head = [SEED | holder >> 5, holder << 3];
        let seed = secret.get(2..)?.first_chunk::<32>()?;
        Some(encoded::to_base32_crc16(&[&head[..], seed].concat()))
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some(bytes) = KEY.bytes(secret)
        && let Some((holder, name, seed)) = parse(&bytes)
    {
        let public = match holder {
            CURVE => curve::x25519_public(seed),
            _ => curve::ed25519_public(seed),
        };
        let public = encoded::to_base32_crc16(&[&[holder], &public[..]].concat());
        facts.add(FactKey::Kind, name, Evidence::Source);
        facts.add(FactKey::PublicKey, public, Evidence::Source);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn a_seed_tells_its_public_key() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let seed = [
            "SU",
            "AEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJBEEQV6RY",
        ]
        .concat();
        assert_eq!(KEY.check(seed.as_bytes()), Validity::Valid);
        let told = facts(seed.as_bytes());
        assert_eq!(told.get(FactKey::Kind), Some("seed of a user"));
        assert_eq!(
            told.get(FactKey::PublicKey),
            Some("UAQVF6GRTN4R2JCFGJBOCXZOVNWLPT72PNVF5UYAS6LA4BUYQHNRFBIE")
        );
        let wrong = seed.replace("V6RY", "V6RA");
        assert!(matches!(
            KEY.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert!(facts(wrong.as_bytes()).is_empty());
    }

    #[test]
    fn a_public_key_is_no_seed() {
        let public = b"UAQVF6GRTN4R2JCFGJBOCXZOVNWLPT72PNVF5UYAS6LA4BUYQHNRFBIE";
        assert_eq!(KEY.check(public), Validity::Unknown);
        assert!(facts(public).is_empty());
    }
}
