//! Policies as `[policy]` in a configuration sets them.

use std::collections::{BTreeMap, BTreeSet};

use keysift_core::{IdentityKind, Severity};
use toml::{Table, Value};

use super::POLICIES;
use crate::error::{Error, ErrorKind, nearest};

/// The numbers that policies go by; all in days but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The age of a credential from which its rotation is a warning; 30 by default.
    pub rotation_warn_days: i64,
    /// The age of a credential from which its rotation is a failure; 90 by default.
    pub rotation_fail_days: i64,
    /// How long before its end an expiry is told; 30 by default.
    pub expiry_notice_days: i64,
    /// How long before its end an expiry is a warning; 14 by default.
    pub expiry_warn_days: i64,
    /// How long before its end an expiry is a failure; 7 by default.
    pub expiry_fail_days: i64,
    /// The longest time that a credential may be valid for; 90 by default.
    pub max_lifetime_days: i64,
    /// How long an identity may go unused; 30 by default.
    pub unused_days: i64,
    /// How long an owner may commit nothing and still count as there; 90 by default.
    pub owner_inactive_days: i64,
    /// How old a test account may become; 180 by default.
    pub test_account_days: i64,
    /// How long after an approval or a review the next one is due; 90 by default.
    pub review_days: i64,
    /// How long a decommissioning may take; 14 by default.
    pub decommission_days: i64,
    /// From how many files on a credential counts as reused; 2 by default.
    pub reuse_files: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rotation_warn_days: 30,
            rotation_fail_days: 90,
            expiry_notice_days: 30,
            expiry_warn_days: 14,
            expiry_fail_days: 7,
            max_lifetime_days: 90,
            unused_days: 30,
            owner_inactive_days: 90,
            test_account_days: 180,
            review_days: 90,
            decommission_days: 14,
            reuse_files: 2,
        }
    }
}

type Field = fn(&mut Limits) -> &mut i64;

const FIELDS: &[(&str, Field)] = &[
    ("rotation_warn_days", |limits| {
        &mut limits.rotation_warn_days
    }),
    ("rotation_fail_days", |limits| {
        &mut limits.rotation_fail_days
    }),
    ("expiry_notice_days", |limits| {
        &mut limits.expiry_notice_days
    }),
    ("expiry_warn_days", |limits| &mut limits.expiry_warn_days),
    ("expiry_fail_days", |limits| &mut limits.expiry_fail_days),
    ("max_lifetime_days", |limits| &mut limits.max_lifetime_days),
    ("unused_days", |limits| &mut limits.unused_days),
    ("owner_inactive_days", |limits| {
        &mut limits.owner_inactive_days
    }),
    ("test_account_days", |limits| &mut limits.test_account_days),
    ("review_days", |limits| &mut limits.review_days),
    ("decommission_days", |limits| &mut limits.decommission_days),
    ("reuse_files", |limits| &mut limits.reuse_files),
];

/// The tables in `[policy]`.
const TABLES: [&str; 4] = ["disable", "environment", "kind", "severity"];

/// The largest number of days: beyond a century a limit is a mistake.
const MAX_NUMBER: i64 = 36_500;

/// Which policies hold, and with which numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PolicyConfig {
    limits: Limits,
    /// What is set for a kind or an environment, over the numbers above; the environment has the last word.
    kinds: BTreeMap<String, Table>,
    environments: BTreeMap<String, Table>,
    disabled: BTreeSet<String>,
    severities: BTreeMap<String, Severity>,
}

impl PolicyConfig {
    /// Reads the table `[policy]` of a configuration. What it does not set keeps its default.
    ///
    /// # Errors
    /// [`Invalid`](ErrorKind::Invalid) for an unknown key, policy, kind or severity, with the nearest name.
    pub fn parse(table: &Table) -> Result<Self, Error> {
        let mut config = Self::default();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("disable", Value::Array(names)) => {
                    for name in names {
                        let id = policy_id(name.as_str().unwrap_or_default())?;
                        config.disabled.insert(id.to_owned());
                    }
                }
                ("severity", Value::Table(severities)) => {
                    for (name, severity) in severities {
                        let id = policy_id(name)?;
                        let word = severity.as_str().unwrap_or_default();
                        let severity = Severity::from_name(word).ok_or_else(|| {
                            unknown(
                                "severity",
                                word,
                                Severity::ALL.iter().map(|severity| severity.as_str()),
                            )
                        })?;
                        config.severities.insert(id.to_owned(), severity);
                    }
                }
                ("kind", Value::Table(kinds)) => {
                    for (kind, limits) in kinds {
                        let kinds = || IdentityKind::ALL.iter().map(|kind| kind.as_str());
                        if !kinds().any(|known| known == kind) {
                            return Err(unknown("kind", kind, kinds()));
                        }
                        config.kinds.insert(kind.clone(), limits_of(key, limits)?);
                    }
                }
                ("environment", Value::Table(environments)) => {
                    for (environment, limits) in environments {
                        config
                            .environments
                            .insert(environment.clone(), limits_of(key, limits)?);
                    }
                }
                ("disable" | "severity" | "kind" | "environment", _) => {
                    return Err(invalid(format!(
                        "policy.{key}: a {} is wanted",
                        if key == "disable" {
                            "list of policies"
                        } else {
                            "table"
                        }
                    )));
                }
                _ => set(&mut config.limits, key, value)?,
            }
        }
        let limits = config.limits;
        if limits.rotation_warn_days > limits.rotation_fail_days {
            return Err(invalid(
                "policy.rotation_warn_days: larger than rotation_fail_days".to_owned(),
            ));
        }
        Ok(config)
    }

    /// Whether a policy holds.
    pub fn is_enabled(&self, policy: &str) -> bool {
        !self.disabled.contains(policy)
    }

    pub(super) fn severity(&self, policy: &str) -> Option<Severity> {
        self.severities.get(policy).copied()
    }

    /// The numbers for identities of a kind in some environments; where several say something, the strictest.
    pub fn limits(&self, kind: &str, environments: &[String]) -> Limits {
        let mut limits = self.limits;
        let apply = |limits: &mut Limits, table: &Table| {
            for (key, value) in table {
                // What cannot be set was refused when the table was read.
                let _ = set(limits, key, value);
            }
        };
        if let Some(table) = self.kinds.get(kind) {
            apply(&mut limits, table);
        }
        let mut strictest: Option<Limits> = None;
        for table in environments
            .iter()
            .filter_map(|name| self.environments.get(name))
        {
            let mut of_environment = limits;
            apply(&mut of_environment, table);
            let strict = strictest.get_or_insert(of_environment);
            for (name, field) in FIELDS {
                let other = *field(&mut of_environment);
                let one = field(strict);
                let is_notice = name.starts_with("expiry");
                *one = if is_notice {
                    other.max(*one)
                } else {
                    other.min(*one)
                };
            }
        }
        strictest.unwrap_or(limits)
    }
}

fn limits_of(key: &str, value: &Value) -> Result<Table, Error> {
    let Value::Table(table) = value else {
        return Err(invalid(format!(
            "policy.{key}: a table of numbers is wanted"
        )));
    };
    let mut scratch = Limits::default();
    for (key, value) in table {
        set(&mut scratch, key, value)?;
    }
    Ok(table.clone())
}

fn set(limits: &mut Limits, key: &str, value: &Value) -> Result<(), Error> {
    let names = || FIELDS.iter().map(|(name, _)| *name).chain(TABLES);
    let Some((_, field)) = FIELDS.iter().find(|(name, _)| *name == key) else {
        return Err(unknown("key", key, names()));
    };
    match value {
        Value::Integer(number) if (0..=MAX_NUMBER).contains(number) => {
            *field(limits) = *number;
            Ok(())
        }
        _ => Err(invalid(format!(
            "policy.{key}: a number from 0 to {MAX_NUMBER} is wanted"
        ))),
    }
}

/// A policy by its name.
pub(crate) fn policy_id(name: &str) -> Result<&'static str, Error> {
    match super::named(name) {
        Some(policy) => Ok(policy.id),
        None => Err(unknown(
            "policy",
            name,
            POLICIES.iter().map(|policy| policy.id),
        )),
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::Invalid, message)
}

fn unknown<'n>(what: &str, word: &str, names: impl IntoIterator<Item = &'n str>) -> Error {
    let error = invalid(format!("policy: unknown {what} {word:?}"));
    match nearest(word, names) {
        Some(near) => error.hint_with(format!("did you mean {near}?")),
        None => error.hint_with(
            "`keysift check --policies` lists the policies; docs/inventory.md has their keys",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PolicyConfig, Error> {
        PolicyConfig::parse(&text.parse::<Table>().unwrap())
    }

    #[test]
    fn what_is_not_set_keeps_its_default() {
        let config = parse(
            "rotation_fail_days = 60\ndisable = [\"unowned\"]\n[severity]\nreuse = \"high\"\n",
        )
        .unwrap();
        let limits = config.limits("api-key", &[]);
        assert_eq!(
            (limits.rotation_warn_days, limits.rotation_fail_days),
            (30, 60)
        );
        assert!(!config.is_enabled("unowned") && config.is_enabled("reuse"));
        assert_eq!(config.severity("reuse"), Some(Severity::High));
    }

    #[test]
    fn kinds_and_environments_have_numbers_of_their_own_and_the_strictest_counts() {
        let config = parse(
            "[kind.certificate]\nrotation_fail_days = 365\n[environment.production]\nrotation_fail_days = 30\n\
             expiry_fail_days = 10\n[environment.test]\nrotation_fail_days = 400\n",
        )
        .unwrap();
        assert_eq!(config.limits("certificate", &[]).rotation_fail_days, 365);
        let both = ["production".to_owned(), "test".to_owned()];
        let limits = config.limits("certificate", &both);
        assert_eq!(
            (limits.rotation_fail_days, limits.expiry_fail_days),
            (30, 10)
        );
    }

    #[test]
    fn what_is_wrong_is_named_with_the_nearest_name() {
        for (text, message, hint) in [
            (
                "rotation_warn_day = 3",
                "policy: unknown key \"rotation_warn_day\"",
                Some("did you mean rotation_warn_days?"),
            ),
            (
                "disable = [\"orphan\"]",
                "policy: unknown policy \"orphan\"",
                Some("did you mean orphaned?"),
            ),
            (
                "[kind.certificat]",
                "policy: unknown kind \"certificat\"",
                Some("did you mean certificate?"),
            ),
            (
                "unused_days = -1",
                "policy.unused_days: a number from 0 to 36500 is wanted",
                None,
            ),
            (
                "disable = true",
                "policy.disable: a list of policies is wanted",
                None,
            ),
            (
                "rotation_warn_days = 100",
                "policy.rotation_warn_days: larger than rotation_fail_days",
                None,
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(
                (error.to_string().as_str(), error.hint()),
                (message, hint),
                "{text}"
            );
        }
    }
}
