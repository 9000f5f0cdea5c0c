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

use regex_automata::meta::Cache;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input, hybrid};

use self::walk::{Reach, Walk};
use crate::blob::Span;
use crate::check::keyword::Nearby;
use crate::rule::{Form, Plan, Program, Rule, Run, Tail};

/// A thread's working memory for one rule's pattern.
#[derive(Debug, Default)]
pub(crate) struct RuleCache {
    pattern: Option<(Cache, Captures)>,
    tail: Option<hybrid::dfa::Cache>,
    form: Option<hybrid::dfa::Cache>,
    walk: Walk,
    nearby: Nearby,
    /// The bytes that the walk and the keywords are in, by their number.
    bytes: u64,
}

/// So few starts are tried one by one, without a look for a run that may lie far behind them.
pub(crate) const FEW_STARTS: usize = 32;

/// The spans of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spans {
    pub(crate) matched: Span,
    pub(crate) secret: Span,
    pub(crate) body: Span,
}

/// What was done at a start or in a window.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Starts from which the pattern or its automaton was run.
    pub(crate) windows: u64,
    /// Bytes that either was run over.
    pub(crate) window_bytes: u64,
    /// Starts that were looked at to see whether it must be.
    pub(crate) looked_bytes: u64,
}

/// Whether a match can have an anchor at `at`, by what stands from there on, and the bytes that an automaton was run
/// over to tell. Right when it says no.
pub(crate) fn passes_tail(
    (rule, tail): (&Rule, &Tail),
    hay: &[u8],
    at: usize,
    cache: &mut RuleCache,
) -> (bool, usize) {
    let cache = cache
        .tail
        .get_or_insert_with(|| tail.automaton.create_cache());
    let limit = at.saturating_add(rule.max_match_bytes).min(hay.len());
    walk::begins((&tail.automaton, cache), hay, at, limit)
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
    /// Calls `on` for each match that starts in `starts`, in ascending order. Ends early when the work that is allowed
    /// was done.
    pub(crate) fn run(
        &self,
        starts: Range<usize>,
        cache: &mut RuleCache,
        on: &mut dyn FnMut(Spans),
    ) -> Work {
        if cache.bytes != self.bytes {
            cache.walk.forget();
            cache.nearby.forget();
            cache.bytes = self.bytes;
        }
        let mut work = Work::default();
        let form = self.plan.form(self.rule);
        let run = form.and_then(|form| form.run.as_ref());
        match run.filter(|_| starts.len() > FEW_STARTS) {
            Some(run) => {
                work.looked_bytes += starts.len() as u64;
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
        on: &mut dyn FnMut(Spans),
    ) {
        let most = self.rule.max_match_bytes;
        for start in starts {
            work.looked_bytes += 1;
            let may_begin = form.is_none_or(|form| form.may_begin(self.hay, start))
                && run.is_none_or(|run| run.allows(self.hay, start, most));
            if !may_begin {
                continue;
            }
            if work.sum() > self.allowed {
                return;
            }
            if let Some(spans) = self.at(form, start, cache, work) {
                on(spans);
            }
        }
    }

    /// The match that starts at `start`.
    fn at(
        &self,
        form: Option<&Form>,
        start: usize,
        cache: &mut RuleCache,
        work: &mut Work,
    ) -> Option<Spans> {
        work.windows += 1;
        let most = self.rule.max_match_bytes;
        let end = match form {
            Some(form) => {
                let states = cache
                    .form
                    .get_or_insert_with(|| form.automaton.create_cache());
                let Reach { end, steps } =
                    cache
                        .walk
                        .reach((&form.automaton, states), self.hay, start, most);
                work.window_bytes += steps as u64;
                end?
            }
            None => start.saturating_add(most).min(self.hay.len()),
        };
        work.window_bytes += (end - start) as u64;
        let program = self.plan.program(self.rule);
        let new_cache = || {
            (
                program.regex.create_cache(),
                program.regex.create_captures(),
            )
        };
        let (states, captures) = cache.pattern.get_or_insert_with(new_cache);
        let input = Input::new(self.hay)
            .span(start..end)
            .anchored(Anchored::Yes);
        program.regex.search_captures_with(states, &input, captures);
        let found = spans(program, captures)?;
        cache
            .nearby
            .holds(self.rule, self.hay, found.matched)
            .then_some(found)
    }
}

impl Work {
    /// All of it, as a budget counts it.
    pub(crate) fn sum(self) -> u64 {
        self.window_bytes + self.looked_bytes
    }
}

fn spans(program: &Program, captures: &Captures) -> Option<Spans> {
    let whole = captures.get_match()?;
    let group = |index: usize| {
        captures
            .get_group(index)
            .map(|span| Span::new(span.start, span.end))
    };
    let matched = Span::new(whole.start(), whole.end());
    // A pattern may have a way to match on which the group `secret` takes no part; then the whole match is the secret.
    let secret = group(program.secret_group).unwrap_or(matched);
    let body = program.body_group.and_then(group).unwrap_or(secret);
    Some(Spans {
        matched,
        secret,
        body,
    })
}
