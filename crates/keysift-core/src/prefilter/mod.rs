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
#[cfg(target_arch = "x86_64")]
mod avx512;
mod buckets;
mod classes;
mod compare;
mod grams;
mod layout;
#[cfg(target_arch = "aarch64")]
mod neon;
mod piece;

use std::fmt;
use std::ops::Range;

pub(crate) use self::automaton::Automaton;
pub(crate) use self::grams::Grams;
pub(crate) use self::layout::Layout;
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
    /// A pass by classes of bytes before the bitmap, 64 positions at a time; `Avx2` on a machine without AVX-512 VBMI.
    Avx512,
    /// The pass by classes of bytes, 16 positions at a time; `Grams` on a machine without NEON. `Fastest` is not this:
    /// it has not been measured yet.
    Neon,
}

/// Builds the chosen prefilter for `literals`, which are numbered in their order and laid out by `layout`.
///
/// Where the machine lacks what a choice needs, the next best is built, and its name says so.
pub(crate) fn build(
    choice: PrefilterChoice,
    literals: &[Literal],
    layout: &Layout,
) -> Box<dyn Prefilter> {
    #[cfg(target_arch = "x86_64")]
    {
        if let PrefilterChoice::Fastest | PrefilterChoice::Avx512 = choice
            && let Some(prefilter) = avx512::Avx512::new(literals, layout)
        {
            return Box::new(prefilter);
        }
        if let PrefilterChoice::Fastest | PrefilterChoice::Avx512 | PrefilterChoice::Avx2 = choice
            && let Some(prefilter) = avx2::Avx2::new(literals, layout)
        {
            return Box::new(prefilter);
        }
    }
    #[cfg(target_arch = "aarch64")]
    if choice == PrefilterChoice::Neon
        && let Some(prefilter) = neon::Neon::new(literals, layout)
    {
        return Box::new(prefilter);
    }
    match choice {
        PrefilterChoice::Automaton => Box::new(Automaton::new(literals)),
        _ => Box::new(Grams::new(literals, layout)),
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
mod tests;
