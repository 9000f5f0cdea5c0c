//! Slack incoming webhooks: `https://hooks.slack.com/services/T…/B…/…`.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "slack-webhook",
    summary: "Tells the team and the webhook or app of a Slack webhook URL.",
    proof: Proof::Structure(Evidence::Community),
    tells: &[(
        Evidence::Community,
        &[FactKey::Kind, FactKey::Team, FactKey::KeyId],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

/// The kinds of webhook, by the path that names them.
const KINDS: &[(&str, &str)] = &[
    ("/services/", "incoming webhook"),
    ("/workflows/", "workflow webhook"),
    ("/triggers/", "workflow trigger"),
];

/// Kind, team and what follows it.
fn parse(secret: &[u8]) -> Option<(&'static str, &str, &str)> {
    let secret = std::str::from_utf8(secret).ok()?;
    KINDS.iter().find_map(|(path, kind)| {
        let mut parts = secret.split_once(path)?.1.split('/');
        let id = |id: &&str| {
            id.bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        };
        let team = parts
            .next()
            .filter(|team| team.starts_with(['T', 'E']))
            .filter(id)?;
        Some((*kind, team, parts.next().filter(id)?))
    })
}

fn check(secret: &[u8]) -> Validity {
    match parse(secret) {
        Some((_, team, _))
            if team
                .bytes()
                .skip(1)
                .all(|byte| byte == b'0' || byte == b'X') =>
        {
            Validity::Doubtful("the team id is a placeholder")
        }
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, team, id)) = parse(secret) {
        facts.add(FactKey::Kind, kind, Evidence::Community);
        facts.add(FactKey::Team, team, Evidence::Community);
        facts.add(FactKey::KeyId, id, Evidence::Community);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_tells_its_team() {
        let url = [
            "https://hooks.sl",
            "ack.com/services/T0A1B2C3D/B0Z9Y8X7W/",
            &"aB3x".repeat(6),
        ]
        .concat();
        assert_eq!(check(url.as_bytes()), Validity::Unknown);
        let facts = facts(url.as_bytes());
        assert_eq!(facts.get(FactKey::Team), Some("T0A1B2C3D"));
        assert_eq!(facts.get(FactKey::KeyId), Some("B0Z9Y8X7W"));
        assert_eq!(facts.get(FactKey::Kind), Some("incoming webhook"));
    }

    #[test]
    fn a_placeholder_is_a_doubt() {
        let url = [
            "https://hooks.sl",
            "ack.com/services/T00000000/B00000000/XXXXXXXX",
        ]
        .concat();
        assert!(matches!(check(url.as_bytes()), Validity::Doubtful(_)));
    }
}
