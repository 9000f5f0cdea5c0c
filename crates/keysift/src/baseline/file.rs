//! The file: a header with the key, then a line an entry.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use keysift_core::FingerprintKey;

use super::MAX_FILE_BYTES;
use super::entry::Entry;
use crate::day::Day;

/// The first line. The number is the version of the form.
const FIRST_LINE: &str = "# keysift baseline 1";
const KEY: &str = "# key ";
const SCANNED: &str = "# scanned ";

/// The hexadecimal digits of a key.
const KEY_DIGITS: usize = 32;

/// What a baseline was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scanned {
    /// Files.
    #[default]
    Files,
    /// A whole history of Git.
    History,
}

impl Scanned {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::History => "history",
        }
    }
}

/// A baseline. `Display` is the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    key: String,
    /// What it was made from.
    pub scanned: Scanned,
    /// Comments of people, without their line's end; they stand behind the header.
    comments: Vec<String>,
    /// The entries; sorted where they were written by keysift.
    pub entries: Vec<Entry>,
}

/// Why a baseline cannot be used. `Display` is `line N: what`, or what alone.
#[derive(Debug)]
pub struct BaselineError {
    name: String,
    line: Option<usize>,
    message: String,
    source: Option<io::Error>,
    is_conflict: bool,
}

impl BaselineError {
    fn new(line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            name: String::new(),
            line,
            message: message.into(),
            source: None,
            is_conflict: false,
        }
    }

    fn io(path: &Path, message: &str, error: io::Error) -> Self {
        Self {
            name: path.display().to_string(),
            source: Some(error),
            ..Self::new(None, message)
        }
    }

    fn in_file(mut self, path: &Path) -> Self {
        self.name = path.display().to_string();
        self
    }

    /// What to do next.
    pub fn hint(&self) -> Option<&'static str> {
        if self.is_conflict {
            return Some(
                "keep the lines of both sides and take the markers away; `keysift baseline check` says whether it is right",
            );
        }
        match self.source.as_ref().map(io::Error::kind) {
            Some(io::ErrorKind::NotFound) => Some("`keysift baseline create` makes one"),
            _ => None,
        }
    }
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            f.write_str(&self.name)?;
            f.write_str(": ")?;
        }
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for BaselineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

impl Baseline {
    /// An empty one with a key of its own.
    pub fn with_new_key(scanned: Scanned) -> Self {
        // The key is no secret; it must only differ from that of any other baseline.
        let part = || RandomState::new().build_hasher().finish();
        Self {
            key: format!("{:016x}{:016x}", part(), part()),
            scanned,
            comments: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Reads the text of a baseline. Lines need not be sorted: a merge may have mixed them.
    ///
    /// # Errors
    /// The first line that is none, with its number; a header that is none; a conflict of a merge.
    pub fn from_text(text: &str) -> Result<Self, BaselineError> {
        let mut lines = text.lines().enumerate();
        let error = |line: usize, message: &str| BaselineError::new(Some(line + 1), message);
        let has_header = lines.next().is_some_and(|(_, line)| line == FIRST_LINE);
        if !has_header {
            let message = format!("a baseline begins with {FIRST_LINE:?}");
            return Err(BaselineError::new(Some(1), message));
        }
        let key = lines.next().and_then(|(_, line)| line.strip_prefix(KEY));
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let key = key
            .filter(|key| key.len() == KEY_DIGITS && key.bytes().all(is_digit))
            .ok_or_else(|| error(1, "the second line is no key"))?;
        let mut baseline = Self {
            key: key.to_owned(),
            scanned: Scanned::Files,
            comments: Vec::new(),
            entries: Vec::new(),
        };
        for (number, line) in lines {
            if let Some(scanned) = line.strip_prefix(SCANNED) {
                baseline.scanned = [Scanned::Files, Scanned::History]
                    .into_iter()
                    .find(|it| it.as_str() == scanned)
                    .ok_or_else(|| error(number, "neither files nor history was scanned"))?;
            } else if line.starts_with('#') {
                baseline.comments.push(line.to_owned());
            } else if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
                .iter()
                .any(|marker| line.starts_with(marker))
            {
                let mut conflict = error(number, "a conflict of a merge");
                conflict.is_conflict = true;
                return Err(conflict);
            } else if !line.trim().is_empty() {
                let entry = Entry::from_line(line).map_err(|it| error(number, &it))?;
                baseline.entries.push(entry);
            }
        }
        Ok(baseline)
    }

    /// Reads a baseline's file.
    ///
    /// # Errors
    /// One that cannot be read, is no file, or is longer than [`MAX_FILE_BYTES`]; and those of [`Self::from_text`].
    pub fn open(path: &Path) -> Result<Self, BaselineError> {
        let unreadable = |error| BaselineError::io(path, "the baseline cannot be read", error);
        let refused = |message: &str| BaselineError::new(None, message).in_file(path);
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(refused("is no file"));
        }
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(refused("is too long for a baseline"));
        }
        let text = String::from_utf8(bytes).map_err(|_| refused("is not UTF-8"))?;
        Self::from_text(&text).map_err(|error| error.in_file(path))
    }

    /// Writes it, sorted, beside where it belongs and then in its place, so that no half of it is ever there.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&mut self, path: &Path) -> Result<(), BaselineError> {
        self.sort();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = path.with_file_name(format!("{name}.{}.new", std::process::id()));
        let written = File::options()
            .write(true)
            .create_new(true)
            .open(&beside)
            .and_then(|mut file| file.write_all(self.to_string().as_bytes()))
            .and_then(|()| fs::rename(&beside, path));
        written.map_err(|error| {
            let _ = fs::remove_file(&beside);
            BaselineError::io(path, "the baseline cannot be written", error)
        })
    }

    pub(super) fn sort(&mut self) {
        self.entries.sort_by_cached_key(|entry| {
            let (fingerprint, rule, place) = entry.key();
            (fingerprint, rule.to_owned(), place.to_owned())
        });
    }

    /// What secrets are named with in this baseline.
    pub fn key(&self) -> FingerprintKey {
        FingerprintKey::from_public_material(self.key.as_bytes())
    }

    /// What is wrong with it although it can be used: lines out of order, two for one thing, entries past their day.
    pub fn faults(&self, today: Day) -> Vec<String> {
        let mut told = Vec::new();
        let mut seen = HashSet::new();
        let mut last = None;
        for entry in &self.entries {
            let key = entry.key();
            let line = format!("{} {} {}", key.0, key.1, key.2);
            if !seen.insert(key.clone()) {
                told.push(format!("there are two lines for {line}"));
            } else if last.as_ref() > Some(&key) {
                told.push(format!("is not in its order: {line}"));
            }
            last = Some(key);
        }
        for entry in self.entries.iter().filter(|entry| entry.is_expired(today)) {
            let day = entry.expires.map(|day| day.to_string()).unwrap_or_default();
            told.push(format!(
                "expired on {day}: {} {} {}",
                entry.fingerprint, entry.rule, entry.place
            ));
        }
        told
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{FIRST_LINE}\n{KEY}{}\n{SCANNED}{}",
            self.key,
            self.scanned.as_str()
        )?;
        self.comments
            .iter()
            .try_for_each(|it| writeln!(f, "{it}"))?;
        self.entries.iter().try_for_each(|it| writeln!(f, "{it}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "# keysift baseline 1\n# key 00112233445566778899aabbccddeeff\n";

    fn told(rest: &str) -> String {
        let text = format!("{HEADER}{rest}");
        Baseline::from_text(&text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_comes_back_as_it_was_written() {
        let text = format!(
            "{HEADER}# scanned history\n# ours\nweak-0a7 acme-password a unreviewed - x\nweak-0a8 acme-password a accepted - x\n"
        );
        let baseline = Baseline::from_text(&text).unwrap();
        assert_eq!(baseline.to_string(), text);
        assert_eq!(baseline.scanned, Scanned::History);
        assert!(
            baseline
                .faults(Day::of(std::time::SystemTime::now()))
                .is_empty()
        );
    }

    #[test]
    fn what_is_no_baseline_is_refused_with_its_line() {
        for text in [
            "",
            "{}",
            "# keysift baseline 2\n",
            "\u{feff}# keysift baseline 1\n",
        ] {
            assert!(Baseline::from_text(text).is_err(), "{text:?}");
        }
        let short = "# keysift baseline 1\n# key 00\n";
        let error = Baseline::from_text(short).unwrap_err();
        assert_eq!(error.to_string(), "line 2: the second line is no key");
        assert_eq!(told("x"), "line 3: the first field is no fingerprint");
        assert_eq!(
            told("# scanned x"),
            "line 3: neither files nor history was scanned"
        );
        assert_eq!(told("\n<<<<<<< HEAD\n"), "line 4: a conflict of a merge");
    }

    #[test]
    fn faults_are_told() {
        let text = format!(
            "{HEADER}weak-0a8 r b accepted - x\nweak-0a7 r a accepted 2020-01-01 x\nweak-0a7 r a real - x\n"
        );
        let faults = Baseline::from_text(&text)
            .unwrap()
            .faults(Day::from_text("2026-01-01").unwrap());
        assert_eq!(
            faults,
            [
                "is not in its order: weak-0a7 r a",
                "there are two lines for weak-0a7 r a",
                "expired on 2020-01-01: weak-0a7 r a",
            ]
        );
    }

    #[test]
    fn each_has_a_key_of_its_own() {
        let one = Baseline::with_new_key(Scanned::Files);
        let two = Baseline::with_new_key(Scanned::Files);
        assert_ne!(one.key, two.key);
        assert_eq!(Baseline::from_text(&one.to_string()).unwrap(), one);
    }
}
