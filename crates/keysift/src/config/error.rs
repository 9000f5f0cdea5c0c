//! What is wrong with a configuration.

use std::fmt;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file cannot be read, or is too long.
    Unreadable,
    /// The file is not TOML.
    Syntax,
    /// A key that configurations do not have.
    UnknownKey,
    /// A value of the wrong type.
    Type,
    /// A value of the right type that means nothing.
    Value,
    /// A key that has to be there.
    Missing,
    /// A pattern or a glob that is none, or that would take too much memory.
    Pattern,
    /// A rule id that no rule has.
    UnknownRule,
    /// Own rules that cannot be used.
    Rule,
    /// A file that extends itself, directly or through others.
    Cycle,
    /// Something that a file that was found may not do.
    Trust,
    /// An entry past its day.
    Expired,
    /// An entry that allows nothing that was found.
    Dead,
    /// An entry that allows everything.
    Everything,
}

impl ProblemKind {
    /// Whether the configuration can be used all the same.
    pub const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::Expired | Self::Dead | Self::Everything | Self::UnknownRule
        )
    }
}

/// One thing that is wrong, and where. `Display` is `FILE:LINE:COLUMN: what`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of thing.
    pub kind: ProblemKind,
    /// The file, as it is shown; its bytes are a path's, not escaped.
    pub file: String,
    /// The line and the column, counted from 1, the column in bytes; `None` where it is the file as a whole.
    pub place: Option<(usize, usize)>,
    /// What, in words; it never holds a value of a string that might be a secret.
    pub message: String,
    /// The known name nearest to an unknown one.
    pub near: Option<String>,
}

impl Problem {
    pub(super) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            file: String::new(),
            place: None,
            message: message.into(),
            near: None,
        }
    }

    /// Sets the place to where byte `offset` of `text` is.
    pub(super) fn at(mut self, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        self.place = Some((line, column));
        self
    }

    pub(super) fn in_file(mut self, file: &str) -> Self {
        if self.file.is_empty() {
            self.file = file.to_owned();
        }
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            f.write_str(&self.file)?;
            if let Some((line, column)) = self.place {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)?;
        match &self.near {
            Some(near) => write!(f, ", did you mean {near:?}?"),
            None => Ok(()),
        }
    }
}

/// Why a configuration cannot be used: at least one problem. `Display` is the first, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Boxed, so that a result is no larger for an error that hardly ever is.
    problems: Box<(Problem, Vec<Problem>)>,
}

impl ConfigError {
    pub(super) fn new(first: Problem, more: Vec<Problem>) -> Self {
        Self {
            problems: Box::new((first, more)),
        }
    }

    /// The problems, in the order of their places.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(&self.problems.0).chain(&self.problems.1)
    }

    /// What kind of thing is wrong first.
    pub fn kind(&self) -> ProblemKind {
        self.problems.0.kind
    }

    /// What to do next, by kind.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self.kind() {
            ProblemKind::UnknownKey => {
                "unknown keys are refused so that a slip of the keys cannot switch something off; docs/configuration.md lists the keys"
            }
            ProblemKind::Type | ProblemKind::Value | ProblemKind::Missing => {
                "`keysift config init --print` shows each key with its type and default"
            }
            ProblemKind::Trust => {
                "a file that was found in a tree may not do this; name it with --config FILE if you trust it"
            }
            ProblemKind::Unreadable => "--no-config scans without files of configuration",
            _ => return None,
        })
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self::new(problem, Vec::new())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problems.0.fmt(f)?;
        match self.problems.1.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more: `keysift config check` lists them)"),
        }
    }
}

impl std::error::Error for ConfigError {}
