//! The class pass and the bitmap, sixty-four positions at a time, with AVX-512 and its permutations of bytes (VBMI).
//!
//! A first pass puts each byte's class into a buffer. Then, for each block of sixty-four positions, tables of one
//! vector each say which buckets have such a byte at each of a piece's four places; a position survives if a bucket
//! has all four. The survivors, a seventh of all, are gathered sixteen at a time and looked up in the bitmap of
//! [`Grams`].

#![expect(
    unsafe_code,
    reason = "vector instructions; one safe door that checks for them"
)]

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm512_add_epi8, _mm512_castsi128_si512,
    _mm512_i32gather_epi32, _mm512_loadu_si512, _mm512_maskz_compress_epi8,
    _mm512_maskz_permutex2var_epi8, _mm512_movepi8_mask, _mm512_movepi32_mask, _mm512_mullo_epi32,
    _mm512_or_si512, _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_rolv_epi32,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_srli_epi32,
    _mm512_storeu_si512, _mm512_ternarylogic_epi64, _mm512_test_epi8_mask, _pdep_u64,
};
use std::ops::Range;

use super::classes::{Classes, GROUPS};
use super::compare::Survivors;
use super::grams::Grams;
use super::layout::Layout;
use super::piece::{BIT_SHIFT, FOLD, PIECE_BYTES, WORD_SHIFT, WORDS};
use super::{LiteralId, Prefilter};
use crate::rule::Literal;

/// Positions of a block: the bytes of a vector.
const BLOCK: usize = 64;

/// Bytes behind a block that are loaded with it: its last position needs three.
const BEHIND: usize = 16;

/// Bytes that a block looks at.
const BLOCK_BYTES: usize = BLOCK + BEHIND;

/// Blocks whose classes are worked out together: few, so that a small blob need not clear a large buffer.
const CHUNK_BLOCKS: usize = 16;
const CHUNK: usize = CHUNK_BLOCKS * BLOCK;

/// Survivors that are looked up at once.
const LANES: usize = 16;

/// [`Grams`] behind a class pass, on a machine that has AVX-512.
#[derive(Debug)]
pub(crate) struct Avx512 {
    grams: Grams,
    classes: Classes,
}

/// What the passes hold in registers.
struct Vectors {
    class_of: [__m512i; 2],
    tables: [[__m512i; PIECE_BYTES]; GROUPS],
    /// Each byte's own number.
    numbers: __m512i,
    multiplier: __m512i,
}

impl Avx512 {
    /// Whether this machine has the instructions.
    pub(crate) fn is_supported() -> bool {
        std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vbmi")
            && std::is_x86_feature_detected!("avx512vbmi2")
            && std::is_x86_feature_detected!("bmi2")
            && std::is_x86_feature_detected!("popcnt")
    }

    /// The prefilter; `None` on a machine without the instructions.
    pub(crate) fn new(literals: &[Literal], layout: &Layout) -> Option<Self> {
        Self::is_supported().then(|| Self {
            grams: Grams::new(literals, layout),
            classes: Classes::new(literals, layout),
        })
    }
}

impl Vectors {
    /// # Safety
    /// The machine has the instructions.
    #[target_feature(enable = "avx512f")]
    unsafe fn new(classes: &Classes, multiplier: u32) -> Self {
        // SAFETY: as the caller promised, here and below.
        let loaded = |bytes: &[u8; BLOCK]| unsafe { load(bytes) };
        let (halves, _) = classes.of_byte.as_chunks();
        Self {
            class_of: [loaded(&halves[0]), loaded(&halves[1])],
            tables: classes
                .tables
                .each_ref()
                .map(|group| group.each_ref().map(loaded)),
            numbers: loaded(&numbers(1)),
            multiplier: _mm512_set1_epi32(multiplier as i32),
        }
    }
}

/// # Safety
/// The machine has the instructions.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn load(bytes: &[u8; BLOCK]) -> __m512i {
    // SAFETY: the array has as many bytes as a vector, and need not be aligned.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// Puts the class of each byte of a chunk into `out`. A chunk is some blocks and what is looked at behind them.
///
/// # Safety
/// The machine has the instructions.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
unsafe fn classify(chunk: &[u8], vectors: &Vectors, out: &mut [u8; CHUNK + BLOCK]) {
    let class = |bytes: __m512i| {
        let [low, high] = vectors.class_of;
        let ascii = !_mm512_movepi8_mask(bytes);
        _mm512_maskz_permutex2var_epi8(ascii, low, bytes, high)
    };
    let (blocks, behind) = chunk.as_chunks::<BLOCK>();
    let (out_blocks, _) = out.as_chunks_mut::<BLOCK>();
    for (block, out) in blocks.iter().zip(&mut *out_blocks) {
        // SAFETY: both are arrays of as many bytes as a vector has, and neither needs to be aligned.
        unsafe {
            let bytes = _mm512_loadu_si512(block.as_ptr().cast());
            _mm512_storeu_si512(out.as_mut_ptr().cast(), class(bytes));
        }
    }
    if let (Some(behind), Some(out)) = (
        behind.first_chunk::<BEHIND>(),
        out_blocks.get_mut(blocks.len()),
    ) {
        // SAFETY: `behind` has sixteen bytes, and `out` as many as a vector.
        unsafe {
            let bytes = _mm512_castsi128_si512(_mm_loadu_si128(behind.as_ptr().cast()));
            _mm512_storeu_si512(out.as_mut_ptr().cast(), class(bytes));
        }
    }
}

/// The positions of a block that survive the class pass, the first in the lowest bit.
///
/// # Safety
/// The machine has the instructions.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
#[inline]
unsafe fn class_pass(classes: &[u8; BLOCK_BYTES], vectors: &Vectors) -> u64 {
    let mut at = [_mm512_setzero_si512(); PIECE_BYTES];
    for (place, at) in at.iter_mut().enumerate() {
        let bytes = &classes[place..place + BLOCK];
        // SAFETY: the slice has as many bytes as a vector.
        *at = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
    }
    let mut any = _mm512_setzero_si512();
    for tables in &vectors.tables {
        let buckets = |place: usize| _mm512_permutexvar_epi8(at[place], tables[place]);
        const ALL: i32 = 0x80;
        const FIRST_OR_BOTH_OTHERS: i32 = 0xf8;
        let three = _mm512_ternarylogic_epi64::<ALL>(buckets(0), buckets(1), buckets(2));
        any = _mm512_ternarylogic_epi64::<FIRST_OR_BOTH_OTHERS>(any, three, buckets(3));
    }
    _mm512_test_epi8_mask(any, any)
}

/// Those of the positions in `marked` whose gram has its bit set in the bitmap.
///
/// # Safety
/// The machine has the instructions.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
#[inline]
unsafe fn bitmap_pass(
    bytes: &[u8; BLOCK_BYTES],
    mut marked: u64,
    bitmap: &[u32; WORDS],
    vectors: &Vectors,
) -> u64 {
    // SAFETY: a block's bytes are a vector's, and sixteen more.
    let (block, behind) = unsafe {
        (
            _mm512_loadu_si512(bytes.as_ptr().cast()),
            _mm512_castsi128_si512(_mm_loadu_si128(bytes.as_ptr().add(BLOCK).cast())),
        )
    };
    // SAFETY: the machine has the instructions, as the caller promised.
    let four_times = unsafe { load(&FOUR_TIMES) };
    let mut positions = _mm512_maskz_compress_epi8(marked, vectors.numbers);
    let mut passed = 0;
    loop {
        let places = _mm512_add_epi8(
            _mm512_permutexvar_epi8(four_times, positions),
            _mm512_set1_epi32(0x0302_0100),
        );
        let grams = _mm512_or_si512(
            _mm512_permutex2var_epi8(block, places, behind),
            _mm512_set1_epi32(FOLD as i32),
        );
        let products = _mm512_mullo_epi32(grams, vectors.multiplier);
        let indices = _mm512_srli_epi32::<WORD_SHIFT>(products);
        // SAFETY: an index has 32 - WORD_SHIFT bits, and the bitmap has two to that power words of four bytes.
        let words = unsafe { _mm512_i32gather_epi32::<4>(indices, bitmap.as_ptr().cast()) };
        let bits = _mm512_rolv_epi32(words, _mm512_srli_epi32::<BIT_SHIFT>(products));
        passed |= _pdep_u64(u64::from(_mm512_movepi32_mask(bits)), marked);
        if marked.count_ones() as usize <= LANES {
            return passed;
        }
        marked &= !_pdep_u64((1 << LANES) - 1, marked);
        let next = _mm512_add_epi8(vectors.numbers, _mm512_set1_epi8(LANES as i8));
        positions = _mm512_permutexvar_epi8(next, positions);
    }
}

/// Each number of a lane of four bytes, four times.
const FOUR_TIMES: [u8; BLOCK] = numbers(4);

/// The numbers from 0 on, each `times` times.
const fn numbers(times: u8) -> [u8; BLOCK] {
    let mut numbers = [0; BLOCK];
    let mut index = 0;
    while index < BLOCK {
        numbers[index] = index as u8 / times;
        index += 1;
    }
    numbers
}

impl Avx512 {
    /// # Safety
    /// The machine has the instructions.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vbmi,avx512vbmi2,bmi2,popcnt")]
    unsafe fn pass(&self, hay: &[u8], range: &Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        // SAFETY: the machine has the instructions, as the caller promised.
        let vectors = unsafe { Vectors::new(&self.classes, self.grams.multiplier) };
        let mut survivors = Survivors::new();
        let mut classes = [0; CHUNK + BLOCK];
        let part = &hay[range.clone()];
        let mut at = 0;
        while part.len() - at >= BLOCK_BYTES {
            let blocks = ((part.len() - at - BEHIND) / BLOCK).min(CHUNK_BLOCKS);
            let chunk = &part[at..at + blocks * BLOCK + BEHIND];
            // SAFETY: the machine has the instructions, as the caller promised.
            unsafe { classify(chunk, &vectors, &mut classes) };
            for block in 0..blocks {
                let from = block * BLOCK;
                let (Some(classes), Some(bytes)) =
                    (classes[from..].first_chunk(), chunk[from..].first_chunk())
                else {
                    break;
                };
                _mm_prefetch::<_MM_HINT_T0>(chunk.as_ptr().wrapping_add(from + CHUNK).cast());
                // SAFETY: as above.
                let marked = unsafe {
                    bitmap_pass(
                        bytes,
                        class_pass(classes, &vectors),
                        &self.grams.bitmap,
                        &vectors,
                    )
                };
                survivors.push(range.start + at + from, marked);
                if survivors.is_full() {
                    self.grams.comparer.compare(&mut survivors, hay, range, on);
                }
            }
            at += blocks * BLOCK;
        }
        // The end, with zeros behind it.
        let mut end = [0; 2 * BLOCK + BEHIND];
        let rest = &part[at..];
        end[..rest.len()].copy_from_slice(rest);
        // SAFETY: as above.
        unsafe { classify(&end, &vectors, &mut classes) };
        for from in [0, BLOCK] {
            if let (Some(classes), Some(bytes)) =
                (classes[from..].first_chunk(), end[from..].first_chunk())
                && from < rest.len()
            {
                // SAFETY: as above.
                let marked = unsafe {
                    bitmap_pass(
                        bytes,
                        class_pass(classes, &vectors),
                        &self.grams.bitmap,
                        &vectors,
                    )
                };
                let inside = u64::MAX >> (BLOCK - (rest.len() - from).min(BLOCK));
                survivors.push(range.start + at + from, marked & inside);
                if survivors.is_full() {
                    self.grams.comparer.compare(&mut survivors, hay, range, on);
                }
            }
        }
        self.grams.comparer.compare(&mut survivors, hay, range, on);
    }
}

impl Prefilter for Avx512 {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        // SAFETY: `new` has made sure that the machine has the instructions.
        unsafe { self.pass(hay, &range, on) }
    }

    fn name(&self) -> &'static str {
        "avx512"
    }

    fn memory_usage(&self) -> usize {
        self.grams.memory_usage() + size_of::<Classes>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::piece::{bits, gram_at, is_marked};
    use super::super::tests::{bytes, literals};
    use super::*;

    proptest! {
        #[test]
        fn each_vector_pass_marks_what_its_scalar_twin_marks(
            literals in literals(),
            text in bytes(BLOCK_BYTES..=BLOCK_BYTES),
            marked in any::<u64>(),
        ) {
            let layout = Layout::of(&literals);
            let Some(prefilter) = Avx512::new(&literals, &layout) else {
                return Ok(());
            };
            let bytes: &[u8; BLOCK_BYTES] = text.first_chunk().unwrap();
            let bitmap = &prefilter.grams.bitmap;
            let mut classes = [0; CHUNK + BLOCK];
            // SAFETY: the prefilter is there, so the machine has the instructions.
            let (by_class, by_bitmap) = unsafe {
                let vectors = Vectors::new(&prefilter.classes, layout.multiplier);
                classify(bytes, &vectors, &mut classes);
                let by_class = class_pass(classes.first_chunk().unwrap(), &vectors);
                (by_class, bitmap_pass(bytes, marked, bitmap, &vectors))
            };
            for at in 0..BLOCK {
                let four = *bytes[at..].first_chunk().unwrap();
                prop_assert_eq!(by_class >> at & 1 != 0, prefilter.classes.survives(four));
                let is_in_bitmap = is_marked(bits(bitmap, gram_at(bytes, at), layout.multiplier));
                prop_assert_eq!(by_bitmap >> at & 1 != 0, marked >> at & 1 != 0 && is_in_bitmap);
            }
        }
    }
}
