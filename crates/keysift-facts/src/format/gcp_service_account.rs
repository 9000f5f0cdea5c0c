//! Keys of Google Cloud service accounts: a JSON file, or a fragment of one.

use std::borrow::Cow;

use serde_json::Value;

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity, base64, json};

pub(super) const FORMAT: Format = Format {
    name: "gcp-service-account",
    summary: "Checks that a service account key is complete JSON; tells e-mail, name, project and key id.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: &[(
        Evidence::Documentation,
        &[
            FactKey::Email,
            FactKey::KeyId,
            FactKey::Client,
            FactKey::Project,
            FactKey::Domain,
            FactKey::ServiceAccount,
        ],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

/// The members that are told. The private key is not one of them.
const MEMBERS: &[(&str, FactKey)] = &[
    ("client_email", FactKey::Email),
    ("project_id", FactKey::Project),
    ("private_key_id", FactKey::KeyId),
    ("client_id", FactKey::Client),
    ("universe_domain", FactKey::Domain),
];

/// What follows the account and the project in the address of a service account.
const DOMAIN: &str = ".iam.gserviceaccount.com";

/// The JSON of a key, which may be in Base64.
fn plain(secret: &[u8]) -> Cow<'_, [u8]> {
    match base64::decode(secret) {
        Some(json) if json.starts_with(b"{") => Cow::Owned(json),
        _ => Cow::Borrowed(secret),
    }
}

fn check(secret: &[u8]) -> Validity {
    let Some(claims) = json::object(&plain(secret)) else {
        return Validity::Unknown;
    };
    let has = |member: &str| {
        claims
            .get(member)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    if claims
        .get("type")
        .is_none_or(|kind| kind != "service_account")
    {
        Validity::Doubtful("the JSON is not the key of a service account")
    } else if has("client_email") && has("private_key") {
        Validity::Valid
    } else {
        Validity::Doubtful("the key of the service account is not complete")
    }
}

/// The value of a member in JSON that may be cut off, or escaped in a string.
fn member(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest
        .trim_start_matches(['\\', '"', ' ', '\t'])
        .strip_prefix(':')?;
    let rest = rest
        .trim_start()
        .trim_start_matches('\\')
        .strip_prefix('"')?;
    let value = rest.get(..rest.find(['"', '\\', '\n'])?)?;
    Some(value.to_string())
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let secret = plain(secret);
    let claims = json::object(&secret);
    let text = String::from_utf8_lossy(&secret);
    let value = |name: &str| match &claims {
        Some(claims) => claims.get(name).and_then(json::text),
        None => {
            member(&text, &format!("\"{name}")).or_else(|| member(&text, &format!("\\\"{name}")))
        }
    };
    let email = value("client_email").unwrap_or_default();
    for (name, key) in MEMBERS {
        facts.add_some(*key, value(name), Evidence::Documentation);
    }
    if let Some((account, project)) = email
        .strip_suffix(DOMAIN)
        .and_then(|email| email.split_once('@'))
    {
        facts.add(FactKey::ServiceAccount, account, Evidence::Documentation);
        if facts.get(FactKey::Project).is_none() {
            facts.add(FactKey::Project, project, Evidence::Documentation);
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key() -> Value {
        json!({
            "type": "service_account",
            "project_id": "proj-1",
            "private_key_id": "0123456789abcdef",
            "private_key": "made up",
            "client_email": "deploy@proj-1.iam.gserviceaccount.com",
            "client_id": "123456789012345678901",
        })
    }

    const EXPECTED: &[(FactKey, &str)] = &[
        (FactKey::Email, "deploy@proj-1.iam.gserviceaccount.com"),
        (FactKey::ServiceAccount, "deploy"),
        (FactKey::Project, "proj-1"),
        (FactKey::KeyId, "0123456789abcdef"),
        (FactKey::Client, "123456789012345678901"),
    ];

    #[test]
    fn a_whole_key_is_valid_and_tells_its_account() {
        let text = serde_json::to_string_pretty(&key()).unwrap();
        assert_eq!(check(text.as_bytes()), Validity::Valid);
        for (key, value) in EXPECTED {
            assert_eq!(facts(text.as_bytes()).get(*key), Some(*value));
        }
        assert!(
            facts(text.as_bytes())
                .iter()
                .all(|fact| fact.value != "made up")
        );
    }

    #[test]
    fn a_fragment_tells_its_account_too() {
        let text = serde_json::to_string_pretty(&key()).unwrap();
        let escaped = serde_json::to_string(&text).unwrap();
        for fragment in [&text[..text.len() - 1], &escaped] {
            assert_eq!(check(fragment.as_bytes()), Validity::Unknown);
            for (key, value) in EXPECTED {
                assert_eq!(
                    facts(fragment.as_bytes()).get(*key),
                    Some(*value),
                    "{fragment}"
                );
            }
        }
    }

    #[test]
    fn other_json_is_a_doubt() {
        assert!(matches!(
            check(br#"{"type":"authorized_user"}"#),
            Validity::Doubtful(_)
        ));
        assert!(matches!(
            check(br#"{"type":"service_account"}"#),
            Validity::Doubtful(_)
        ));
    }

    #[test]
    fn a_key_in_base64_tells_its_account_too() {
        let json = br#"{"type":"service_account","client_email":"deploy@proj-1.iam.gserviceaccount.com","private_key":"x"}"#;
        let text = base64::encode(json);
        assert_eq!(check(text.as_bytes()), Validity::Valid);
        assert_eq!(facts(text.as_bytes()).get(FactKey::Project), Some("proj-1"));
    }
}
