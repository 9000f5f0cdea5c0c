//! The bitmap of [`Grams`], looked up for eight positions at a time with AVX2's gather.
//!
//! The same pieces and the same bitmap as the portable prefilter: only the pass over the haystack differs.

#![expect(
    unsafe_code,
    reason = "vector instructions; one safe door that checks for them"
)]

use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_castsi256_ps,
    _mm256_i32gather_epi32, _mm256_movemask_ps, _mm256_mullo_epi32, _mm256_or_si256,
    _mm256_set1_epi32, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_sllv_epi32, _mm256_srli_epi32,
};
use std::ops::Range;

use super::compare::Survivors;
use super::grams::Grams;
use super::layout::Layout;
use super::piece::{BIT_SHIFT, FOLD, WORD_SHIFT, WORDS};
use super::{LiteralId, Prefilter};
use crate::rule::Literal;

/// Positions that one vector holds.
const LANES: usize = 8;

/// Vectors that share one branch.
const UNROLLED: usize = 4;

/// Positions that share one branch.
const GROUP: usize = LANES * UNROLLED;

/// Bytes that a group loads: the last vector begins at its first position and takes sixteen.
const GROUP_BYTES: usize = GROUP - LANES + 16;

/// [`Grams`] on a machine that has AVX2.
#[derive(Debug)]
pub(crate) struct Avx2 {
    grams: Grams,
}

impl Avx2 {
    /// The prefilter; `None` on a machine without AVX2.
    pub(crate) fn new(literals: &[Literal], layout: &Layout) -> Option<Self> {
        std::is_x86_feature_detected!("avx2").then(|| Self {
            grams: Grams::new(literals, layout),
        })
    }
}

/// For each of eight neighbouring positions whether its bit is set, the first in the lowest bit.
///
/// # Safety
/// The machine has AVX2.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn marks(bytes: &[u8; 16], bitmap: &[u32; WORDS], multiplier: __m256i) -> u32 {
    // SAFETY: sixteen bytes are readable at `bytes`, and the load needs no alignment.
    let loaded = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    let windows = _mm256_setr_epi8(
        0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, //
        4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10,
    );
    let grams = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(loaded), windows);
    let folded = _mm256_or_si256(grams, _mm256_set1_epi32(FOLD as i32));
    let products = _mm256_mullo_epi32(folded, multiplier);
    let indices = _mm256_srli_epi32::<{ WORD_SHIFT as i32 }>(products);
    // SAFETY: an index has 32 - WORD_SHIFT bits, and the bitmap has two to that power words of four bytes.
    let words = unsafe { _mm256_i32gather_epi32::<4>(bitmap.as_ptr().cast(), indices) };
    let numbers = _mm256_and_si256(
        _mm256_srli_epi32::<{ BIT_SHIFT as i32 }>(products),
        _mm256_set1_epi32(31),
    );
    let shifted = _mm256_sllv_epi32(words, numbers);
    _mm256_movemask_ps(_mm256_castsi256_ps(shifted)) as u32
}

impl Avx2 {
    /// Finds what has its piece in the whole groups of `range`; gives where they end. Some survivors may remain.
    ///
    /// # Safety
    /// The machine has AVX2.
    #[target_feature(enable = "avx2")]
    unsafe fn pass(
        &self,
        hay: &[u8],
        range: &Range<usize>,
        survivors: &mut Survivors,
        on: &mut dyn FnMut(LiteralId, usize),
    ) -> usize {
        let multiplier = _mm256_set1_epi32(self.grams.multiplier as i32);
        let part = &hay[..range.end];
        let mut at = range.start;
        while let Some(group) = part[at..].first_chunk::<GROUP_BYTES>() {
            let mut marked = [0; UNROLLED];
            for (vector, marked) in marked.iter_mut().enumerate() {
                let bytes = group[vector * LANES..]
                    .first_chunk()
                    .expect("because a group holds sixteen bytes for each vector");
                // SAFETY: the machine has AVX2, as the caller promised.
                *marked = unsafe { marks(bytes, &self.grams.bitmap, multiplier) };
            }
            let all = marked
                .iter()
                .rev()
                .fold(0, |all, marked| all << LANES | u64::from(*marked));
            survivors.push(at, all);
            if survivors.is_full() {
                self.grams.comparer.compare(survivors, hay, range, on);
            }
            at += GROUP;
        }
        at
    }
}

impl Prefilter for Avx2 {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        let mut survivors = Survivors::new();
        // SAFETY: `new` has made sure that the machine has AVX2.
        let done = unsafe { self.pass(hay, &range, &mut survivors, on) };
        self.grams.find_in((hay, &range), done, &mut survivors, on);
    }

    fn name(&self) -> &'static str {
        "avx2"
    }

    fn memory_usage(&self) -> usize {
        self.grams.memory_usage()
    }
}
