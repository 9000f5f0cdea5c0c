//! JSON Web Tokens: header and claims are Base64 of JSON and can be read without any key.

use super::{Format, Input, Proof};
use crate::json::{self, Claims};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64};

/// What a token may say by its claims.
pub(super) const KEYS: &[FactKey] = &[
    FactKey::Algorithm,
    FactKey::KeyId,
    FactKey::Issuer,
    FactKey::Subject,
    FactKey::Audience,
    FactKey::Client,
    FactKey::Tenant,
    FactKey::ObjectId,
    FactKey::Email,
    FactKey::Scope,
    FactKey::Role,
    FactKey::TokenId,
    FactKey::Issued,
    FactKey::NotBefore,
    FactKey::Expires,
    FactKey::Kind,
    FactKey::Namespace,
    FactKey::ServiceAccount,
    FactKey::Pod,
    FactKey::Name,
];

pub(super) const FORMAT: Format = Format {
    name: "jwt",
    summary: "Checks that header and claims of a JSON Web Token are JSON and tells the claims.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: &[
        (Evidence::Documentation, KEYS),
        (Evidence::Community, &[FactKey::Project]),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// Claims of RFC 7519, of OAuth (RFC 8693, OpenID Connect) and of Entra's access tokens.
const CLAIMS: &[(&str, FactKey)] = &[
    ("iss", FactKey::Issuer),
    ("sub", FactKey::Subject),
    ("aud", FactKey::Audience),
    ("azp", FactKey::Client),
    ("appid", FactKey::Client),
    ("client_id", FactKey::Client),
    ("tid", FactKey::Tenant),
    ("oid", FactKey::ObjectId),
    ("email", FactKey::Email),
    ("scp", FactKey::Scope),
    ("scope", FactKey::Scope),
    ("role", FactKey::Role),
    ("roles", FactKey::Role),
    ("jti", FactKey::TokenId),
];

const DATES: &[(&str, FactKey)] = &[
    ("iat", FactKey::Issued),
    ("nbf", FactKey::NotBefore),
    ("exp", FactKey::Expires),
];

fn parts(secret: &[u8]) -> Vec<&[u8]> {
    // One more than any token has: the rest of a hostile input stays in one piece.
    secret.splitn(6, |byte| *byte == b'.').collect()
}

fn check(secret: &[u8]) -> Validity {
    let parts = parts(secret);
    let (header, payload) = match parts.as_slice() {
        [header, payload, _] | [header, payload] => (header, Some(payload)),
        // An encrypted token: the payload can't be read.
        [header, _, _, _, _] => (header, None),
        _ => return Validity::Unknown,
    };
    let Some(header) = json::base64_object(header) else {
        return Validity::Invalid(
            Failure::Structure,
            "the header of the token is not a JSON object",
        );
    };
    if payload.is_some_and(|payload| json::base64_object(payload).is_none()) {
        return Validity::Invalid(
            Failure::Structure,
            "the claims of the token are not a JSON object",
        );
    }
    if !header.contains_key("alg") {
        return Validity::Doubtful("the header of the token names no algorithm");
    }
    Validity::Valid
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    add(&mut facts, secret);
    facts
}

/// Adds what a token says, in the order of its parts.
pub(super) fn add(facts: &mut Facts, secret: &[u8]) {
    let parts = parts(secret);
    if !matches!(parts.len(), 2 | 3 | 5) {
        return;
    }
    let mut objects = parts.iter().take(2).map(|part| json::base64_object(part));
    if let Some(Some(header)) = objects.next() {
        add_text(facts, FactKey::Algorithm, &header, "alg");
        add_text(facts, FactKey::KeyId, &header, "kid");
    }
    if let Some(Some(claims)) = objects.next() {
        for (claim, key) in CLAIMS {
            add_text(facts, *key, &claims, claim);
        }
        for (claim, key) in DATES {
            facts.add_some(
                *key,
                claims.get(*claim).and_then(json::date),
                Evidence::Documentation,
            );
        }
        add_kubernetes(facts, &claims);
        if claims.get("iss").is_some_and(|issuer| issuer == "supabase") {
            let project = claims.get("ref").and_then(json::text);
            facts.add_some(FactKey::Project, project, Evidence::Community);
        }
    }
}

fn add_text(facts: &mut Facts, key: FactKey, claims: &Claims, claim: &str) {
    facts.add_some(
        key,
        claims.get(claim).and_then(json::text),
        Evidence::Documentation,
    );
}

/// The claims of a Kubernetes service account: one object in a bound token, flat names in a legacy one.
fn add_kubernetes(facts: &mut Facts, claims: &Claims) {
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Documentation);
    if let Some(bound) = claims.get("kubernetes.io") {
        let name = |path: &str| bound.pointer(path).and_then(json::text);
        add(
            FactKey::Kind,
            Some("Kubernetes service account token (bound)".into()),
        );
        add(FactKey::Namespace, name("/namespace"));
        add(FactKey::ServiceAccount, name("/serviceaccount/name"));
        add(FactKey::Pod, name("/pod/name"));
    } else {
        let name = |claim: &str| {
            claims
                .get(&format!("kubernetes.io/serviceaccount/{claim}"))
                .and_then(json::text)
        };
        let Some(namespace) = name("namespace") else {
            return;
        };
        add(
            FactKey::Kind,
            Some("Kubernetes service account token (legacy)".into()),
        );
        add(FactKey::Namespace, Some(namespace));
        add(FactKey::ServiceAccount, name("service-account.name"));
        add(FactKey::Name, name("secret.name"));
    }
}

/// `open`, filling and `close` as Base64 that is as long as `digits`, or as short as they allow.
pub(super) fn fitted(digits: usize, open: &str, fill: char, close: &str) -> Vec<u8> {
    let room = base64::decoded_bytes(digits).saturating_sub(open.len() + close.len());
    let text: String = open
        .chars()
        .chain(std::iter::repeat_n(fill, room))
        .chain(close.chars())
        .collect();
    base64::encode_url(text.as_bytes()).into_bytes()
}

fn complete(secret: &mut Vec<u8>) {
    let parts = parts(secret);
    if !matches!(parts.len(), 2 | 3) || check(secret) == Validity::Valid {
        return;
    }
    let mut token = fitted(parts[0].len(), r#"{"alg":"HS256""#, ' ', "}");
    token.push(b'.');
    token.extend(fitted(parts[1].len(), r#"{"sub":""#, 'x', r#""}"#));
    if let Some(signature) = parts.get(2) {
        token.push(b'.');
        token.extend_from_slice(signature);
    }
    *secret = token;
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn token(header: &Value, claims: &Value) -> Vec<u8> {
        let part = |value: &Value| base64::encode_url(value.to_string().as_bytes());
        format!("{}.{}.{}", part(header), part(claims), "c2lnbmF0dXJl").into_bytes()
    }

    #[test]
    fn the_claims_are_told() {
        let token = token(
            &json!({"alg": "RS256", "kid": "k1"}),
            &json!({"iss": "https://login.example/t", "aud": ["a", "b"], "tid": "t-1", "scp": "read write",
                    "appid": "app-1", "iat": 1_700_000_000, "exp": 1_700_003_600.5, "jti": "j"}),
        );
        assert_eq!(check(&token), Validity::Valid);
        let facts = facts(&token);
        for (key, value) in [
            (FactKey::Algorithm, "RS256"),
            (FactKey::KeyId, "k1"),
            (FactKey::Audience, "a b"),
            (FactKey::Tenant, "t-1"),
            (FactKey::Client, "app-1"),
            (FactKey::Scope, "read write"),
            (FactKey::Issued, "2023-11-14T22:13:20Z"),
            (FactKey::Expires, "2023-11-14T23:13:20Z"),
        ] {
            assert_eq!(facts.get(key), Some(value));
        }
    }

    #[test]
    fn a_kubernetes_token_names_its_service_account() {
        let header = json!({"alg": "RS256"});
        let bound = token(
            &header,
            &json!({"kubernetes.io": {"namespace": "ns", "pod": {"name": "p"}, "serviceaccount": {"name": "sa"}}}),
        );
        let legacy = token(
            &header,
            &json!({"kubernetes.io/serviceaccount/namespace": "ns", "kubernetes.io/serviceaccount/service-account.name": "sa"}),
        );
        for token in [bound, legacy] {
            let facts = facts(&token);
            assert_eq!(facts.get(FactKey::Namespace), Some("ns"));
            assert_eq!(facts.get(FactKey::ServiceAccount), Some("sa"));
        }
    }

    #[test]
    fn a_supabase_key_names_its_project_and_role() {
        let token = token(
            &json!({"alg": "HS256"}),
            &json!({"iss": "supabase", "ref": "abcdefghij", "role": "service_role"}),
        );
        assert_eq!(facts(&token).get(FactKey::Project), Some("abcdefghij"));
        assert_eq!(facts(&token).get(FactKey::Role), Some("service_role"));
    }

    #[test]
    fn what_is_not_json_is_no_token() {
        for text in ["eyJhbGciOi.eyJzdWIiOi.x", "abc.def.ghi", "YWJj.YWJj"] {
            assert!(
                matches!(
                    check(text.as_bytes()),
                    Validity::Invalid(Failure::Structure, _)
                ),
                "{text}"
            );
        }
        assert_eq!(check(b"no token"), Validity::Unknown);
        assert!(matches!(
            check(&token(&json!({}), &json!({}))),
            Validity::Doubtful(_)
        ));
    }

    #[test]
    fn a_completed_token_keeps_its_length() {
        for length in 40..60 {
            let mut token = format!("eyJ{0}.eyJ{0}.{0}", "a".repeat(length)).into_bytes();
            let before = token.len();
            complete(&mut token);
            assert_eq!(check(&token), Validity::Valid);
            assert!(before - token.len() <= 2 && token.starts_with(b"eyJ"));
        }
    }
}
