//! What a baseline accepted and is not there any more.

use std::path::PathBuf;
use std::sync::Arc;

use crate::fingerprint::Fingerprint;
use crate::rule::Rule;

/// A finding that a baseline knows, at a place that was scanned and where it is no longer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Absent {
    /// The rule that had found it.
    pub rule: Arc<Rule>,
    /// The place, as seen from the current directory where it lies below; what is no file has a name in `<>`.
    pub path: PathBuf,
    /// The secret's name under the baseline's key, which is not the report's.
    pub fingerprint: Fingerprint,
    /// What the baseline says of it; untrusted.
    pub reason: String,
}

impl Absent {
    /// A finding of `rule` at `path` that is gone.
    pub fn new(
        rule: Arc<Rule>,
        path: PathBuf,
        fingerprint: Fingerprint,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            path,
            fingerprint,
            reason: reason.into(),
        }
    }
}
