//! Grafana tokens that hold JSON in Base64: access policy tokens of Grafana Cloud (`glc_`) and older API keys.

use super::{Format, PLAIN, Proof};
use crate::json::{self, Claims};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "grafana-cloud-token",
    summary: "Checks that a Grafana token holds JSON; tells organization, name and region.",
    proof: Proof::Structure(Evidence::Community),
    tells: &[(
        Evidence::Community,
        &[
            FactKey::Kind,
            FactKey::Organization,
            FactKey::Name,
            FactKey::Region,
        ],
    )],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

const CLOUD: &[u8] = b"glc_";

/// What an older key begins with: Base64 of `{"k":"`.
const LEGACY: &[u8] = b"eyJrIjoi";

/// The kind of a token and what it holds. `None` for another shape, or a body that is no JSON.
fn parse(secret: &[u8]) -> Option<(&'static str, Claims)> {
    let (kind, body) = match secret.strip_prefix(CLOUD) {
        Some(body) => ("access policy token of Grafana Cloud", body),
        None => ("API key (legacy)", secret),
    };
    let claims = json::base64_object(body)?;
    claims.contains_key("k").then_some((kind, claims))
}

fn check(secret: &[u8]) -> Validity {
    match parse(secret) {
        Some(_) => Validity::Valid,
        None if secret.starts_with(CLOUD) || secret.starts_with(LEGACY) => Validity::Invalid(
            Failure::Structure,
            "the token does not hold the JSON that Grafana puts there",
        ),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, claims)) = parse(secret) {
        let text = |name: &str| claims.get(name).and_then(json::text);
        let region = claims.get("m").and_then(|more| more.get("r"));
        facts.add(FactKey::Kind, kind, Evidence::Community);
        let organization = text("o").or_else(|| text("id"));
        facts.add_some(FactKey::Organization, organization, Evidence::Community);
        facts.add_some(FactKey::Name, text("n"), Evidence::Community);
        facts.add_some(
            FactKey::Region,
            region.and_then(json::text),
            Evidence::Community,
        );
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let is_cloud = secret.starts_with(CLOUD);
    if check(secret) == Validity::Valid || !(is_cloud || secret.starts_with(LEGACY)) {
        return;
    }
    let letters = |count: usize, skip: usize| -> String {
        let bytes = secret.iter().cycle().skip(skip).take(count);
        bytes.map(|byte| char::from(b'a' + byte % 26)).collect()
    };
    let (key, end) = (letters(24, 15), letters(8, 41));
    let (prefix, text) = if is_cloud {
        let text = format!(r#"{{"o":"1","n":"made-up-{end}","k":"{key}","m":{{"r":"us"}}}}"#);
        (CLOUD, text)
    } else {
        (
            &b""[..],
            format!(r#"{{"k":"{key}{end}","n":"made-up","id":1}}"#),
        )
    };
    let body = base64::encode(text.as_bytes());
    let padding = "=".repeat((4 - body.len() % 4) % 4);
    *secret = [prefix, body.as_bytes(), padding.as_bytes()].concat();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_the_cloud_names_its_organization() {
        let json = br#"{"o":"652992","n":"ci","k":"0123456789","m":{"r":"eu-west"}}"#;
        let token = ["gl", "c_", &base64::encode(json)].concat();
        assert_eq!(check(token.as_bytes()), Validity::Valid);
        let told = facts(token.as_bytes());
        assert_eq!(told.get(FactKey::Organization), Some("652992"));
        assert_eq!(told.get(FactKey::Name), Some("ci"));
        assert_eq!(told.get(FactKey::Region), Some("eu-west"));
        assert_eq!(told.len(), 4);
    }

    #[test]
    fn an_older_key_has_a_number() {
        let key = base64::encode(br#"{"k":"0123456789","n":"old","id":7}"#);
        let told = facts(key.as_bytes());
        assert_eq!(told.get(FactKey::Organization), Some("7"));
        assert_eq!(told.get(FactKey::Kind), Some("API key (legacy)"));
    }

    #[test]
    fn a_body_without_json_is_none() {
        for text in [["gl", "c_eyJvIjoi"], ["gl", "c_"], ["eyJr", "Ijoi"]] {
            let validity = check(text.concat().as_bytes());
            assert!(matches!(validity, Validity::Invalid(Failure::Structure, _)));
        }
        assert_eq!(check(b"something else"), Validity::Unknown);
    }
}
