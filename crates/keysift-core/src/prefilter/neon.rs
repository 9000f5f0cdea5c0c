//! The class pass of the vector prefilters with NEON, sixteen positions at a time; its survivors go to the bitmap of
//! [`Grams`] one by one, since NEON gathers nothing.

#![expect(
    unsafe_code,
    reason = "vector instructions; one safe door that checks for them"
)]

use std::arch::aarch64::{
    uint8x16_t, uint8x16x4_t, vandq_u8, vdupq_n_u8, vextq_u8, vget_lane_u64, vld1q_u8, vld1q_u8_x4,
    vorrq_u8, vqtbl4q_u8, vreinterpret_u64_u8, vreinterpretq_u16_u8, vshrn_n_u16, vsubq_u8,
    vtstq_u8,
};
use std::ops::Range;

use super::classes::{Classes, GROUPS};
use super::compare::Survivors;
use super::grams::Grams;
use super::layout::Layout;
use super::piece::{PIECE_BYTES, bits, gram_at, is_marked};
use super::{LiteralId, Prefilter};
use crate::rule::Literal;

/// Positions of a block: the bytes of a vector.
const BLOCK: usize = 16;

/// Bytes that a block looks at: its last position needs three more, and a vector is loaded.
const BLOCK_BYTES: usize = 2 * BLOCK;

/// Entries of a table.
const TABLE: usize = 4 * BLOCK;

/// [`Grams`] behind a class pass, on a machine that has NEON.
#[derive(Debug)]
pub(crate) struct Neon {
    grams: Grams,
    classes: Classes,
}

/// What the pass looks up in.
struct Vectors {
    class_of: [uint8x16x4_t; 2],
    tables: [[uint8x16x4_t; PIECE_BYTES]; GROUPS],
}

impl Neon {
    /// The prefilter; `None` on a machine without NEON.
    pub(crate) fn new(literals: &[Literal], layout: &Layout) -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("neon").then(|| Self {
            grams: Grams::new(literals, layout),
            classes: Classes::new(literals, layout),
        })
    }

    /// Finds what has its piece in the whole blocks of `range`; gives where they end. Some survivors may remain.
    ///
    /// # Safety
    /// The machine has NEON.
    #[target_feature(enable = "neon")]
    unsafe fn pass(
        &self,
        hay: &[u8],
        range: &Range<usize>,
        survivors: &mut Survivors,
        on: &mut dyn FnMut(LiteralId, usize),
    ) -> usize {
        // SAFETY: the machine has NEON, as the caller promised.
        let vectors = unsafe { Vectors::new(&self.classes) };
        let part = &hay[..range.end];
        let mut at = range.start;
        while let Some(bytes) = part[at..].first_chunk::<BLOCK_BYTES>() {
            // SAFETY: as above.
            let mut marked = unsafe { class_pass(bytes, &vectors) };
            let mut passed = 0;
            while marked != 0 {
                let position = (marked.trailing_zeros() / 4) as usize;
                marked &= !(0xf << (4 * position));
                let gram = gram_at(bytes, position);
                let bits = bits(&self.grams.bitmap, gram, self.grams.multiplier);
                passed |= u64::from(is_marked(bits)) << position;
            }
            survivors.push(at, passed);
            if survivors.is_full() {
                self.grams.comparer.compare(survivors, hay, range, on);
            }
            at += BLOCK;
        }
        at
    }
}

impl Vectors {
    /// # Safety
    /// The machine has NEON.
    #[target_feature(enable = "neon")]
    unsafe fn new(classes: &Classes) -> Self {
        // SAFETY: a table has as many bytes as four vectors.
        let loaded = |table: &[u8; TABLE]| unsafe { vld1q_u8_x4(table.as_ptr()) };
        let (halves, _) = classes.of_byte.as_chunks();
        Self {
            class_of: [loaded(&halves[0]), loaded(&halves[1])],
            tables: classes
                .tables
                .each_ref()
                .map(|group| group.each_ref().map(loaded)),
        }
    }
}

/// The class of each byte. A look-up behind a table's end gives zero, so that one of the two halves does.
///
/// # Safety
/// The machine has NEON.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn classify(bytes: uint8x16_t, [low, high]: [uint8x16x4_t; 2]) -> uint8x16_t {
    let upper = vsubq_u8(bytes, vdupq_n_u8(TABLE as u8));
    vorrq_u8(vqtbl4q_u8(low, bytes), vqtbl4q_u8(high, upper))
}

/// The positions of a block that survive the class pass, four bits each, the first in the lowest.
///
/// # Safety
/// The machine has NEON.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn class_pass(bytes: &[u8; BLOCK_BYTES], vectors: &Vectors) -> u64 {
    // SAFETY: the array has as many bytes as two vectors, and the machine has NEON, as the caller promised.
    let (first, second) = unsafe {
        (
            classify(vld1q_u8(bytes.as_ptr()), vectors.class_of),
            classify(vld1q_u8(bytes.as_ptr().add(BLOCK)), vectors.class_of),
        )
    };
    let at = [
        first,
        vextq_u8::<1>(first, second),
        vextq_u8::<2>(first, second),
        vextq_u8::<3>(first, second),
    ];
    let mut any = vdupq_n_u8(0);
    for tables in &vectors.tables {
        let mut all = vdupq_n_u8(u8::MAX);
        for (table, at) in tables.iter().zip(at) {
            all = vandq_u8(all, vqtbl4q_u8(*table, at));
        }
        any = vorrq_u8(any, all);
    }
    let marked = vreinterpretq_u16_u8(vtstq_u8(any, any));
    vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(marked)))
}

impl Prefilter for Neon {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        let mut survivors = Survivors::new();
        // SAFETY: `new` has made sure that the machine has NEON.
        let done = unsafe { self.pass(hay, &range, &mut survivors, on) };
        self.grams.find_in((hay, &range), done, &mut survivors, on);
    }

    fn name(&self) -> &'static str {
        "neon"
    }

    fn memory_usage(&self) -> usize {
        self.grams.memory_usage() + size_of::<Classes>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{bytes, literals};
    use super::*;

    proptest! {
        #[test]
        fn the_class_pass_marks_what_its_scalar_twin_marks(
            literals in literals(),
            text in bytes(BLOCK_BYTES..=BLOCK_BYTES),
        ) {
            let prefilter = Neon::new(&literals, &Layout::of(&literals)).unwrap();
            let bytes: &[u8; BLOCK_BYTES] = text.first_chunk().unwrap();
            // SAFETY: the prefilter is there, so the machine has NEON.
            let marked = unsafe { class_pass(bytes, &Vectors::new(&prefilter.classes)) };
            for at in 0..BLOCK {
                let survives = prefilter.classes.survives(*bytes[at..].first_chunk().unwrap());
                prop_assert_eq!(marked >> (4 * at) & 0xf, if survives { 0xf } else { 0 });
            }
        }
    }
}
