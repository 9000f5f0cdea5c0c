//! Why a source could not begin.

use std::error::Error as StdError;
use std::fmt;

/// Why a source could not begin. What cannot be read later on is no error: it is given to the visitor.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    /// What the error is about, as the user wrote it.
    name: String,
    /// Instead of the hint that the kind has.
    hint: Option<String>,
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
    /// There is no Git repository.
    NotARepository,
    /// The repository belongs to another user, whose configuration Git does not trust either.
    UnsafeOwner,
    /// A revision does not name commits of the repository.
    RevisionNotFound,
    /// Two revisions have no commit in common.
    NoMergeBase,
    /// A commit is needed, and the branch has none yet.
    NoCommit,
    /// The clone does not hold an object without which nothing can be visited.
    MissingObject,
    /// The repository, or a part of it, cannot be read.
    UnreadableRepository,
    /// A file without which there is nothing to scan cannot be read.
    Unreadable,
    /// What Git was to tell a hook is not what Git tells.
    BadInput,
    /// A URL is none that can be cloned.
    BadUrl,
    /// Git could not clone a repository, or fetch what is new in it.
    Clone,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            hint: None,
            source: None,
        }
    }

    /// Sets what may help, where the kind alone does not say it.
    #[cfg(feature = "git")]
    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
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
        if let Some(hint) = &self.hint {
            return Some(hint);
        }
        match self.kind {
            ErrorKind::NotFound => Some("a path is looked up from the current directory"),
            ErrorKind::InvalidGlob => Some(
                "globs are written as in .gitignore: an opening bracket needs a closing one, and a # or ! in front a backslash",
            ),
            ErrorKind::Threads => Some("ask for fewer threads"),
            ErrorKind::NotARepository => {
                Some("a repository is looked for in the directory and in those above it")
            }
            ErrorKind::UnsafeOwner => None,
            ErrorKind::RevisionNotFound => {
                Some("`git rev-parse` says what Git makes of it; a range is written A..B or A...B")
            }
            ErrorKind::NoMergeBase => Some("name a revision that both have in common"),
            ErrorKind::NoCommit => Some("scan what is staged, or commit first"),
            ErrorKind::MissingObject | ErrorKind::UnreadableRepository => {
                Some("`git fsck` says what is wrong with a repository")
            }
            ErrorKind::Unreadable => None,
            ErrorKind::BadUrl => {
                Some("what can be cloned begins with https://, ssh://, git:// or file://")
            }
            ErrorKind::Clone => Some("try it with `git ls-remote URL`"),
            ErrorKind::BadInput => Some("hooks are run by Git, which tells them what changes"),
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
            ErrorKind::NotARepository => write!(f, "{name}: not in a Git repository"),
            ErrorKind::UnsafeOwner => write!(f, "{name}: the repository is another user's"),
            ErrorKind::RevisionNotFound => write!(f, "{name}: no such revision"),
            ErrorKind::NoMergeBase => write!(f, "{name}: no merge base"),
            ErrorKind::NoCommit => write!(f, "{name}: the branch has no commit yet"),
            ErrorKind::MissingObject => write!(f, "{name}: the clone does not hold the object"),
            ErrorKind::UnreadableRepository | ErrorKind::Unreadable => {
                write!(f, "{name}: cannot be read")
            }
            ErrorKind::BadUrl => write!(f, "{name}: not a URL to clone"),
            ErrorKind::Clone => write!(f, "{name}: could not be cloned"),
            ErrorKind::BadInput => write!(f, "{name:?}: not what Git tells a hook"),
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
    fn every_kind_names_the_input_and_ends_without_a_full_stop() {
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::InvalidGlob,
            ErrorKind::Threads,
            ErrorKind::NotARepository,
            ErrorKind::UnsafeOwner,
            ErrorKind::RevisionNotFound,
            ErrorKind::NoMergeBase,
            ErrorKind::NoCommit,
            ErrorKind::MissingObject,
            ErrorKind::UnreadableRepository,
            ErrorKind::Unreadable,
            ErrorKind::BadInput,
            ErrorKind::BadUrl,
            ErrorKind::Clone,
        ] {
            let message = Error::new(kind, "x").to_string();
            assert!(!message.ends_with('.'), "{message}");
            assert!(message.starts_with("x: ") || message.starts_with("\"x\": "));
        }
    }
}
