//! The reference: an aho-corasick automaton over all literals, case folded, each occurrence then compared exactly.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{LiteralId, Prefilter, stands_at};
use crate::rule::Literal;

#[derive(Debug)]
pub(crate) struct Automaton {
    automaton: AhoCorasick,
    literals: Vec<Literal>,
}

impl Automaton {
    pub(crate) fn new(literals: &[Literal]) -> Self {
        let bytes = literals
            .iter()
            .map(|literal| literal.iter().map(|unit| unit.byte).collect::<Vec<u8>>());
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(bytes)
            .expect("because anchors are at most 16 bytes long and some thousands of them fit any state number");
        Self {
            automaton,
            literals: literals.to_vec(),
        }
    }
}

impl Prefilter for Automaton {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        let base = range.start;
        for found in self.automaton.find_overlapping_iter(&hay[range]) {
            let id = found.pattern().as_usize();
            let start = base + found.start();
            if stands_at(&self.literals[id], hay, start) {
                on(LiteralId(id as u32), start);
            }
        }
    }

    fn name(&self) -> &'static str {
        "aho-corasick"
    }

    fn memory_usage(&self) -> usize {
        self.automaton.memory_usage() + self.literals.len() * size_of::<Literal>()
    }
}
