//! The prefilter: all rules' anchors at once, over every byte.
//!
//! Contract: **zero false negatives.** [`Prefilter::find`] reports every occurrence of every anchor's literal that
//! lies wholly in the range, overlapping ones included. It reports nothing else. An implementation that reports
//! only the leftmost of two overlapping literals is wrong: which one that is depends on where the search began, and
//! a chunk begins elsewhere.
//!
//! Which implementation runs is chosen once, when a scanner is built.

mod automaton;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod grams;

use std::fmt;
use std::ops::Range;

pub(crate) use self::automaton::Automaton;
pub(crate) use self::grams::Grams;
use crate::rule::{Literal, Unit};

/// The number of an anchor's literal among all of a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LiteralId(pub(crate) u32);

/// Finds the literals of all anchors.
pub(crate) trait Prefilter: fmt::Debug + Send + Sync {
    /// Calls `on` with each literal and the offset in `hay` at which it starts, for all that lie in `range`.
    ///
    /// The occurrences of one literal come in ascending order; those of different literals may interleave.
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize));

    /// The name under which `explain` shows it.
    fn name(&self) -> &'static str;

    /// The bytes it occupies.
    fn memory_usage(&self) -> usize;
}

/// Which prefilter a scanner uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PrefilterChoice {
    /// The fastest that this machine runs.
    #[default]
    Fastest,
    /// A bitmap of folded four-byte pieces; runs everywhere.
    Grams,
    /// The aho-corasick automaton; runs everywhere.
    Automaton,
    /// The bitmap of `Grams`, eight positions at a time; `Grams` itself on a machine without AVX2.
    Avx2,
}

#[cfg(target_arch = "x86_64")]
fn vectorised(grams: Grams) -> Box<dyn Prefilter> {
    match avx2::Avx2::new(grams) {
        Ok(vectorised) => Box::new(vectorised),
        Err(grams) => Box::new(grams),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn vectorised(grams: Grams) -> Box<dyn Prefilter> {
    Box::new(grams)
}

/// Builds the chosen prefilter for `literals`, which are numbered in their order.
pub(crate) fn build(choice: PrefilterChoice, literals: &[Literal]) -> Box<dyn Prefilter> {
    match choice {
        PrefilterChoice::Automaton => Box::new(Automaton::new(literals)),
        PrefilterChoice::Grams => Box::new(Grams::new(literals)),
        PrefilterChoice::Fastest | PrefilterChoice::Avx2 => vectorised(Grams::new(literals)),
    }
}

/// Whether `literal` stands at `start`.
#[inline]
fn stands_at(literal: &[Unit], hay: &[u8], start: usize) -> bool {
    hay.get(start..start + literal.len()).is_some_and(|bytes| {
        literal
            .iter()
            .zip(bytes)
            .all(|(unit, byte)| unit.matches(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The oracle: every literal tried at every place.
    fn naive(literals: &[Literal], hay: &[u8], range: Range<usize>) -> Vec<(u32, usize)> {
        let mut found = Vec::new();
        for (id, literal) in literals.iter().enumerate() {
            for start in range.clone() {
                if start + literal.len() <= range.end && stands_at(literal, hay, start) {
                    found.push((id as u32, start));
                }
            }
        }
        found.sort_unstable();
        found
    }

    fn found(prefilter: &dyn Prefilter, hay: &[u8], range: Range<usize>) -> Vec<(u32, usize)> {
        let mut all = Vec::new();
        prefilter.find(hay, range, &mut |id, start| all.push((id.0, start)));
        all.sort_unstable();
        all
    }

    fn literals() -> Vec<Literal> {
        let exact = |text: &str| text.bytes().map(Unit::exact).collect();
        let folded = |text: &str| text.bytes().map(Unit::any_case).collect();
        vec![
            exact("AbA"),
            exact("AbAb"),
            folded("abab"),
            folded("bab_"),
            exact("aaaaaaaa"),
            folded("token"),
            exact("://"),
        ]
    }

    #[test]
    fn every_implementation_reports_what_the_oracle_reports() {
        let literals = literals();
        let mut state = 7_u64;
        let mut hay = Vec::new();
        for _ in 0..6000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            hay.push(b"aAbB_:/token"[(state >> 33) as usize % 12]);
        }
        for implementation in [
            PrefilterChoice::Grams,
            PrefilterChoice::Automaton,
            PrefilterChoice::Avx2,
        ] {
            let prefilter = build(implementation, &literals);
            for range in [
                0..hay.len(),
                1..hay.len() - 1,
                17..29,
                5..5,
                100..103,
                100..104,
            ] {
                assert_eq!(
                    found(&*prefilter, &hay, range.clone()),
                    naive(&literals, &hay, range),
                    "{}",
                    prefilter.name()
                );
            }
            for length in 0..100 {
                assert_eq!(
                    found(&*prefilter, &hay[..length], 0..length),
                    naive(&literals, &hay[..length], 0..length),
                    "{}",
                    prefilter.name()
                );
            }
        }
    }
}
