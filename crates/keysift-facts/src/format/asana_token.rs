//! Personal access tokens of Asana: a version, the id of the user, in the second version also of the token, and the
//! secret. Asana calls the form opaque, so it may change.

use super::{Format, PLAIN};
use crate::{Evidence, FactKey, Facts, kind};

pub(super) const FORMAT: Format = Format {
    name: "asana-token",
    summary: "Tells the user of a personal access token of Asana.",
    tells: &[(
        Evidence::Community,
        &[FactKey::Version, FactKey::User, FactKey::TokenId],
    )],
    facts,
    ..PLAIN
};

/// The most digits of an id.
const MAX_DIGITS: usize = 19;

fn digits(bytes: &[u8]) -> Option<&str> {
    kind::id(bytes, MAX_DIGITS).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some((ids, _)) = kind::before(secret, b':') else {
        return facts;
    };
    let mut parts = ids.splitn(4, |byte| *byte == b'/').map(digits);
    let (version, user, token) = (parts.next(), parts.next(), parts.next());
    if let (Some(Some(version @ ("1" | "2"))), Some(Some(user))) = (version, user) {
        facts.add(FactKey::Version, version, Evidence::Community);
        facts.add(FactKey::User, user, Evidence::Community);
        facts.add_some(FactKey::TokenId, token.flatten(), Evidence::Community);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_user() {
        let first = format!("1/{}:{}", "1".repeat(16), "0".repeat(32));
        let second = format!("2/{}/{}:{}", "1".repeat(16), "2".repeat(16), "0".repeat(32));
        for (token, id) in [(&first, None), (&second, Some("2222222222222222"))] {
            let told = facts(token.as_bytes());
            assert_eq!(told.get(FactKey::User), Some("1111111111111111"));
            assert_eq!(told.get(FactKey::TokenId), id);
        }
        for other in ["http://host:80", "1/x:", "3/1:", ":", "1:2"] {
            assert!(facts(other.as_bytes()).is_empty(), "{other}");
        }
    }
}
