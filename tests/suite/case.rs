//! What a file of cases may hold, and what a case expects.

use std::collections::BTreeMap;
use std::fmt;

use keysift::Finding;
use serde::Deserialize;

use crate::configuration::Report;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Texts that cases use by name: `{{name}}`.
    #[serde(default)]
    pub(crate) texts: BTreeMap<String, String>,
    /// Rules. What they leave out of a rule file's keys is filled in; see `rules.rs`.
    #[serde(default)]
    pub(crate) rule: Vec<toml::Table>,
    pub(crate) case: Vec<Case>,
}

/// A blob, and what is told of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What holds.
    pub(crate) name: String,
    /// Whether the built-in rules are used instead of the file's.
    #[serde(default)]
    pub(crate) builtin: bool,
    /// The rules in force; empty for all.
    #[serde(default)]
    pub(crate) rules: Vec<String>,
    /// The least confidence.
    #[serde(default = "medium")]
    pub(crate) min_confidence: String,
    /// The blob's path below a directory of the test's own. Without one, the blob is scanned from standard input as well.
    pub(crate) path: Option<String>,
    /// How the text is encoded. Sources decode; the engine alone is not asked then.
    pub(crate) encoding: Option<Encoding>,
    /// The blob, with the placeholders of `template.rs`.
    pub(crate) text: String,
    /// The findings, in their order: all of them.
    #[serde(default)]
    pub(crate) findings: Vec<Expected>,
    /// What checks dropped, in its order. With built-in rules, of which any may drop something, some of it.
    #[serde(default)]
    pub(crate) dropped: Vec<Expected>,
}

fn medium() -> String {
    "medium".to_owned()
}

/// How a text becomes bytes; each begins with its byte-order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

/// A finding, or what was dropped. What is absent is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    rule: String,
    /// The secret; the placeholders of `template.rs` are filled in.
    secret: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    /// Line and column of the secret's last byte.
    end: Option<[u64; 2]>,
    /// The secret's first byte, and the one behind its last.
    span: Option<[usize; 2]>,
    /// The excerpt before the secret, and behind it.
    before: Option<String>,
    after: Option<String>,
    confidence: Option<String>,
    /// What belongs to it, all of it: `name: value (line 3)`.
    parts: Option<Vec<String>>,
    /// Why it was dropped.
    reason: Option<String>,
}

/// A finding in a form that can be compared and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    rule: String,
    secret: Vec<u8>,
    start: [u64; 2],
    end: [u64; 2],
    span: [usize; 2],
    whole: [usize; 2],
    before: Vec<u8>,
    after: Vec<u8>,
    is_cut: [bool; 2],
    confidence: &'static str,
    fingerprint: String,
    facts: usize,
    parts: Vec<String>,
    pub(crate) reason: Option<&'static str>,
}

impl Told {
    pub(crate) fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.id.clone(),
            secret: finding.secret.expose().to_vec(),
            start: [finding.start.line, finding.start.column],
            end: [finding.end.line, finding.end.column],
            span: [finding.secret_span.start, finding.secret_span.end],
            whole: [finding.span.start, finding.span.end],
            before: finding.excerpt.before.to_vec(),
            after: finding.excerpt.after.to_vec(),
            is_cut: [finding.excerpt.is_cut_before, finding.excerpt.is_cut_after],
            confidence: finding.confidence.as_str(),
            fingerprint: finding.fingerprint.to_string(),
            facts: finding.facts.iter().count(),
            parts: (finding.parts.iter())
                .map(|part| {
                    let value = String::from_utf8_lossy(&part.value);
                    format!("{}: {value} (line {})", part.name, part.line)
                })
                .collect(),
            reason: finding.dropped.map(|reason| reason.as_str()),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy;
        write!(
            f,
            "{} {:?} at {:?}-{:?} {:?} in {:?}, {:?} [] {:?} {:?}, {} {} {:?}",
            self.rule,
            text(&self.secret),
            self.start,
            self.end,
            self.span,
            self.whole,
            text(&self.before),
            text(&self.after),
            self.is_cut,
            self.confidence,
            self.reason.unwrap_or("kept"),
            self.parts,
        )
    }
}

impl Case {
    /// What tells scanners apart.
    pub(crate) fn key(&self) -> Vec<String> {
        let mut key = vec![self.builtin.to_string(), self.min_confidence.clone()];
        key.extend(self.rules.iter().cloned());
        key
    }

    /// How a report differs from what is expected, if it does.
    pub(crate) fn difference(
        &self,
        report: &Report,
        expand: &dyn Fn(&str) -> Vec<u8>,
    ) -> Option<String> {
        let findings: Vec<&Told> = report.findings.iter().collect();
        let mut dropped: Vec<&Told> = report.dropped.iter().collect();
        if self.builtin {
            dropped.retain(|told| {
                let mut expected = self.dropped.iter();
                expected.any(|expected| expected.difference(told, expand).is_none())
            });
        }
        for (word, told, expected) in [
            ("findings", findings, &self.findings),
            ("dropped", dropped, &self.dropped),
        ] {
            if told.len() != expected.len() {
                let (there, wanted) = (told.len(), expected.len());
                return Some(format!("{there} {word} instead of {wanted}"));
            }
            for (number, (told, expected)) in told.iter().zip(expected).enumerate() {
                if let Some(difference) = expected.difference(told, expand) {
                    return Some(format!("{word} {number}: {difference}"));
                }
            }
        }
        None
    }
}

impl Expected {
    fn difference(&self, told: &Told, expand: &dyn Fn(&str) -> Vec<u8>) -> Option<String> {
        let bytes = |text: &Option<String>, told: &[u8]| {
            text.as_ref().is_none_or(|text| expand(text) == told)
        };
        let text = |text: &Option<String>, told: Option<&str>| {
            text.as_ref().is_none_or(|text| Some(&**text) == told)
        };
        let compared = [
            ("rule", self.rule == told.rule),
            ("secret", bytes(&self.secret, &told.secret)),
            ("line", self.line.is_none_or(|line| line == told.start[0])),
            (
                "column",
                self.column.is_none_or(|column| column == told.start[1]),
            ),
            ("end", self.end.is_none_or(|end| end == told.end)),
            ("span", self.span.is_none_or(|span| span == told.span)),
            ("before", bytes(&self.before, &told.before)),
            ("after", bytes(&self.after, &told.after)),
            ("confidence", text(&self.confidence, Some(told.confidence))),
            (
                "parts",
                self.parts.as_ref().is_none_or(|parts| {
                    let expand =
                        |text: &String| String::from_utf8_lossy(&expand(text)).into_owned();
                    parts.iter().map(expand).eq(told.parts.iter().cloned())
                }),
            ),
            ("reason", text(&self.reason, told.reason)),
        ];
        compared
            .iter()
            .find(|(_, is_same)| !is_same)
            .map(|(what, _)| format!("the {what} is another"))
    }
}
