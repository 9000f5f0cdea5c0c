//! What the engine asks of a place before it runs a rule's pattern there, cheapest first.

use regex_automata::MatchKind;
use regex_automata::hybrid::dfa::DFA;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_syntax::hir::Look;

use super::anchor::relaxed;
use super::pattern;
use super::positions::Positions;
use super::run::Run;

/// Repetitions are counted so far and no further. An automaton that counted to thousands would be built state by state,
/// and its ways from neighbouring starts would never meet; few secrets are longer.
const MAX_COUNT: u32 = 64;

/// The lazy automaton's memory for each pattern and thread; when it is full the engine starts it afresh.
pub(super) const LAZY_AUTOMATON_BYTES: usize = 256 << 10;

/// What every match of a rule's pattern has, in three forms.
#[derive(Debug)]
pub(crate) struct Form {
    /// The bytes that a match may begin with.
    head: Positions,
    /// Whether every match begins at the beginning of a line.
    begins_line: bool,
    /// A run that every match contains.
    pub(crate) run: Option<Run>,
    /// Matches all that the pattern matches, and more where it counts beyond [`MAX_COUNT`]: every end of a match.
    pub(crate) automaton: DFA,
}

impl Form {
    /// The form of a pattern. `None` when its automaton cannot be built; then the pattern itself decides.
    pub(super) fn of(text: &str) -> Option<Self> {
        let hir = pattern::parse(text).ok()?.hir;
        let nfa = nfa(&relaxed(&hir, MAX_COUNT))?;
        Some(Self {
            head: Positions::of(&nfa),
            begins_line: hir.properties().look_set_prefix().contains(Look::StartLF),
            run: Run::of(&hir),
            automaton: automaton(nfa, MatchKind::All)?,
        })
    }

    /// Whether a match may begin at `start`, by the bytes there. Right when it says no.
    #[inline]
    pub(crate) fn may_begin(&self, hay: &[u8], start: usize) -> bool {
        let suits_line = !self.begins_line || start == 0 || hay[start - 1] == b'\n';
        suits_line && self.head.may_begin(hay, start, 0)
    }

    pub(super) fn memory_usage(&self) -> usize {
        self.head.memory_usage() + self.automaton.memory_usage()
    }
}

/// The automaton of a parsed pattern, without its groups.
pub(super) fn nfa(hir: &regex_syntax::hir::Hir) -> Option<NFA> {
    thompson::Compiler::new()
        .configure(
            thompson::Config::new()
                .utf8(false)
                .which_captures(WhichCaptures::None),
        )
        .build_from_hir(hir)
        .ok()
}

/// A deterministic automaton that is built as it runs.
pub(super) fn automaton(nfa: NFA, kind: MatchKind) -> Option<DFA> {
    let config = DFA::config()
        .match_kind(kind)
        .cache_capacity(LAZY_AUTOMATON_BYTES)
        .skip_cache_capacity_check(true);
    DFA::builder().configure(config).build_from_nfa(nfa).ok()
}
