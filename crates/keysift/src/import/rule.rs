//! A rule and an allowlist as a rule file of keysift's has them.

use keysift_core::{RuleError, RuleErrorKind, RuleSet, Tool};
use serde::Serialize;

use super::difference::Differences;
use super::regex::{self, Dialect};

/// How far an imported rule's match may reach where its pattern has no bound, in bytes: a private key of 16,384 bits fits.
const REACH_BYTES: u32 = 16 << 10;

/// What stands for an unbounded repetition at a pattern's start. A match begins no further before its literal than this.
const START_BOUND: &str = "{0,250}";

/// A pattern has fewer repetitions at its start than this.
const MAX_STARTS: usize = 8;

/// A `[[rule]]` table.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RuleTable {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) provider: &'static str,
    pub(super) kind: &'static str,
    pub(super) severity: &'static str,
    pub(super) confidence: &'static str,
    pub(super) imported: &'static str,
    pub(super) pattern: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secret_group: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) keywords: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entropy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reach: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) paths: Vec<String>,
    #[serde(skip_serializing_if = "AllowTable::is_empty")]
    pub(super) allow: AllowTable,
    pub(super) remediation: RemediationTable,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) companions: Vec<CompanionTable>,
}

/// A table of `companions`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CompanionTable {
    pub(super) name: String,
    pub(super) pattern: String,
    pub(super) within: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lines: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) columns: Option<u32>,
    pub(super) required: bool,
    pub(super) shown: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct RemediationTable {
    action: &'static str,
    steps: &'static str,
}

/// An `allow` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct AllowTable {
    #[serde(flatten)]
    pub(super) any: Lists,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) all: Vec<Lists>,
}

/// The lists of an `allow` table, or of a table of its `all`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Lists {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) values: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) matches: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) paths: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) stop_words: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) commits: Vec<String>,
}

impl Lists {
    fn add(&mut self, other: Self) {
        self.values.extend(other.values);
        self.matches.extend(other.matches);
        self.lines.extend(other.lines);
        self.paths.extend(other.paths);
        self.stop_words.extend(other.stop_words);
        self.commits.extend(other.commits);
    }
}

impl AllowTable {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds lists of which any, or that all together, allow.
    pub(super) fn add(&mut self, lists: Lists, needs_all: bool) {
        if lists == Lists::default() {
            return;
        }
        if needs_all {
            self.all.push(lists);
        } else {
            self.any.add(lists);
        }
    }
}

/// A rule file.
#[derive(Debug, Serialize)]
pub(super) struct RuleFile<'a> {
    #[serde(skip_serializing_if = "AllowTable::is_empty")]
    pub(super) allow: &'a AllowTable,
    #[serde(rename = "rule")]
    pub(super) rules: &'a [RuleTable],
}

impl RuleTable {
    /// A rule of another scanner with what every rule has; its pattern is in the other's syntax.
    ///
    /// # Errors
    /// What of the pattern cannot be said here.
    pub(super) fn new(
        tool: Tool,
        id: &str,
        pattern: &str,
        dialect: Dialect,
        differences: &mut Differences,
    ) -> Result<Self, String> {
        let translated = regex::translate(pattern, dialect)?;
        if let Some(difference) = translated.difference {
            differences.note(&place(id), "regex", difference);
        }
        let is_unbounded = ["*", "+", ",}"]
            .iter()
            .any(|mark| translated.pattern.contains(mark));
        Ok(Self {
            id: id.to_owned(),
            name: id.to_owned(),
            description: format!("A rule of {tool}."),
            provider: "Imported",
            kind: "api-key",
            severity: "high",
            confidence: "medium",
            imported: tool.as_str(),
            pattern: translated.pattern,
            secret_group: None,
            keywords: Vec::new(),
            entropy: None,
            reach: is_unbounded.then_some(REACH_BYTES),
            paths: Vec::new(),
            allow: AllowTable::default(),
            companions: Vec::new(),
            remediation: RemediationTable {
                action: "revoke",
                steps: "Make it invalid where it was issued, then find out who used it.",
            },
        })
    }

    /// Makes the engine take the rule as far as that can be.
    ///
    /// # Errors
    /// Why the engine cannot.
    pub(super) fn fit(&mut self, differences: &mut Differences) -> Result<(), String> {
        for _ in 0..MAX_STARTS {
            let file = RuleFile {
                allow: &AllowTable::default(),
                rules: std::slice::from_ref(self),
            };
            let error = match rule_set("", &file) {
                Ok(set) => {
                    self.tell_keywords(&set, differences);
                    return Ok(());
                }
                Err(error) => error,
            };
            match (error.kind(), error.place()) {
                (RuleErrorKind::Unbounded, Some(at)) if self.bound(at.clone()) => differences.note(
                    &place(&self.id),
                    "regex",
                    "a match starts no more than 250 bytes before its first fixed part",
                ),
                _ => {
                    let message = error.to_string();
                    let prefix = format!("rule {:?}: ", self.id);
                    return Err(message.strip_prefix(&prefix).unwrap_or(&message).to_owned());
                }
            }
        }
        Err("the pattern starts with too many repetitions without a bound".to_owned())
    }

    /// Gives a repetition without a bound one; whether it could.
    fn bound(&mut self, at: std::ops::Range<usize>) -> bool {
        let Some(part) = self.pattern.get(at.clone()) else {
            return false;
        };
        let (part, lazy) = match part.strip_suffix('?') {
            Some(part) => (part, "?"),
            None => (part, ""),
        };
        let bounded = if let Some(once) = part.strip_suffix('*') {
            format!("{once}{START_BOUND}{lazy}")
        } else if let Some(once) = part.strip_suffix('+') {
            format!("{once}{}{lazy}", START_BOUND.replace("0,", "1,"))
        } else if let Some(once) = part.strip_suffix(",}") {
            format!("{once},{}}}{lazy}", 250)
        } else {
            return false;
        };
        self.pattern.replace_range(at, &bounded);
        true
    }

    /// Says what the engine makes of keywords that are a prefilter elsewhere.
    fn tell_keywords(&self, set: &RuleSet, differences: &mut Differences) {
        let Some(rule) = set.get(&self.id).filter(|_| !self.keywords.is_empty()) else {
            return;
        };
        if !rule.keywords.is_empty() {
            let message = format!(
                "one must stand within {} bytes of a match, and not only anywhere in the file",
                rule.within
            );
            differences.note(&place(&self.id), "keywords", message);
        } else if self.keywords.iter().any(|word| word.len() < 3) {
            differences.note(
                &place(&self.id),
                "keywords",
                "a word of fewer than 3 bytes is everywhere, so that the rule runs without them",
            );
        }
    }
}

/// How a rule is named as a place in a file.
pub(super) fn place(id: &str) -> String {
    format!("rule {id:?}")
}

/// The rules of a file, as the engine takes them.
pub(super) fn rule_set(name: &str, file: &RuleFile<'_>) -> Result<RuleSet, RuleError> {
    RuleSet::parse(name, &written(file))
}

/// A rule file's text.
pub(super) fn written(file: &RuleFile<'_>) -> String {
    toml::to_string(file).expect("because strings, numbers and lists can all be written as TOML")
}
