//! detect-secrets' `.secrets.baseline`: what was accepted, and what its filters leave out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::regex::{self, Dialect};
use super::rule::Lists;
use super::silence::{Hash, Silence};
use super::{Import, ImportError};

#[derive(Deserialize)]
struct Baseline {
    #[serde(default)]
    plugins_used: Vec<Plugin>,
    #[serde(default)]
    filters_used: Vec<Filter>,
    #[serde(default)]
    results: BTreeMap<String, Vec<Entry>>,
    /// Of versions before 1.0.
    exclude: Option<Exclude>,
}

#[derive(Deserialize)]
struct Plugin {
    #[serde(default)]
    name: String,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    path: String,
    #[serde(default)]
    pattern: Value,
}

#[derive(Deserialize)]
struct Entry {
    hashed_secret: String,
}

#[derive(Deserialize)]
struct Exclude {
    files: Option<String>,
    lines: Option<String>,
}

/// Filters of its own that keysift's checks stand for.
const HEURISTICS: &str = "detect_secrets.filters.heuristic.";

pub(super) fn import(import: &mut Import, text: &str) -> Result<(), ImportError> {
    let baseline: Baseline = serde_json::from_str(text).map_err(|error| {
        let message = format!("is no baseline of detect-secrets: {error}");
        ImportError::new(&import.differences.file, message)
    })?;
    for (file, entries) in baseline.results {
        let file = file.replace('\\', "/");
        for entry in entries {
            match digits(&entry.hashed_secret) {
                Some(hash) => import.silences.push((file.clone(), Silence::Secret(hash))),
                None => import.differences.warn(
                    &file,
                    "hashed_secret",
                    "is no SHA-1, and silences nothing",
                ),
            }
        }
    }
    for plugin in &baseline.plugins_used {
        if plugin.path.is_some() {
            let message = format!(
                "{} is a program of your own; write its pattern as a rule",
                plugin.name
            );
            import.differences.warn("", "plugins_used", message);
        }
    }
    if !baseline.plugins_used.is_empty() {
        let message = "keysift's rules stand for its plugins, whatever their limits";
        import.differences.note("", "plugins_used", message);
    }
    for filter in &baseline.filters_used {
        take_filter(import, filter);
    }
    if let Some(exclude) = baseline.exclude {
        add_patterns(import, "files", exclude.files.into_iter());
        add_patterns(import, "lines", exclude.lines.into_iter());
    }
    Ok(())
}

fn take_filter(import: &mut Import, filter: &Filter) {
    let patterns = || {
        let texts: Vec<String> = match &filter.pattern {
            Value::String(text) => vec![text.clone()],
            Value::Array(all) => all
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        texts.into_iter()
    };
    match filter.path.rsplit('.').next().unwrap_or_default() {
        "should_exclude_file" => add_patterns(import, "files", patterns()),
        "should_exclude_line" => add_patterns(import, "lines", patterns()),
        "should_exclude_secret" if filter.path.contains(".regex.") => {
            add_patterns(import, "secrets", patterns())
        }
        // The baseline is scanned like any other file here: it holds no secret.
        "is_line_allowlisted" | "is_baseline_file" | "is_invalid_file" | "is_non_text_file" => {}
        "is_ignored_due_to_verification_policies" => {
            let message = "a scan asks nobody whether a secret is live";
            import.differences.note("", &filter.path, message);
        }
        _ if filter.path.starts_with(HEURISTICS) => {
            import
                .differences
                .note("", &filter.path, "keysift's own checks stand for it");
        }
        _ => import
            .differences
            .warn("", &filter.path, "has no equal, and leaves nothing out"),
    }
}

/// Adds patterns of Python's that leave out files, lines or secrets.
fn add_patterns(import: &mut Import, what: &str, patterns: impl Iterator<Item = String>) {
    for pattern in patterns {
        let pattern = match regex::plain(&pattern, Dialect::Python) {
            Ok(pattern) => pattern,
            Err(why) => {
                let message = format!("{pattern:?}: {why}; it leaves nothing out");
                import
                    .differences
                    .error("", &format!("exclude.{what}"), message);
                continue;
            }
        };
        let mut lists = Lists::default();
        match what {
            "files" => lists.paths.push(pattern),
            "lines" => lists.lines.push(pattern),
            _ => lists.values.push(pattern),
        }
        import.allow.add(lists, false);
    }
}

fn digits(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}
