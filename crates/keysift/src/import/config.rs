//! What another scanner allows for every rule, as entries of a `keysift.toml`.

use serde::{Deserialize, Serialize};

use super::rule::{AllowTable, Lists};
use crate::config::{self, Allowlist};

#[derive(Serialize)]
struct Config<'a> {
    allow: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct ReadConfig {
    allow: Vec<config::AllowTable>,
}

#[derive(Serialize)]
struct Entry<'a> {
    reason: String,
    condition: &'static str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    values: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    matches: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    lines: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    path_patterns: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop_words: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    commits: &'a [String],
}

impl<'a> Entry<'a> {
    fn new(lists: &'a Lists, condition: &'static str, from: &str) -> Self {
        Self {
            reason: format!("allowed by {from}"),
            condition,
            values: &lists.values,
            matches: &lists.matches,
            lines: &lists.lines,
            path_patterns: &lists.paths,
            stop_words: &lists.stop_words,
            commits: &lists.commits,
        }
    }
}

/// The text of a configuration; empty when nothing is allowed.
pub(super) fn written(allow: &AllowTable, from: &str) -> String {
    let any = std::iter::once(&allow.any).filter(|lists| **lists != Lists::default());
    let entries: Vec<Entry<'_>> = any
        .map(|lists| Entry::new(lists, "any", from))
        .chain(allow.all.iter().map(|lists| Entry::new(lists, "all", from)))
        .collect();
    if entries.is_empty() {
        return String::new();
    }
    toml::to_string(&Config { allow: entries })
        .expect("because strings and lists can be written as TOML")
}

/// The entries, ready to be asked.
pub(super) fn compiled(allow: &AllowTable, from: &str) -> Vec<Allowlist> {
    let text = written(allow, from);
    let tables = toml::from_str(&text).map_or(Vec::new(), |read: ReadConfig| read.allow);
    tables
        .into_iter()
        .filter_map(|table| Allowlist::compile(table).ok())
        .collect()
}
