//! What is slow to work out of a set of literals, and depends on nothing else.
//!
//! A layout decides how fast a prefilter is and never what it finds: whatever its numbers are, nothing is missed.

use serde::{Deserialize, Serialize};

use super::buckets;
use super::piece::{FOLD, PIECE_BYTES, Piece, bitmap, bits, is_marked};
use crate::rule::{Literal, Unit, common_grams, log2_share_of};

/// Bytes that have a class of their own; the others share the first.
pub(super) const CLASSED_BYTES: usize = 128;

/// So many literals may stand in a bucket that was not chosen for them.
const MAX_ADAPTED: usize = 32;

/// How a prefilter lays out its literals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Layout {
    /// What grams are hashed with.
    pub(crate) multiplier: u32,
    /// For each literal where its piece starts.
    pub(crate) offsets: Vec<u8>,
    /// For each literal the bucket of its piece.
    pub(crate) buckets: Vec<u8>,
    /// For each ASCII byte its class.
    pub(crate) classes: Vec<u8>,
}

impl Layout {
    /// The best layout of `literals`. The same literals give the same layout.
    pub(crate) fn of(literals: &[Literal]) -> Self {
        let offsets: Vec<u8> = literals.iter().map(|literal| rarest(literal)).collect();
        let pieces: Vec<Piece> = literals
            .iter()
            .zip(&offsets)
            .map(|(literal, offset)| Piece::of(literal, *offset))
            .collect();
        let buckets = buckets::of(&pieces);
        Self {
            multiplier: best_multiplier(&pieces),
            classes: buckets::classes(&pieces, &buckets),
            buckets,
            offsets,
        }
    }

    /// A layout of `literals` by this one, which is that of `known`; both are sorted by [`Literal::key`].
    ///
    /// It costs next to nothing where `literals` are among the known, or nearly so. Where many are new, the best layout
    /// is worth its price.
    pub(crate) fn adapted(&self, known: &[Literal], literals: &[Literal]) -> Self {
        if known == literals {
            return self.clone();
        }
        let place = |literal: &Literal| known.binary_search_by_key(&literal.key(), Literal::key);
        let places: Vec<Option<usize>> = literals.iter().map(|it| place(it).ok()).collect();
        if places.iter().filter(|place| place.is_none()).count() > MAX_ADAPTED {
            return Self::of(literals);
        }
        let offset = |(literal, place): (&Literal, &Option<usize>)| match place {
            Some(place) => self.offset(*place),
            None => rarest(literal),
        };
        let bucket = |place: &Option<usize>| match place {
            Some(place) => self.bucket(*place) as u8,
            None => 0,
        };
        Self {
            multiplier: self.multiplier,
            offsets: literals.iter().zip(&places).map(offset).collect(),
            buckets: places.iter().map(bucket).collect(),
            classes: self.classes.clone(),
        }
    }

    /// Where the piece of a literal starts.
    pub(super) fn offset(&self, literal: usize) -> u8 {
        self.offsets.get(literal).copied().unwrap_or_default()
    }

    /// The bucket of a literal's piece.
    pub(super) fn bucket(&self, literal: usize) -> usize {
        usize::from(self.buckets.get(literal).copied().unwrap_or_default()) % buckets::COUNT
    }

    /// The class of a byte.
    pub(super) fn class(&self, byte: usize) -> u8 {
        if byte < CLASSED_BYTES {
            self.classes.get(byte).copied().unwrap_or_default() % buckets::CLASSES as u8
        } else {
            0
        }
    }
}

/// Where the four neighbouring bytes of a literal start that are rarest in source code.
fn rarest(literal: &[Unit]) -> u8 {
    let rarity = |offset: usize| {
        log2_share_of(
            literal[offset..offset + PIECE_BYTES]
                .iter()
                .map(|unit| unit.byte),
        )
    };
    let last = literal.len().saturating_sub(PIECE_BYTES);
    if last == 0 {
        return 0;
    }
    (0..=last.min(usize::from(u8::MAX)))
        .min_by(|a, b| rarity(*a).total_cmp(&rarity(*b)))
        .unwrap_or_default() as u8
}

/// Odd numbers to hash with. Which of them is best depends on the literals: the one under which the fewest common
/// pieces of source code share a bit with a literal's piece.
const MULTIPLIERS: [u32; 24] = multipliers();

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

/// The multiplier under which the least of source code survives.
fn best_multiplier(pieces: &[Piece]) -> u32 {
    let common: Vec<(u32, f32)> = common_grams()
        .map(|(gram, share)| (gram | FOLD, share))
        .collect();
    let surviving = |multiplier: u32| -> f32 {
        let bitmap = bitmap(pieces.iter().copied(), multiplier);
        common
            .iter()
            .filter(|(gram, _)| is_marked(bits(&bitmap, *gram, multiplier)))
            .map(|(_, share)| share)
            .sum()
    };
    MULTIPLIERS
        .into_iter()
        .map(|multiplier| (surviving(multiplier), multiplier))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(MULTIPLIERS[0], |(_, multiplier)| multiplier)
}
