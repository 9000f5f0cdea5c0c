//! Tailscale keys: `tskey-`, the kind, the id of the key and the secret, as the page on key prefixes has it.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "tailscale-key",
    summary: "Tells the kind and the id of a Tailscale key.",
    tells: &[(Evidence::Documentation, &[FactKey::Kind, FactKey::KeyId])],
    facts,
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("tskey-api-", "API access token"),
    ("tskey-auth-", "auth key, which lets machines join"),
    ("tskey-client-", "OAuth client secret"),
    ("tskey-scim-", "SCIM key"),
    ("tskey-webhook-", "webhook secret"),
];

/// The longest id.
const MAX_ID_BYTES: usize = 22;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, rest)) = kind::split(secret, KINDS) {
        facts.add(FactKey::Kind, kind, Evidence::Documentation);
        let id = kind::before(rest, b'-').and_then(|(id, _)| kind::id(id, MAX_ID_BYTES));
        facts.add_some(FactKey::KeyId, id, Evidence::Documentation);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }

    #[test]
    fn a_key_tells_its_id_and_not_its_secret() {
        let key = ["tskey", "-auth-", "kFGiAS2CNTRL-", &"x".repeat(32)].concat();
        let told = facts(key.as_bytes());
        assert_eq!(told.get(FactKey::KeyId), Some("kFGiAS2CNTRL"));
        assert_eq!(told.len(), 2);
    }
}
