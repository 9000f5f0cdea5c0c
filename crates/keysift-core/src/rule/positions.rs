//! Which bytes may stand at each of the first positions of a pattern's match: the cheapest of demands.

use regex_automata::nfa::thompson::{NFA, State};
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
        Self { sets }
    }

    /// Whether the bytes from `at` on may begin a match, of which the first `known` do. Right when it says no.
    #[inline]
    pub(crate) fn may_begin(&self, hay: &[u8], at: usize, known: usize) -> bool {
        hay.get(at..at + self.sets.len()).is_some_and(|bytes| {
            self.sets
                .iter()
                .zip(bytes)
                .skip(known)
                .all(|(set, byte)| set.holds(*byte))
        })
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
