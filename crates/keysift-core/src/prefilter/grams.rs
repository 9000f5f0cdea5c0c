//! The portable prefilter: a table of the folded four-byte pieces that literals are known by.
//!
//! Each literal is known by the rarest four bytes in it. A pass over the haystack hashes the four bytes at each
//! position and looks them up; positions come in groups of eight with one branch a group, since nearly all fail.
//! A survivor's literals are then compared byte by byte.

use std::ops::Range;

use super::{LiteralId, Prefilter, stands_at};
use crate::rule::{Unit, log2_share};

/// The table's size is two to this power, in bytes: it has to share the first-level cache with the haystack.
const TABLE_BITS: u32 = 15;
const TABLE_BYTES: usize = 1 << TABLE_BITS;

/// Positions that share one branch.
const GROUP: usize = 8;

/// A group looks at this many bytes: its last position still needs four.
const GROUP_BYTES: usize = GROUP + 4;

/// Folds ASCII letters to lower case, and some other bytes onto one another, which costs survivors but no finding.
const FOLD: u64 = 0x2020_2020_2020_2020;

#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The folded four bytes, little-endian; of a three-byte literal, the lower three.
    gram: u32,
    mask: u32,
    literal: u32,
    /// Where in the literal the piece stands.
    offset: u32,
}

#[derive(Debug)]
pub(crate) struct Grams {
    /// Whether any piece has this hash; 0 or 1.
    table: Box<[u8; TABLE_BYTES]>,
    /// For each hash, where its pieces start; the next entry is where they end.
    starts: Box<[u32]>,
    pieces: Vec<Piece>,
    literals: Vec<Box<[Unit]>>,
}

#[inline(always)]
fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - TABLE_BITS)) as usize
}

#[inline(always)]
fn load(hay: &[u8; GROUP_BYTES], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hay[at..at + 8]);
    u64::from_le_bytes(bytes) | FOLD
}

impl Grams {
    pub(crate) fn new(literals: &[Box<[Unit]>]) -> Self {
        let mut hashed: Vec<(usize, Piece)> = Vec::new();
        for (id, literal) in literals.iter().enumerate() {
            let piece = rarest_piece(literal, id as u32);
            if piece.mask == u32::MAX {
                hashed.push((hash(piece.gram), piece));
                continue;
            }
            // Any fourth byte may follow a literal of three, and behind the haystack's end there is none.
            let mut slots: Vec<usize> = (0..=u8::MAX)
                .map(|byte| hash(piece.gram | u32::from(byte | FOLD as u8) << 24))
                .collect();
            slots.sort_unstable();
            slots.dedup();
            hashed.extend(slots.into_iter().map(|slot| (slot, piece)));
        }
        hashed.sort_by_key(|(slot, piece)| (*slot, piece.literal));
        let mut table = Box::new([0; TABLE_BYTES]);
        let mut starts = vec![0; TABLE_BYTES + 1];
        for (slot, _) in &hashed {
            table[*slot] = 1;
            starts[*slot + 1] += 1;
        }
        for slot in 0..TABLE_BYTES {
            starts[slot + 1] += starts[slot];
        }
        Self {
            table,
            starts: starts.into_boxed_slice(),
            pieces: hashed.into_iter().map(|(_, piece)| piece).collect(),
            literals: literals.to_vec(),
        }
    }

    #[cold]
    fn survivor(
        &self,
        hay: &[u8],
        range: &Range<usize>,
        at: usize,
        gram: u32,
        on: &mut dyn FnMut(LiteralId, usize),
    ) {
        let slot = hash(gram);
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
    let rarity = |piece: &[Unit]| piece.iter().map(|unit| log2_share(unit.byte)).sum::<f32>();
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

impl Prefilter for Grams {
    fn find(&self, hay: &[u8], range: Range<usize>, on: &mut dyn FnMut(LiteralId, usize)) {
        let table = &*self.table;
        let mut at = range.start;
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
                any |= table[hash(gram(k))];
            }
            if any != 0 {
                for k in 0..GROUP {
                    if table[hash(gram(k))] != 0 {
                        self.survivor(hay, &range, at + k, gram(k), on);
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
            if table[hash(gram)] != 0 {
                self.survivor(hay, &range, at, gram, on);
            }
            at += 1;
        }
    }

    fn name(&self) -> &'static str {
        "grams"
    }

    fn memory_usage(&self) -> usize {
        TABLE_BYTES
            + size_of_val(&*self.starts)
            + self.pieces.len() * size_of::<Piece>()
            + self
                .literals
                .iter()
                .map(|literal| size_of_val(&**literal))
                .sum::<usize>()
    }
}
