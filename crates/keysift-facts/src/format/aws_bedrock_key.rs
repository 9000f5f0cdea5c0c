//! API keys of Amazon Bedrock: a long-term one names its user and account, a short-term one is a presigned URL.
//!
//! A long-term key is `ABSK` and Base64 of `BedrockAPIKey-…-at-<account>:<secret>`.

use super::{Format, PLAIN, Proof, presigned_url};
use crate::{Evidence, FactKey, Facts, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "aws-bedrock-key",
    summary: "Checks that a key of Amazon Bedrock holds a user or a presigned URL; tells account, user and times.",
    proof: Proof::Structure(Evidence::Community),
    tells: &[
        (
            Evidence::Community,
            &[FactKey::Kind, FactKey::User, FactKey::Account],
        ),
        (Evidence::Documentation, presigned_url::KEYS),
        (Evidence::Source, &[FactKey::Account]),
    ],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

const LONG: &[u8] = b"ABSK";
const SHORT: &[u8] = b"bedrock-api-key-";
const USER: &str = "BedrockAPIKey-";
const SERVICE: &str = "bedrock.amazonaws.com/";
const ACCOUNT_DIGITS: usize = 12;

fn decode(body: &[u8]) -> Option<String> {
    String::from_utf8(base64::decode(body)?).ok()
}

/// The user's name of a long-term key.
fn user(secret: &[u8]) -> Option<String> {
    let text = decode(secret.strip_prefix(LONG)?)?;
    let (user, _) = text.split_once(':')?;
    user.starts_with(USER).then(|| user.to_string())
}

/// The URL that a short-term key holds.
fn presigned(secret: &[u8]) -> Option<String> {
    decode(secret.strip_prefix(SHORT)?).filter(|text| text.starts_with(SERVICE))
}

fn check(secret: &[u8]) -> Validity {
    if !secret.starts_with(LONG) && !secret.starts_with(SHORT) {
        Validity::Unknown
    } else if user(secret).is_some() || presigned(secret).is_some() {
        Validity::Valid
    } else {
        Validity::Doubtful("the key does not hold what Bedrock puts there")
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some(user) = user(secret) {
        facts.add(FactKey::Kind, "long-term API key", Evidence::Community);
        let is_account =
            |id: &&str| id.len() == ACCOUNT_DIGITS && id.bytes().all(|byte| byte.is_ascii_digit());
        let account = user.rsplit_once("-at-").map(|(_, account)| account);
        facts.add_some(
            FactKey::Account,
            account.filter(is_account),
            Evidence::Community,
        );
        facts.add(FactKey::User, user.as_str(), Evidence::Community);
    } else if let Some(url) = presigned(secret) {
        facts.add(FactKey::Kind, "short-term API key", Evidence::Community);
        presigned_url::add(&mut facts, &url);
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let prefix = if secret.starts_with(LONG) {
        LONG
    } else {
        SHORT
    };
    let Some(body) = secret
        .strip_prefix(prefix)
        .filter(|_| check(secret) != Validity::Valid)
    else {
        return;
    };
    let padding = body.iter().rev().take_while(|byte| **byte == b'=').count();
    let bytes = base64::decoded_bytes(body.len() - padding);
    let begin = match prefix {
        LONG => &b"BedrockAPIKey-abcd-at-123456789012:"[..],
        _ => b"bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Security-Token=",
    };
    let letters = body.iter().map(|byte| b'a' + byte % 26).cycle();
    let letters = letters.take(bytes.saturating_sub(begin.len()));
    let text = base64::encode(&begin.iter().copied().chain(letters).collect::<Vec<u8>>());
    let padding = if padding > 0 {
        (4 - text.len() % 4) % 4
    } else {
        0
    };
    *secret = [prefix, text.as_bytes(), "=".repeat(padding).as_bytes()].concat();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_term_key_names_its_account() {
        let body = base64::encode(b"BedrockAPIKey-x1y2-at-123456789012:made-up-secret");
        let key = ["AB", "SK", &body].concat();
        assert_eq!(check(key.as_bytes()), Validity::Valid);
        let told = facts(key.as_bytes());
        assert_eq!(told.get(FactKey::Account), Some("123456789012"));
        assert_eq!(
            told.get(FactKey::User),
            Some("BedrockAPIKey-x1y2-at-123456789012")
        );
        assert!(told.iter().all(|fact| !fact.value.contains("made-up")));
    }

    #[test]
    fn a_short_term_key_tells_its_end() {
        let url = [
            "bedrock.amazonaws.com/?X-Amz-Credential=AS",
            "IAQAAAAAAAAAAAAAAA%2F20231114%2Fus-east-1%2Fbedrock%2Faws4_request",
            "&X-Amz-Date=20231114T221320Z&X-Amz-Expires=43200",
        ];
        let body = base64::encode(url.concat().as_bytes());
        let key = ["bedrock-api", "-key-", &body].concat();
        let told = facts(key.as_bytes());
        assert_eq!(told.get(FactKey::Expires), Some("2023-11-15T10:13:20Z"));
        assert_eq!(told.get(FactKey::Region), Some("us-east-1"));
    }

    #[test]
    fn another_body_is_a_doubt() {
        let key = ["AB", "SK", &base64::encode(b"something else")].concat();
        assert!(matches!(check(key.as_bytes()), Validity::Doubtful(_)));
        assert_eq!(check(b"else"), Validity::Unknown);
    }
}
