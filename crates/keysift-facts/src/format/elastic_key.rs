//! API keys of Elastic: Base64 of id and secret; those of Elastic Cloud (`essu_`) hold that in Base64 once more, with a
//! CRC-32 behind it.
//!
//! The checksum, big-endian in the last eight bytes, held on a public vector.

use super::{Format, PLAIN, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64, kind};

pub(super) const FORMAT: Format = Format {
    name: "elastic-key",
    summary: "Checks the CRC-32 of a key of Elastic Cloud; tells the id of any API key of Elastic.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[
        (Evidence::Documentation, &[FactKey::Kind]),
        (Evidence::Community, &[FactKey::KeyId]),
    ],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

const CLOUD: &[u8] = b"essu_";
const INNER_BYTES: usize = 60;
const CHECKSUM_BYTES: usize = 8;

/// The longest id, as Elasticsearch makes them.
const MAX_ID_BYTES: usize = 22;

/// The inner text and the checksum of a key of Elastic Cloud.
fn cloud(secret: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut inner = base64::decode(secret.strip_prefix(CLOUD)?)?;
    (inner.len() == INNER_BYTES + CHECKSUM_BYTES).then(|| {
        let checksum = inner.split_off(INNER_BYTES);
        (inner, checksum)
    })
}

fn checksum(inner: &[u8]) -> [u8; CHECKSUM_BYTES] {
    u64::from(crc32fast::hash(inner)).to_be_bytes()
}

/// The id of a key: what stands before the colon.
fn id(text: &[u8]) -> Option<String> {
    let text = base64::decode(text)?;
    let (id, secret) = kind::before(&text, b':')?;
    let id = kind::id(id, MAX_ID_BYTES)?;
    (!secret.is_empty()).then(|| id.to_string())
}

fn check(secret: &[u8]) -> Validity {
    match cloud(secret) {
        Some((inner, found)) if checksum(&inner) == found[..] => Validity::Valid,
        Some(_) => Validity::Invalid(
            Failure::Checksum,
            "the CRC-32 at the end of the key is wrong",
        ),
        None if id(secret).is_some() => Validity::Valid,
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let (kind, id) = match cloud(secret) {
        Some((inner, _)) => (Some("API key of Elastic Cloud"), id(&inner)),
        None => {
            let id = id(secret);
            (id.as_ref().map(|_| "API key of Elasticsearch"), id)
        }
    };
    facts.add_some(FactKey::Kind, kind, Evidence::Documentation);
    facts.add_some(FactKey::KeyId, id, Evidence::Community);
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let Some(body) = secret
        .strip_prefix(CLOUD)
        .filter(|body| !body.is_empty() && check(secret) != Validity::Valid)
    else {
        return;
    };
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let letter = |(at, byte): (usize, &u8)| LETTERS[(at * 7 + usize::from(*byte)) % LETTERS.len()];
    let mut text: Vec<u8> = body
        .iter()
        .cycle()
        .take(43)
        .enumerate()
        .map(letter)
        .collect();
    if let Some(colon) = text.get_mut(20) {
        *colon = b':';
    }
    let inner = base64::encode(&text) + "==";
    let inner = &inner.as_bytes()[..INNER_BYTES];
    let whole = base64::encode(&[inner, &checksum(inner)].concat());
    *secret = [CLOUD, whole.as_bytes(), b"="].concat();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_cloud_has_a_checksum_and_an_id() {
        let text = ["VuaCfGcBCdbkQm-e5aOx", ":", &"x".repeat(22)].concat();
        let inner = base64::encode(text.as_bytes()) + "==";
        let crc = crate::checksum::bitwise_crc32(inner.as_bytes());
        let bytes = [inner.as_bytes(), &[0; 4], &crc.to_be_bytes()].concat();
        let key = ["es", "su_", &base64::encode(&bytes), "="].concat();
        assert_eq!(check(key.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(key.as_bytes()).get(FactKey::KeyId),
            Some("VuaCfGcBCdbkQm-e5aOx")
        );
        let wrong = key.replace(&key[20..24], "AAAA");
        assert!(matches!(
            check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
    }

    #[test]
    fn a_key_of_a_server_has_an_id() {
        let text = ["VuaCfGcBCdbkQm-e5aOx", ":", &"x".repeat(22)].concat();
        let key = base64::encode(text.as_bytes());
        assert_eq!(check(key.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(key.as_bytes()).get(FactKey::KeyId),
            Some("VuaCfGcBCdbkQm-e5aOx")
        );
        for other in ["", "essu_", "abcd", &base64::encode(b"id:")] {
            assert_eq!(check(other.as_bytes()), Validity::Unknown, "{other}");
            assert!(facts(other.as_bytes()).is_empty());
        }
    }
}
