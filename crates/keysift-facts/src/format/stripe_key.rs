//! Stripe keys: the prefix says what kind of key it is and whether it moves real money.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "stripe-key",
    summary: "Tells the kind of a Stripe key and whether it is a live or a test key.",
    proof: Proof::Nothing,
    tells: &[(
        Evidence::Documentation,
        &[FactKey::Kind, FactKey::Environment],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

/// Prefixes and kinds; a longer prefix stands before one that it starts with.
const KINDS: &[(&[u8], &str)] = &[
    (b"sk_org_", "organization key"),
    (b"sk_", "secret key"),
    (b"rk_", "restricted key"),
    (b"pk_", "publishable key"),
    (b"ek_", "ephemeral key"),
    (b"whsec_", "webhook signing secret"),
];

const ENVIRONMENTS: &[(&[u8], &str)] = &[(b"live_", "live"), (b"test_", "test")];

fn check(_: &[u8]) -> Validity {
    Validity::Unknown
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let split = KINDS
        .iter()
        .find_map(|(prefix, kind)| Some((*kind, secret.strip_prefix(*prefix)?)));
    if let Some((kind, rest)) = split {
        facts.add(FactKey::Kind, kind, Evidence::Documentation);
        let environment = ENVIRONMENTS
            .iter()
            .find(|(prefix, _)| rest.starts_with(prefix));
        facts.add_some(
            FactKey::Environment,
            environment.map(|(_, name)| *name),
            Evidence::Documentation,
        );
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_kind_and_environment() {
        for (parts, kind, environment) in [
            (["sk_", "live_"], "secret key", Some("live")),
            (["rk_", "test_"], "restricted key", Some("test")),
            (["sk_org_", "live_"], "organization key", Some("live")),
            (["wh", "sec_"], "webhook signing secret", None),
        ] {
            let key = [parts[0], parts[1], &"x".repeat(24)].concat();
            assert_eq!(facts(key.as_bytes()).get(FactKey::Kind), Some(kind));
            assert_eq!(facts(key.as_bytes()).get(FactKey::Environment), environment);
            assert_eq!(check(key.as_bytes()), Validity::Unknown);
        }
    }
}
