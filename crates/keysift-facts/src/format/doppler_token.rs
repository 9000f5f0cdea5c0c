//! Doppler tokens: the second part tells the kind; a service token may name its config.

use super::{Format, PLAIN};
use crate::kind::{self, Kinds};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "doppler-token",
    summary: "Tells the kind of a Doppler token, and the config of a service token.",
    tells: &[(Evidence::Community, &[FactKey::Kind, FactKey::Environment])],
    facts,
    ..PLAIN
};

const SERVICE: &str = "service token of a config";

const KINDS: &Kinds = &[
    ("dp.audit.", "audit token"),
    (
        "dp.ct.",
        "token of the command line, with all that its user may do",
    ),
    ("dp.pt.", "personal token, with all that its user may do"),
    ("dp.sa.", "service account token"),
    ("dp.scim.", "SCIM token"),
    ("dp.st.", SERVICE),
];

/// The longest name of a config.
const MAX_CONFIG_BYTES: usize = 35;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, rest)) = kind::split(secret, KINDS) {
        facts.add(FactKey::Kind, kind, Evidence::Community);
        let config = kind::before(rest, b'.')
            .and_then(|(config, _)| kind::id(config, MAX_CONFIG_BYTES))
            .filter(|_| kind == SERVICE);
        facts.add_some(FactKey::Environment, config, Evidence::Community);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_tells_its_kind() {
        kind::assert_told(&FORMAT, KINDS);
    }

    #[test]
    fn a_service_token_names_its_config() {
        let token = ["dp.", "st.", "prd_eu.", &"x".repeat(43)].concat();
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::Environment),
            Some("prd_eu")
        );
    }
}
