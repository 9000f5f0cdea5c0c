//! trufflehog's custom detectors.

use std::collections::BTreeMap;

use keysift_core::Tool;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::difference::Differences;
use super::patterns::fewer_than;
use super::regex::{self, Dialect};
use super::rule::{Lists, RuleTable};
use super::{Import, ImportError};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    detectors: Vec<Detector>,
    sources: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Detector {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    keywords: Vec<String>,
    regex: BTreeMap<String, String>,
    primary_regex_name: Option<String>,
    #[serde(default)]
    exclude_regexes_capture: Vec<String>,
    #[serde(default)]
    exclude_regexes_match: Vec<String>,
    #[serde(default)]
    exclude_words: Vec<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    validations: BTreeMap<String, Validation>,
    verify: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
struct Validation {
    #[serde(default)]
    contains_digit: bool,
    #[serde(default)]
    contains_lowercase: bool,
    #[serde(default)]
    contains_uppercase: bool,
    #[serde(default)]
    contains_special_char: bool,
}

pub(super) fn import(import: &mut Import, text: &str) -> Result<(), ImportError> {
    let file: File =
        super::yaml(text).map_err(|message| ImportError::new(&import.differences.file, message))?;
    if file.sources.is_some() {
        import.differences.warn(
            "",
            "sources",
            "what is scanned is said on keysift's command line",
        );
    }
    for detector in file.detectors {
        let here = format!("detector {:?}", detector.name);
        match converted(&detector, &here, &mut import.differences) {
            Ok(table) => import.rules.push(table),
            Err(why) => {
                import
                    .differences
                    .error(&here, "regex", format!("{why}; the detector is left out"))
            }
        }
    }
    Ok(())
}

fn converted(
    detector: &Detector,
    here: &str,
    differences: &mut Differences,
) -> Result<RuleTable, String> {
    let named = detector
        .primary_regex_name
        .as_ref()
        .and_then(|name| detector.regex.get_key_value(name));
    let (name, pattern) = named
        .or_else(|| detector.regex.first_key_value())
        .ok_or("it has no pattern")?;
    if detector.regex.len() > 1 {
        let others: Vec<&str> = detector
            .regex
            .keys()
            .filter(|other| *other != name)
            .map(String::as_str)
            .collect();
        let message = format!(
            "{name} alone is looked for; that {} must match too is not asked",
            others.join(", ")
        );
        differences.warn(here, "regex", message);
    }
    let mut table = RuleTable::new(
        Tool::Trufflehog,
        &detector.name,
        pattern,
        Dialect::Go,
        differences,
    )?;
    if !detector.description.trim().is_empty() {
        table.description.clone_from(&detector.description);
    }
    table.keywords = detector
        .keywords
        .iter()
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase())
        .collect();
    table.entropy = Some(detector.entropy).filter(|bits| *bits > 0.0);
    table
        .allow
        .add(excluded(detector, name, here, differences), false);
    if detector.verify.is_some() {
        differences.note(
            here,
            "verify",
            "a scan never asks the network whether a secret is live",
        );
    }
    table.fit(differences)?;
    Ok(table)
}

/// What a detector leaves out.
fn excluded(detector: &Detector, name: &str, here: &str, differences: &mut Differences) -> Lists {
    let mut plain = |key: &str, patterns: &[String]| -> Vec<String> {
        let mut all = Vec::new();
        for pattern in patterns {
            match regex::plain(pattern, Dialect::Go) {
                Ok(pattern) => all.push(pattern),
                Err(why) => differences.error(
                    here,
                    key,
                    format!("{pattern:?}: {why}; it leaves nothing out"),
                ),
            }
        }
        all
    };
    let mut lists = Lists {
        values: plain("exclude_regexes_capture", &detector.exclude_regexes_capture),
        matches: plain("exclude_regexes_match", &detector.exclude_regexes_match),
        stop_words: detector
            .exclude_words
            .iter()
            .filter(|word| !word.is_empty())
            .cloned()
            .collect(),
        ..Lists::default()
    };
    if let Some(validation) = detector.validations.get(name) {
        let wanted = [
            (validation.contains_digit, "0-9"),
            (validation.contains_lowercase, "a-z"),
            (validation.contains_uppercase, "A-Z"),
            (validation.contains_special_char, r"!-/:-@\[-`{-~"),
        ];
        lists.values.extend(
            wanted
                .into_iter()
                .filter(|(is, _)| *is)
                .map(|(_, class)| fewer_than(1, class)),
        );
    }
    lists
}
