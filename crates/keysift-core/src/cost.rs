//! What each rule costs: counted only where a scanner's options ask for it.

use std::time::{Duration, Instant};

use crate::counters::Counters;
use crate::scanner::RuleId;

/// What one rule cost in a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleCost {
    /// Places at which one of the rule's anchors stood.
    pub candidates: u64,
    /// Candidates that passed the demands on the bytes round the anchor.
    pub passed: u64,
    /// Starts from which the rule's pattern was run.
    pub windows: u64,
    /// Bytes that the pattern was run over.
    pub window_bytes: u64,
    /// Starts that were looked at to see whether it had to be.
    pub looked_bytes: u64,
    /// What the pattern matched near a keyword, if the rule demands one; a place that two windows hold counts twice.
    pub matches: u64,
    /// Time spent on the rule behind the prefilter, checks included.
    pub time: Duration,
}

impl RuleCost {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.candidates += other.candidates;
        self.passed += other.passed;
        self.windows += other.windows;
        self.window_bytes += other.window_bytes;
        self.looked_bytes += other.looked_bytes;
        self.matches += other.matches;
        self.time += other.time;
    }
}

/// What a piece of work for a rule is measured against: the counters and the clock before it.
#[derive(Debug)]
pub(crate) struct Meter {
    windows: u64,
    window_bytes: u64,
    looked_bytes: u64,
    began: Instant,
}

impl Meter {
    pub(crate) fn begin(counters: &Counters) -> Self {
        Self {
            windows: counters.windows,
            window_bytes: counters.window_bytes,
            looked_bytes: counters.looked_bytes,
            began: Instant::now(),
        }
    }

    /// Books what was done since on `rule`; the rest of its cost is for `more` to say.
    pub(crate) fn end(self, counters: &mut Counters, rule: RuleId, more: RuleCost) {
        let cost = RuleCost {
            windows: counters.windows - self.windows,
            window_bytes: counters.window_bytes - self.window_bytes,
            looked_bytes: counters.looked_bytes - self.looked_bytes,
            time: self.began.elapsed(),
            ..more
        };
        let index = rule.0 as usize;
        if counters.costs.len() <= index {
            counters.costs.resize(index + 1, RuleCost::default());
        }
        counters.costs[index].add(&cost);
    }
}
