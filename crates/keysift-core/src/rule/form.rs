//! What the engine asks of a place before it runs a rule's pattern there, cheapest first.

use regex_automata::MatchKind;
use regex_automata::hybrid::dfa::DFA;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_syntax::hir::{Hir, Look};

use super::anchor::relaxed;
use super::pattern;
use super::positions::{ByteSet, Positions, is_word};
use super::run::Run;

/// Repetitions are counted so far and no further. An automaton that counted to thousands would be built state by state,
/// and its ways from neighbouring starts would never meet; few secrets are longer.
const MAX_COUNT: u32 = 64;

/// The lazy automaton's memory for each pattern and thread; when it is full the engine starts it afresh.
pub(super) const LAZY_AUTOMATON_BYTES: usize = 256 << 10;

/// What every match of a rule's pattern has, told without an automaton.
#[derive(Debug)]
pub(crate) struct Form {
    /// What a match may begin with, behind a byte that is no part of a word and behind one that is; at hand, since it is
    /// asked of every start.
    first: [ByteSet; 2],
    /// What may stand at the first positions of a match.
    pub(super) head: Positions,
    /// Whether every match begins at the beginning of a line.
    pub(super) begins_line: bool,
    /// A run that every match contains.
    pub(crate) run: Option<Run>,
}

impl Form {
    /// The form of a parsed pattern. `None` when its automaton cannot be built; then the pattern itself decides.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let head = Positions::of(&nfa(&relaxed(hir, MAX_COUNT))?);
        let begins_line = hir.properties().look_set_prefix().contains(Look::StartLF);
        Some(Self::new(head, begins_line, Run::of(hir)))
    }

    pub(super) fn new(head: Positions, begins_line: bool, run: Option<Run>) -> Self {
        Self {
            first: head.first(),
            head,
            begins_line,
            run,
        }
    }

    /// Whether every match begins at the beginning of a line.
    pub(crate) const fn begins_line(&self) -> bool {
        self.begins_line
    }

    /// Whether a match may begin at `start`, by the bytes there. Right when it says no.
    #[inline]
    pub(crate) fn may_begin(&self, hay: &[u8], start: usize) -> bool {
        let is_behind_word = start > 0 && is_word(hay[start - 1]);
        let first = self.first[usize::from(is_behind_word)];
        if hay.get(start).is_some_and(|byte| !first.holds(*byte)) {
            return false;
        }
        let suits_line = !self.begins_line || start == 0 || hay[start - 1] == b'\n';
        suits_line && self.head.may_begin(hay, start, 0)
    }

    pub(super) fn memory_usage(&self) -> usize {
        self.head.memory_usage()
    }
}

/// Matches all that a pattern matches, and more where it counts beyond [`MAX_COUNT`]: every end of a match. `None` when
/// it cannot be built.
pub(super) fn of_ends(pattern: &str) -> Option<DFA> {
    let hir = pattern::parse_unnamed(pattern).ok()?.hir;
    automaton(nfa(&relaxed(&hir, MAX_COUNT))?, MatchKind::All)
}

/// What paths may end with that one of `patterns` describes; `None` where one of them may end anywhere in a path.
pub(super) fn path_end(patterns: &[String]) -> Option<Positions> {
    let hirs: Vec<Hir> = patterns
        .iter()
        .map(|pattern| pattern::parse_plain(pattern).ok())
        .collect::<Option<_>>()?;
    let ends = |hir: &Hir| hir.properties().look_set_suffix().contains(Look::End);
    if hirs.is_empty() || !hirs.iter().all(ends) {
        return None;
    }
    let backwards = config().reverse(true);
    let nfa = build(backwards, &relaxed(&Hir::alternation(hirs), MAX_COUNT))?;
    Some(Positions::of(&nfa))
}

/// The automaton of a parsed pattern, without its groups.
pub(super) fn nfa(hir: &Hir) -> Option<NFA> {
    build(config(), hir)
}

fn config() -> thompson::Config {
    thompson::Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
}

fn build(config: thompson::Config, hir: &Hir) -> Option<NFA> {
    let mut compiler = thompson::Compiler::new();
    compiler.configure(config).build_from_hir(hir).ok()
}

/// A deterministic automaton that is built as it runs.
pub(super) fn automaton(nfa: NFA, kind: MatchKind) -> Option<DFA> {
    let config = DFA::config()
        .match_kind(kind)
        .cache_capacity(LAZY_AUTOMATON_BYTES)
        .skip_cache_capacity_check(true);
    DFA::builder().configure(config).build_from_nfa(nfa).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_end(patterns: &[&str], path: &str) -> bool {
        let patterns: Vec<String> = patterns.iter().map(|&it| it.to_owned()).collect();
        path_end(&patterns).unwrap().may_end(path.as_bytes())
    }

    #[test]
    fn a_path_may_suit_only_by_what_it_ends_with() {
        let gem = [r"(?:^|/)\.?gem/credentials$"];
        assert!(may_end(&gem, "home/.gem/credentials"));
        assert!(may_end(&gem, "gem/credentials"));
        assert!(!may_end(&gem, "gem/credentials.rb"));
        assert!(!may_end(&gem, "s"));
        let either = [r"(?i)\.ini$", r"(?:^|/)\.env[^/]*$"];
        assert!(may_end(&either, "a.INI"));
        assert!(may_end(&either, ".env.local"));
        assert!(!may_end(&[r"\.ini$", r"\.conf$"], "a.rs"));
    }

    #[test]
    fn what_may_stand_anywhere_in_a_path_says_nothing_of_its_end() {
        let end = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|&it| it.to_owned()).collect();
            path_end(&patterns).is_some()
        };
        assert!(!end(&["(?:^|/)test/"]));
        assert!(!end(&[r"\.ini$", "test"]));
        assert!(!end(&[r"(?:\.ini$|test)"]));
        assert!(!end(&[r"(?m)\.ini$"]));
        assert!(!end(&[]));
    }
}
