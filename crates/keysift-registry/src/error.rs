//! Why the registry could not do what it was asked.

use std::error::Error as StdError;
use std::fmt;

/// Why the registry could not do what it was asked.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no registry at the path.
    Missing,
    /// The file is a database of something else, or damaged.
    NotARegistry,
    /// A newer version of the program wrote it.
    Newer,
    /// The key is not the one that the registry was made with, or cannot be used.
    Key,
    /// A file cannot be read or written.
    File,
    /// The database failed, or another process holds it.
    Storage,
    /// A name names nothing, or more than one thing.
    Unknown,
    /// A value that cannot be: a time, a policy, a table of people.
    Invalid,
    /// What was asked does not go with how things stand.
    Refused,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    #[must_use]
    pub(crate) fn hint_with(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of error it is.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What may help; `None` where there is nothing to say.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|error| error as &(dyn StdError + 'static))
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let is_busy = error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy);
        let told = Self::new(ErrorKind::Storage, "the registry's database failed").caused_by(error);
        if is_busy {
            return told
                .hint_with("another keysift writes to the registry; try again when it is through");
        }
        told
    }
}

/// The nearest of some names to a word, for messages; `None` where none is near.
pub(crate) fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const FARTHEST: usize = 3;
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance <= FARTHEST.min(name.len() / 2))
        .min()
        .map(|(_, name)| name)
}
