//! The end of every pass: the literals of which a piece may stand at a position are compared with what stands there.
//!
//! Whether a survivor is an occurrence is nearly a coin's toss, and a wrong guess costs more than a comparison. So
//! survivors are gathered and go through each step together, and what passes a step is appended without a branch.

use std::ops::Range;

use super::layout::Layout;
use super::piece::{Piece, clamped, gram_at};
use super::{LiteralId, stands_at};
use crate::rule::{Literal, Unit};

/// Pieces are found in a table of two to this power slots: twice as many as pieces, so that most slots have one or none.
const SLOT_BITS: u32 = 15;
const SLOTS: usize = 1 << SLOT_BITS;

/// Bytes of a literal that are compared at once: all of it, as literals go.
const HEAD_BYTES: usize = 16;

/// Survivors that wait at most.
const CAPACITY: usize = 192;

/// Positions that one mask marks.
const MASK_BITS: usize = 64;

/// Entries of a slot that are copied whether or not there are so many.
const COPIED: usize = 2;

/// Candidates that go through a step together.
const CANDIDATES: usize = 64;

/// A literal, ready to be compared; all of it in one line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Head {
    /// The first bytes, with zeros where nothing is compared.
    value: [u64; 2],
    /// The bits of each byte that count: all, all but the letter's case, or none behind the literal's end.
    care: [u64; 2],
    /// Where in the literal its piece starts.
    offset: u32,
    /// Where the literal's units start among all, and how many they are.
    units: u32,
    length: u32,
}

impl Head {
    fn of(literal: &[Unit], offset: usize, units: usize) -> Self {
        let mut value = [0; HEAD_BYTES];
        let mut care = [0; HEAD_BYTES];
        for ((unit, value), care) in literal.iter().zip(&mut value).zip(&mut care) {
            *care = if unit.any_case { !0x20 } else { !0 };
            *value = unit.byte & *care;
        }
        Self {
            value: halves(&value),
            care: halves(&care),
            offset: offset as u32,
            units: units as u32,
            length: literal.len() as u32,
        }
    }

    #[inline]
    fn stands_in(&self, bytes: &[u8; HEAD_BYTES]) -> bool {
        let bytes = halves(bytes);
        let differs = |half: usize| (bytes[half] ^ self.value[half]) & self.care[half];
        differs(0) | differs(1) == 0
    }
}

fn halves(bytes: &[u8; HEAD_BYTES]) -> [u64; 2] {
    let number = u128::from_le_bytes(*bytes);
    [number as u64, (number >> 64) as u64]
}

/// Literals and where they may stand, or their pieces.
type Places = [(usize, u32); CANDIDATES + COPIED];

/// Positions at which a piece may stand and which have not been compared yet.
#[derive(Debug)]
pub(super) struct Survivors {
    at: [usize; CAPACITY],
    len: usize,
    candidates: Places,
    found: Places,
}

impl Survivors {
    pub(super) fn new() -> Self {
        Self {
            at: [0; CAPACITY],
            len: 0,
            candidates: [(0, 0); CANDIDATES + COPIED],
            found: [(0, 0); CANDIDATES + COPIED],
        }
    }

    /// Whether a mask of 64 positions might not fit any more.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.len > CAPACITY - MASK_BITS - COPIED
    }

    /// Appends the positions that `mask` marks, the lowest bit being `base`. There must be room.
    #[inline]
    pub(super) fn push(&mut self, base: usize, mut mask: u64) {
        let count = mask.count_ones() as usize;
        let room = &mut self.at[self.len..self.len + MASK_BITS + COPIED];
        for place in &mut room[..COPIED] {
            *place = base + mask.trailing_zeros() as usize;
            mask &= mask.wrapping_sub(1);
        }
        if mask != 0 {
            for place in &mut room[COPIED..count] {
                *place = base + mask.trailing_zeros() as usize;
                mask &= mask.wrapping_sub(1);
            }
        }
        self.len += count;
    }
}

/// Compares literals with the bytes round survivors.
#[derive(Debug)]
pub(super) struct Comparer {
    multiplier: u32,
    /// For each slot, where its literals start in `order`; the next entry is where they end.
    starts: Box<[u32]>,
    /// The literals by slot.
    order: Vec<u32>,
    heads: Vec<Head>,
    /// The units of all literals, one behind the other: many small allocations would be slow to make.
    units: Vec<Unit>,
}

impl Comparer {
    pub(super) fn new(literals: &[Literal], layout: &Layout) -> Self {
        let mut slotted: Vec<(u32, u32)> = Vec::with_capacity(literals.len());
        let mut starts = vec![0; SLOTS + 1].into_boxed_slice();
        for (id, literal) in literals.iter().enumerate() {
            let first = slotted.len();
            let grams = Piece::of(literal, layout.offset(id)).grams();
            slotted.extend(grams.map(|gram| (slot(gram, layout.multiplier) as u32, id as u32)));
            slotted[first..].sort_unstable();
            let mut kept = first;
            for index in first..slotted.len() {
                if kept == first || slotted[kept - 1] != slotted[index] {
                    slotted[kept] = slotted[index];
                    starts[slotted[index].0 as usize + 1] += 1;
                    kept += 1;
                }
            }
            slotted.truncate(kept);
        }
        for slot in 0..SLOTS {
            starts[slot + 1] += starts[slot];
        }
        let mut next = starts.clone();
        let mut order = vec![0; slotted.len() + COPIED];
        for (slot, id) in slotted {
            order[next[slot as usize] as usize] = id;
            next[slot as usize] += 1;
        }
        let mut units = Vec::new();
        let mut heads = Vec::with_capacity(literals.len());
        for (id, literal) in literals.iter().enumerate() {
            let offset = clamped(literal, layout.offset(id));
            heads.push(Head::of(literal, offset, units.len()));
            units.extend_from_slice(literal);
        }
        Self {
            multiplier: layout.multiplier,
            starts,
            order,
            heads,
            units,
        }
    }

    /// Calls `on` with each literal that has its piece at a survivor and lies in `range`; leaves no survivor.
    pub(super) fn compare(
        &self,
        survivors: &mut Survivors,
        hay: &[u8],
        range: &Range<usize>,
        on: &mut dyn FnMut(LiteralId, usize),
    ) {
        let Survivors {
            at,
            len,
            candidates,
            found,
        } = survivors;
        let part = &hay[..range.end];
        let mut count = 0;
        for at in &at[..std::mem::take(len)] {
            let slot = slot(gram_at(part, *at), self.multiplier);
            let (start, end) = (self.starts[slot] as usize, self.starts[slot + 1] as usize);
            if end - start > COPIED {
                for id in &self.order[start..end] {
                    if count >= CANDIDATES {
                        self.compare_heads((&candidates[..count], found), part, range, on);
                        count = 0;
                    }
                    candidates[count] = (*at, *id);
                    count += 1;
                }
                continue;
            }
            if count >= CANDIDATES {
                self.compare_heads((&candidates[..count], found), part, range, on);
                count = 0;
            }
            for copied in 0..COPIED {
                candidates[count + copied] = (*at, self.order[start + copied]);
            }
            count += end - start;
        }
        self.compare_heads((&candidates[..count], found), part, range, on);
    }

    fn compare_heads(
        &self,
        (candidates, found): (&[(usize, u32)], &mut Places),
        part: &[u8],
        range: &Range<usize>,
        on: &mut dyn FnMut(LiteralId, usize),
    ) {
        let mut count = 0;
        for (at, id) in candidates {
            let head = &self.heads[*id as usize];
            // A piece that stands too near the front for its literal wraps round, and lies in no haystack.
            let start = at.wrapping_sub(head.offset as usize);
            let bytes = part.get(start..).unwrap_or_default();
            let stands = match bytes.first_chunk() {
                Some(bytes) => head.stands_in(bytes),
                None => stands_at(self.literal(head), bytes, 0),
            };
            found[count] = (start, *id);
            count += usize::from(stands && start >= range.start);
        }
        for (start, id) in &found[..count] {
            let head = &self.heads[*id as usize];
            let is_whole = head.length as usize <= HEAD_BYTES;
            if is_whole || stands_at(self.literal(head), part, *start) {
                on(LiteralId(*id), *start);
            }
        }
    }

    fn literal(&self, head: &Head) -> &[Unit] {
        &self.units[head.units as usize..][..head.length as usize]
    }

    pub(super) fn memory_usage(&self) -> usize {
        size_of_val(&*self.starts)
            + size_of_val(&*self.order)
            + size_of_val(&*self.heads)
            + size_of_val(&*self.units)
    }
}

fn slot(gram: u32, multiplier: u32) -> usize {
    (gram.wrapping_mul(multiplier) >> (32 - SLOT_BITS)) as usize
}
