//! Personal access tokens of Airtable: `pat` and 14 characters, which name it, a dot and the secret.

use super::{Format, PLAIN};
use crate::{Evidence, FactKey, Facts, kind};

pub(super) const FORMAT: Format = Format {
    name: "airtable-token",
    summary: "Tells the id of a personal access token of Airtable.",
    tells: &[(Evidence::Community, &[FactKey::TokenId])],
    facts,
    ..PLAIN
};

const PREFIX: &[u8] = b"pat";
const ID_BYTES: usize = 17;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let id = secret
        .split_at_checked(ID_BYTES)
        .filter(|(id, rest)| id.starts_with(PREFIX) && rest.starts_with(b"."))
        .and_then(|(id, _)| kind::id(id, ID_BYTES));
    facts.add_some(FactKey::TokenId, id, Evidence::Community);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_id() {
        let token = ["pa", "tAbCdEfGhIjKlMn.", &"0".repeat(64)].concat();
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::TokenId),
            Some("patAbCdEfGhIjKlMn")
        );
        assert!(facts(b"patAbC.").is_empty());
    }
}
