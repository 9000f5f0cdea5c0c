//! Postman keys: `PMAK-`, an ObjectId that names the key, and the secret; or `PMAT-` and a ULID.
//!
//! An ObjectId begins with a time, and so does a ULID.

use super::{Format, PLAIN};
use crate::{Evidence, FactKey, Facts, id, time};

pub(super) const FORMAT: Format = Format {
    name: "postman-key",
    summary: "Tells the kind and id of a Postman key, and when it was created.",
    tells: &[(
        Evidence::Community,
        &[FactKey::Kind, FactKey::KeyId, FactKey::Created],
    )],
    facts,
    ..PLAIN
};

const API_KEY: &[u8] = b"PMAK-";
const ACCESS_KEY: &[u8] = b"PMAT-";
const ID_BYTES: usize = 24;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Community);
    let api_key = secret
        .strip_prefix(API_KEY)
        .and_then(|body| body.split_at_checked(ID_BYTES))
        .filter(|(_, rest)| rest.starts_with(b"-"));
    if let Some((name, _)) = api_key {
        let name = std::str::from_utf8(name).unwrap_or_default();
        add(FactKey::Kind, Some("API key of a user".into()));
        if let Some(seconds) = id::object_id(name) {
            add(FactKey::KeyId, Some(name.into()));
            add(FactKey::Created, time::rfc3339(seconds));
        }
    } else if let Some(name) = secret.strip_prefix(ACCESS_KEY) {
        let name = std::str::from_utf8(name).unwrap_or_default();
        add(FactKey::Kind, Some("collection access key".into()));
        add(FactKey::Created, id::ulid(name).and_then(time::rfc3339));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_when_it_was_created() {
        let key = [
            "PM",
            "AK-",
            "65535500",
            &"a".repeat(16),
            "-",
            &"0".repeat(34),
        ]
        .concat();
        let told = facts(key.as_bytes());
        assert_eq!(told.get(FactKey::Created), Some("2023-11-14T11:07:44Z"));
        assert_eq!(told.get(FactKey::KeyId), Some(&key[5..29]));
    }

    #[test]
    fn what_follows_the_prefix_must_be_an_id() {
        let key = ["PM", "AK-", &"z".repeat(24), "-", &"0".repeat(34)].concat();
        assert_eq!(facts(key.as_bytes()).len(), 1);
        assert!(facts(b"PMAK-").is_empty());
    }
}
