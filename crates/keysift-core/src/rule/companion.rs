//! Companions: what stands beside a secret and belongs to it, such as the id of a key, as a rule describes them.

use keysift_facts::Format;
use serde::{Deserialize, Serialize};

use super::error::{RuleError, RuleErrorKind};
use super::{Confidence, packed, parse, pattern, sample};
use crate::check::CONTEXT_BYTES;

/// The keys of a companion's table.
pub(super) const COMPANION_KEYS: &[&str] = &[
    "name", "pattern", "within", "lines", "columns", "checks", "without", "required", "shown",
];

/// How far a companion may stand from a match, in bytes, where the rule does not say: a few lines.
pub const DEFAULT_COMPANION_BYTES: usize = 256;

/// The longest companion, in bytes: it is shown as it is.
const MAX_COMPANION_BYTES: usize = 256;

/// The most companions of a rule. Each is looked for round each finding.
const MAX_COMPANIONS: usize = 8;

/// What stands beside a rule's secret and belongs to it: an id, a user name, a host.
///
/// It is no secret, and no finding by itself. What is found of it is a part of the secret's finding.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Companion {
    /// What it is, for people: `access key id`.
    pub name: String,
    /// The pattern, in the syntax of a rule's. One group is named `value`.
    pub pattern: String,
    /// How far its match may reach beyond the rule's match, in bytes, on either side; at most
    /// [`CONTEXT_BYTES`].
    pub within: usize,
    /// Formats of which none may find the value wrong, and which decode its facts.
    #[serde(with = "packed::checks")]
    pub checks: Vec<&'static Format>,
    /// The most confidence of a finding that lacks it; `None` where it makes no difference.
    pub without: Option<Confidence>,
    /// Whether a match that lacks it is no finding; it is one by default.
    pub is_required: bool,
    /// Whether what is found of it is a part of the finding, and so shown; it is by default. What is a secret itself must
    /// not be.
    pub is_shown: bool,
    /// The most lines from the one where its match starts to the one where the rule's does; `None` for any number.
    pub lines: Option<u32>,
    /// The most columns between both, counted in bytes and on whatever lines; `None` for any number.
    pub columns: Option<u32>,
}

impl Companion {
    /// A made-up text in which its pattern finds it; the same for the same seed.
    ///
    /// `None` when the pattern cannot be sampled, which [`RuleSet::parse`](crate::RuleSet::parse) has ruled out.
    pub fn sample(&self, seed: u64) -> Option<Vec<u8>> {
        sample::plain(&self.pattern, seed)
    }
}

/// One table of a rule's `companions`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCompanion {
    name: String,
    pattern: String,
    within: Option<u32>,
    lines: Option<u32>,
    columns: Option<u32>,
    #[serde(default)]
    checks: Vec<String>,
    without: Option<Confidence>,
    #[serde(default)]
    required: bool,
    shown: Option<bool>,
}

/// Validates a rule's companions. `confidence` is the rule's own.
pub(super) fn companions(
    raw: Vec<RawCompanion>,
    confidence: Confidence,
) -> Result<Vec<Companion>, RuleError> {
    if raw.len() > MAX_COMPANIONS {
        return Err(value_error(format!(
            "the rule has more than {MAX_COMPANIONS} companions"
        )));
    }
    raw.into_iter()
        .map(|raw| companion(raw, confidence))
        .collect()
}

fn companion(raw: RawCompanion, confidence: Confidence) -> Result<Companion, RuleError> {
    let name = raw.name.trim().to_owned();
    if name.is_empty() {
        return Err(value_error("a companion's \"name\" is empty"));
    }
    let hir = pattern::parse_plain(&raw.pattern)?;
    let of_pattern = |message: String| RuleError::new(RuleErrorKind::Pattern, message);
    if pattern::group(&hir, "value").is_none() {
        return Err(of_pattern(format!(
            "the companion {name:?} has no group named \"value\": write (?P<value>…) round what belongs to the secret"
        )));
    }
    let is_shown = raw.shown.unwrap_or(true);
    let longest = if is_shown {
        MAX_COMPANION_BYTES
    } else {
        CONTEXT_BYTES
    };
    if hir
        .properties()
        .maximum_len()
        .is_none_or(|max| max > longest)
    {
        return Err(of_pattern(format!(
            "the companion {name:?} can be longer than {longest} bytes: bound its repetitions"
        )));
    }
    let within = raw
        .within
        .map_or(DEFAULT_COMPANION_BYTES, |within| within as usize);
    if within > CONTEXT_BYTES {
        return Err(RuleError::new(
            RuleErrorKind::Reach,
            format!(
                "the companion {name:?} is looked for within {within} bytes, and checks see {CONTEXT_BYTES}"
            ),
        ));
    }
    if raw.without.is_some_and(|without| without >= confidence) {
        return Err(value_error(format!(
            "\"without\" of the companion {name:?} is not below the rule's confidence"
        )));
    }
    if raw.required && raw.without.is_some() {
        return Err(value_error(format!(
            "the companion {name:?} is required, so that \"without\" says nothing"
        )));
    }
    let checks = raw.checks.iter().map(|name| parse::named_check(name));
    Ok(Companion {
        pattern: raw.pattern,
        within,
        checks: checks.collect::<Result<_, _>>()?,
        without: raw.without,
        is_required: raw.required,
        is_shown,
        lines: raw.lines,
        columns: raw.columns,
        name,
    })
}

fn value_error(message: impl Into<String>) -> RuleError {
    RuleError::new(RuleErrorKind::Value, message)
}

#[cfg(test)]
mod tests {
    use super::super::RuleSet;
    use super::*;

    const RULE: &str = r#"
[[rule]]
id = "acme-key"
name = "Acme key"
description = "Gives full access to an Acme account."
provider = "Acme"
kind = "api-key"
severity = "high"
confidence = "high"
pattern = 'acme_(?P<secret>[0-9a-z]{24})'
examples.match = ["acme_{{secret}}"]
examples.reject = ["acme_{{short}}"]
[rule.remediation]
action = "rotate"
steps = "Account > Keys > replace."
[[rule.companions]]
name = "account id"
pattern = 'acc-(?P<value>[0-9]{8})'
"#;

    fn refused(from: &str, to: &str) -> (RuleErrorKind, String) {
        let text = RULE.replace(from, to);
        assert_ne!(text, RULE);
        let error = RuleSet::parse("acme.toml", &text).unwrap_err();
        (error.kind(), error.to_string())
    }

    #[test]
    fn a_companion_has_defaults() {
        let set = RuleSet::parse("acme.toml", RULE).unwrap();
        let companion = &set.get("acme-key").unwrap().companions[0];
        assert_eq!(companion.name, "account id");
        assert_eq!(companion.within, DEFAULT_COMPANION_BYTES);
        assert_eq!((companion.checks.len(), companion.without), (0, None));
    }

    #[test]
    fn what_a_companion_cannot_be_is_refused() {
        for (from, to, kind, said) in [
            ("account id", " ", RuleErrorKind::Value, "is empty"),
            (
                "(?P<value>[0-9]{8})",
                "[0-9]{8}",
                RuleErrorKind::Pattern,
                "no group named \"value\"",
            ),
            (
                "{8})'",
                "+)'",
                RuleErrorKind::Pattern,
                "bound its repetitions",
            ),
            ("acc-", "(", RuleErrorKind::Pattern, "does not parse"),
            (
                "name = \"account id\"",
                "name = \"account id\"\nwithin = 2000",
                RuleErrorKind::Reach,
                "checks see 1024",
            ),
            (
                "name = \"account id\"",
                "name = \"account id\"\nwithout = \"high\"",
                RuleErrorKind::Value,
                "not below the rule's confidence",
            ),
            (
                "name = \"account id\"",
                "name = \"account id\"\nrequired = true\nwithout = \"low\"",
                RuleErrorKind::Value,
                "is required",
            ),
            (
                "name = \"account id\"",
                "name = \"account id\"\nchecks = [\"jwtt\"]",
                RuleErrorKind::UnknownCheck,
                "did you mean \"jwt\"",
            ),
            (
                "name = \"account id\"",
                "name = \"account id\"\nwithn = 3",
                RuleErrorKind::UnknownKey,
                "did you mean \"within\"",
            ),
        ] {
            let (found, message) = refused(from, to);
            assert_eq!(found, kind, "{message}");
            assert!(message.contains(said), "{message}");
        }
        let many = "[[rule.companions]]\nname = \"a\"\npattern = '(?P<value>abc)'\n".repeat(9);
        let text = format!("{RULE}{many}");
        let error = RuleSet::parse("acme.toml", &text).unwrap_err();
        assert!(error.to_string().contains("more than 8"), "{error}");
    }
}
