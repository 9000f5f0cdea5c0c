//! Azure keys of 64 bytes: those of storage accounts, and others that carry a signature in the same place.
//!
//! The 76 characters before the signature are random; after it stand, as the last 4 bytes, the Marvin32 hash of the
//! other 60. The seed tells the kind of key. Keys without a signature have nothing to check.

use super::{Format, Input, Proof};
use crate::marvin::{marvin32, seed};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "azure-storage-key",
    summary: "Checks the Marvin32 checksum of a 64-byte Azure key that has a signature; tells service and kind.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Provider, FactKey::Kind])],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const KEY_DIGITS: usize = 88;
const KEY_BYTES: usize = 64;
const SIGNATURE: std::ops::Range<usize> = 76..80;
const SIGNED_BYTES: usize = 60;

/// A kind of key: its signature, its seed, the service and what the key may do.
struct Kind {
    signature: &'static [u8],
    seed: u64,
    service: &'static str,
    kind: &'static str,
    /// Whether the checksum was seen to hold on many keys, so that a wrong one is a failure.
    proven: bool,
}

const fn kind(
    signature: &'static [u8],
    key: &[u8; 8],
    service: &'static str,
    kind: &'static str,
) -> Kind {
    Kind {
        signature,
        seed: seed(key),
        service,
        kind,
        proven: false,
    }
}

/// As Microsoft's security utilities list them.
const KINDS: &[Kind] = &[
    Kind {
        proven: true,
        ..kind(b"+ASt", b"Default0", "Azure Storage", "account key")
    },
    kind(b"ACDb", b"MastRW00", "Azure Cosmos DB", "read-write key"),
    kind(b"ACDb", b"MastRO00", "Azure Cosmos DB", "read-only key"),
    kind(b"+ABa", b"AbAcct00", "Azure Batch", "account key"),
    kind(
        b"+AMC",
        b"Classic0",
        "Azure Machine Learning (classic)",
        "web service key",
    ),
    kind(
        b"APIM",
        b"Tenant00",
        "Azure API Management",
        "direct management key",
    ),
    kind(
        b"APIM",
        b"IoTHub00",
        "Azure API Management",
        "subscription key",
    ),
    kind(b"APIM", b"Gateway0", "Azure API Management", "gateway key"),
    kind(
        b"APIM",
        b"GitKey00",
        "Azure API Management",
        "repository key",
    ),
];

/// The bytes of a key, and the kinds whose signature it has.
fn parse(secret: &[u8]) -> Option<(Vec<u8>, impl Iterator<Item = &'static Kind> + use<>)> {
    if secret.len() != KEY_DIGITS {
        return None;
    }
    let key = base64::decode(secret).filter(|key| key.len() == KEY_BYTES)?;
    let signature = secret.get(SIGNATURE)?.to_vec();
    Some((
        key,
        KINDS.iter().filter(move |kind| kind.signature == signature),
    ))
}

fn is_valid(key: &[u8], kind: &Kind) -> bool {
    let (signed, checksum) = key.split_at(SIGNED_BYTES);
    marvin32(signed, kind.seed).to_le_bytes() == checksum
}

pub(super) fn check(secret: &[u8]) -> Validity {
    let Some((key, kinds)) = parse(secret) else {
        return Validity::Unknown;
    };
    let mut verdict = Validity::Unknown;
    for kind in kinds {
        if is_valid(&key, kind) {
            return Validity::Valid;
        }
        verdict = if kind.proven {
            Validity::Invalid(
                Failure::Checksum,
                "the Marvin32 checksum at the end of the key is wrong",
            )
        } else {
            Validity::Doubtful(
                "the Marvin32 checksum at the end of the key is not one of the known kinds",
            )
        };
    }
    verdict
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((key, mut kinds)) = parse(secret)
        && let Some(kind) = kinds.find(|kind| is_valid(&key, kind))
    {
        facts.add(FactKey::Provider, kind.service, Evidence::Source);
        facts.add(FactKey::Kind, kind.kind, Evidence::Source);
    }
    facts
}

pub(super) fn complete(secret: &mut Vec<u8>) {
    let Some((mut key, mut kinds)) = parse(secret) else {
        return;
    };
    if let Some(kind) = kinds.next() {
        let checksum = marvin32(&key[..SIGNED_BYTES], kind.seed);
        key.truncate(SIGNED_BYTES);
        key.extend(checksum.to_le_bytes());
    }
    // Without a signature this still clears the bits that 64 bytes leave in the last digit.
    *secret = base64::encode(&key).into_bytes();
    secret.extend_from_slice(b"==");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(signature: &str) -> Vec<u8> {
        [&"aB3/".repeat(19), signature, "AAAAAA=="]
            .concat()
            .into_bytes()
    }

    #[test]
    fn a_completed_key_is_valid_and_tells_its_service() {
        let mut storage = key("+ASt");
        assert!(matches!(
            check(&storage),
            Validity::Invalid(Failure::Checksum, _)
        ));
        complete(&mut storage);
        assert_eq!(check(&storage), Validity::Valid);
        assert_eq!(storage.len(), KEY_DIGITS);
        assert_eq!(
            facts(&storage).get(FactKey::Provider),
            Some("Azure Storage")
        );
    }

    #[test]
    fn the_seed_tells_the_kind_of_key() {
        let mut cosmos = key("ACDb");
        assert!(matches!(check(&cosmos), Validity::Doubtful(_)));
        let bytes = base64::decode(&cosmos).unwrap();
        let checksum = marvin32(&bytes[..SIGNED_BYTES], 0x4d61_7374_524f_3030).to_le_bytes();
        cosmos = base64::encode(&[&bytes[..SIGNED_BYTES], &checksum].concat()).into_bytes();
        cosmos.extend(b"==");
        assert_eq!(facts(&cosmos).get(FactKey::Kind), Some("read-only key"));
    }

    #[test]
    fn a_key_without_a_signature_has_nothing_to_check() {
        let mut plain = key("abcd");
        assert_eq!(check(&plain), Validity::Unknown);
        complete(&mut plain);
        assert_eq!(plain.len(), KEY_DIGITS);
        assert_eq!(check(b"c2hvcnQ="), Validity::Unknown);
    }
}
