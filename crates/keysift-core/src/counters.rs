//! What a scan did, counted.

use crate::check::Reason;

/// How much work a scan was, and what its checks dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Places at which an anchor of a rule stood.
    pub candidates: u64,
    /// Times that a rule's pattern was run.
    pub windows: u64,
    /// Bytes that patterns were run over.
    pub window_bytes: u64,
    /// What patterns matched.
    pub matches: u64,
    /// Matches that are findings.
    pub findings: u64,
    dropped: [u64; Reason::ALL.len()],
}

impl Counters {
    /// How many matches were dropped for a reason.
    pub fn dropped(&self, reason: Reason) -> u64 {
        self.dropped[reason as usize]
    }

    pub(crate) fn drop_one(&mut self, reason: Reason) {
        self.dropped[reason as usize] += 1;
    }

    /// Adds what another thread counted.
    pub fn add(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.windows += other.windows;
        self.window_bytes += other.window_bytes;
        self.matches += other.matches;
        self.findings += other.findings;
        for (sum, more) in self.dropped.iter_mut().zip(other.dropped) {
            *sum += more;
        }
    }
}
