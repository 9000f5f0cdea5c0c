//! gitleaks' JSON report, which is its baseline.

use serde::Deserialize;

use super::silence::{Silence, hash};
use super::{Import, ImportError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(rename = "RuleID")]
    rule_id: String,
    file: String,
    #[serde(default)]
    start_line: u64,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    commit: String,
}

pub(super) fn import(import: &mut Import, text: &str) -> Result<(), ImportError> {
    // What serde says of a wrong value may quote it, and it may be a secret.
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|error| {
        let message = format!("is no report of gitleaks (line {})", error.line());
        ImportError::new(&import.differences.file, message)
    })?;
    let mut redacted = 0;
    for entry in entries {
        let commit = Some(entry.commit).filter(|commit| !commit.is_empty());
        let is_redacted =
            entry.secret == "REDACTED" || entry.secret.ends_with("...") || entry.secret.is_empty();
        redacted += u64::from(is_redacted);
        let silence = if is_redacted {
            Silence::Place {
                commit,
                rule: entry.rule_id,
                line: entry.start_line,
            }
        } else {
            let secret = hash(entry.secret.as_bytes());
            Silence::Reported {
                commit,
                rule: entry.rule_id,
                line: entry.start_line,
                secret,
            }
        };
        import
            .silences
            .push((entry.file.replace('\\', "/"), silence));
    }
    if redacted > 0 {
        let message = format!(
            "{redacted} entries are redacted: they silence whatever their rule finds on their line"
        );
        import.differences.warn("", "Secret", message);
    }
    Ok(())
}
