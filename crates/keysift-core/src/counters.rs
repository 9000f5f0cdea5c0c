//! What a scan did, counted.

use crate::check::Reason;
use crate::cost::RuleCost;

/// How much work a scan was, and what its checks dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Places at which an anchor of a rule stood.
    pub candidates: u64,
    /// Candidates that were not followed: only changes were asked for, and nothing that they could match touches one.
    pub unchanged_candidates: u64,
    /// Starts from which a rule's pattern was run.
    pub windows: u64,
    /// Bytes that patterns were run over.
    pub window_bytes: u64,
    /// Starts that were looked at to see whether a pattern had to be run there.
    pub looked_bytes: u64,
    /// Bytes that were decoded of what is hidden in others.
    pub decoded_bytes: u64,
    /// What patterns matched.
    pub matches: u64,
    /// Matches that are findings.
    pub findings: u64,
    /// What each rule cost, by its number and in the order of [`Scanner::rules`](crate::Scanner::rules), up to the last
    /// that had a candidate. Empty unless [`ScannerOptions::measure_costs`](crate::ScannerOptions::measure_costs) is set.
    pub costs: Vec<RuleCost>,
    dropped: [u64; Reason::ALL.len()],
}

impl Counters {
    /// How many matches were dropped for a reason.
    pub fn dropped(&self, reason: Reason) -> u64 {
        self.dropped[reason as usize]
    }

    /// Counts a finding as one that was dropped after all, for a reason that lies outside of its blob.
    pub fn drop_finding(&mut self, reason: Reason) {
        self.findings = self.findings.saturating_sub(1);
        self.drop_one(reason);
    }

    pub(crate) fn drop_one(&mut self, reason: Reason) {
        self.dropped[reason as usize] += 1;
    }

    /// Adds what another thread counted.
    pub fn add(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.unchanged_candidates += other.unchanged_candidates;
        self.windows += other.windows;
        self.window_bytes += other.window_bytes;
        self.looked_bytes += other.looked_bytes;
        self.decoded_bytes += other.decoded_bytes;
        self.matches += other.matches;
        self.findings += other.findings;
        if self.costs.len() < other.costs.len() {
            self.costs.resize(other.costs.len(), RuleCost::default());
        }
        for (sum, more) in self.costs.iter_mut().zip(&other.costs) {
            sum.add(more);
        }
        for (sum, more) in self.dropped.iter_mut().zip(other.dropped) {
            *sum += more;
        }
    }
}
