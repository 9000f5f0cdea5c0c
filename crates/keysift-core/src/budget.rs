//! How much work a rule's pattern may make of one blob.
//!
//! Counted in bytes, not in time, so that a blob has the same findings on every machine. No real file comes near it:
//! it is there for a blob that was made to be slow. Below it the laws of locality hold; a rule that reaches it is given
//! up for the rest of the blob, and the scan says so.
//!
//! A stream's budget grows with the bytes that have come, so that a rule given up in a stream may have been within its
//! budget in the whole. The parts of a blob that threads share have a budget each.

use crate::scanner::RuleId;

/// So many bytes of work for each byte of the blob.
///
/// The most that a rule needed of any file of 505 MB of source code is below a quarter of this; see benches/record/.
const WORK_PER_BYTE: u64 = 8;

/// So many more, whatever the blob's length: a file of a few kilobytes may be one long match after another.
const WORK_PER_BLOB: u64 = 4 << 20;

/// The work that each rule did on one blob.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    spent: Vec<u64>,
    /// The rules that spent any.
    spenders: Vec<RuleId>,
    over: Vec<RuleId>,
    allowed: u64,
}

impl Budget {
    /// Begins a blob.
    pub(crate) fn begin(&mut self) {
        for rule in self.spenders.drain(..) {
            self.spent[rule.0 as usize] = 0;
        }
        self.over.clear();
        self.allowed = WORK_PER_BLOB;
    }

    /// Allows for so many more bytes of the blob.
    pub(crate) fn add_bytes(&mut self, bytes: usize) {
        self.allowed = self
            .allowed
            .saturating_add(WORK_PER_BYTE.saturating_mul(bytes as u64));
    }

    /// How much a rule may still spend; `None` when it has spent more than it may.
    pub(crate) fn left(&self, rule: RuleId) -> Option<u64> {
        let spent = self.spent.get(rule.0 as usize).copied().unwrap_or(0);
        self.allowed.checked_sub(spent)
    }

    pub(crate) fn spend(&mut self, rule: RuleId, work: u64) {
        let index = rule.0 as usize;
        if self.spent.len() <= index {
            self.spent.resize(index + 1, 0);
        }
        if self.spent[index] == 0 {
            self.spenders.push(rule);
        }
        let was_within = self.spent[index] <= self.allowed;
        self.spent[index] = self.spent[index].saturating_add(work);
        if was_within && self.spent[index] > self.allowed && !self.over.contains(&rule) {
            self.over.push(rule);
        }
    }

    /// The rules that were given up, by their numbers.
    pub(crate) fn over(&self) -> &[RuleId] {
        &self.over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_over_its_budget_is_named_once_and_forgotten_with_the_blob() {
        let (slow, other) = (RuleId(3), RuleId(1));
        let mut budget = Budget::default();
        budget.begin();
        budget.add_bytes(10);
        budget.spend(slow, WORK_PER_BLOB + 10 * WORK_PER_BYTE);
        assert_eq!((budget.left(slow), budget.over()), (Some(0), &[][..]));
        budget.spend(slow, 1);
        budget.spend(slow, u64::MAX);
        assert_eq!((budget.left(slow), budget.over()), (None, &[slow][..]));
        assert_eq!(budget.left(other), Some(WORK_PER_BLOB + 10 * WORK_PER_BYTE));
        budget.begin();
        assert_eq!(
            (budget.left(slow), budget.over()),
            (Some(WORK_PER_BLOB), &[][..])
        );
    }
}
