//! A rule's compiled pattern: what matched from a start on, and where its groups lie.
//!
//! Of three ways to tell, the cheapest that can is taken. They agree; what they cost differs by more than ten times, and
//! a budget has to know which it was.

use regex_automata::dfa::onepass;
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{BuildError, NFA};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::SecretGroup;
use crate::blob::Span;

/// An automaton for a single pass is not made larger than this.
const ONE_PASS_BYTES: usize = 1 << 20;

/// What a byte costs with each of the ways, in bytes that a lazy automaton runs over for as much.
const ONE_PASS_COST: u64 = 3;
const BACKTRACK_COST: u64 = 10;
const PIKE_COST: u64 = 40;

/// A backtracker marks each state at each byte. So many marks are wiped out for the cost of a byte.
const MARKS_PER_COST: u64 = 512;

/// A rule's compiled pattern.
#[derive(Debug)]
pub(crate) struct Program {
    /// `None` where a byte does not always tell which way to go, or the automaton would be too large.
    one_pass: Option<onepass::DFA>,
    backtracker: BoundedBacktracker,
    pike: PikeVM,
    secret_group: Group,
    body_group: Option<usize>,
}

/// Which group holds the secret.
#[derive(Debug, Clone, Copy)]
enum Group {
    /// The one with this number; the whole match is 0.
    Number(usize),
    /// The first of so many that is not empty.
    FirstOf(usize),
}

/// A thread's working memory for a program.
#[derive(Debug)]
pub(crate) struct ProgramCache {
    one_pass: Option<onepass::Cache>,
    backtracker: Option<backtrack::Cache>,
    pike: Option<pikevm::Cache>,
    slots: Vec<Option<NonMaxUsize>>,
}

/// The spans of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spans {
    pub(crate) matched: Span,
    pub(crate) secret: Span,
    pub(crate) body: Span,
}

impl Program {
    pub(super) fn compile(text: &str, secret: SecretGroup) -> Result<Self, Box<BuildError>> {
        let nfa = NFA::compiler()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(NFA::config().utf8(false))
            .build(text)?;
        let group = |name: &str| {
            nfa.group_info()
                .to_index(regex_automata::PatternID::ZERO, name)
        };
        let one_pass = onepass::Builder::new()
            .configure(onepass::Config::new().size_limit(Some(ONE_PASS_BYTES)))
            .build_from_nfa(nfa.clone());
        Ok(Self {
            secret_group: match secret {
                SecretGroup::Named => Group::Number(group("secret").unwrap_or(0)),
                SecretGroup::First => Group::FirstOf(nfa.group_info().all_group_len() - 1),
                SecretGroup::Index(index) => Group::Number(index as usize),
            },
            body_group: group("body"),
            one_pass: one_pass.ok(),
            backtracker: BoundedBacktracker::builder().build_from_nfa(nfa.clone())?,
            pike: PikeVM::builder().build_from_nfa(nfa)?,
        })
    }

    pub(crate) fn new_cache(&self) -> ProgramCache {
        let (Group::Number(last) | Group::FirstOf(last)) = self.secret_group;
        let groups = 1 + last.max(self.body_group.unwrap_or(0));
        ProgramCache {
            one_pass: self.one_pass.as_ref().map(onepass::DFA::create_cache),
            backtracker: None,
            pike: None,
            slots: vec![None; 2 * groups],
        }
    }

    /// The match that starts at the first byte of `span` and ends in it, and what it cost to tell.
    pub(crate) fn spans(
        &self,
        cache: &mut ProgramCache,
        hay: &[u8],
        span: Span,
    ) -> (Option<Spans>, u64) {
        let input = Input::new(hay).span(span.range()).anchored(Anchored::Yes);
        let slots = &mut cache.slots;
        slots.fill(None);
        let bytes = span.len() as u64 + 1;
        if let (Some(one_pass), Some(states)) = (&self.one_pass, &mut cache.one_pass)
            && one_pass.try_search_slots(states, &input, slots).is_ok()
        {
            return (self.read(slots), bytes * ONE_PASS_COST);
        }
        if span.len() < self.backtracker.max_haystack_len() {
            let states = cache
                .backtracker
                .get_or_insert_with(|| self.backtracker.create_cache());
            if self
                .backtracker
                .try_search_slots(states, &input, slots)
                .is_ok()
            {
                let marks = bytes * self.backtracker.get_nfa().states().len() as u64;
                let cost = bytes * BACKTRACK_COST + marks / MARKS_PER_COST;
                return (self.read(slots), cost);
            }
        }
        let states = cache.pike.get_or_insert_with(|| self.pike.create_cache());
        self.pike.search_slots(states, &input, slots);
        (self.read(slots), bytes * PIKE_COST)
    }

    fn read(&self, slots: &[Option<NonMaxUsize>]) -> Option<Spans> {
        let group = |index: usize| {
            let [Some(start), Some(end)] = *slots.get(2 * index..2 * index + 2)? else {
                return None;
            };
            Some(Span::new(start.get(), end.get()))
        };
        let matched = group(0)?;
        // A pattern may have a way to match on which the group `secret` takes no part; then the whole match is the secret.
        let is_there = |span: &Span| !span.is_empty();
        let secret = match self.secret_group {
            Group::Number(index) => group(index).filter(is_there),
            Group::FirstOf(last) => (1..=last).filter_map(group).find(is_there),
        };
        let secret = secret.unwrap_or(matched);
        let body = self.body_group.and_then(group).unwrap_or(secret);
        Some(Spans {
            matched,
            secret,
            body,
        })
    }

    pub(super) fn memory_usage(&self) -> usize {
        let one_pass = self.one_pass.as_ref().map_or(0, onepass::DFA::memory_usage);
        one_pass + self.pike.get_nfa().memory_usage()
    }
}
