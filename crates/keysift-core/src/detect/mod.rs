//! A rule's own pattern, run where a match may start.
//!
//! What a match is: for each offset there is at most one, the leftmost-first match of the pattern that starts there
//! and is no longer than the rule's longest. So whether an offset starts a match depends on the bytes round it alone,
//! not on where a search began or what it found before.
//!
//! Of the starts that an anchor allows, those are left that a run of like bytes allows, then those at which the first
//! bytes suit, then those from which an automaton finds a match. There the pattern says what matched.

mod walk;

use std::ops::Range;

use regex_automata::hybrid;

use self::walk::{Reach, Walk};
use crate::blob::Span;
use crate::budget::{SEARCH_COST, WINDOW_COST};
use crate::check::keyword::Nearby;
use crate::rule::{Form, Plan, ProgramCache, Rule, Run, Spans};

/// A thread's working memory for one rule's pattern.
#[derive(Debug, Default)]
pub(crate) struct RuleCache {
    pattern: Option<ProgramCache>,
    tail: Option<hybrid::dfa::Cache>,
    ends: Option<hybrid::dfa::Cache>,
    walk: Walk,
    nearby: Nearby,
    /// The bytes that the walk and the keywords are in, by their number.
    bytes: u64,
}

/// So few starts are tried one by one, without a look for a run that may lie far behind them.
pub(crate) const FEW_STARTS: usize = 32;

/// What was done at a start or in a window.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Starts from which the pattern or its automaton was run.
    pub(crate) windows: u64,
    /// Bytes that either was run over.
    pub(crate) window_bytes: u64,
    /// Starts that were looked at to see whether it must be.
    pub(crate) looked_bytes: u64,
    /// All that was done, as a budget counts it.
    pub(crate) cost: u64,
}

/// Whether a match can have an anchor at `at`, by what stands from there on, and the bytes that an automaton was run
/// over to tell. Right when it says no.
pub(crate) fn passes_tail(
    plan: &Plan,
    hay: &[u8],
    at: usize,
    cache: &mut RuleCache,
) -> (bool, usize) {
    let Some(automaton) = plan.tail_automaton() else {
        return (true, 0);
    };
    let cache = cache.tail.get_or_insert_with(|| automaton.create_cache());
    let limit = at.saturating_add(plan.max_match_bytes).min(hay.len());
    walk::begins((automaton, cache), hay, at, limit)
}

/// The first of the starts, or the first at which a line begins if every match begins one.
fn next_start(form: Option<&Form>, hay: &[u8], starts: Range<usize>) -> Option<usize> {
    if starts.is_empty() {
        return None;
    }
    let begins_line = form.is_some_and(|form| form.begins_line());
    if !begins_line || starts.start == 0 {
        return Some(starts.start);
    }
    let breaks = &hay[starts.start - 1..starts.end - 1];
    Some(starts.start + memchr::memchr(b'\n', breaks)?)
}

/// A rule at work in some bytes.
pub(crate) struct Search<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) plan: &'a Plan,
    pub(crate) hay: &'a [u8],
    /// The number of these bytes: what was learnt in others does not hold here.
    pub(crate) bytes: u64,
    /// How much work may be done.
    pub(crate) allowed: u64,
}

impl Search<'_> {
    /// Calls `on` for each match that starts in `starts`, in ascending order; it gives what judging the match cost. Ends
    /// early when the work that is allowed was done.
    pub(crate) fn run(
        &self,
        starts: Range<usize>,
        cache: &mut RuleCache,
        on: &mut dyn FnMut(Spans) -> u64,
    ) -> Work {
        if cache.bytes != self.bytes {
            cache.walk.forget();
            cache.nearby.forget();
            cache.bytes = self.bytes;
        }
        let mut work = Work {
            cost: SEARCH_COST,
            ..Work::default()
        };
        let form = self.plan.form.as_ref();
        let run = form.and_then(|form| form.run.as_ref());
        match run.filter(|_| starts.len() > FEW_STARTS) {
            Some(run) => {
                work.looked_bytes += starts.len() as u64;
                work.cost += starts.len() as u64;
                for part in run.narrow(self.hay, starts, self.rule.max_match_bytes) {
                    self.try_all((form, None), part, cache, &mut work, on);
                }
            }
            None => {
                let run = run.filter(|run| run.is_cheap());
                self.try_all((form, run), starts, cache, &mut work, on);
            }
        }
        work
    }

    fn try_all(
        &self,
        (form, run): (Option<&Form>, Option<&Run>),
        starts: Range<usize>,
        cache: &mut RuleCache,
        work: &mut Work,
        on: &mut dyn FnMut(Spans) -> u64,
    ) {
        let most = self.rule.max_match_bytes;
        let mut next = starts.start;
        // PERF: rules for lines of certain files run everywhere in a history; see benches/record/2026-11-25-history-2.md.
        while let Some(start) = next_start(form, self.hay, next..starts.end) {
            next = start + 1;
            work.looked_bytes += 1;
            work.cost += 1;
            let may_begin = form.is_none_or(|form| form.may_begin(self.hay, start))
                && run.is_none_or(|run| run.allows(self.hay, start, most));
            if !may_begin {
                continue;
            }
            if work.cost > self.allowed {
                return;
            }
            if let Some(spans) = self.at(start, cache, work) {
                work.cost += on(spans);
            }
        }
    }

    /// The match that starts at `start`.
    fn at(&self, start: usize, cache: &mut RuleCache, work: &mut Work) -> Option<Spans> {
        work.windows += 1;
        work.cost += WINDOW_COST;
        let most = self.rule.max_match_bytes;
        let end = match self.plan.ends(self.rule) {
            Some(automaton) => {
                let states = cache.ends.get_or_insert_with(|| automaton.create_cache());
                let Reach { end, steps } =
                    cache.walk.reach((automaton, states), self.hay, start, most);
                work.window_bytes += steps as u64;
                work.cost += steps as u64;
                end?
            }
            None => start.saturating_add(most).min(self.hay.len()),
        };
        work.window_bytes += (end - start) as u64;
        let program = self.plan.program(self.rule);
        let states = cache.pattern.get_or_insert_with(|| program.new_cache());
        let (found, cost) = program.spans(states, self.hay, Span::new(start, end));
        work.cost += cost;
        let found = found?;
        cache
            .nearby
            .holds(self.rule, self.hay, found.matched)
            .then_some(found)
    }
}
