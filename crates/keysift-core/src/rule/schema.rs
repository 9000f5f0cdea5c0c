//! A rule file as it is written: TOML, before anything is worked out.

use serde::{Deserialize, Serialize};

use crate::assign::NameKind;

use super::companion::RawCompanion;
use super::kind::{Action, Confidence, IdentityKind, Severity, Tool};

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
    "imported",
    "secret_group",
];
pub(super) const ALLOW_KEYS: &[&str] = &[
    "values",
    "matches",
    "lines",
    "paths",
    "stop_words",
    "commits",
    "all",
];
pub(super) const ALLOW_ALL_KEYS: &[&str] = &[
    "values",
    "matches",
    "lines",
    "paths",
    "stop_words",
    "commits",
];
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
    #[serde(default)]
    pub(super) examples: Examples,
    pub(super) verify: Option<toml::Table>,
    pub(super) imported: Option<Tool>,
    pub(super) secret_group: Option<u32>,
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
    /// Patterns on all that the rule's pattern matched.
    pub matches: Vec<String>,
    /// Patterns on the line that the secret starts on, as far as the engine's context reaches; for an imported rule, on
    /// all lines that the match touches.
    pub lines: Vec<String>,
    /// Patterns on the path, with `/` between its parts.
    pub paths: Vec<String>,
    /// ASCII case-insensitive words; a secret that contains one is dropped.
    pub stop_words: Vec<String>,
    /// Whole ids of commits, in any case.
    pub commits: Vec<String>,
    /// What is not reported where several things come together.
    pub all: Vec<AllowAll>,
}

/// What a rule never reports where each of these lists that is not empty describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AllowAll {
    /// Patterns on the secret.
    pub values: Vec<String>,
    /// Patterns on all that the rule's pattern matched.
    pub matches: Vec<String>,
    /// Patterns on the line, as in [`Allow::lines`].
    pub lines: Vec<String>,
    /// Patterns on the path.
    pub paths: Vec<String>,
    /// ASCII case-insensitive words in the secret.
    pub stop_words: Vec<String>,
    /// Whole ids of commits, in any case.
    pub commits: Vec<String>,
}

impl AllowAll {
    /// Whether it needs to be known where the blob stands.
    pub(crate) fn asks_for_the_origin(&self) -> bool {
        !self.paths.is_empty() || !self.commits.is_empty()
    }

    fn lists(&self) -> [&[String]; 6] {
        let Self {
            values,
            matches,
            lines,
            paths,
            stop_words,
            commits,
        } = self;
        [values, matches, lines, paths, stop_words, commits].map(Vec::as_slice)
    }

    /// Whether no list says anything, so that it would allow everything.
    pub(super) fn is_empty(&self) -> bool {
        self.lists().iter().all(|list| list.is_empty())
    }
}

impl Allow {
    /// Whether it needs to be known where the blob stands.
    pub(crate) fn asks_for_the_origin(&self) -> bool {
        !self.paths.is_empty()
            || !self.commits.is_empty()
            || self.all.iter().any(AllowAll::asks_for_the_origin)
    }

    /// Every list of patterns in it.
    pub(super) fn pattern_lists(&self) -> impl Iterator<Item = &Vec<String>> {
        let all = self
            .all
            .iter()
            .flat_map(|all| [&all.values, &all.matches, &all.lines, &all.paths]);
        [&self.values, &self.matches, &self.lines, &self.paths]
            .into_iter()
            .chain(all)
    }

    /// Every list of stop words in it.
    pub(super) fn stop_word_lists(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.stop_words).chain(self.all.iter().map(|all| &all.stop_words))
    }

    /// Adds what another one allows.
    pub(super) fn add(&mut self, other: &Self) {
        self.values.extend_from_slice(&other.values);
        self.matches.extend_from_slice(&other.matches);
        self.lines.extend_from_slice(&other.lines);
        self.paths.extend_from_slice(&other.paths);
        self.stop_words.extend_from_slice(&other.stop_words);
        self.commits.extend_from_slice(&other.commits);
        self.all.extend_from_slice(&other.all);
    }
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
