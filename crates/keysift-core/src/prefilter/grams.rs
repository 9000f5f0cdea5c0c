//! The portable prefilter: a bitmap of the folded four-byte pieces that literals are known by.
//!
//! Each literal is known by the rarest four bytes in it. A pass over the haystack hashes the four bytes at each
//! position and looks them up; positions come in groups of eight with one branch a group, since nearly all fail.
//! A survivor's literals are then compared byte by byte.

use std::ops::Range;

use super::{LiteralId, Prefilter, stands_at};
use crate::rule::{Literal, Unit, common_grams, log2_share_of};

/// The bitmap has two to this power words of 32 bits, 32 KiB: it has to share the first-level cache with the haystack,
/// and few of its bits may be set, or every second group of positions survives.
const WORD_INDEX_BITS: u32 = 13;
pub(super) const WORDS: usize = 1 << WORD_INDEX_BITS;

/// A product of a gram and the multiplier, shifted down by this, is the number of a word; the five bits below are the
/// number of a bit in it.
pub(super) const WORD_SHIFT: u32 = 32 - WORD_INDEX_BITS;
pub(super) const BIT_SHIFT: u32 = WORD_SHIFT - 5;

/// Survivors look their pieces up in a table of two to this power entries.
const SLOT_BITS: u32 = 14;
const SLOTS: usize = 1 << SLOT_BITS;

/// Positions that share one branch.
const GROUP: usize = 8;

/// A group looks at this many bytes: its last position still needs four.
const GROUP_BYTES: usize = GROUP + 4;

/// Folds ASCII letters to lower case, and some other bytes onto one another, which costs survivors but no finding.
pub(super) const FOLD: u64 = 0x2020_2020_2020_2020;

#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The folded four bytes, little-endian; of a three-byte literal, the lower three.
    gram: u32,
    mask: u32,
    literal: u32,
    /// Where in the literal the piece stands.
    offset: u32,
}

impl Piece {
    /// Every four bytes, folded, that may stand where the piece stands. Any fourth byte may follow a literal of three,
    /// and behind the haystack's end there is none.
    fn grams(self) -> impl Iterator<Item = u32> {
        let fourth = if self.mask == u32::MAX {
            0..=0
        } else {
            0..=u8::MAX
        };
        fourth
            .filter(move |byte| self.mask == u32::MAX || byte & FOLD as u8 != 0)
            .map(move |byte| self.gram | u32::from(byte) << 24)
    }
}

#[derive(Debug)]
pub(crate) struct Grams {
    /// Whether any piece has this hash, one bit each.
    pub(super) bitmap: Box<[u32; WORDS]>,
    pub(super) multiplier: u32,
    /// The same pieces hashed otherwise: of the survivors that share a bit with a piece by chance, few share two.
    second: Box<[u32; WORDS]>,
    /// For each slot, where its pieces start; the next entry is where they end.
    starts: Box<[u32]>,
    pieces: Vec<Piece>,
    literals: Vec<Literal>,
}

/// Odd numbers to hash with. Which of them is best depends on the literals: the one under which the fewest common
/// pieces of source code share a bit with a literal's piece.
const MULTIPLIERS: [u32; 24] = multipliers();

/// For the second look. It is none of the multipliers of the first.
const SECOND_MULTIPLIER: u32 = 0x2c1b_3c6d;

const fn multipliers() -> [u32; 24] {
    let mut numbers = [0x9e37_79b1_u32; 24];
    let mut index = 1;
    while index < numbers.len() {
        // Steps of the golden ratio, scrambled: any odd numbers will do that are far from one another.
        let mut number = numbers[index - 1].wrapping_add(0x9e37_79b9);
        number ^= number >> 15;
        number = number.wrapping_mul(0x85eb_ca6b);
        numbers[index] = number | 1;
        index += 1;
    }
    numbers
}

/// The word of the bitmap that holds the bit of `gram`, shifted so that this bit is the lowest.
#[inline(always)]
fn bits(bitmap: &[u32; WORDS], gram: u32, multiplier: u32) -> u32 {
    let product = gram.wrapping_mul(multiplier);
    bitmap[(product >> WORD_SHIFT) as usize] >> (product >> BIT_SHIFT & 31)
}

fn slot(gram: u32, multiplier: u32) -> usize {
    (gram.wrapping_mul(multiplier) >> (32 - SLOT_BITS)) as usize
}

fn bitmap(pieces: &[Piece], multiplier: u32) -> Box<[u32; WORDS]> {
    let mut bitmap = Box::new([0; WORDS]);
    for gram in pieces.iter().flat_map(|piece| piece.grams()) {
        let product = gram.wrapping_mul(multiplier);
        bitmap[(product >> WORD_SHIFT) as usize] |= 1 << (product >> BIT_SHIFT & 31);
    }
    bitmap
}

/// The multiplier under which the least of source code survives, and its bitmap.
fn best_bitmap(pieces: &[Piece]) -> (u32, Box<[u32; WORDS]>) {
    let common: Vec<(u32, f32)> = common_grams()
        .map(|(gram, share)| (gram | FOLD as u32, share))
        .collect();
    let surviving = |bitmap: &[u32; WORDS], multiplier: u32| -> f32 {
        common
            .iter()
            .filter(|(gram, _)| bits(bitmap, *gram, multiplier) & 1 != 0)
            .map(|(_, share)| share)
            .sum()
    };
    let built = MULTIPLIERS.into_iter().map(|multiplier| {
        let bitmap = bitmap(pieces, multiplier);
        (surviving(&bitmap, multiplier), multiplier, bitmap)
    });
    let best = built.min_by(|a, b| a.0.total_cmp(&b.0));
    let (_, multiplier, bitmap) = best.expect("because there is more than one multiplier");
    (multiplier, bitmap)
}

#[inline(always)]
fn load(hay: &[u8; GROUP_BYTES], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hay[at..at + 8]);
    u64::from_le_bytes(bytes) | FOLD
}

impl Grams {
    pub(crate) fn new(literals: &[Literal]) -> Self {
        let pieces: Vec<Piece> = literals
            .iter()
            .enumerate()
            .map(|(id, literal)| rarest_piece(literal, id as u32))
            .collect();
        let (multiplier, bitmap) = best_bitmap(&pieces);
        let second = self::bitmap(&pieces, SECOND_MULTIPLIER);
        let mut slotted: Vec<(usize, Piece)> = Vec::new();
        for piece in pieces {
            let mut slots: Vec<usize> = piece.grams().map(|gram| slot(gram, multiplier)).collect();
            slots.sort_unstable();
            slots.dedup();
            slotted.extend(slots.into_iter().map(|slot| (slot, piece)));
        }
        slotted.sort_by_key(|(slot, piece)| (*slot, piece.literal));
        let mut starts = vec![0; SLOTS + 1];
        slotted.iter().for_each(|(slot, _)| starts[*slot + 1] += 1);
        for slot in 0..SLOTS {
            starts[slot + 1] += starts[slot];
        }
        Self {
            bitmap,
            multiplier,
            second,
            starts: starts.into_boxed_slice(),
            pieces: slotted.into_iter().map(|(_, piece)| piece).collect(),
            literals: literals.to_vec(),
        }
    }

    /// Compares the literals of which a piece may stand at `at`, where `gram` stands folded.
    #[cold]
    pub(super) fn survivor(
        &self,
        hay: &[u8],
        range: &Range<usize>,
        at: usize,
        gram: u32,
        on: &mut dyn FnMut(LiteralId, usize),
    ) {
        if bits(&self.second, gram, SECOND_MULTIPLIER) & 1 == 0 {
            return;
        }
        let slot = slot(gram, self.multiplier);
        let pieces = self.starts[slot] as usize..self.starts[slot + 1] as usize;
        for piece in &self.pieces[pieces] {
            let Some(start) = at.checked_sub(piece.offset as usize) else {
                continue;
            };
            let literal = &self.literals[piece.literal as usize];
            let fits = start >= range.start && start + literal.len() <= range.end;
            if gram & piece.mask == piece.gram && fits && stands_at(literal, hay, start) {
                on(LiteralId(piece.literal), start);
            }
        }
    }
}

/// The four neighbouring bytes of a literal that are rarest in source code.
fn rarest_piece(literal: &[Unit], id: u32) -> Piece {
    let folded: Vec<u8> = literal.iter().map(|unit| unit.byte | FOLD as u8).collect();
    if folded.len() < 4 {
        let gram = folded
            .iter()
            .rev()
            .fold(0, |gram, byte| gram << 8 | u32::from(*byte));
        return Piece {
            gram,
            mask: u32::MAX >> (8 * (4 - folded.len())),
            literal: id,
            offset: 0,
        };
    }
    let rarity = |piece: &[Unit]| log2_share_of(piece.iter().map(|unit| unit.byte));
    let offset = (0..=literal.len() - 4)
        .min_by(|a, b| rarity(&literal[*a..*a + 4]).total_cmp(&rarity(&literal[*b..*b + 4])))
        .unwrap_or(0);
    let bytes = [
        folded[offset],
        folded[offset + 1],
        folded[offset + 2],
        folded[offset + 3],
    ];
    Piece {
        gram: u32::from_le_bytes(bytes),
        mask: u32::MAX,
        literal: id,
        offset: offset as u32,
    }
}

impl Grams {
    /// Finds what lies in `range` and has its piece at `at` or behind it.
    pub(super) fn find_in(
        &self,
        hay: &[u8],
        range: &Range<usize>,
        mut at: usize,
        on: &mut dyn FnMut(LiteralId, usize),
    ) {
        let (bitmap, multiplier) = (&*self.bitmap, self.multiplier);
        while let Some(bytes) = hay[at..range.end].first_chunk::<GROUP_BYTES>() {
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
            if any & 1 != 0 {
                for k in 0..GROUP {
                    if bits(bitmap, gram(k), multiplier) & 1 != 0 {
                        self.survivor(hay, range, at + k, gram(k), on);
                    }
                }
            }
            at += GROUP;
        }
        // The end: fewer bytes than a group looks at. Behind the last byte there stand zeros.
        while at < range.end {
            let rest = &hay[at..range.end.min(at + 4)];
            let mut bytes = [0; 4];
            bytes[..rest.len()].copy_from_slice(rest);
            let gram = u32::from_le_bytes(bytes) | FOLD as u32;
            if bits(bitmap, gram, multiplier) & 1 != 0 {
                self.survivor(hay, range, at, gram, on);
            }
            at += 1;
        }
    }
}

impl Prefilter for Grams {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        self.find_in(hay, &range, range.start, on);
    }

    fn name(&self) -> &'static str {
        "grams"
    }

    fn memory_usage(&self) -> usize {
        size_of_val(&*self.bitmap)
            + size_of_val(&*self.second)
            + size_of_val(&*self.starts)
            + self.pieces.len() * size_of::<Piece>()
            + self.literals.len() * size_of::<Literal>()
    }
}
