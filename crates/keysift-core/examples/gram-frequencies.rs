//! Counts three- and four-byte pieces of source code, ASCII case folded, and writes the commonest as
//! `src/rule/frequency.bin`.
//!
//! Usage: `cargo run --release -p keysift-core --example gram-frequencies -- TREE… > crates/keysift-core/src/rule/frequency.bin`
//!
//! An entry is five bytes: the piece as a little-endian number (a three-byte piece has a zero on top), and minus
//! eight times the binary logarithm of its share of all positions. Entries are sorted by the number.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;
use std::{env, fs};

/// How many pieces of each length are kept.
const KEPT: usize = 8192;

/// Files are read up to here, so that no big one weighs more than a hundred small ones.
const MAX_FILE_BYTES: usize = 256 << 10;

#[derive(Default)]
struct Counts {
    pieces: [HashMap<u32, u64>; 2],
    positions: u64,
}

impl Counts {
    fn count_tree(&mut self, path: &Path) {
        let Ok(kind) = fs::symlink_metadata(path) else {
            return;
        };
        if kind.is_dir() {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            entries.for_each(|entry| self.count_tree(&entry.path()));
        } else if kind.is_file() {
            #[expect(
                clippy::disallowed_methods,
                reason = "a tool of its own, outside the engine"
            )]
            let mut bytes = fs::read(path).unwrap_or_default();
            bytes.truncate(MAX_FILE_BYTES);
            self.count(&bytes.to_ascii_lowercase());
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        self.positions += bytes.len() as u64;
        for (length, pieces) in [3, 4].into_iter().zip(&mut self.pieces) {
            for piece in bytes.windows(length) {
                let number = piece
                    .iter()
                    .rev()
                    .fold(0, |number, byte| number << 8 | u32::from(*byte));
                *pieces.entry(number).or_default() += 1;
            }
        }
    }

    fn commonest(&self) -> Vec<(u32, u8)> {
        let mut kept = Vec::new();
        for pieces in &self.pieces {
            let mut all: Vec<(u64, u32)> = pieces
                .iter()
                .map(|(piece, count)| (*count, *piece))
                .collect();
            all.sort_unstable_by(|a, b| b.cmp(a));
            kept.extend(all.iter().take(KEPT).map(|(count, piece)| {
                let share = *count as f64 / self.positions as f64;
                (
                    *piece,
                    (-8.0 * share.log2()).round().clamp(0.0, 255.0) as u8,
                )
            }));
        }
        kept.sort_unstable();
        kept
    }
}

fn main() -> io::Result<()> {
    let mut counts = Counts::default();
    for tree in env::args_os().skip(1) {
        counts.count_tree(Path::new(&tree));
    }
    let mut out = io::stdout().lock();
    for (piece, rarity) in counts.commonest() {
        out.write_all(&piece.to_le_bytes())?;
        out.write_all(&[rarity])?;
    }
    Ok(())
}
