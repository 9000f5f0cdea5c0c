//! Which bytes may stand at each of the first positions of a pattern's match, and behind what: the cheapest of demands.

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;

/// Positions looked at. A chance word seldom agrees with a rule for longer.
pub(crate) const MAX_POSITIONS: usize = 20;

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(super) fn add(&mut self, start: u8, end: u8) {
        for byte in start..=end {
            self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    #[inline]
    pub(super) fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }
}

/// For each of the first positions of every match the bytes that may stand there.
#[derive(Debug)]
pub(crate) struct Positions {
    sets: Vec<ByteSet>,
    /// What a match may begin with: behind a byte that is no part of a word or at the start, and behind one that is.
    first: [ByteSet; 2],
}

impl Positions {
    /// Follows all of an automaton's ways at once, as far as no way has come to an end.
    pub(super) fn of(nfa: &NFA) -> Self {
        let mut sets = Vec::new();
        let mut states = vec![nfa.start_anchored()];
        while sets.len() < MAX_POSITIONS {
            let Some((set, next)) = step(nfa, &states) else {
                break;
            };
            sets.push(set);
            states = next;
        }
        Self {
            sets,
            first: [false, true].map(|is_behind_word| first(nfa, is_behind_word)),
        }
    }

    /// Whether the bytes from `at` on may begin a match, of which the first `known` do. Right when it says no.
    #[inline]
    pub(crate) fn may_begin(&self, hay: &[u8], at: usize, known: usize) -> bool {
        let Some(bytes) = hay.get(at..at + self.sets.len()) else {
            return false;
        };
        if let (0, Some(byte)) = (known, bytes.first()) {
            let is_behind_word = at > 0 && is_word(hay[at - 1]);
            if !self.first[usize::from(is_behind_word)].holds(*byte) {
                return false;
            }
        }
        let mut rest = self.sets.iter().zip(bytes).skip(known.max(1));
        rest.all(|(set, byte)| set.holds(*byte))
    }

    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.sets)
    }
}

/// The bytes that lead on from any of `states`, and the states they lead to; `None` if a match may end here.
fn step(nfa: &NFA, states: &[StateID]) -> Option<(ByteSet, Vec<StateID>)> {
    let mut set = ByteSet::default();
    let mut next = Vec::new();
    let mut seen = vec![false; nfa.states().len()];
    let mut waiting = states.to_vec();
    while let Some(id) = waiting.pop() {
        if std::mem::replace(&mut seen[id.as_usize()], true) {
            continue;
        }
        match nfa.state(id) {
            State::ByteRange { trans } => {
                set.add(trans.start, trans.end);
                next.push(trans.next);
            }
            State::Sparse(sparse) => {
                for trans in &*sparse.transitions {
                    set.add(trans.start, trans.end);
                    next.push(trans.next);
                }
            }
            State::Dense(dense) => {
                for byte in 0..=u8::MAX {
                    if let Some(to) = dense.matches_byte(byte) {
                        set.add(byte, byte);
                        next.push(to);
                    }
                }
            }
            // Whether a look-around holds is for the pattern to say.
            State::Look { next, .. } | State::Capture { next, .. } => waiting.push(*next),
            State::Union { alternates } => waiting.extend(alternates.iter().copied()),
            State::BinaryUnion { alt1, alt2 } => waiting.extend([*alt1, *alt2]),
            State::Fail => {}
            State::Match { .. } => return None,
        }
    }
    next.sort_unstable();
    next.dedup();
    Some((set, next))
}

#[inline]
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The bytes that may come next where a look-around has a say: those of words, and the others.
const WORD: u8 = 0b01;
const OTHER: u8 = 0b10;

/// The bytes that a match may begin with, where the byte before it is known to be of a word or not to be.
fn first(nfa: &NFA, is_behind_word: bool) -> ByteSet {
    let mut set = ByteSet::default();
    let mut add = |start: u8, end: u8, allowed: u8| {
        for byte in start..=end {
            if allowed & (if is_word(byte) { WORD } else { OTHER }) != 0 {
                set.add(byte, byte);
            }
        }
    };
    // For each state the sets of next bytes with which it was reached, a bit each.
    let mut seen = vec![0_u8; nfa.states().len()];
    let mut waiting = vec![(nfa.start_anchored(), WORD | OTHER)];
    while let Some((id, allowed)) = waiting.pop() {
        if allowed == 0 || seen[id.as_usize()] >> allowed & 1 != 0 {
            continue;
        }
        seen[id.as_usize()] |= 1 << allowed;
        match nfa.state(id) {
            State::ByteRange { trans } => add(trans.start, trans.end, allowed),
            State::Sparse(sparse) => {
                for trans in &*sparse.transitions {
                    add(trans.start, trans.end, allowed);
                }
            }
            State::Dense(dense) => {
                let leads_on = |byte: &u8| dense.matches_byte(*byte).is_some();
                (0..=u8::MAX)
                    .filter(leads_on)
                    .for_each(|byte| add(byte, byte, allowed));
            }
            State::Look { look, next } => {
                waiting.push((*next, allowed & next_bytes(*look, is_behind_word)));
            }
            State::Capture { next, .. } => waiting.push((*next, allowed)),
            State::Union { alternates } => {
                waiting.extend(alternates.iter().map(|next| (*next, allowed)));
            }
            State::BinaryUnion { alt1, alt2 } => {
                waiting.extend([(*alt1, allowed), (*alt2, allowed)]);
            }
            State::Fail => {}
            State::Match { .. } => add(0, u8::MAX, WORD | OTHER),
        }
    }
    set
}

/// The bytes that may come next where a look-around holds behind a byte of a word, or another; all where it asks
/// something else.
fn next_bytes(look: Look, is_behind_word: bool) -> u8 {
    match (look, is_behind_word) {
        (Look::WordAscii | Look::WordStartAscii, false) | (Look::WordAsciiNegate, true) => WORD,
        (Look::WordAscii | Look::WordEndAscii, true) | (Look::WordAsciiNegate, false) => OTHER,
        (Look::WordStartAscii | Look::WordStartHalfAscii, true) | (Look::WordEndAscii, false) => 0,
        (Look::WordEndHalfAscii, _) => OTHER,
        _ => WORD | OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(pattern: &str) -> Positions {
        Positions::of(&NFA::new(pattern).unwrap())
    }

    #[test]
    fn what_a_match_may_begin_with_passes() {
        let positions = positions("(?-u)key[a-z]{0,3}[=:][0-9]{4}");
        assert!(positions.may_begin(b"  key=1234", 2, 0));
        assert!(positions.may_begin(b"  keyabc:1234", 2, 0));
        assert!(!positions.may_begin(b"  key 1234", 2, 0));
        assert!(!positions.may_begin(b"  keys are", 2, 0));
        assert!(positions.may_begin(b"  KEY=1234", 2, 3));
    }

    #[test]
    fn a_word_boundary_before_a_match_is_asked_of_the_byte_before() {
        let boundary = positions(r"(?-u)\b(?:key|-k)");
        for (hay, may_begin) in [
            (" key", true),
            ("akey", false),
            (" -k ", false),
            ("a-k ", true),
        ] {
            assert_eq!(boundary.may_begin(hay.as_bytes(), 1, 0), may_begin, "{hay}");
        }
        assert!(boundary.may_begin(b"key", 0, 0) && !boundary.may_begin(b"-k ", 0, 0));
        let start = positions(r"(?-u)(?:\b{start-half}|x)key");
        assert!(start.may_begin(b"-key", 1, 0) && !start.may_begin(b"akey", 1, 0));
        assert!(start.may_begin(b"axkey", 1, 0));
        let inside = positions(r"(?-u)\Bkey");
        assert!(inside.may_begin(b"akey", 1, 0) && !inside.may_begin(b" key", 1, 0));
    }

    #[test]
    fn a_match_that_may_be_over_demands_no_more() {
        let positions = positions("(?-u)ab?");
        assert!(positions.may_begin(b"a", 0, 0));
        assert!(!positions.may_begin(b"b", 0, 0));
    }

    #[test]
    fn the_end_of_the_bytes_ends_a_match_that_needs_more() {
        assert!(!positions("(?-u)abcd").may_begin(b"abc", 0, 0));
    }
}
