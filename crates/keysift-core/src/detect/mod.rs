//! A rule's own pattern, run where a match may start.
//!
//! What a match is: for each offset there is at most one, the leftmost-first match of the pattern that starts there
//! and is no longer than the rule's longest. So whether an offset starts a match depends on the bytes round it alone,
//! not on where a search began or what it found before.

use std::ops::Range;

use regex_automata::meta::Cache;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input, hybrid};

use crate::blob::Span;
use crate::rule::{Plan, Program, Rule};

/// A thread's working memory for one rule's pattern.
#[derive(Debug, Default)]
pub(crate) struct RuleCache {
    pattern: Option<(Cache, Captures)>,
    tail: Option<hybrid::dfa::Cache>,
}

/// An unbounded pattern is searched for in so many starts at a time, or in as many as its longest match has bytes. Its
/// match runs on to the end of what it is searched in, before it is cut.
const MIN_STRETCH: usize = 512;

/// So few starts are tried one by one. A search for any of them would run on behind the last, as far as a match that
/// begins there might reach.
const FEW_STARTS: usize = 32;

/// The spans of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spans {
    pub(crate) matched: Span,
    pub(crate) secret: Span,
    pub(crate) body: Span,
}

/// Whether a match can have an anchor at `at`, by what stands from there on. Right when it says no.
pub(crate) fn passes_tail(
    (rule, plan): (&Rule, &Plan),
    hay: &[u8],
    at: usize,
    cache: &mut RuleCache,
) -> bool {
    let Some(tail) = plan.tail() else {
        return true;
    };
    if !tail.positions.may_begin(hay, at) {
        return false;
    }
    let cache = cache
        .tail
        .get_or_insert_with(|| tail.automaton.create_cache());
    let end = at.saturating_add(rule.max_match_bytes).min(hay.len());
    let input = Input::new(hay)
        .span(at..end)
        .anchored(Anchored::Yes)
        .earliest(true);
    // An automaton that gives up has not said no.
    !matches!(tail.automaton.try_search_fwd(cache, &input), Ok(None))
}

/// So few starts are tried one by one: an unanchored search would go on behind them as far as a match is long.
const ANCHORED_STARTS: usize = 16;

/// Calls `on` for each match that starts in `starts`, in ascending order; gives the bytes looked at.
pub(crate) fn run(
    (rule, plan): (&Rule, &Plan),
    hay: &[u8],
    starts: Range<usize>,
    cache: &mut RuleCache,
    on: &mut dyn FnMut(Spans),
) -> u64 {
    let stretch = if starts.len() <= ANCHORED_STARTS {
        1
    } else if plan.bounded {
        starts.len()
    } else {
        rule.max_match_bytes.max(MIN_STRETCH)
    };
    let end = starts.end;
    starts
        .step_by(stretch)
        .map(|from| {
            let starts = from..end.min(from.saturating_add(stretch));
            run_at((rule, plan), hay, starts, cache, on)
        })
        .sum()
}

fn run_at(
    (rule, plan): (&Rule, &Plan),
    hay: &[u8],
    starts: Range<usize>,
    cache: &mut RuleCache,
    on: &mut dyn FnMut(Spans),
) -> u64 {
    let program = plan.program(rule);
    let new_cache = || {
        (
            program.regex.create_cache(),
            program.regex.create_captures(),
        )
    };
    let (cache, captures) = cache.pattern.get_or_insert_with(new_cache);
    let end = starts
        .end
        .saturating_add(rule.max_match_bytes - 1)
        .min(hay.len());
    let is_few = starts.len() <= FEW_STARTS;
    let mut at = starts.start;
    while at < starts.end {
        let input = if is_few {
            let end = at.saturating_add(rule.max_match_bytes).min(hay.len());
            Input::new(hay).span(at..end).anchored(Anchored::Yes)
        } else {
            Input::new(hay).span(at..end)
        };
        program.regex.search_captures_with(cache, &input, captures);
        let Some(mut spans) = spans(program, captures) else {
            if is_few {
                at += 1;
                continue;
            }
            break;
        };
        let start = spans.matched.start;
        if start >= starts.end {
            break;
        }
        at = start + 1;
        let limit = start.saturating_add(rule.max_match_bytes).min(hay.len());
        if !plan.bounded && spans.matched.end > limit {
            let input = Input::new(hay).span(start..limit).anchored(Anchored::Yes);
            program.regex.search_captures_with(cache, &input, captures);
            match self::spans(program, captures) {
                Some(shorter) => spans = shorter,
                None => continue,
            }
        }
        on(spans);
    }
    (end - starts.start) as u64
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
