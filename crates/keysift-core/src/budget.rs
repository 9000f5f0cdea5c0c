//! How much work one blob may make, for each rule and for all of them.
//!
//! Counted in what an automaton's step over a byte costs, not in time, so that a blob has the same findings on every
//! machine. No real file comes near it: it is there for a blob that was made to be slow. Below it the laws of locality
//! hold; a rule that reaches it is given up for the rest of the blob, and the scan says so. Where all rules together
//! reach theirs, the one that did most is given up, and half of what it did is forgiven. So they never do more than twice
//! what they may, and of many rules as few as can be are given up.
//!
//! A stream's budget grows with the bytes that have come, so that a rule given up in a stream may have been within its
//! budget in the whole. The parts of a blob that threads share have a budget each.

use crate::check::Verdict;
use crate::rule::Rule;
use crate::scanner::{Match, RuleId};

/// So much work of one rule for each byte of the blob, and of all.
///
/// The most that the rules needed of any file of 505 MB of source code is far below; see benches/record/.
const WORK_PER_BYTE: u64 = 4;
const TOTAL_PER_BYTE: u64 = 5;

/// So much more, whatever the blob's length: a file of a few kilobytes may be one long match after another. A hundred
/// private keys in a file are within it.
const WORK_PER_BLOB: u64 = 8 << 20;
const TOTAL_PER_BLOB: u64 = 12 << 20;

/// What it costs to begin a search for a rule's matches.
pub(crate) const SEARCH_COST: u64 = 32;

/// What it costs to begin an automaton's way.
pub(crate) const WINDOW_COST: u64 = 48;

/// What the checks of a match cost, and its place among the others: once, for each byte of its secret, and for each byte
/// and format that looks into it.
const JUDGE_COST: u64 = 250;
const SECRET_COST: u64 = 6;
const FORMAT_COST: u64 = 8;

/// What it costs to report a match that passed: its line, its facts, its fingerprint.
const REPORT_COST: u64 = 800;

/// What all that is done for a match costs, once its spans are known.
pub(crate) fn match_cost(found: &Match, rule: &Rule) -> u64 {
    let looks = SECRET_COST + FORMAT_COST * rule.checks.len() as u64;
    // A companion is looked for once for the report, and once before where the verdict depends on it.
    let reaches = rule.companions.iter().map(|companion| {
        let bytes = found.span.len() + 2 * companion.within;
        let decides = companion.is_required || companion.without.is_some();
        (1 + u64::from(decides)) * bytes as u64
    });
    let report = match found.verdict {
        Verdict::Keep(_) => REPORT_COST + reaches.sum::<u64>(),
        Verdict::Drop(_) => 0,
    };
    JUDGE_COST + report + looks * found.secret.len() as u64
}

/// The work that each rule did on one blob.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    spent: Vec<u64>,
    /// The rules that spent any.
    spenders: Vec<RuleId>,
    over: Vec<RuleId>,
    allowed: u64,
    /// What all rules spent, without what is forgiven.
    total: u64,
    total_allowed: u64,
}

impl Budget {
    /// Begins a blob.
    pub(crate) fn begin(&mut self) {
        for rule in self.spenders.drain(..) {
            self.spent[rule.0 as usize] = 0;
        }
        self.over.clear();
        self.total = 0;
        (self.allowed, self.total_allowed) = (WORK_PER_BLOB, TOTAL_PER_BLOB);
    }

    /// Allows for so many more bytes of the blob.
    pub(crate) fn add_bytes(&mut self, bytes: usize) {
        let bytes = bytes as u64;
        let more = |allowed: u64, each: u64| allowed.saturating_add(each.saturating_mul(bytes));
        self.allowed = more(self.allowed, WORK_PER_BYTE);
        self.total_allowed = more(self.total_allowed, TOTAL_PER_BYTE);
    }

    /// How much a rule may still spend; `None` when it was given up.
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
        self.spent[index] = self.spent[index].saturating_add(work);
        self.total = self.total.saturating_add(work);
        if self.spent[index] > self.allowed {
            self.give_up(rule);
        }
        while self.total > self.total_allowed
            && let Some(dearest) = self.dearest()
        {
            self.give_up(dearest);
        }
    }

    /// The rule that spent most of those that are not given up; of several the first.
    fn dearest(&self) -> Option<RuleId> {
        let spent = |rule: &RuleId| (self.spent[rule.0 as usize], std::cmp::Reverse(*rule));
        let spenders = self.spenders.iter().copied();
        spenders
            .filter(|rule| !self.over.contains(rule))
            .max_by_key(spent)
    }

    fn give_up(&mut self, rule: RuleId) {
        if self.over.contains(&rule) {
            return;
        }
        self.over.push(rule);
        let spent = &mut self.spent[rule.0 as usize];
        self.total -= (*spent / 2).min(self.total);
        // A stream's budget grows, and the rule stays given up.
        *spent = u64::MAX;
    }

    /// Whether a rule was given up.
    #[inline]
    pub(crate) fn is_over(&self, rule: RuleId) -> bool {
        !self.over.is_empty() && self.left(rule).is_none()
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

    #[test]
    fn where_all_rules_together_are_over_the_dearest_is_given_up() {
        let mut budget = Budget::default();
        budget.begin();
        let each = TOTAL_PER_BLOB / 4;
        for rule in 0..3 {
            budget.spend(RuleId(rule), each);
        }
        budget.spend(RuleId(1), 1);
        budget.spend(RuleId(3), each - 1);
        assert!(budget.over().is_empty());
        budget.spend(RuleId(4), 1);
        assert_eq!(budget.over(), [RuleId(1)]);
        assert!(budget.left(RuleId(0)).is_some() && budget.left(RuleId(1)).is_none());
        budget.add_bytes(1 << 30);
        assert!(budget.left(RuleId(1)).is_none());
    }

    #[test]
    fn all_rules_together_do_no_more_than_twice_what_they_may() {
        let mut budget = Budget::default();
        budget.begin();
        let mut done = 0;
        for turn in 0..1_000_000 {
            let rule = RuleId(turn % 500);
            if budget.left(rule).is_some() {
                budget.spend(rule, 100);
                done += 100;
            }
        }
        assert!(
            done > TOTAL_PER_BLOB && done <= 2 * TOTAL_PER_BLOB,
            "{done}"
        );
    }
}
