//! Sorts pieces into buckets, and bytes into classes, so that little of source code survives the class pass.

use std::collections::HashMap;

use super::layout::CLASSED_BYTES;
use super::piece::{PIECE_BYTES, Piece};
use crate::rule::{Unit, common_grams};

/// Buckets. Twice as many cost twice the look-ups, and half as many let twice as much survive.
pub(super) const COUNT: usize = 32;

/// Classes of bytes: as many as a table has entries that one vector holds.
pub(super) const CLASSES: usize = 64;

/// The commonest pieces of source code that the buckets are fitted to. More make the search slower and hardly better.
const FITTED_GRAMS: usize = 8192;
const SET_WORDS: usize = FITTED_GRAMS / 64;

/// How often each piece may change its bucket.
const ROUNDS: usize = 3;

/// A set of fitted grams.
type GramSet = [u64; SET_WORDS];

/// Capital letters are so much rarer than small ones, about.
const CAPITAL_SHARE: f32 = 0.125;

/// The share of a byte that stands in none of the commonest pieces, about.
const RARE_SHARE: f32 = 1e-4;

/// How often bytes and pieces stand in source code.
struct Frequencies {
    /// By falling share.
    grams: Vec<([u8; PIECE_BYTES], f32)>,
    bytes: [f32; 256],
}

impl Frequencies {
    fn new() -> Self {
        let mut grams: Vec<_> = common_grams()
            .map(|(gram, share)| (gram.to_le_bytes(), share))
            .collect();
        grams.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        grams.truncate(FITTED_GRAMS);
        let mut bytes = [RARE_SHARE; 256];
        let known: f32 = grams.iter().map(|(_, share)| share).sum();
        for (gram, share) in &grams {
            bytes[usize::from(gram[0])] += share / known;
        }
        for capital in b'A'..=b'Z' {
            bytes[usize::from(capital)] +=
                CAPITAL_SHARE * bytes[usize::from(capital.to_ascii_lowercase())];
        }
        Self { grams, bytes }
    }
}

/// The bytes that stand for a unit: one, or a letter in either case, or all.
fn bytes_of(unit: Option<Unit>) -> impl Iterator<Item = u8> {
    (0..=u8::MAX).filter(move |byte| unit.is_none_or(|unit| unit.matches(*byte)))
}

/// What may stand at one place of a piece, made ready: the fitted grams with such a byte there, and the bytes.
struct Allowed {
    grams: Box<GramSet>,
    bytes: Vec<u8>,
}

/// The pieces of one bucket, summed up.
struct Bucket {
    /// For each place how many pieces allow each byte.
    counts: [[u32; 256]; PIECE_BYTES],
    /// For each place the share of bytes that some piece allows.
    shares: [f32; PIECE_BYTES],
    /// For each place the fitted grams that some piece allows.
    grams: [Box<GramSet>; PIECE_BYTES],
    /// The fitted grams that survive in this bucket.
    surviving: Box<GramSet>,
}

impl Bucket {
    fn new() -> Self {
        let empty = || Box::new([0; SET_WORDS]);
        Self {
            counts: [[0; 256]; PIECE_BYTES],
            shares: [0.0; PIECE_BYTES],
            grams: std::array::from_fn(|_| empty()),
            surviving: empty(),
        }
    }
}

/// A sorting of pieces into buckets.
struct Sorting<'a> {
    frequencies: &'a Frequencies,
    /// What each of the pieces' units allows at each place.
    allowed: HashMap<(usize, Option<Unit>), Allowed>,
    buckets: Vec<Bucket>,
    /// For each fitted gram in how many buckets it survives.
    survivals: Vec<u8>,
}

impl<'a> Sorting<'a> {
    fn new(frequencies: &'a Frequencies, pieces: &[Piece]) -> Self {
        let mut allowed = HashMap::new();
        for (place, unit) in pieces
            .iter()
            .flat_map(|piece| piece.places.into_iter().enumerate())
        {
            allowed.entry((place, unit)).or_insert_with(|| {
                let mut grams = Box::new([0; SET_WORDS]);
                for (index, (gram, _)) in frequencies.grams.iter().enumerate() {
                    if unit.is_none_or(|unit| unit.matches(gram[place])) {
                        grams[index / 64] |= 1 << (index % 64);
                    }
                }
                let bytes = bytes_of(unit).collect();
                Allowed { grams, bytes }
            });
        }
        Self {
            frequencies,
            allowed,
            buckets: (0..COUNT).map(|_| Bucket::new()).collect(),
            survivals: vec![0; frequencies.grams.len()],
        }
    }

    /// What `piece` allows at each place.
    fn allowed(&self, piece: Piece) -> [&Allowed; PIECE_BYTES] {
        std::array::from_fn(|place| &self.allowed[&(place, piece.places[place])])
    }

    /// The share of positions that survives more if a bucket takes a piece.
    fn cost(&self, bucket: &Bucket, allowed: &[&Allowed; PIECE_BYTES]) -> f32 {
        let mut known = 0.0;
        for word in 0..SET_WORDS {
            let mut more = !bucket.surviving[word];
            for (place, allowed) in allowed.iter().enumerate() {
                more &= bucket.grams[place][word] | allowed.grams[word];
            }
            while more != 0 {
                let gram = word * 64 + more.trailing_zeros() as usize;
                more &= more - 1;
                if self.survivals[gram] == 0 {
                    known += self.frequencies.grams[gram].1;
                }
            }
        }
        let (mut before, mut after) = (1.0, 1.0);
        for (place, allowed) in allowed.iter().enumerate() {
            let new = allowed
                .bytes
                .iter()
                .filter(|byte| bucket.counts[place][usize::from(**byte)] == 0);
            let new: f32 = new
                .map(|byte| self.frequencies.bytes[usize::from(*byte)])
                .sum();
            before *= bucket.shares[place];
            after *= bucket.shares[place] + new;
        }
        known + after - before
    }

    /// The bucket that a piece costs least in; of those that cost the same the first.
    fn cheapest(&self, piece: Piece) -> usize {
        let allowed = self.allowed(piece);
        let costs = self
            .buckets
            .iter()
            .map(|bucket| self.cost(bucket, &allowed));
        costs
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0, |(bucket, _)| bucket)
    }

    fn add(&mut self, piece: Piece, bucket: usize) {
        let target = &mut self.buckets[bucket];
        for place in 0..PIECE_BYTES {
            let allowed = &self.allowed[&(place, piece.places[place])];
            for byte in &allowed.bytes {
                let count = &mut target.counts[place][usize::from(*byte)];
                if *count == 0 {
                    target.shares[place] += self.frequencies.bytes[usize::from(*byte)];
                }
                *count += 1;
            }
            for (grams, more) in target.grams[place].iter_mut().zip(&*allowed.grams) {
                *grams |= more;
            }
        }
        self.count_survivors(bucket);
    }

    fn remove(&mut self, piece: Piece, bucket: usize) {
        let target = &mut self.buckets[bucket];
        for place in 0..PIECE_BYTES {
            let allowed = &self.allowed[&(place, piece.places[place])];
            let counts = &mut target.counts[place];
            let mut is_less = false;
            for byte in &allowed.bytes {
                let count = &mut counts[usize::from(*byte)];
                *count -= 1;
                is_less |= *count == 0;
            }
            if !is_less {
                continue;
            }
            target.shares[place] = (0..=u8::MAX)
                .filter(|byte| counts[usize::from(*byte)] != 0)
                .map(|byte| self.frequencies.bytes[usize::from(byte)])
                .sum();
            for (word, grams) in target.grams[place].iter_mut().enumerate() {
                let mut shared = allowed.grams[word];
                while shared != 0 {
                    let bit = shared.trailing_zeros();
                    shared &= shared - 1;
                    let (gram, _) = self.frequencies.grams[word * 64 + bit as usize];
                    if counts[usize::from(gram[place])] == 0 {
                        *grams &= !(1 << bit);
                    }
                }
            }
        }
        self.count_survivors(bucket);
    }

    /// Works out again which grams survive in a bucket.
    fn count_survivors(&mut self, bucket: usize) {
        let target = &mut self.buckets[bucket];
        for word in 0..SET_WORDS {
            let now = target.grams.iter().fold(!0, |all, grams| all & grams[word]);
            let mut changed = now ^ target.surviving[word];
            target.surviving[word] = now;
            while changed != 0 {
                let bit = changed.trailing_zeros();
                changed &= changed - 1;
                let count = &mut self.survivals[word * 64 + bit as usize];
                if now >> bit & 1 != 0 {
                    *count += 1;
                } else {
                    *count -= 1;
                }
            }
        }
    }
}

/// The bucket of each piece: each goes where it costs least, one after the other, and then again.
pub(super) fn of(pieces: &[Piece]) -> Vec<u8> {
    let frequencies = Frequencies::new();
    let mut distinct = pieces.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut sorting = Sorting::new(&frequencies, &distinct);
    let mut buckets = Vec::with_capacity(distinct.len());
    for piece in &distinct {
        let bucket = sorting.cheapest(*piece);
        sorting.add(*piece, bucket);
        buckets.push(bucket);
    }
    for _ in 0..ROUNDS {
        for (piece, bucket) in distinct.iter().zip(&mut buckets) {
            sorting.remove(*piece, *bucket);
            *bucket = sorting.cheapest(*piece);
            sorting.add(*piece, *bucket);
        }
    }
    let bucket_of: HashMap<Piece, usize> = distinct.into_iter().zip(buckets).collect();
    pieces.iter().map(|piece| bucket_of[piece] as u8).collect()
}

/// Bytes that share a class, and where the pieces have them.
struct Class {
    share: f32,
    /// For each place the buckets, one a bit.
    buckets: [u32; PIECE_BYTES],
    bytes: Vec<u8>,
}

impl Class {
    /// What is lost if two classes become one: each byte then survives where any of the others did.
    fn cost_of_joining(&self, other: &Self) -> f32 {
        let more = |from: &Self, to: &Self| -> u32 {
            let places = from.buckets.iter().zip(&to.buckets);
            places.map(|(from, to)| (from & !to).count_ones()).sum()
        };
        self.share * more(other, self) as f32 + other.share * more(self, other) as f32
    }
}

/// The class of each ASCII byte, class 0 being that of all other bytes: those join that differ least.
pub(super) fn classes(pieces: &[Piece], buckets: &[u8]) -> Vec<u8> {
    let frequencies = Frequencies::new();
    let mut at_byte = vec![[0_u32; PIECE_BYTES]; 256];
    let mut sorted: Vec<(Piece, u8)> = pieces
        .iter()
        .copied()
        .zip(buckets.iter().copied())
        .collect();
    sorted.sort_unstable();
    sorted.dedup();
    for (piece, bucket) in sorted {
        for (place, unit) in piece.places.into_iter().enumerate() {
            bytes_of(unit).for_each(|byte| at_byte[usize::from(byte)][place] |= 1 << bucket);
        }
    }
    let mut classes: Vec<Class> = (CLASSED_BYTES..256)
        .fold(None, |others: Option<Class>, byte| {
            let mut others = others.unwrap_or(Class {
                share: 0.0,
                buckets: [0; PIECE_BYTES],
                bytes: Vec::new(),
            });
            others.share += frequencies.bytes[byte];
            for (all, more) in others.buckets.iter_mut().zip(at_byte[byte]) {
                *all |= more;
            }
            Some(others)
        })
        .into_iter()
        .collect();
    classes.extend((0..CLASSED_BYTES).map(|byte| Class {
        share: frequencies.bytes[byte],
        buckets: at_byte[byte],
        bytes: vec![byte as u8],
    }));
    while classes.len() > CLASSES {
        let (mut cheapest, mut cost) = ((0, 1), f32::INFINITY);
        for first in 0..classes.len() {
            for second in first + 1..classes.len() {
                let joined = classes[first].cost_of_joining(&classes[second]);
                if joined < cost {
                    (cheapest, cost) = ((first, second), joined);
                }
            }
        }
        let joined = classes.remove(cheapest.1);
        let class = &mut classes[cheapest.0];
        class.share += joined.share;
        for (all, more) in class.buckets.iter_mut().zip(joined.buckets) {
            *all |= more;
        }
        class.bytes.extend(joined.bytes);
    }
    let mut class_of = vec![0; CLASSED_BYTES];
    for (number, class) in classes.iter().enumerate() {
        class
            .bytes
            .iter()
            .for_each(|byte| class_of[usize::from(*byte)] = number as u8);
    }
    class_of
}
