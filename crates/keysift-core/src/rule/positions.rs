//! Which bytes may stand at each of the first positions of a pattern's match, and behind what: the cheapest of demands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::StateID;

/// Positions looked at. A chance word seldom agrees with a rule for longer.
pub(crate) const MAX_POSITIONS: usize = 20;

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteSet([u64; 4]);

impl ByteSet {
    /// All bytes.
    pub(crate) const ALL: Self = Self([!0; 4]);

    /// The bytes for which `holds` does.
    pub(crate) fn of(holds: impl Fn(u8) -> bool) -> Self {
        let mut set = Self::default();
        let bytes = (0..=u8::MAX).filter(|byte| holds(*byte));
        bytes.for_each(|byte| set.add(byte, byte));
        set
    }

    pub(super) fn add(&mut self, start: u8, end: u8) {
        for byte in start..=end {
            self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    #[inline]
    pub(crate) fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 != 0
    }

    fn bytes(self) -> [u8; SET_BYTES] {
        let mut bytes = [0; SET_BYTES];
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *place = word.to_le_bytes();
        }
        bytes
    }
}

/// Bytes of a set where it is packed.
const SET_BYTES: usize = 32;

/// Sets of bytes that the positions of many rules share, each once.
#[derive(Debug, Clone)]
pub(super) struct Sets(Arc<[ByteSet]>);

impl Sets {
    /// Reads what [`Packer::sets`] gives.
    pub(super) fn unpack(bytes: &[u8]) -> Self {
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let set = |bytes: &[u8; SET_BYTES]| {
            let (words, _) = bytes.as_chunks();
            ByteSet(std::array::from_fn(|index| word(&words[index])))
        };
        Self(bytes.as_chunks().0.iter().map(set).collect())
    }

    /// A set by its number; one that is not there holds all bytes, and so asks for nothing.
    #[inline]
    pub(super) fn get(&self, number: u16) -> ByteSet {
        let set = self.0.get(usize::from(number));
        set.copied().unwrap_or(ByteSet::ALL)
    }
}

/// Numbers sets, to pack them.
#[derive(Debug, Default)]
pub(super) struct Packer {
    numbers: BTreeMap<ByteSet, u16>,
    sets: Vec<u8>,
}

impl Packer {
    /// The number of a set. Beyond what a number can say, none that is known.
    pub(super) fn number(&mut self, set: ByteSet) -> u16 {
        let next = u16::try_from(self.numbers.len()).unwrap_or(u16::MAX);
        if next == u16::MAX {
            return self.numbers.get(&set).copied().unwrap_or(u16::MAX);
        }
        *self.numbers.entry(set).or_insert_with(|| {
            self.sets.extend(set.bytes());
            next
        })
    }

    /// The positions' numbers, for [`Positions::unpack`].
    pub(super) fn positions(&mut self, positions: &Positions) -> Vec<u8> {
        let numbers = positions.all().map(|set| self.number(set).to_le_bytes());
        numbers.flatten().collect()
    }

    /// All sets, for [`Sets::unpack`].
    pub(super) fn sets(self) -> Vec<u8> {
        self.sets
    }
}

/// What a match may begin with has two sets before those of the positions.
const FIRST: usize = 2;

/// For each of the first positions of every match the bytes that may stand there.
#[derive(Clone)]
pub(crate) struct Positions {
    sets: Sets,
    /// The sets' numbers, two bytes each: what a match may begin with behind a byte that is no part of a word or at the
    /// start, then behind one that is, then what may stand at each position.
    numbers: Cow<'static, [u8]>,
}

impl fmt::Debug for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

impl Positions {
    /// Follows all of an automaton's ways at once, as far as no way has come to an end.
    pub(super) fn of(nfa: &NFA) -> Self {
        let mut sets = [false, true]
            .map(|is_behind_word| first(nfa, is_behind_word))
            .to_vec();
        let mut states = vec![nfa.start_anchored()];
        while sets.len() < FIRST + MAX_POSITIONS {
            let Some((set, next)) = step(nfa, &states) else {
                break;
            };
            sets.push(set);
            states = next;
        }
        let numbers = (0_u16..).take(sets.len()).flat_map(u16::to_le_bytes);
        Self {
            numbers: numbers.collect(),
            sets: Sets(sets.into()),
        }
    }

    /// The positions that [`Packer::positions`] packed.
    pub(super) fn unpack(numbers: Cow<'static, [u8]>, sets: &Sets) -> Self {
        Self {
            sets: sets.clone(),
            numbers,
        }
    }

    #[inline]
    fn numbers(&self) -> &[[u8; 2]] {
        self.numbers.as_chunks().0
    }

    #[inline]
    fn set(&self, number: [u8; 2]) -> ByteSet {
        self.sets.get(u16::from_le_bytes(number))
    }

    fn all(&self) -> impl Iterator<Item = ByteSet> {
        self.numbers().iter().map(|number| self.set(*number))
    }

    /// What may stand at a position; `None` behind those that are known.
    pub(crate) fn at(&self, position: usize) -> Option<ByteSet> {
        let number = self.numbers().get(FIRST + position)?;
        Some(self.set(*number))
    }

    /// What a match may begin with: behind a byte that is no part of a word or at the start, and behind one that is.
    pub(super) fn first(&self) -> [ByteSet; 2] {
        let set = |which: usize| self.numbers().get(which).map(|number| self.set(*number));
        [0, 1].map(|which| set(which).unwrap_or(ByteSet::ALL))
    }

    /// Whether the bytes from `at` on may begin a match, of which the first `known` do. Right when it says no.
    #[inline]
    pub(crate) fn may_begin(&self, hay: &[u8], at: usize, known: usize) -> bool {
        let numbers = self.numbers().get(FIRST..).unwrap_or_default();
        let Some(bytes) = hay.get(at..at + numbers.len()) else {
            return false;
        };
        let known = known.min(bytes.len());
        let mut rest = numbers[known..].iter().zip(&bytes[known..]);
        rest.all(|(number, byte)| self.set(*number).holds(*byte))
    }

    /// Whether bytes may end with a match, where the positions are those of the pattern read backwards. Right when it
    /// says no.
    pub(crate) fn may_end(&self, bytes: &[u8]) -> bool {
        let numbers = self.numbers().get(FIRST..).unwrap_or_default();
        let mut backwards = numbers.iter().zip(bytes.iter().rev());
        bytes.len() >= numbers.len()
            && backwards.all(|(number, byte)| self.set(*number).holds(*byte))
    }

    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.numbers)
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
pub(super) fn is_word(byte: u8) -> bool {
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

    fn begins(positions: &Positions, hay: &[u8], at: usize) -> bool {
        let is_behind_word = at > 0 && is_word(hay[at - 1]);
        let first = positions.first()[usize::from(is_behind_word)];
        first.holds(hay[at]) && positions.may_begin(hay, at, 0)
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
            assert_eq!(begins(&boundary, hay.as_bytes(), 1), may_begin, "{hay}");
        }
        assert!(begins(&boundary, b"key", 0) && !begins(&boundary, b"-k ", 0));
        let start = positions(r"(?-u)(?:\b{start-half}|x)key");
        assert!(begins(&start, b"-key", 1) && !begins(&start, b"akey", 1));
        assert!(begins(&start, b"axkey", 1));
        let inside = positions(r"(?-u)\Bkey");
        assert!(begins(&inside, b"akey", 1) && !begins(&inside, b" key", 1));
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

    #[test]
    fn packed_positions_are_the_same() {
        let mut packer = Packer::default();
        let all = [r"(?-u)\bkey[0-9]{2}", r"(?-u)key[a-z]{30}", "(?-u)x?"].map(positions);
        let packed: Vec<Vec<u8>> = all.iter().map(|it| packer.positions(it)).collect();
        let sets = Sets::unpack(&packer.sets());
        for (positions, numbers) in all.iter().zip(packed) {
            let read = Positions::unpack(numbers.into(), &sets);
            assert_eq!(format!("{read:?}"), format!("{positions:?}"));
            assert_eq!((read.at(0), read.at(3)), (positions.at(0), positions.at(3)));
        }
        assert_eq!(sets.get(u16::MAX), ByteSet::ALL);
    }
}
