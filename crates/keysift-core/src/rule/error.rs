//! Why a rule file cannot be used.

use std::fmt;
use std::ops::Range;

/// What is wrong with a rule file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleErrorKind {
    /// The file is not TOML, or a value has the wrong type.
    Syntax,
    /// A key that the rule format does not have.
    UnknownKey,
    /// A required key is absent or empty, or a value is not one of those allowed.
    Value,
    /// A check that `keysift-facts` does not have.
    UnknownCheck,
    /// The pattern does not parse, or has no group `secret`.
    Pattern,
    /// The pattern starts with a repetition that has no bound.
    Unbounded,
    /// A match could be longer than the engine's greatest reach.
    Reach,
    /// No literal that every match must contain, and no keywords.
    Anchor,
    /// Two rules with the same id.
    Duplicate,
    /// Too few examples.
    Examples,
    /// The set holds no rule.
    Empty,
}

/// An error in building rules: which file, which rule, what, and where in the pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// Boxed, so that a result is no larger for an error that hardly ever is.
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: RuleErrorKind,
    file: String,
    rule: Option<String>,
    message: String,
    /// The pattern and the byte range in it that is at fault.
    place: Option<(String, Range<usize>)>,
    near: Option<String>,
}

impl RuleError {
    pub(crate) fn new(kind: RuleErrorKind, message: impl Into<String>) -> Self {
        let inner = Inner {
            kind,
            file: String::new(),
            rule: None,
            message: message.into(),
            place: None,
            near: None,
        };
        Self {
            inner: Box::new(inner),
        }
    }

    pub(crate) fn in_file(mut self, file: &str) -> Self {
        if self.inner.file.is_empty() {
            self.inner.file = file.to_owned();
        }
        self
    }

    pub(crate) fn in_rule(mut self, rule: &str) -> Self {
        if !rule.is_empty() {
            self.inner.rule.get_or_insert_with(|| rule.to_owned());
        }
        self
    }

    pub(crate) fn at(mut self, pattern: &str, place: Range<usize>) -> Self {
        self.inner.place = Some((pattern.to_owned(), place));
        self
    }

    /// Offers the known name nearest to `name`, if one is near enough to be a slip of the keys.
    pub(crate) fn near(mut self, name: &str, known: &[&str]) -> Self {
        self.inner.near = nearest(name, known).map(str::to_owned);
        self
    }

    /// What is wrong, for callers that branch.
    pub fn kind(&self) -> RuleErrorKind {
        self.inner.kind
    }

    /// The file's name as it was given; empty when the rules came from memory without a name.
    pub fn file(&self) -> &str {
        &self.inner.file
    }

    /// The rule's id, if it was known when the error was met.
    pub fn rule(&self) -> Option<&str> {
        self.inner.rule.as_deref()
    }

    /// The byte range of the pattern that is at fault.
    pub fn place(&self) -> Option<Range<usize>> {
        self.inner.place.as_ref().map(|(_, range)| range.clone())
    }

    /// What to do next, by kind.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self.inner.kind {
            RuleErrorKind::UnknownKey => {
                "unknown keys are refused so that a slip of the keys cannot switch a rule's condition off"
            }
            RuleErrorKind::UnknownCheck => "`keysift rules checks` lists the checks",
            RuleErrorKind::Reach => "bound the repetition, for example {1,200} instead of +",
            RuleErrorKind::Anchor => {
                "give the pattern a literal of at least 3 bytes, or list `keywords` that must be near"
            }
            RuleErrorKind::Examples => {
                "a rule needs at least one examples.match and one examples.reject; {{secret}} stands for a generated secret"
            }
            RuleErrorKind::Empty => "a scan without rules would find nothing and look clean",
            _ => return None,
        })
    }
}

/// The name in `known` that `name` was most likely meant to be; `None` where none is near enough to be a slip of the keys.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let most = |candidate: &str| candidate.len().max(3) / 3;
    known
        .iter()
        // A name may be of any length, and the distance takes time and memory for all of it.
        .filter(|candidate| name.len().abs_diff(candidate.len()) <= 4 * most(candidate))
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= most(candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.inner.file.is_empty() {
            write!(f, "{}: ", self.inner.file)?;
        }
        if let Some(rule) = &self.inner.rule {
            write!(f, "rule {rule:?}: ")?;
        }
        f.write_str(&self.inner.message)?;
        if let Some(near) = &self.inner.near {
            write!(f, ", did you mean {near:?}?")?;
        }
        if let Some((pattern, place)) = &self.inner.place {
            let start = place.start.min(pattern.len());
            let end = place.end.clamp(start, pattern.len());
            let part = pattern.get(start..end).unwrap_or_default();
            write!(f, " (at byte {start} of the pattern: {part:?})")?;
        }
        Ok(())
    }
}

impl std::error::Error for RuleError {}
