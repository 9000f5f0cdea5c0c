//! Sentry organization tokens: `sntrys_`, Base64 of JSON, an underscore and 43 characters.

use super::{Format, Input, Proof, jwt};
use crate::json::{self, Claims};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "sentry-org-token",
    summary: "Checks that a Sentry organization token holds JSON; tells organization, region and when it was issued.",
    proof: Proof::Structure(Evidence::Vector),
    tells: &[(
        Evidence::Vector,
        &[
            FactKey::Issued,
            FactKey::Organization,
            FactKey::Url,
            FactKey::Region,
        ],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const PREFIX: &[u8] = b"sntrys_";

/// The number of characters of the random part.
const RANDOM_BYTES: usize = 43;

/// The claims of the token, which end at the last underscore.
fn claims(secret: &[u8]) -> Option<Claims> {
    let body = secret.strip_prefix(PREFIX)?;
    let end = body.iter().rposition(|byte| *byte == b'_')?;
    json::base64_object(body.get(..end)?).filter(|claims| claims.contains_key("iat"))
}

fn check(secret: &[u8]) -> Validity {
    if !secret.starts_with(PREFIX) {
        return Validity::Unknown;
    }
    match claims(secret) {
        Some(_) => Validity::Valid,
        None => Validity::Invalid(
            Failure::Structure,
            "the token does not hold the JSON that Sentry puts there",
        ),
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some(claims) = claims(secret) else {
        return facts;
    };
    facts.add_some(
        FactKey::Issued,
        claims.get("iat").and_then(json::date),
        Evidence::Vector,
    );
    for (claim, key) in [
        ("org", FactKey::Organization),
        ("url", FactKey::Url),
        ("region_url", FactKey::Region),
    ] {
        facts.add_some(
            key,
            claims.get(claim).and_then(json::text),
            Evidence::Vector,
        );
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if !secret.starts_with(PREFIX) || check(secret) == Validity::Valid {
        return;
    }
    let open = r#"{"iat":1700000000.0,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":""#;
    let digits = secret.len().saturating_sub(PREFIX.len() + 1 + RANDOM_BYTES);
    let random = secret
        .iter()
        .rev()
        .take(RANDOM_BYTES)
        .map(|byte| if *byte == b'_' { b'A' } else { *byte });
    let mut token = PREFIX.to_vec();
    token.extend(jwt::fitted(digits, open, 'o', r#""}"#));
    token.push(b'_');
    token.extend(random);
    *secret = token;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64;

    #[test]
    fn a_token_tells_its_organization() {
        let json = r#"{"iat":1700000000.25,"url":"https://sentry.io","region_url":"https://de.sentry.io","org":"acme"}"#;
        let token = [
            "sntr",
            "ys_",
            &base64::encode(json.as_bytes()),
            "_",
            &"x".repeat(43),
        ]
        .concat();
        assert_eq!(check(token.as_bytes()), Validity::Valid);
        let facts = facts(token.as_bytes());
        assert_eq!(facts.get(FactKey::Organization), Some("acme"));
        assert_eq!(facts.get(FactKey::Region), Some("https://de.sentry.io"));
        assert_eq!(facts.get(FactKey::Issued), Some("2023-11-14T22:13:20Z"));
    }

    #[test]
    fn a_completed_token_is_valid_and_keeps_its_length() {
        for length in 180..200 {
            let mut token = ["sntr", "ys_eyJ", &"q_9".repeat(80)[..length]]
                .concat()
                .into_bytes();
            assert!(matches!(
                check(&token),
                Validity::Invalid(Failure::Structure, _)
            ));
            complete(&mut token);
            assert_eq!(check(&token), Validity::Valid);
            assert!(token.len().abs_diff(length + 10) <= 1);
        }
    }
}
