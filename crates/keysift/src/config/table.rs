//! A file of configuration as it is written, before anything is worked out.

use std::collections::BTreeMap;
use std::fmt;

use keysift_core::{Confidence, Severity};
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::Spanned;
use toml::de::DeTable;

use super::allow::Condition;
use super::error::{ConfigError, Problem, ProblemKind};
use super::validate;
use crate::day::Day;

/// A file. Keys that it does not have are `None`, empty or their default. [`SCHEMA`](super::SCHEMA) says what each means.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ConfigTable {
    /// Whether files further up have no say.
    pub root: bool,
    /// Files that this one builds on.
    pub extend: Vec<String>,
    /// The baseline's file.
    pub baseline: Option<String>,
    /// Which rules are in force.
    pub rules: RulesTable,
    /// Own rules, as in a rule file.
    pub rule: Vec<toml::Table>,
    /// Which files are scanned.
    pub paths: PathsTable,
    /// What is no finding, with the places of the entries in the file.
    pub allow: Vec<Spanned<AllowTable>>,
    /// How far a scan goes.
    pub limits: LimitsTable,
    /// What is reported.
    pub output: OutputTable,
    /// Policies, which the inventory reads.
    pub policy: Option<toml::Table>,
    /// Owners, which the inventory reads.
    pub owners: Option<toml::Table>,
    /// Declared identities, which the inventory reads.
    pub declare: Vec<toml::Table>,
}

/// `[rules]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct RulesTable {
    /// Files of own rules.
    pub files: Vec<String>,
    /// Use only these; empty for all.
    pub enable: Vec<String>,
    /// Leave these out.
    pub disable: Vec<String>,
    /// Other severities, by id or glob.
    pub severity: BTreeMap<String, Severity>,
    /// Other confidences, by id or glob.
    pub confidence: BTreeMap<String, Confidence>,
    /// Whether comments allow what stands beside them.
    pub inline_comments: Option<bool>,
}

/// `[paths]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct PathsTable {
    /// Scan only what one of these matches; empty for all.
    pub include: Vec<String>,
    /// Leave out what one of these matches.
    pub exclude: Vec<String>,
    /// Whether ignore files leave files out.
    pub ignore_files: Option<bool>,
}

/// One `[[allow]]` entry. Each condition holds if one of its list does; an empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AllowTable {
    /// Why this is no finding.
    pub reason: String,
    /// The last day on which it allows anything; `None` for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
    /// Whether all conditions have to hold, or any of them.
    #[serde(skip_serializing_if = "Condition::is_all")]
    pub condition: Condition,
    /// Only findings of these rules; ids with `*`. Whatever `condition` says, this has to hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Globs on the path, as in a `.gitignore`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Patterns on the path, with `/` between its parts, found anywhere in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path_patterns: Vec<String>,
    /// Patterns on the secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Patterns on the whole match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<String>,
    /// Patterns on the lines that the match stands on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Words in the secret, in either case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop_words: Vec<String>,
    /// Fingerprints, as reports show them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<String>,
    /// Whole ids of commits, in either case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<String>,
    /// Lines on which the secret starts; the first is 1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub line_numbers: Vec<u64>,
}

/// `[limits]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LimitsTable {
    /// Leave out files of more bytes.
    pub max_file_size: Option<Size>,
    /// Leave out blobs of Git of more bytes.
    pub max_blob_size: Option<Size>,
    /// Whether archives are opened.
    pub archives: Option<bool>,
    /// How many archives in one another are opened.
    pub max_archive_depth: Option<usize>,
    /// How many bytes an outermost archive may decompress to.
    pub max_archive_bytes: Option<Size>,
    /// How many times its size an archive may decompress to.
    pub max_archive_ratio: Option<u64>,
    /// How many encodings in one another are decoded.
    pub decode_depth: Option<u8>,
    /// How many threads scan.
    pub threads: Option<usize>,
}

/// `[output]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct OutputTable {
    /// Report findings of at least this confidence.
    pub min_confidence: Option<Confidence>,
    /// The formats of the report; empty for the default.
    pub formats: Vec<String>,
}

/// Reads the text of a file; `file` is what errors call it.
///
/// # Errors
/// Everything that is wrong with its syntax, its keys and its types, with places. Globs and patterns are looked at later.
pub fn parse(file: &str, text: &str) -> Result<ConfigTable, ConfigError> {
    let syntax = |error: &toml::de::Error| {
        // The library's own Display quotes the file, which may not be the user's to see.
        let problem = Problem::new(ProblemKind::Syntax, error.message()).in_file(file);
        match error.span() {
            Some(span) => problem.at(text, span.start),
            None => problem,
        }
    };
    let root = DeTable::parse(text).map_err(|error| syntax(&error))?;
    let mut problems = validate::problems(text, root.get_ref()).into_iter();
    if let Some(first) = problems.next() {
        let more = problems.map(|problem| problem.in_file(file)).collect();
        return Err(ConfigError::new(first.in_file(file), more));
    }
    ConfigTable::deserialize(toml::Deserializer::from(root)).map_err(|error| syntax(&error).into())
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

/// Reads `500`, `64K`, `10M`, `2G`; powers of 1,024.
pub(super) fn size(text: &str) -> Option<u64> {
    let (digits, factor) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 1 << 10),
        (at, 'm' | 'M') => (&text[..at], 1 << 20),
        (at, 'g' | 'G') => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reads;
        impl Visitor<'_> for Reads {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of bytes")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Size, E> {
                let bytes = u64::try_from(number).map_err(|_| E::custom("a negative size"))?;
                Ok(Size(bytes))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Size, E> {
                size(text).map(Size).ok_or_else(|| E::custom("not a size"))
            }
        }
        deserializer.deserialize_any(Reads)
    }
}

/// A day in a file: a date of TOML, or a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDay {
    Date(toml::value::Datetime),
    Text(String),
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match WrittenDay::deserialize(deserializer)? {
            WrittenDay::Date(date) => date.to_string(),
            WrittenDay::Text(text) => text,
        };
        Self::from_text(&text).ok_or_else(|| D::Error::custom("not a day"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> Vec<String> {
        let error = parse("keysift.toml", text).unwrap_err();
        error.problems().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_is_read() {
        let text = "root = true\n[rules]\ndisable = ['a-*']\nseverity = { 'b-*' = 'low' }\n\
                    [limits]\nmax_file_size = '2K'\nmax_archive_bytes = 7\n\
                    [[allow]]\nreason = 'why'\nexpires = 2027-01-31\nvalues = ['x']\n\
                    [[allow]]\nreason = 'why'\nexpires = '2027-01-31'\ncondition = 'any'\npaths = ['a']\n";
        let table = parse("keysift.toml", text).unwrap();
        assert!(table.root);
        assert_eq!(table.rules.severity["b-*"], Severity::Low);
        assert_eq!(table.limits.max_file_size, Some(Size(2048)));
        assert_eq!(table.limits.max_archive_bytes, Some(Size(7)));
        let days: Vec<_> = table.allow.iter().map(|it| it.get_ref().expires).collect();
        assert_eq!(days, [Day::from_text("2027-01-31"); 2]);
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_place() {
        let text = "rot = true\n[paths]\nexlude = ['a']\ninclude = 'b'\n\
                    [[allow]]\nvalues = [1]\nexpires = '2027-02-30'\n\
                    [output]\nmin_confidence = 'hihg'\n[limits]\nmax_file_size = '1Q'\nthreads = -1\n";
        assert_eq!(
            told(text),
            [
                "keysift.toml:1:1: unknown key \"rot\" in the file, did you mean \"root\"?",
                "keysift.toml:3:1: unknown key \"exlude\" in [paths], did you mean \"exclude\"?",
                "keysift.toml:4:11: \"include\" wants an array of strings, not a string",
                "keysift.toml:5:1: \"reason\" is missing in [[allow]]",
                "keysift.toml:6:11: \"values\" wants strings, not a whole number",
                "keysift.toml:7:11: \"expires\" wants a day, YYYY-MM-DD",
                "keysift.toml:9:18: \"min_confidence\" wants one of low, medium, high, did you mean \"high\"?",
                "keysift.toml:11:17: \"max_file_size\" wants a number of bytes, with K, M or G behind it if wanted",
                "keysift.toml:12:11: \"threads\" wants a number from 1 to 512",
            ]
        );
    }

    #[test]
    fn an_error_does_not_say_what_the_file_says() {
        for text in [
            "root:x:0:0:hunter2:/root:/bin/sh\n",
            "a = \"hunter2\nb",
            "root = 'hunter2'",
        ] {
            assert!(
                told(text).iter().all(|it| !it.contains("hunter2")),
                "{text}"
            );
        }
    }

    #[test]
    fn an_entry_is_written_as_it_is_read() {
        let entry = AllowTable {
            reason: "why".to_owned(),
            expires: Day::from_text("2027-01-31"),
            condition: Condition::Any,
            stop_words: vec!["example".to_owned()],
            ..AllowTable::default()
        };
        let text = toml::to_string(&entry).unwrap();
        assert_eq!(toml::from_str::<AllowTable>(&text).unwrap(), entry);
        assert!(!text.contains("paths"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*", key in "[a-z_]{1,12}") {
            let _ = parse("keysift.toml", &text);
            let _ = parse("keysift.toml", &format!("[[allow]]\n{key} = {text}\n"));
        }
    }
}
