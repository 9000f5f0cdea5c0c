//! Rules: one kind of credential each, read from TOML and compiled for the engine.

mod anchor;
mod companion;
mod error;
mod form;
mod frequency;
mod imported;
mod keywords;
mod kind;
mod literal;
mod packed;
mod parse;
mod pattern;
mod plan;
mod positions;
mod prepared;
mod program;
mod run;
mod sample;
mod schema;
mod set;

use keysift_facts::Format;
use serde::{Deserialize, Serialize};

use crate::assign::NameKind;

pub use self::companion::{Companion, DEFAULT_COMPANION_BYTES};
pub use self::error::{RuleError, RuleErrorKind, nearest};
pub use self::kind::{Action, Confidence, IdentityKind, Severity, Tool};
pub use self::pattern::check_plain_pattern;
pub use self::schema::{Allow, AllowAll, Examples, Remediation};
pub use self::set::RuleSet;

pub(crate) use self::anchor::Anchor;
pub(crate) use self::form::Form;
pub(crate) use self::frequency::{common_grams, log2_share_of};
pub(crate) use self::literal::{Literal, Unit};
pub(crate) use self::plan::{Plan, Tail};
pub(crate) use self::positions::{ByteSet, MAX_POSITIONS};
pub(crate) use self::prepared::rule_bytes;
pub(crate) use self::program::{ProgramCache, Spans};
pub(crate) use self::run::Run;
pub(crate) use self::set::Item;

/// The longest reach that a rule may have, in bytes; it bounds what a stream keeps in memory.
pub const MAX_REACH_BYTES: usize = 64 << 10;

/// The longest match of a pattern with an unbounded repetition, where the rule declares no `reach`.
pub const DEFAULT_REACH_BYTES: usize = 4 << 10;

/// How far a keyword may stand from a match, in bytes, where the rule does not say.
pub const DEFAULT_WITHIN_BYTES: usize = 64;

/// One kind of credential: how it looks, what must be near it, how it is checked.
///
/// Read from a `[[rule]]` table by [`RuleSet::parse`]; every field was validated.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rule {
    /// `provider-kind-of-secret`, unique in its set.
    pub id: String,
    /// A short name for people.
    pub name: String,
    /// What the credential is and what it gives access to.
    pub description: String,
    /// Who issues it.
    pub provider: String,
    /// What kind of identity it belongs to.
    pub kind: IdentityKind,
    /// How bad a leak is.
    pub severity: Severity,
    /// How telling the form is, before checks lower it.
    pub confidence: Confidence,
    /// The pattern, in the syntax of the `regex` crate with Unicode off. One group is named `secret`. Of a rule that
    /// reads assignments it is the stems of names at which the reader starts.
    pub pattern: String,
    /// The kinds of names whose assignments the rule reads; empty for a rule that has a pattern of its own.
    pub reads: Vec<NameKind>,
    /// Words of which one must stand near; empty when the form alone is telling.
    pub keywords: Vec<String>,
    /// The greatest gap between a keyword and the match, in bytes, on either side.
    pub within: usize,
    /// Whether a keyword must not be a part of a longer word.
    pub whole_words: bool,
    /// How random the secret must look.
    pub entropy: EntropyFloor,
    /// Formats that check the secret and decode its facts.
    #[serde(with = "packed::checks")]
    pub checks: Vec<&'static Format>,
    /// What stands beside the secret and belongs to it; empty for a secret that stands alone.
    pub companions: Vec<Companion>,
    /// The name that fingerprints are keyed by; rules for one credential in several forms share it.
    pub family: String,
    /// The longest match, in bytes.
    pub max_match_bytes: usize,
    /// Patterns of which one must match the path; empty when every path will do.
    pub paths: Vec<String>,
    /// What is never reported.
    pub allow: Allow,
    /// What to do about a leak.
    pub remediation: Remediation,
    /// Texts that prove the rule.
    pub examples: Examples,
    /// How the provider would say whether the credential is live; kept as written, never run by a scan.
    #[serde(with = "packed::verify")]
    pub verify: Option<toml::Table>,
    /// The file that the rule came from, as it was named.
    pub file: String,
    /// The scanner that it was written for; `None` for a rule of keysift's own. An imported rule keeps the other's
    /// meaning: no check of ours but comments that allow is run on it, and of two of them that match the same bytes both
    /// are reported.
    pub imported: Option<Tool>,
    /// The group that holds the secret.
    pub secret_group: SecretGroup,
}

/// Which group of a pattern holds the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretGroup {
    /// The one named `secret`; the whole match where it took no part.
    Named,
    /// The first of all groups that is not empty; the whole match where none is.
    First,
    /// This one, counted from 1; the whole match where it is empty.
    Index(u32),
}

/// The least Shannon entropy of a secret, in bits a character.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum EntropyFloor {
    /// By the alphabet and the length of the secret: 99.9 % of random strings pass.
    Automatic,
    /// A fixed number of bits a character.
    Bits(f64),
    /// More than a number of bits, each character's share counted by bytes: as gitleaks does.
    Above(f64),
    /// None: the secret need not look random.
    None,
}

impl Rule {
    /// The rule's examples with `{{secret}}` and its kind filled in by generated secrets.
    ///
    /// The same rule gives the same texts each time.
    ///
    /// # Errors
    /// A placeholder that does not exist, or `{{bad}}` where no check has a checksum.
    pub fn expanded_examples(&self) -> Result<Examples, RuleError> {
        sample::expand(self)
    }

    /// A path that the rule applies to, made up from its `paths`; `None` when it applies to every path.
    pub fn sample_path(&self) -> Option<String> {
        self.paths.first().and_then(|pattern| sample::path(pattern))
    }

    /// A made-up secret of this rule's form, its checksum completed; the same for the same seed.
    ///
    /// `None` when the pattern cannot be sampled, which [`RuleSet::parse`] has ruled out.
    pub fn sample_secret(&self, seed: u64) -> Option<Vec<u8>> {
        sample::secret(self, seed)
    }
}
