//! The portable prefilter: a bitmap of the folded four-byte pieces that literals are known by.
//!
//! A pass over the haystack hashes the four bytes at each position and looks them up; positions come in groups of
//! eight with one branch a group, since nearly all fail. A survivor's literals are then compared.

use std::ops::Range;

use super::compare::{Comparer, Survivors};
use super::layout::Layout;
use super::piece::{FOLD, Piece, WORDS, bitmap, bits, gram_at, is_marked};
use super::{LiteralId, Prefilter};
use crate::rule::Literal;

/// Positions that share one branch.
const GROUP: usize = 8;

/// A group looks at this many bytes: its last position still needs four.
const GROUP_BYTES: usize = GROUP + 4;

#[derive(Debug)]
pub(crate) struct Grams {
    /// Whether any piece has this hash, one bit each.
    pub(super) bitmap: Box<[u32; WORDS]>,
    pub(super) multiplier: u32,
    pub(super) comparer: Comparer,
}

#[inline(always)]
fn load(hay: &[u8; GROUP_BYTES], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hay[at..at + 8]);
    u64::from_le_bytes(bytes) | u64::from(FOLD) << 32 | u64::from(FOLD)
}

impl Grams {
    pub(crate) fn new(literals: &[Literal], layout: &Layout) -> Self {
        let pieces = literals
            .iter()
            .enumerate()
            .map(|(id, literal)| Piece::of(literal, layout.offset(id)));
        Self {
            bitmap: bitmap(pieces, layout.multiplier),
            multiplier: layout.multiplier,
            comparer: Comparer::new(literals, layout),
        }
    }

    /// Finds what lies in `range` and has its piece at `at` or behind it, and what `survivors` holds.
    pub(super) fn find_in(
        &self,
        (hay, range): (&[u8], &Range<usize>),
        mut at: usize,
        survivors: &mut Survivors,
        on: &mut dyn FnMut(LiteralId, usize),
    ) {
        let (bitmap, multiplier) = (&*self.bitmap, self.multiplier);
        let part = &hay[..range.end];
        while let Some(bytes) = part[at..].first_chunk::<GROUP_BYTES>() {
            let (low, high) = (load(bytes, 0), load(bytes, 4));
            let gram = |k: usize| {
                if k < 4 {
                    (low >> (8 * k)) as u32
                } else {
                    (high >> (8 * (k - 4))) as u32
                }
            };
            let mut any = 0;
            for k in 0..GROUP {
                any |= bits(bitmap, gram(k), multiplier);
            }
            if is_marked(any) {
                let marked = (0..GROUP).fold(0, |marked, k| {
                    marked | u64::from(is_marked(bits(bitmap, gram(k), multiplier))) << k
                });
                survivors.push(at, marked);
                if survivors.is_full() {
                    self.comparer.compare(survivors, hay, range, on);
                }
            }
            at += GROUP;
        }
        // The end: fewer bytes than a group looks at, fewer positions than a mask has bits.
        let rest = (at..range.end).enumerate().fold(0, |marked, (k, at)| {
            marked | u64::from(is_marked(bits(bitmap, gram_at(part, at), multiplier))) << k
        });
        survivors.push(at, rest);
        self.comparer.compare(survivors, hay, range, on);
    }
}

impl Prefilter for Grams {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        self.find_in((hay, &range), range.start, &mut Survivors::new(), on);
    }

    fn name(&self) -> &'static str {
        "grams"
    }

    fn memory_usage(&self) -> usize {
        size_of_val(&*self.bitmap) + self.comparer.memory_usage()
    }
}
