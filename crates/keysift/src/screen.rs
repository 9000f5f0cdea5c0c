//! Checks that need more than the engine may look at: files of configuration, a baseline.

use std::fmt::Debug;
use std::sync::Arc;

use keysift_core::{Absent, Finding, Scanner, Summary, Unscanned};

/// A check on findings by what lies outside of the blob. It runs once for each finding, before the sink is told.
pub trait Screen: Debug + Send + Sync {
    /// Looks at a finding. To drop it, set [`Finding::dropped`]: it is counted, and shown in a scan that explains itself.
    /// The rule, the confidence and the note may be changed.
    fn check(&self, finding: &mut Finding);

    /// What could not be used, each once, when the scan is over.
    fn unusable(&self) -> Vec<Unscanned> {
        Vec::new()
    }

    /// What it knows of findings of the scanner's rules that were not found where the whole scan looked. Called once, when
    /// the scan is over and complete.
    fn absent(&self, scanner: &Scanner) -> Vec<Absent> {
        let _ = scanner;
        Vec::new()
    }
}

/// Fills in what is gone; nothing is known to be when the scan is incomplete.
pub(crate) fn tell_absent(
    summary: &mut Summary,
    scanner: &Scanner,
    screen: Option<&Arc<dyn Screen>>,
) {
    if let Some(screen) = screen.filter(|_| !summary.is_incomplete()) {
        summary.absent = screen.absent(scanner);
    }
}

/// Several screens as one: each sees what those before it kept.
#[derive(Debug)]
pub struct Screens(pub Vec<Arc<dyn Screen>>);

impl Screen for Screens {
    fn check(&self, finding: &mut Finding) {
        for screen in &self.0 {
            if finding.dropped.is_none() {
                screen.check(finding);
            }
        }
    }

    fn unusable(&self) -> Vec<Unscanned> {
        self.0.iter().flat_map(|screen| screen.unusable()).collect()
    }

    fn absent(&self, scanner: &Scanner) -> Vec<Absent> {
        let all = self.0.iter().flat_map(|screen| screen.absent(scanner));
        all.collect()
    }
}
