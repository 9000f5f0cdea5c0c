//! A finding: what is reported, with everything that a format needs.

use std::sync::Arc;

use keysift_facts::Facts;

use crate::assign::Signal;
use crate::blob::{Origin, Span};
use crate::check::Reason;
use crate::commit::Standing;
use crate::decode::Encoding;
use crate::fingerprint::Fingerprint;
use crate::rule::{Confidence, Rule};
use crate::secret::Secret;

/// A place for people: 1-based line, and 1-based column counted in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line; the first is 1.
    pub line: u64,
    /// The byte in the line; the first is 1.
    pub column: u64,
}

/// The line round a secret, as far as it is worth showing. Other secrets in it are masked already.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Excerpt {
    /// The bytes of the line before the secret, at most [`Excerpt::MAX_BYTES`].
    pub before: Box<[u8]>,
    /// The bytes behind the secret up to its last line's end, at most [`Excerpt::MAX_BYTES`].
    pub after: Box<[u8]>,
    /// Whether the line begins before `before`.
    pub is_cut_before: bool,
    /// Whether the line goes on behind `after`.
    pub is_cut_after: bool,
}

impl Excerpt {
    /// The most bytes that are kept on either side.
    pub const MAX_BYTES: usize = 80;
}

/// What was found of one of a rule's companions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundPart {
    /// What it is, as the rule names it: `access key id`.
    pub name: String,
    /// The value as it stands in the blob, at most 256 bytes; untrusted.
    pub value: Box<[u8]>,
    /// Where it stands.
    pub span: Span,
    /// The line that it starts in; the first is 1.
    pub line: u64,
}

/// What a baseline knows of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaselineState {
    /// Nothing.
    New,
    /// The secret, at other places.
    NewPlace,
    /// The secret at this place.
    Known,
}

impl BaselineState {
    /// The name used in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NewPlace => "new-place",
            Self::Known => "known",
        }
    }
}

/// A match that passed its checks, or, in an explanation, one that did not.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The rule that matched.
    pub rule: Arc<Rule>,
    /// The blob it was found in.
    pub origin: Arc<Origin>,
    /// How its blob can still be reached; `None` where it does not come from a whole history.
    pub standing: Option<Arc<Standing>>,
    /// What the pattern matched.
    pub span: Span,
    /// Where the secret stands.
    pub secret_span: Span,
    /// The secret; where it is hidden, as it was before it was encoded.
    pub secret: Secret,
    /// The encodings that it is hidden in, the outermost first; empty where it stands there plainly. Spans and places are
    /// those of the encoded bytes.
    pub via: Vec<Encoding>,
    /// Where the secret starts.
    pub start: Position,
    /// The place of the secret's last byte.
    pub end: Position,
    /// The line on which the match starts, line feeds at its start left out: where other scanners say that it is.
    pub match_line: u64,
    /// How likely it is to be real, after the checks.
    pub confidence: Confidence,
    /// The secret's stable name.
    pub fingerprint: Fingerprint,
    /// What the secret says of itself.
    pub facts: Facts,
    /// What stands beside the secret and belongs to it, such as its id, in the order of the rule's companions; empty
    /// where none stands there, and for one that was dropped. Its values are no secrets, and are not escaped.
    pub parts: Vec<FoundPart>,
    /// The line round it.
    pub excerpt: Excerpt,
    /// The lines that the match stands on, as far as [`CONTEXT_BYTES`](crate::CONTEXT_BYTES) round it, with other secrets
    /// in them, and the offset of their first byte; `None` unless
    /// [`ScannerOptions::keep_lines`](crate::ScannerOptions::keep_lines) is set.
    pub kept_lines: Option<(Secret, usize)>,
    /// What the pattern matched in what was decoded; `None` unless the secret is hidden and lines are kept.
    pub(crate) kept_match: Option<Secret>,
    /// What the baseline knows of it; `None` without a baseline.
    pub baseline: Option<BaselineState>,
    /// What the configuration or the baseline says of it beside the reason; `None` where they say nothing.
    pub note: Option<Arc<str>>,
    /// The features of an assignment that decided, the strongest first; filled in only where dropped matches are
    /// given out as well, and empty for rules that read no assignments.
    pub signals: Vec<Signal>,
    /// Why it is not a finding; `None` when it is one.
    pub dropped: Option<Reason>,
}

impl Finding {
    /// The lines that the match stands on; `None` unless they were kept.
    pub fn lines(&self) -> Option<&[u8]> {
        self.kept_lines.as_ref().map(|(lines, _)| lines.expose())
    }

    /// What the pattern matched; `None` unless lines were kept.
    pub fn matched(&self) -> Option<&[u8]> {
        if let Some(matched) = &self.kept_match {
            return Some(matched.expose());
        }
        let (lines, start) = self.kept_lines.as_ref()?;
        let from = self.span.start.checked_sub(*start)?;
        lines.expose().get(from..from + self.span.len())
    }

    /// Makes it one that was dropped: it has its rule's confidence then, and no facts.
    pub(crate) fn drop_for(&mut self, reason: Reason) {
        self.confidence = self.rule.confidence;
        self.facts = Facts::default();
        self.parts.clear();
        self.dropped = Some(reason);
    }
}
