//! Dynatrace tokens: a prefix, a public part of 24 characters, and the secret.
//!
//! Dynatrace's page on access tokens says that the first two may be shown and are the token's identifier.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "dynatrace-token",
    summary: "Tells the kind and the identifier of a Dynatrace token.",
    tells: &[(Evidence::Documentation, &[FactKey::Kind, FactKey::TokenId])],
    facts,
    ..PLAIN
};

const KINDS: &Kinds = &[
    ("dt0c01.", "API token or personal access token"),
    ("dt0s01.", "API token for SCIM"),
    ("dt0s02.", "OAuth client of an account"),
    ("dt0s", "token of the platform"),
];

/// The length of the prefix without its dot.
const PREFIX_BYTES: usize = 6;
const MAX_PUBLIC_BYTES: usize = 24;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some((kind, _)) = kind::split(secret, KINDS) else {
        return facts;
    };
    facts.add(FactKey::Kind, kind, Evidence::Documentation);
    let identifier = secret
        .split_at_checked(PREFIX_BYTES)
        .and_then(|(prefix, rest)| {
            let (public, _) = kind::before(rest.strip_prefix(b".")?, b'.')?;
            let prefix = kind::id(prefix, PREFIX_BYTES)?;
            Some(format!("{prefix}.{}", kind::id(public, MAX_PUBLIC_BYTES)?))
        });
    facts.add_some(FactKey::TokenId, identifier, Evidence::Documentation);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_public_part_and_not_its_secret() {
        let token = ["dt0", "c01.", &"A2B3".repeat(6), ".", &"Q7".repeat(32)].concat();
        let told = facts(token.as_bytes());
        assert_eq!(told.get(FactKey::TokenId), Some(&token[..31]));
        assert_eq!(
            told.get(FactKey::Kind),
            Some("API token or personal access token")
        );
        assert!(facts(b"dt0x").is_empty());
        assert_eq!(facts(b"dt0s").len(), 1);
    }
}
