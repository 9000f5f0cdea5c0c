//! What of another scanner's file has no equal here, named so that nothing is lost in silence.

use std::fmt;

/// How much a difference matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Findings may differ in rare cases, or something that finds nothing is gone.
    Note,
    /// Findings may differ.
    Warning,
    /// Something was lost that finds secrets or keeps them from being reported.
    Error,
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something that is not the same here, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// How much it matters.
    pub weight: Weight,
    /// The file, as it was named; bytes of a path, not escaped.
    pub file: String,
    /// Where in it: a rule, an entry, a line; empty for the file as a whole. Not escaped.
    pub place: String,
    /// The key, as the other scanner calls it.
    pub key: String,
    /// What is different, in a sentence.
    pub message: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: ", self.weight, self.file)?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}: {}", self.key, self.message)
    }
}

/// Gathers the differences of one file.
#[derive(Debug)]
pub(super) struct Differences {
    pub(super) file: String,
    pub(super) all: Vec<Difference>,
}

impl Differences {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            all: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        weight: Weight,
        place: &str,
        key: &str,
        message: impl Into<String>,
    ) {
        self.all.push(Difference {
            weight,
            file: self.file.clone(),
            place: place.to_owned(),
            key: key.to_owned(),
            message: message.into(),
        });
    }

    pub(super) fn note(&mut self, place: &str, key: &str, message: impl Into<String>) {
        self.add(Weight::Note, place, key, message);
    }

    pub(super) fn warn(&mut self, place: &str, key: &str, message: impl Into<String>) {
        self.add(Weight::Warning, place, key, message);
    }

    pub(super) fn error(&mut self, place: &str, key: &str, message: impl Into<String>) {
        self.add(Weight::Error, place, key, message);
    }
}
