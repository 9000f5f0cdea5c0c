//! Azure keys of other lengths than 64 bytes that carry a signature: the service follows from it, and from the seed
//! of the Marvin32 hash in the last four bytes, where it is known, the kind.
//!
//! Signatures, places and seeds are those of Microsoft's security utilities.

use super::{Format, PLAIN, Proof};
use crate::marvin::{marvin32, seed};
use crate::{Evidence, FactKey, Facts, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "azure-identifiable-key",
    summary: "Knows the Marvin32 checksum of an Azure key where it is right; tells service and kind by signature and seed.",
    proof: Proof::Checksum(Evidence::Source),
    tells: &[(Evidence::Source, &[FactKey::Provider, FactKey::Kind])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

/// Where a key has its signature, and what that says.
struct Kind {
    signature: &'static [u8],
    at: usize,
    /// The length of the key in bytes.
    bytes: usize,
    service: &'static str,
    /// The seeds that are known, and the kinds they stand for.
    seeds: &'static [(u64, &'static str)],
}

const fn kind(
    signature: &'static [u8],
    (at, bytes): (usize, usize),
    service: &'static str,
    seeds: &'static [(u64, &'static str)],
) -> Kind {
    Kind {
        signature,
        at,
        bytes,
        service,
        seeds,
    }
}

const SHORT: (usize, usize) = (33, 32);
const MIDDLE: (usize, usize) = (42, 39);
const LONG: (usize, usize) = (44, 40);

const KINDS: &[Kind] = &[
    kind(b"+ASb", SHORT, "Azure Service Bus", &[]),
    kind(b"+AEh", SHORT, "Azure Event Hubs", &[]),
    kind(b"+ARm", SHORT, "Azure Relay", &[]),
    kind(b"AIoT", SHORT, "Azure IoT", &[]),
    kind(
        b"AzCa",
        SHORT,
        "Azure Cache for Redis",
        &[(seed(b"Access00"), "access key")],
    ),
    kind(
        b"AzSe",
        MIDDLE,
        "Azure AI Search",
        &[
            (seed(b"PAdmin00"), "admin key"),
            (seed(b"Query000"), "query key"),
        ],
    ),
    kind(
        b"+ACR",
        MIDDLE,
        "Azure Container Registry",
        &[(seed(b"ACRDflt0"), "password")],
    ),
    kind(b"AzFu", LONG, "Azure Functions", &[]),
];

const CHECKSUM_BYTES: usize = 4;

fn parse(secret: &[u8]) -> Option<(&'static Kind, Vec<u8>)> {
    let kind = KINDS.iter().find(|kind| {
        let place = kind.at..kind.at + kind.signature.len();
        secret.get(place) == Some(kind.signature)
    })?;
    let bytes = base64::decode(secret).filter(|bytes| bytes.len() == kind.bytes)?;
    Some((kind, bytes))
}

/// The kind whose seed makes the checksum right.
fn proven(kind: &Kind, bytes: &[u8]) -> Option<&'static str> {
    let (signed, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    kind.seeds
        .iter()
        .find(|(seed, _)| marvin32(signed, *seed).to_le_bytes() == checksum)
        .map(|(_, name)| *name)
}

fn check(secret: &[u8]) -> Validity {
    // NOTE: a wrong checksum says nothing, since not every seed is known.
    match parse(secret) {
        Some((kind, bytes)) if proven(kind, &bytes).is_some() => Validity::Valid,
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, bytes)) = parse(secret) {
        facts.add(FactKey::Provider, kind.service, Evidence::Source);
        facts.add_some(FactKey::Kind, proven(kind, &bytes), Evidence::Source);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if check(secret) == Validity::Valid {
        return;
    }
    let Some((kind, mut bytes)) = parse(secret) else {
        return;
    };
    let padding = secret
        .iter()
        .rev()
        .take_while(|byte| **byte == b'=')
        .count();
    let is_url = secret.iter().any(|byte| b"-_".contains(byte));
    if let Some((seed, _)) = kind.seeds.first() {
        let end = bytes.len() - CHECKSUM_BYTES;
        let checksum = marvin32(&bytes[..end], *seed).to_le_bytes();
        bytes.splice(end.., checksum);
    }
    let text = if is_url {
        base64::encode_url(&bytes)
    } else {
        base64::encode(&bytes)
    };
    *secret = [text.as_bytes(), "=".repeat(padding).as_bytes()].concat();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: &Kind) -> Vec<u8> {
        let digits = (kind.bytes * 4).div_ceil(3);
        let mut key = vec![b'A'; digits];
        key[kind.at..kind.at + 4].copy_from_slice(kind.signature);
        key.resize(digits.next_multiple_of(4), b'=');
        key
    }

    #[test]
    fn a_signature_tells_the_service_and_a_seed_the_kind() {
        for kind in KINDS {
            let mut key = key(kind);
            assert_eq!(check(&key), Validity::Unknown, "{}", kind.service);
            assert_eq!(facts(&key).get(FactKey::Provider), Some(kind.service));
            complete(&mut key);
            let name = kind.seeds.first().map(|(_, name)| *name);
            assert_eq!(facts(&key).get(FactKey::Kind), name);
            assert_eq!(check(&key) == Validity::Valid, name.is_some());
        }
    }

    #[test]
    fn another_length_is_another_key() {
        for kind in KINDS {
            let mut key = key(kind);
            key.insert(0, b'A');
            assert!(facts(&key).is_empty());
            assert!(facts(&key[..20]).is_empty());
        }
    }
}
