//! An automaton's way through a blob from one start, remembered so that another start's way may join it.
//!
//! Where a pattern could begin at each of many neighbouring places and goes on for long, the ways from them soon are
//! the same: they are in one state at one place. From there on the second need not be walked again. So a text of nothing
//! but beginnings costs about one way and not one for each of them.

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::{Anchored, Input};

/// The state is remembered at every so many bytes of the blob. A shorter way is walked again for less than it costs to remember.
const STRIDE_BYTES: usize = 16;

/// How far a match may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// The end of the longest match; `None` when there is none.
    pub(super) end: Option<usize>,
    /// Bytes that the automaton was run over.
    pub(super) steps: usize,
}

/// Whether a match of the automaton begins at `at` and ends no later than `limit`, and the bytes that it was run over.
/// When it gives up it has not said no.
pub(super) fn begins(
    (automaton, cache): (&DFA, &mut Cache),
    hay: &[u8],
    at: usize,
    limit: usize,
) -> (bool, usize) {
    let input = Input::new(hay).span(at..limit).anchored(Anchored::Yes);
    let Ok(mut state) = automaton.start_state_forward(cache, &input) else {
        return (true, 0);
    };
    for (steps, byte) in hay[at..limit].iter().enumerate() {
        let Ok(next) = automaton.next_state(cache, state, *byte) else {
            return (true, steps);
        };
        state = next;
        if state.is_tagged() {
            return (!state.is_dead(), steps + 1);
        }
    }
    let last = match hay.get(limit) {
        Some(byte) => automaton.next_state(cache, state, *byte),
        None => automaton.next_eoi_state(cache, state),
    };
    (last.map_or(true, |last| last.is_match()), limit - at)
}

/// The way that is remembered, from its start as far as it was walked.
#[derive(Debug, Default)]
pub(super) struct Walk {
    start: usize,
    /// The states at the multiples of [`STRIDE_BYTES`] from `first` on.
    marks: Vec<LazyStateID>,
    first: usize,
    /// The end of the longest match on the way.
    end: Option<usize>,
    /// Where the way ended, and the state there; `None` where nothing can match any more.
    stop: usize,
    state: Option<LazyStateID>,
    /// How often the automaton was started afresh; its states have other names afterwards.
    clears: usize,
    fresh: Vec<LazyStateID>,
}

impl Walk {
    /// Forgets the way: the next is in other bytes.
    pub(super) fn forget(&mut self) {
        self.marks.clear();
    }

    /// The end of the longest match that starts at `start` and is no longer than `max_bytes`. When the automaton gives
    /// up it has not said no, and the end is as far as may be.
    pub(super) fn reach(
        &mut self,
        (automaton, cache): (&DFA, &mut Cache),
        hay: &[u8],
        start: usize,
        max_bytes: usize,
    ) -> Reach {
        let limit = start.saturating_add(max_bytes).min(hay.len());
        let way = Way {
            at: start,
            end: None,
            steps: 0,
        };
        self.go((automaton, cache), hay, (start, limit), way)
            .unwrap_or(Reach {
                end: Some(limit),
                steps: limit - start,
            })
    }

    /// Walks until the limit, until nothing can match, or until the remembered way is met and ends so; `None` when the
    /// automaton gives up.
    fn go(
        &mut self,
        (automaton, cache): (&DFA, &mut Cache),
        hay: &[u8],
        (start, limit): (usize, usize),
        mut way: Way,
    ) -> Option<Reach> {
        let input = Input::new(hay).span(start..limit).anchored(Anchored::Yes);
        let clears = cache.clear_count();
        if clears != self.clears || start < self.start {
            self.forget();
        }
        let mut state = automaton.start_state_forward(cache, &input).ok()?;
        let mut joined = None;
        self.fresh.clear();
        let live = loop {
            let until = limit.min((way.at / STRIDE_BYTES + 1) * STRIDE_BYTES);
            if !way.advance((automaton, cache), hay, until, &mut state)? {
                break None;
            }
            if way.at == limit {
                way.look_behind((automaton, cache), hay, state)?;
                break Some(state);
            }
            if joined.is_some() {
                self.marks.push(state);
            } else if self.meets(way.at, state) && cache.clear_count() == clears {
                joined = Some(way.at);
                if self.end.is_some_and(|end| end >= way.at) {
                    way.end = self.end;
                }
                let Some(known) = self.state else {
                    break None;
                };
                (way.at, state) = (self.stop, known);
                if way.at >= limit {
                    break Some(state);
                }
                if way.at.is_multiple_of(STRIDE_BYTES) {
                    self.marks.push(state);
                }
            } else {
                self.fresh.push(state);
            }
        };
        if cache.clear_count() != clears {
            self.forget();
        } else if let Some(joined) = joined {
            if way.end.is_some_and(|end| end >= joined) {
                self.end = way.end;
            }
            (self.stop, self.state) = (way.at.max(self.stop), live);
        } else if !self.fresh.is_empty() {
            std::mem::swap(&mut self.marks, &mut self.fresh);
            self.first = start / STRIDE_BYTES + 1;
            (self.start, self.end, self.stop) = (start, way.end, way.at);
            (self.state, self.clears) = (live, clears);
        }
        Some(Reach {
            end: way.end,
            steps: way.steps,
        })
    }

    /// Whether the remembered way was in `state` at `at`, a multiple of the stride.
    fn meets(&self, at: usize, state: LazyStateID) -> bool {
        let mark = (at / STRIDE_BYTES).checked_sub(self.first);
        mark.and_then(|mark| self.marks.get(mark)) == Some(&state)
    }
}

/// Where a walk is.
struct Way {
    at: usize,
    end: Option<usize>,
    steps: usize,
}

impl Way {
    /// Walks on to `until`; whether anything can still match. `None` when the automaton gives up.
    #[inline]
    fn advance(
        &mut self,
        (automaton, cache): (&DFA, &mut Cache),
        hay: &[u8],
        until: usize,
        state: &mut LazyStateID,
    ) -> Option<bool> {
        let from = self.at;
        for (at, byte) in hay[from..until].iter().enumerate() {
            *state = automaton.next_state(cache, *state, *byte).ok()?;
            if state.is_tagged() {
                if state.is_match() {
                    // A match is known one byte behind its end.
                    self.end = Some(from + at);
                } else {
                    self.steps += at + 1;
                    self.at = from + at + 1;
                    return state.is_dead().then_some(false);
                }
            }
        }
        self.steps += until - from;
        self.at = until;
        Some(true)
    }

    /// Asks whether a match ends where the walk ends, by the byte behind or the blob's end.
    fn look_behind(
        &mut self,
        (automaton, cache): (&DFA, &mut Cache),
        hay: &[u8],
        state: LazyStateID,
    ) -> Option<()> {
        let next = match hay.get(self.at) {
            Some(byte) => automaton.next_state(cache, state, *byte),
            None => automaton.next_eoi_state(cache, state),
        };
        if next.ok()?.is_match() {
            self.end = Some(self.at);
        }
        Some(())
    }
}
