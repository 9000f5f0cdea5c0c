//! The piece that each literal is known by: four neighbouring bytes of it.

use std::array;

use crate::rule::Unit;

/// Bytes of a piece.
pub(super) const PIECE_BYTES: usize = 4;

/// Folds ASCII letters to lower case, and some other bytes onto one another, which costs survivors but no finding.
pub(super) const FOLD: u32 = 0x2020_2020;

/// The bitmap has two to this power words of 32 bits, 32 KiB: it has to share the first-level cache with the haystack,
/// and few of its bits may be set.
const WORD_INDEX_BITS: u32 = 13;
pub(super) const WORDS: usize = 1 << WORD_INDEX_BITS;

/// A product of a gram and the multiplier, shifted down by this, is the number of a word.
pub(super) const WORD_SHIFT: u32 = 32 - WORD_INDEX_BITS;

/// The five bits of the product from here on say how far the word is shifted up to have the gram's bit on top.
pub(super) const BIT_SHIFT: u32 = WORD_SHIFT - 5;

/// Four neighbouring bytes of a literal, or all three of a shorter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Piece {
    /// `None`: any byte, or none, since the haystack may end there.
    pub(super) places: [Option<Unit>; PIECE_BYTES],
}

impl Piece {
    /// The piece that starts `offset` bytes into `literal`, or its last if there are no four bytes left.
    pub(super) fn of(literal: &[Unit], offset: u8) -> Self {
        let offset = clamped(literal, offset);
        Self {
            places: array::from_fn(|place| literal.get(offset + place).copied()),
        }
    }

    /// Every four bytes, folded, that may stand where the piece stands, as little-endian numbers.
    pub(super) fn grams(self) -> impl Iterator<Item = u32> {
        let known = self
            .places
            .iter()
            .enumerate()
            .map(|(place, unit)| unit.map_or(0, |unit| u32::from(unit.byte) << (8 * place)))
            .fold(0, |gram, byte| gram | byte);
        let is_whole = self.places[PIECE_BYTES - 1].is_some();
        let fourth = if is_whole { 0..=0 } else { 0..=u8::MAX };
        fourth
            .filter(move |byte| is_whole || byte & FOLD as u8 != 0)
            .map(move |byte| known | u32::from(byte) << 24 | FOLD)
    }
}

/// Where a piece starts that is wanted at `offset`: four bytes of the literal follow, if it has four.
pub(super) fn clamped(literal: &[Unit], offset: u8) -> usize {
    usize::from(offset).min(literal.len().saturating_sub(PIECE_BYTES))
}

/// The four bytes at `at`, folded; behind the last byte stand zeros.
#[inline]
pub(super) fn gram_at(bytes: &[u8], at: usize) -> u32 {
    let rest = bytes.get(at..).unwrap_or_default();
    let four = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut four = [0; PIECE_BYTES];
        four[..rest.len()].copy_from_slice(rest);
        four
    });
    u32::from_le_bytes(four) | FOLD
}

/// The word of the bitmap that holds the bit of `gram`, shifted so that this bit is on top.
#[inline(always)]
pub(super) fn bits(bitmap: &[u32; WORDS], gram: u32, multiplier: u32) -> u32 {
    let product = gram.wrapping_mul(multiplier);
    bitmap[(product >> WORD_SHIFT) as usize] << (product >> BIT_SHIFT & 31)
}

/// Whether the top bit is set.
#[inline(always)]
pub(super) fn is_marked(bits: u32) -> bool {
    bits >> 31 != 0
}

/// The bitmap of `pieces`: for each hash one bit, whether any piece has it.
pub(super) fn bitmap(pieces: impl Iterator<Item = Piece>, multiplier: u32) -> Box<[u32; WORDS]> {
    let mut bitmap = Box::new([0; WORDS]);
    for gram in pieces.flat_map(Piece::grams) {
        let product = gram.wrapping_mul(multiplier);
        bitmap[(product >> WORD_SHIFT) as usize] |= 1 << 31 >> (product >> BIT_SHIFT & 31);
    }
    bitmap
}
