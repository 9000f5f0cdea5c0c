//! JSON Web Tokens whose form a rule knows better: their claims, and no check.

use super::{Format, PLAIN, jwt};

pub(super) const FORMAT: Format = Format {
    name: "jwt-claims",
    summary: "Tells the claims of a JSON Web Token.",
    tells: jwt::FORMAT.tells,
    facts: jwt::FORMAT.facts,
    ..PLAIN
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FactKey, base64};

    #[test]
    fn a_token_of_kubernetes_names_its_account() {
        let claims =
            br#"{"kubernetes.io":{"namespace":"ns","serviceaccount":{"name":"sa"}},"exp":1}"#;
        let parts = [&br#"{"alg":"RS256"}"#[..], claims, b"made up"];
        let token = parts.map(base64::encode_url).join(".");
        let told = (FORMAT.facts)(token.as_bytes());
        assert_eq!(told.get(FactKey::ServiceAccount), Some("sa"));
        assert_eq!(told.get(FactKey::Expires), Some("1970-01-01T00:00:01Z"));
    }
}
