//! Why a source could not begin.

use std::error::Error as StdError;
use std::fmt;

/// Why a source could not begin. What cannot be read later on is no error: it is given to the visitor.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    /// What the error is about, as the user wrote it.
    name: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A root does not exist.
    NotFound,
    /// A glob that excludes files is none.
    InvalidGlob,
    /// The system gave no threads.
    Threads,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            source: None,
        }
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
    pub const fn hint(&self) -> Option<&str> {
        match self.kind {
            ErrorKind::NotFound => Some("a path is looked up from the current directory"),
            ErrorKind::InvalidGlob => Some(
                "globs are written as in .gitignore: an opening bracket needs a closing one, and a # or ! in front a backslash",
            ),
            ErrorKind::Threads => Some("ask for fewer threads"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.kind {
            ErrorKind::NotFound => write!(f, "{name}: no such file or directory"),
            ErrorKind::InvalidGlob => write!(f, "{name:?}: not a glob"),
            ErrorKind::Threads => write!(f, "{name}: the threads could not be started"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_input_first_and_leaves_the_cause_to_the_chain() {
        let error = Error::new(ErrorKind::Threads, "4 threads").caused_by("no more tasks");
        assert_eq!(
            error.to_string(),
            "4 threads: the threads could not be started"
        );
        assert_eq!(error.source().unwrap().to_string(), "no more tasks");
    }

    #[test]
    fn every_kind_has_a_message_in_lower_case_without_a_full_stop() {
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::InvalidGlob,
            ErrorKind::Threads,
        ] {
            let message = Error::new(kind, "x").to_string();
            assert!(!message.ends_with('.'), "{message}");
            assert_eq!(message, message.to_lowercase());
        }
    }
}
