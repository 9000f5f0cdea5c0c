//! Files of other scanners, read with their own meaning: their rules, allowlists, ignore files and baselines.
//!
//! A rule of another scanner becomes an `imported` rule of the engine, which keeps what it means there. What has no equal
//! is told as a [`Difference`], by key and place; nothing is left out in silence.

mod config;
mod detect_secrets;
mod difference;
mod discover;
mod gitleaks;
mod gitleaks_ignore;
mod gitleaks_report;
mod kind;
mod loader;
mod patterns;
mod regex;
mod rule;
mod silence;
mod table;
#[cfg(test)]
mod tests;
mod trufflehog;

use std::fmt;
use std::path::Path;

use keysift_core::{RuleError, RuleSet, Tool};
use serde::de::DeserializeOwned;

pub use self::difference::{Difference, Weight};
pub use self::discover::Others;
pub use self::kind::Kind;
pub use self::loader::Trust;
pub use self::silence::SilenceScreen;

use self::difference::Differences;
use self::loader::Loader;
use self::rule::{AllowTable, RuleFile, RuleTable};
use self::silence::Silence;

/// What a file of another scanner says, in keysift's words.
#[derive(Debug)]
pub struct Import {
    kind: Kind,
    rules: Vec<RuleTable>,
    /// What is allowed for every rule of the file.
    allow: AllowTable,
    uses_builtin: bool,
    /// What was accepted, by the path of its file.
    silences: Vec<(String, Silence)>,
    differences: Differences,
}

impl Import {
    /// What kind of file it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many rules it gave.
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// Whether the file is an addition to its scanner's own rules, for which the built-in ones stand.
    pub fn uses_builtin(&self) -> bool {
        self.uses_builtin
    }

    /// What is not the same here, in the order of the file.
    pub fn differences(&self) -> &[Difference] {
        &self.differences.all
    }

    /// The rules as a rule file of keysift's; empty when there are none.
    pub fn rules_text(&self) -> String {
        if self.rules.is_empty() {
            return String::new();
        }
        rule::written(&self.rule_file())
    }

    /// The rules, ready for a scanner.
    ///
    /// # Errors
    /// None that was not told as a difference before: each rule was tried.
    pub fn rule_set(&self) -> Result<RuleSet, RuleError> {
        rule::rule_set(&self.differences.file, &self.rule_file())
    }

    /// How many accepted findings it names.
    pub fn accepted_count(&self) -> usize {
        self.silences.len()
    }

    /// What it allows for rules that are not in it, as a configuration of keysift's; empty when it allows nothing. Its
    /// own rules have it with them.
    pub fn config_for_others(&self) -> String {
        if self.uses_builtin || self.rules.is_empty() {
            config::written(&self.allow, &self.differences.file)
        } else {
            String::new()
        }
    }

    /// Of two rules with one id the later is left out, and said to be.
    fn leave_out_doubles(&mut self) {
        let mut seen = std::collections::HashSet::new();
        let differences = &mut self.differences;
        self.rules.retain(|rule| {
            let is_new = seen.insert(rule.id.clone());
            if !is_new {
                let message = "stands twice; the later rule is left out";
                differences.error(&rule::place(&rule.id), "id", message);
            }
            is_new
        });
    }

    fn rule_file(&self) -> RuleFile<'_> {
        RuleFile {
            allow: &self.allow,
            rules: &self.rules,
        }
    }
}

/// Why a file of another scanner cannot be read at all.
#[derive(Debug)]
pub struct ImportError {
    file: String,
    message: String,
}

impl ImportError {
    fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            message: message.into(),
        }
    }
}

impl ImportError {
    /// The file, as it was named; bytes of a path, not escaped.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Why it cannot be read.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.message)
    }
}

impl std::error::Error for ImportError {}

/// The kind of a file, told by its content; `None` for none that is known, and for one that cannot be read.
pub fn kind_of_file(path: &Path) -> Option<Kind> {
    Kind::of(&loader::read(path).ok()?)
}

/// Reads a file of another scanner; `kind` is told by its content where it is `None`.
///
/// # Errors
/// A file that cannot be read, is no file of a scanner that is known, or extends one that it may not.
pub fn import_file(
    path: &Path,
    kind: Option<Kind>,
    trust: Trust<'_>,
) -> Result<Import, ImportError> {
    let text = loader::read(path)?;
    import(&path.display().to_string(), &text, kind, trust)
}

/// Reads the text of such a file, which is called `file`.
///
/// # Errors
/// As [`import_file`].
pub fn import(
    file: &str,
    text: &str,
    kind: Option<Kind>,
    trust: Trust<'_>,
) -> Result<Import, ImportError> {
    let kind = match kind {
        Some(kind) => kind,
        None => Kind::of(text).ok_or_else(|| {
            ImportError::new(
                file,
                "no scanner's file that is known: say with --from whose it is",
            )
        })?,
    };
    let mut import = Import {
        kind,
        rules: Vec::new(),
        allow: AllowTable::default(),
        uses_builtin: false,
        silences: Vec::new(),
        differences: Differences::new(file),
    };
    let mut loader = Loader::new(trust);
    match kind {
        Kind::Gitleaks | Kind::Betterleaks => gitleaks::import(&mut import, text, &mut loader)?,
        Kind::GitleaksIgnore => gitleaks_ignore::import(&mut import, text),
        Kind::GitleaksReport => gitleaks_report::import(&mut import, text)?,
        Kind::DetectSecrets => detect_secrets::import(&mut import, text)?,
        Kind::Kingfisher => patterns::import(&mut import, text, Tool::Kingfisher)?,
        Kind::Noseyparker => patterns::import(&mut import, text, Tool::Noseyparker)?,
        Kind::Trufflehog => trufflehog::import(&mut import, text)?,
    }
    import.leave_out_doubles();
    Ok(import)
}

/// Reads YAML. Aliases are followed only so far: a few bytes of them could stand for any number of values.
fn yaml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_saphyr::from_str(text).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        format!("cannot be read as YAML: {first}")
    })
}
