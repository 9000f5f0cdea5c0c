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
    _mm256_set1_epi32, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32,
    _mm256_srlv_epi32,
};
use std::ops::Range;

use super::grams::{BIT_SHIFT, FOLD, Grams, WORD_SHIFT, WORDS};
use super::{LiteralId, Prefilter};

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
    /// The prefilter, or `grams` back on a machine without AVX2.
    pub(crate) fn new(grams: Grams) -> Result<Self, Grams> {
        if std::is_x86_feature_detected!("avx2") {
            Ok(Self { grams })
        } else {
            Err(grams)
        }
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
    let folded = _mm256_or_si256(grams, _mm256_set1_epi32(FOLD as u32 as i32));
    let products = _mm256_mullo_epi32(folded, multiplier);
    let indices = _mm256_srli_epi32::<{ WORD_SHIFT as i32 }>(products);
    // SAFETY: an index has 32 - WORD_SHIFT bits, and the bitmap has two to that power words of four bytes.
    let words = unsafe { _mm256_i32gather_epi32::<4>(bitmap.as_ptr().cast(), indices) };
    let numbers = _mm256_and_si256(
        _mm256_srli_epi32::<{ BIT_SHIFT as i32 }>(products),
        _mm256_set1_epi32(31),
    );
    let shifted = _mm256_srlv_epi32(words, numbers);
    _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32::<31>(shifted))) as u32
}

/// Calls `survivor` with each position in `hay` whose bit is set, as far as whole groups go; gives where they end.
///
/// # Safety
/// The machine has AVX2.
#[target_feature(enable = "avx2")]
unsafe fn pass(
    hay: &[u8],
    bitmap: &[u32; WORDS],
    multiplier: u32,
    survivor: &mut dyn FnMut(usize),
) -> usize {
    let multiplier = _mm256_set1_epi32(multiplier as i32);
    let mut at = 0;
    while let Some(group) = hay[at..].first_chunk::<GROUP_BYTES>() {
        let mut marked = [0; UNROLLED];
        for (vector, marked) in marked.iter_mut().enumerate() {
            let bytes = group[vector * LANES..]
                .first_chunk()
                .expect("because a group holds sixteen bytes for each vector");
            // SAFETY: the machine has AVX2, as the caller promised.
            *marked = unsafe { marks(bytes, bitmap, multiplier) };
        }
        let mut all = marked
            .iter()
            .rev()
            .fold(0, |all, marked| all << LANES | marked);
        while all != 0 {
            survivor(at + all.trailing_zeros() as usize);
            all &= all - 1;
        }
        at += GROUP;
    }
    at
}

impl Prefilter for Avx2 {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        let grams = &self.grams;
        let part = &hay[range.clone()];
        let mut survivor = |at: usize| {
            if let Some(bytes) = part[at..].first_chunk() {
                let gram = u32::from_le_bytes(*bytes) | FOLD as u32;
                grams.survivor(hay, &range, range.start + at, gram, on);
            }
        };
        // SAFETY: `new` has made sure that the machine has AVX2.
        let done = unsafe { pass(part, &grams.bitmap, grams.multiplier, &mut survivor) };
        grams.find_in(hay, &range, range.start + done, on);
    }

    fn name(&self) -> &'static str {
        "avx2"
    }

    fn memory_usage(&self) -> usize {
        self.grams.memory_usage()
    }
}
