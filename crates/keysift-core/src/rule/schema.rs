//! A rule file as it is written: TOML, before anything is worked out.

use serde::{Deserialize, Serialize};

use crate::assign::NameKind;

use super::companion::RawCompanion;
use super::kind::{Action, Confidence, IdentityKind, Severity};

/// The keys of a table, so that an unknown one can be named with its nearest neighbour.
pub(super) const RULE_KEYS: &[&str] = &[
    "id",
    "name",
    "description",
    "provider",
    "kind",
    "severity",
    "confidence",
    "pattern",
    "reads",
    "keywords",
    "within",
    "whole_words",
    "entropy",
    "checks",
    "companions",
    "family",
    "reach",
    "paths",
    "allow",
    "remediation",
    "examples",
    "verify",
];
pub(super) const ALLOW_KEYS: &[&str] = &["values", "lines", "paths", "stop_words"];
pub(super) const REMEDIATION_KEYS: &[&str] = &["action", "steps", "link"];
pub(super) const EXAMPLES_KEYS: &[&str] = &["match", "reject"];

/// One `[[rule]]` table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) provider: String,
    pub(super) kind: IdentityKind,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    #[serde(default)]
    pub(super) pattern: String,
    #[serde(default)]
    pub(super) reads: Vec<NameKind>,
    #[serde(default)]
    pub(super) keywords: Vec<String>,
    pub(super) within: Option<u32>,
    #[serde(default)]
    pub(super) whole_words: bool,
    #[serde(default)]
    pub(super) entropy: RawEntropy,
    #[serde(default)]
    pub(super) checks: Vec<String>,
    #[serde(default)]
    pub(super) companions: Vec<RawCompanion>,
    pub(super) family: Option<String>,
    pub(super) reach: Option<u32>,
    #[serde(default)]
    pub(super) paths: Vec<String>,
    #[serde(default)]
    pub(super) allow: Allow,
    pub(super) remediation: Remediation,
    pub(super) examples: Examples,
    pub(super) verify: Option<toml::Table>,
}

/// `entropy = 3.0`, `entropy = "none"`, or absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum RawEntropy {
    #[default]
    Absent,
    Bits(f64),
    Word(String),
}

/// What a rule never reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Allow {
    /// Patterns on the secret.
    pub values: Vec<String>,
    /// Patterns on the line that the secret starts on, as far as the engine's context reaches.
    pub lines: Vec<String>,
    /// Patterns on the path, with `/` between its parts.
    pub paths: Vec<String>,
    /// ASCII case-insensitive words; a secret that contains one is dropped.
    pub stop_words: Vec<String>,
}

/// What to do about a leaked credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Remediation {
    /// Revoke or rotate.
    pub action: Action,
    /// Where and how, in a sentence or two.
    pub steps: String,
    /// The provider's page about it.
    pub link: Option<String>,
}

/// Texts that prove the rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Examples {
    /// Texts in which the rule finds a secret. `{{secret}}` stands for a generated one.
    pub r#match: Vec<String>,
    /// Texts in which it finds none.
    pub reject: Vec<String>,
}
