//! `.gitleaks.toml`, and what betterleaks adds to it.

mod convert;
mod extend;
mod read;

use keysift_core::Tool;

use super::loader::Loader;
use super::{Import, ImportError, Kind};

/// A file of gitleaks' with what it extends.
#[derive(Debug, Default)]
struct Config {
    /// In the order of the file; ids are unique.
    rules: Vec<Rule>,
    allowlists: Vec<Allowlist>,
    extend: Extend,
}

#[derive(Debug, Default)]
struct Extend {
    use_default: bool,
    path: Option<String>,
    disabled: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Rule {
    id: String,
    description: String,
    regex: Option<String>,
    path: Option<String>,
    secret_group: u32,
    entropy: f64,
    keywords: Vec<String>,
    skip_report: bool,
    allowlists: Vec<Allowlist>,
    /// The rules that must match beside it.
    required: Vec<Required>,
}

/// A rule that must match beside another one.
#[derive(Debug, Clone, Default)]
struct Required {
    id: String,
    /// The most lines, and the most columns, between the starts of both matches.
    lines: Option<u32>,
    columns: Option<u32>,
}

#[derive(Debug, Clone, Default)]
struct Allowlist {
    needs_all: bool,
    commits: Vec<String>,
    paths: Vec<String>,
    regexes: Vec<String>,
    target: Target,
    stop_words: Vec<String>,
    target_rules: Vec<String>,
    /// Where it stands, for what is told of it.
    place: String,
}

/// What an allowlist's patterns are matched against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

/// Reads a configuration with what it extends.
pub(super) fn import(
    import: &mut Import,
    text: &str,
    loader: &mut Loader<'_>,
) -> Result<(), ImportError> {
    let tool = match import.kind {
        Kind::Betterleaks => Tool::Betterleaks,
        _ => Tool::Gitleaks,
    };
    let file = import.differences.file.clone();
    let config = read::read(text, &mut import.differences)
        .map_err(|message| ImportError::new(&file, message))?;
    let config = extend::extended(config, import, loader)?;
    convert::convert(config, tool, import);
    Ok(())
}
