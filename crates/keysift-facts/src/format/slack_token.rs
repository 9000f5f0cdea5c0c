//! Slack tokens: the kind by prefix, and the numeric ids of those that show them.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "slack-token",
    summary: "Checks the body of a rotated Slack token; tells the kind of any, and team, user or app where they show.",
    proof: Proof::Structure(Evidence::Vector),
    tells: &[(
        Evidence::Community,
        &[
            FactKey::Kind,
            FactKey::Team,
            FactKey::Bot,
            FactKey::User,
            FactKey::App,
        ],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// Prefixes and kinds; a longer prefix stands before one that it starts with.
const KINDS: &[(&str, &str)] = &[
    ("xoxe.xoxb-", "bot token with rotation"),
    (
        "xoxe.xoxp-",
        "user or app configuration token with rotation",
    ),
    ("xoxe-", "refresh token"),
    ("xoxb-", "bot token"),
    ("xoxp-", "user token"),
    ("xoxa-", "workspace access token (legacy)"),
    ("xoxr-", "workspace refresh token (legacy)"),
    ("xoxc-", "client session token"),
    ("xoxd-", "session cookie"),
    ("xoxo-", "session token (legacy)"),
    ("xoxs-", "session token (legacy)"),
    ("xapp-", "app-level token"),
    ("xwfp-", "workflow token"),
];

/// The shortest id of a team or user that is taken for one.
const MIN_ID_DIGITS: usize = 9;

fn split(secret: &[u8]) -> Option<(&'static str, &'static str, &str)> {
    let secret = std::str::from_utf8(secret).ok()?;
    let (prefix, kind) = KINDS
        .iter()
        .find(|(prefix, _)| secret.starts_with(prefix))?;
    Some((prefix, kind, secret.get(prefix.len()..)?))
}

/// The Base64 body of a rotated token: `xoxe.xoxb-1-` or `xoxe-1-` stand before it.
fn rotated_body<'a>(prefix: &str, rest: &'a str) -> Option<&'a str> {
    let (version, body) = rest.split_once('-')?;
    (prefix.starts_with("xoxe")
        && version.len() == 1
        && version.bytes().all(|b| b.is_ascii_digit()))
    .then_some(body)
}

/// Whether `body` is Base64 of numbers with dashes between and a long hexadecimal number at the end.
fn is_rotated(body: &str) -> bool {
    let Some(text) =
        base64::decode(body.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok())
    else {
        return false;
    };
    let Some((ids, secret)) = text.rsplit_once('-') else {
        return false;
    };
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    secret.len() >= 32
        && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
        && ids.split('-').count() >= 4
        && ids.split('-').all(is_id)
}

fn check(secret: &[u8]) -> Validity {
    match split(secret).and_then(|(prefix, _, rest)| rotated_body(prefix, rest)) {
        Some(body) if is_rotated(body) => Validity::Valid,
        Some(_) => Validity::Doubtful("the body of the rotated token does not hold ids"),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some((prefix, kind, rest)) = split(secret) else {
        return facts;
    };
    facts.add(FactKey::Kind, kind, Evidence::Community);
    let mut parts = rest.split('-');
    let mut id = || {
        parts
            .next()
            .filter(|id| id.len() >= MIN_ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    match prefix {
        "xoxb-" | "xoxp-" | "xoxc-" => {
            let (team, user) = (id(), id());
            if team.is_some() {
                let key = if prefix == "xoxb-" {
                    FactKey::Bot
                } else {
                    FactKey::User
                };
                facts.add_some(FactKey::Team, team, Evidence::Community);
                facts.add_some(key, user, Evidence::Community);
            }
        }
        "xapp-" => {
            let app = rest.split('-').nth(1).filter(|app| {
                app.starts_with('A')
                    && app
                        .bytes()
                        .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            });
            facts.add_some(FactKey::App, app, Evidence::Community);
        }
        _ => {}
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let Some((prefix, _, rest)) = split(secret) else {
        return;
    };
    let Some(body) = rotated_body(prefix, rest).filter(|body| !is_rotated(body)) else {
        return;
    };
    let start = secret.len() - body.len();
    // The ids take what the 64 hexadecimal digits leave, in equal shares.
    let ids = base64::decoded_bytes(body.len())
        .saturating_sub(64 + 4)
        .max(32);
    let (count, mut text) = (if ids > 50 { 4 } else { 3 }, String::from("2-2"));
    for index in 0..count {
        text.push('-');
        let share = (ids - count) / count + usize::from(index < (ids - count) % count);
        text.extend(
            secret[start..]
                .iter()
                .cycle()
                .skip(index * 7)
                .take(share)
                .map(|b| char::from(b'1' + b % 9)),
        );
    }
    text.push('-');
    text.extend(
        secret[start..]
            .iter()
            .cycle()
            .take(64)
            .map(|b| char::from(b"0123456789abcdef"[usize::from(b % 16)])),
    );
    let body = base64::encode(text.as_bytes());
    secret.truncate(start);
    secret.extend_from_slice(body.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_token_tells_its_team_and_bot() {
        let token = ["xox", "b-123456789012-987654321098-", &"aB3x".repeat(6)].concat();
        assert_eq!(check(token.as_bytes()), Validity::Unknown);
        let facts = facts(token.as_bytes());
        assert_eq!(facts.get(FactKey::Team), Some("123456789012"));
        assert_eq!(facts.get(FactKey::Bot), Some("987654321098"));
    }

    #[test]
    fn a_legacy_token_does_not_tell_its_secret_as_a_user() {
        let token = ["xox", "b-12345678-", &"aB3x".repeat(6)].concat();
        assert_eq!(facts(token.as_bytes()).len(), 1);
    }

    #[test]
    fn an_app_token_tells_its_app() {
        let token = ["xap", "p-1-A0123456789-1234567890123-", &"ab12".repeat(16)].concat();
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::App),
            Some("A0123456789")
        );
    }

    #[test]
    fn a_completed_rotated_token_is_valid_and_keeps_its_length() {
        for (prefix, digits) in [
            ("xoxe.xoxb-1-", 166),
            ("xoxe.xoxp-1-", 163),
            ("xoxe-1-", 146),
            ("xoxe-1-", 147),
        ] {
            let mut token = [prefix, &"Aq7z".repeat(60)[..digits]].concat().into_bytes();
            assert!(matches!(check(&token), Validity::Doubtful(_)));
            let before = token.len();
            complete(&mut token);
            assert_eq!(check(&token), Validity::Valid);
            assert!(
                before.abs_diff(token.len()) <= 1,
                "{before} {}",
                token.len()
            );
        }
    }
}
