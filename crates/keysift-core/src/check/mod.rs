//! Checks: tests on a match, each giving a verdict with a named reason.
//!
//! Every check looks at a bounded part of the blob round the match, so that a verdict is the same in a whole blob,
//! in a chunk of it, and in a later version of it. Checks of the path are apart: one blob can have many paths.
//!
//! The order is by cost: what looks at the secret alone comes before what looks round it.

pub(crate) mod allowlist;
mod comment;
pub(crate) mod companion;
pub(crate) mod entropy;
pub(crate) mod format;
pub(crate) mod inline;
pub(crate) mod keyword;
pub(crate) mod placeholder;
pub(crate) mod published;

use crate::assign;
use crate::blob::Span;
use crate::rule::{Confidence, Rule};

/// How far round a match its checks may look, in bytes. A line longer than this is seen in part.
pub const CONTEXT_BYTES: usize = 1024;

/// Declares the reasons once, with their names and what they mean to a user.
macro_rules! reasons {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $meaning:literal;)+) => {
        /// Why a match is not a finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason { $($(#[$meta])* $variant,)+ }

        impl Reason {
            /// Every reason, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name used in output.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What the reason means, in a few words.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

reasons! {
    /// The secret's entropy is below the rule's floor.
    Entropy = "entropy", "the value is not random enough";
    /// The secret stands for a secret: `xxxx`, `<your-token>`, `${VAR}`, `changeme`.
    Placeholder = "placeholder", "the value stands for a secret";
    /// The secret is a published example.
    Published = "published-example", "the value is an example from documentation";
    /// The secret's checksum is wrong.
    Checksum = "checksum", "the checksum is wrong";
    /// The secret does not have its format's structure.
    Structure = "structure", "the structure is wrong";
    /// The rule's own allowlist describes the secret.
    AllowedValue = "allowed-value", "the rule allows such values";
    /// The rule's own allowlist describes the line.
    AllowedLine = "allowed-line", "the rule allows such lines";
    /// What the rule requires beside the secret does not stand there.
    Alone = "alone", "what has to stand beside it does not";
    /// A comment beside the secret allows it.
    Inline = "inline-comment", "a comment beside it allows it";
    /// The rule's own allowlist describes the path.
    AllowedPath = "allowed-path", "the rule allows such paths";
    /// The rule applies to other paths only.
    OtherPath = "other-path", "the rule is for other paths";
    /// The model of assignments thinks that the value is no secret.
    Unlikely = "unlikely", "name, value and neighbours do not look like a secret's";
    /// A better rule's match overlaps the secret.
    Overlap = "overlap", "a better rule matched the same bytes";
    /// The finding's confidence is below what was asked for.
    Confidence = "confidence", "below the least confidence asked for";
    /// Only changes were asked for, and the secret stands where there was none.
    Unchanged = "unchanged", "it stands where nothing was changed";
    /// The same secret was found in an older version of the file.
    Repeated = "repeated", "an older version of the file has it too";
    /// The configuration leaves the path out.
    ExcludedPath = "excluded-path", "the configuration leaves its path out";
    /// The configuration of the file's directory turns the rule off.
    DisabledRule = "disabled-rule", "the configuration of its directory turns the rule off";
    /// An allowlist of the configuration describes it.
    Allowlist = "allowlist", "an allowlist of the configuration allows it";
    /// The baseline has it.
    Baseline = "baseline", "the baseline has accepted it";
}

impl Reason {
    /// Whether the reason speaks of the value itself, so that no other rule need look at it.
    ///
    /// A match dropped for such a reason still keeps weaker rules from reporting the same bytes.
    pub(crate) const fn settles_the_value(self) -> bool {
        matches!(
            self,
            Self::Placeholder
                | Self::Published
                | Self::Checksum
                | Self::Structure
                | Self::Inline
                | Self::Overlap
                | Self::Confidence
        )
    }
}

/// What the checks say of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is a finding, with this confidence.
    Keep(Confidence),
    /// It is not, for this reason.
    Drop(Reason),
}

/// What a check may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) hay: &'a [u8],
    pub(crate) matched: Span,
    pub(crate) secret: Span,
    /// The random part of the secret; the secret itself where the pattern names none.
    pub(crate) body: Span,
}

impl<'a> Subject<'a> {
    pub(crate) fn secret_bytes(&self) -> &'a [u8] {
        &self.hay[self.secret.range()]
    }

    pub(crate) fn body_bytes(&self) -> &'a [u8] {
        &self.hay[self.body.range()]
    }

    pub(crate) fn matched_bytes(&self) -> &'a [u8] {
        &self.hay[self.matched.range()]
    }

    /// The bytes round the match that checks may see, and where they start.
    pub(crate) fn context(&self) -> Span {
        Span::new(
            self.matched.start.saturating_sub(CONTEXT_BYTES),
            (self.matched.end + CONTEXT_BYTES).min(self.hay.len()),
        )
    }
}

/// Runs the checks of a match in their order; the first to drop it decides. Values that people write who test or explain
/// something are of low confidence at most, whatever form stands round them.
pub(crate) fn judge(
    subject: &Subject<'_>,
    allowlist: &allowlist::Allowlist,
    companions: &companion::Companions,
) -> Verdict {
    // Another scanner's rule says itself what is too common a value.
    let is_ours = subject.rule.imported.is_none();
    let dropped = entropy::check(subject)
        .or_else(|| is_ours.then(|| placeholder::check(subject)).flatten())
        .or_else(|| is_ours.then(|| published::check(subject)).flatten())
        .or_else(|| allowlist.check(subject))
        .or_else(|| allowlist.check_comments(subject));
    if let Some(reason) = dropped {
        return Verdict::Drop(reason);
    }
    match format::check(subject) {
        Verdict::Keep(_) if is_ours && assign::is_common(subject.body_bytes()) => {
            companions.verdict(subject, Confidence::Low)
        }
        Verdict::Keep(most) => companions.verdict(subject, most),
        dropped => dropped,
    }
}
