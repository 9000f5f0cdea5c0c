//! The tables of the class pass: for each of a piece's four places and each class of bytes the buckets that have a
//! piece with such a byte there.
//!
//! A position survives if some bucket has a piece with such a byte at each of the four places, which need not be the
//! same piece. The vector files look many positions up at once; `survives` is the same for one.

use super::buckets::{CLASSES, COUNT};
use super::layout::{CLASSED_BYTES, Layout};
use super::piece::{PIECE_BYTES, Piece};
use crate::rule::Literal;

/// Tables have eight buckets each, one a bit.
pub(super) const GROUPS: usize = COUNT / 8;

/// The tables, each as long as a vector of the widest instruction set.
#[derive(Debug)]
pub(super) struct Classes {
    /// The class of each ASCII byte. All others have class 0, which ASCII bytes may have as well.
    pub(super) of_byte: [u8; CLASSED_BYTES],
    /// For each group of buckets, each place and each class the buckets.
    pub(super) tables: [[[u8; CLASSES]; PIECE_BYTES]; GROUPS],
}

impl Classes {
    pub(super) fn new(literals: &[Literal], layout: &Layout) -> Self {
        let mut classes = Self {
            of_byte: std::array::from_fn(|byte| layout.class(byte)),
            tables: [[[0; CLASSES]; PIECE_BYTES]; GROUPS],
        };
        for (id, literal) in literals.iter().enumerate() {
            let bucket = layout.bucket(id);
            let bit = 1 << (bucket % 8);
            let group = &mut classes.tables[bucket / 8];
            let piece = Piece::of(literal, layout.offset(id));
            for (table, unit) in group.iter_mut().zip(piece.places) {
                let Some(unit) = unit else {
                    table.iter_mut().for_each(|buckets| *buckets |= bit);
                    continue;
                };
                table[usize::from(layout.class(usize::from(unit.byte)))] |= bit;
                if unit.any_case {
                    let other = unit.byte.to_ascii_uppercase();
                    table[usize::from(layout.class(usize::from(other)))] |= bit;
                }
            }
        }
        classes
    }

    /// Whether a piece may stand where these bytes stand.
    #[cfg(test)]
    pub(super) fn survives(&self, bytes: [u8; PIECE_BYTES]) -> bool {
        self.tables.iter().any(|group| {
            let buckets = group.iter().zip(bytes).fold(!0, |buckets, (table, byte)| {
                let class = self.of_byte.get(usize::from(byte)).copied();
                buckets & table[usize::from(class.unwrap_or_default())]
            });
            buckets != 0
        })
    }
}
