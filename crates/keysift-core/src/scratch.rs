//! A thread's working memory.

use std::ops::Range;
use std::sync::Arc;

use crate::blob::Origin;
use crate::budget::Budget;
use crate::counters::Counters;
use crate::detect::RuleCache;
use crate::scanner::{Entry, Match, RuleId};

/// One thread's working memory. It grows to what the rules need and is used again for each blob.
#[derive(Debug)]
pub struct Scratch {
    /// For each rule the starts that are still to be searched; empty when there are none.
    pub(crate) pending: Vec<Range<usize>>,
    pub(crate) touched: Vec<RuleId>,
    pub(crate) caches: Vec<Option<Box<RuleCache>>>,
    pub(crate) matches: Vec<Match>,
    /// The blob at hand, if its path is known.
    origin: Option<Arc<Origin>>,
    /// Its path, from the first rule on that asks for it.
    path: Vec<u8>,
    /// For each rule whether that path suits it; `None` until it is asked.
    path_suits: Vec<Option<bool>>,
    path_asked: Vec<RuleId>,
    /// The work done on the blob at hand.
    pub(crate) budget: Budget,
    /// The number of the bytes at hand among all that this scratch was used for.
    pub(crate) bytes: u64,
    /// What was done with this scratch since it was made or last taken.
    pub counters: Counters,
}

impl Scratch {
    pub(crate) fn new(rules: usize) -> Self {
        Self {
            pending: vec![0..0; rules],
            touched: Vec::new(),
            caches: (0..rules).map(|_| None).collect(),
            matches: Vec::new(),
            origin: None,
            path: Vec::new(),
            path_suits: vec![None; rules],
            path_asked: Vec::new(),
            budget: Budget::default(),
            bytes: 0,
            counters: Counters::default(),
        }
    }

    /// The rules that were given up in the blob scanned last, because their patterns made more work of it than they
    /// may; empty for every blob that was not made to be slow. What they would have found behind that place is not known.
    pub fn given_up(&self) -> &[RuleId] {
        self.budget.over()
    }

    /// Begins a blob. With its origin, rules that are for other paths are not run at all.
    pub(crate) fn begin(&mut self, origin: Option<&Arc<Origin>>) {
        self.budget.begin();
        self.resume(origin);
    }

    /// Begins bytes of which so many are searched.
    pub(crate) fn begin_bytes(&mut self, searched: usize) {
        self.budget.add_bytes(searched);
        self.bytes += 1;
    }

    /// Begins bytes that were decoded, or goes back to those round them.
    pub(crate) fn begin_decoded(&mut self) {
        self.bytes += 1;
    }

    /// Begins other bytes of a blob.
    pub(crate) fn resume(&mut self, origin: Option<&Arc<Origin>>) {
        while let Some(rule) = self.path_asked.pop() {
            self.path_suits[rule.0 as usize] = None;
        }
        self.origin = origin.cloned();
        self.path.clear();
    }

    /// Whether the blob's path suits a rule, as far as it is known.
    pub(crate) fn path_suits(&mut self, rule: RuleId, entry: &Entry) -> bool {
        let Some(origin) = self.origin.as_ref().filter(|_| entry.plan().has_paths) else {
            return true;
        };
        *self.path_suits[rule.0 as usize].get_or_insert_with(|| {
            self.path_asked.push(rule);
            if self.path.is_empty() {
                self.path = origin.path_bytes();
            }
            entry.plan().may_suit(&self.path) && entry.allowlist.suits(entry.rule(), &self.path)
        })
    }
}
