//! The keysift engine: bytes in, findings out.
//!
//! **Invariant:** whether a match exists, and whether it is a finding, depends only on the bytes of a bounded window
//! round it and on the blob's origin. So the findings are the same with every prefilter, in pieces or whole, told as a
//! patch or in full, on one thread or many.
//!
//! The engine does no I/O, starts no threads and prints nothing.
//!
//! # Examples
//! ```
//! use std::sync::Arc;
//! use keysift_core::{Blob, Origin, RuleSet, Scanner, ScannerOptions};
//!
//! # let rules_text = include_str!("../tests/acme.toml");
//! let rules = RuleSet::parse("acme.toml", rules_text)?;
//! let scanner = Scanner::new(rules, ScannerOptions::default())?;
//! let mut scratch = scanner.scratch();
//! let origin = Arc::new(Origin::Stdin);
//! let blob = Blob { origin: &origin, bytes: b"key = acme_7f3k9q2m5x8w1z4v6t0r3n8p", changed: None };
//! let mut lines = Vec::new();
//! scanner.scan(&mut scratch, blob, &mut |finding| lines.push(finding.start.line));
//! assert_eq!(lines, [1]);
//! # Ok::<(), keysift_core::RuleError>(())
//! ```

mod absent;
mod anchors;
pub mod assign;
mod blob;
mod budget;
mod candidate;
mod changed;
mod check;
mod commit;
mod cost;
mod counters;
mod decode;
mod detect;
mod emit;
mod finding;
mod fingerprint;
mod options;
mod patch;
mod prefilter;
mod recognise;
mod rule;
mod scanner;
mod scratch;
mod secret;
mod settle;
mod sink;
mod stream;
mod summary;
mod trace;
mod unplaced;
mod waiting;
mod wildcard;

pub use keysift_facts as facts;

pub use self::absent::Absent;
pub use self::blob::{Blob, Origin, Span};
pub use self::check::published::digest as published_digest;
pub use self::check::{CONTEXT_BYTES, Reason, Verdict};
pub use self::commit::{Commit, CommitDate, Standing, Tag};
pub use self::cost::RuleCost;
pub use self::counters::Counters;
pub use self::decode::Encoding;
pub use self::finding::{BaselineState, Excerpt, Finding, FoundPart, Position};
pub use self::fingerprint::{Fingerprint, FingerprintKey};
pub use self::options::ScannerOptions;
pub use self::patch::Part;
pub use self::prefilter::PrefilterChoice;
pub use self::recognise::Reading;
pub use self::rule::{
    Action, Allow, AllowAll, Companion, Confidence, DEFAULT_COMPANION_BYTES, DEFAULT_REACH_BYTES,
    DEFAULT_WITHIN_BYTES, EntropyFloor, Examples, IdentityKind, MAX_REACH_BYTES, Remediation, Rule,
    RuleError, RuleErrorKind, RuleSet, SecretGroup, Severity, Tool, check_plain_pattern, nearest,
};
pub use self::scanner::{Match, PlanExplanation, RuleId, Scanner};
pub use self::scratch::Scratch;
pub use self::secret::Secret;
pub use self::sink::Sink;
pub use self::stream::Stream;
pub use self::summary::{Skip, Summary, Unscanned};
pub use self::trace::Trace;
pub use self::unplaced::Unplaced;
pub use self::wildcard::is_like;
