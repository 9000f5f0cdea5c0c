//! Files of other scanners that lie at the top of what is scanned, or that the user names.

use std::path::Path;

use keysift_core::{RuleError, RuleSet};

use super::{Import, ImportError, Kind, SilenceScreen, Trust, Weight, import_file};

/// The names that are looked for, and whose they are. Of two configurations the first is read, as betterleaks does.
const NAMES: [(&str, Kind); 5] = [
    (".betterleaks.toml", Kind::Betterleaks),
    (".gitleaks.toml", Kind::Gitleaks),
    (".betterleaksignore", Kind::GitleaksIgnore),
    (".gitleaksignore", Kind::GitleaksIgnore),
    (".secrets.baseline", Kind::DetectSecrets),
];

/// What files of other scanners say of a scan.
#[derive(Debug, Default)]
pub struct Others {
    /// What they keep from being reported, and what of them cannot be used.
    pub screen: SilenceScreen,
    /// The rules in them.
    pub rules: RuleSet,
    /// What of them has no equal, as [`Difference`](super::Difference) tells it: warnings alone.
    pub warnings: Vec<String>,
}

impl Others {
    /// Reads the files that lie in a directory that is scanned. What they name themselves must lie in it too.
    ///
    /// What cannot be used of them is not an error: the screen tells it, and the scan is incomplete.
    ///
    /// # Errors
    /// Rules of two directories with the same id.
    pub fn discover(&mut self, directory: &Path) -> Result<(), RuleError> {
        let mut has_rules = false;
        for (name, kind) in NAMES {
            let path = directory.join(name);
            // A link could lead out of the tree.
            if !path.symlink_metadata().is_ok_and(|file| file.is_file()) {
                continue;
            }
            if !kind.is_baseline() && std::mem::replace(&mut has_rules, true) {
                continue;
            }
            match import_file(&path, Some(kind), Trust::Found(directory)) {
                Ok(import) => self.take(&import, directory)?,
                Err(error) => self.screen.note_unusable(error.file(), error.message()),
            }
        }
        Ok(())
    }

    /// Reads a file that the user named, whose paths are seen from its directory.
    ///
    /// # Errors
    /// A file that cannot be read, or is none that accepts findings.
    pub fn accept(&mut self, path: &Path) -> Result<(), ImportError> {
        let import = import_file(path, None, Trust::Named)?;
        if !import.kind().is_baseline() {
            let message = format!("is a {} file, which accepts no findings", import.kind());
            return Err(ImportError::new(path.display().to_string(), message));
        }
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        self.tell(&import);
        self.screen
            .add(&import, directory.unwrap_or(Path::new(".")));
        Ok(())
    }

    fn take(&mut self, import: &Import, directory: &Path) -> Result<(), RuleError> {
        self.screen.add(import, directory);
        if import.rule_count() > 0 {
            self.rules.merge(import.rule_set()?)?;
        }
        self.tell(import);
        Ok(())
    }

    fn tell(&mut self, import: &Import) {
        for difference in import.differences() {
            match difference.weight {
                Weight::Note => {}
                Weight::Warning => self.warnings.push(difference.to_string()),
                Weight::Error => {
                    let (place, key) = (&difference.place, &difference.key);
                    let why = format!("{place}: {key}: {}", difference.message);
                    self.screen.note_unusable(&difference.file, &why);
                }
            }
        }
    }
}
