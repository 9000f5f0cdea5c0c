//! Tokens of HCP Terraform: 14 characters that name it, `.atlasv1.` and the secret.

use super::{Format, PLAIN};
use crate::{Evidence, FactKey, Facts, kind};

pub(super) const FORMAT: Format = Format {
    name: "terraform-token",
    summary: "Tells the id of a token of HCP Terraform.",
    tells: &[(Evidence::Community, &[FactKey::TokenId])],
    facts,
    ..PLAIN
};

const MARK: &[u8] = b".atlasv1.";
const ID_BYTES: usize = 14;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let id = secret
        .split_at_checked(ID_BYTES)
        .filter(|(_, rest)| rest.starts_with(MARK))
        .and_then(|(id, _)| kind::id(id, ID_BYTES));
    facts.add_some(FactKey::TokenId, id, Evidence::Community);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_id() {
        let token = ["aB3dE6gH9jK2mN", ".atlas", "v1.", &"x".repeat(67)].concat();
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::TokenId),
            Some("aB3dE6gH9jK2mN")
        );
        assert!(facts(&token.as_bytes()[1..]).is_empty());
    }
}
