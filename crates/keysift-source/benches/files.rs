//! How fast files reach a visitor, read and mapped, with a visitor that adds up all bytes.
//!
//! `cargo bench -p keysift-source --bench files -- [PATH] [ROUNDS] [WAY]` walks `PATH`, or a tree that it makes, in every
//! way or in the one that is named. All have to give the same blobs and bytes. It prints the best of the rounds, which are
//! interleaved.
#![expect(
    unsafe_code,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it maps files, prints what it measures, and ends at the first error"
)]

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use keysift_core::{Blob, Origin, Unscanned};
use keysift_source::{FileOptions, Files, MapPolicy, Source, UserExcludes, Visitor};

#[derive(Default)]
struct Totals {
    blobs: AtomicU64,
    bytes: AtomicU64,
    sum: AtomicU64,
}

struct Sum<'a> {
    totals: &'a Totals,
    piece: Vec<u8>,
}

impl Sum<'_> {
    fn add(&self, bytes: &[u8]) {
        let sum = bytes
            .chunks(128)
            .map(|chunk| u64::from(chunk.iter().map(|&byte| u16::from(byte)).sum::<u16>()))
            .sum();
        self.totals.sum.fetch_add(sum, Ordering::Relaxed);
        self.totals
            .bytes
            .fetch_add(bytes.len() as u64, Ordering::Relaxed);
    }
}

impl Visitor for Sum<'_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        self.add(blob.bytes);
        self.totals.blobs.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    }

    fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        let mut piece = std::mem::take(&mut self.piece);
        piece.resize(1 << 18, 0);
        loop {
            match reader.read(&mut piece)? {
                0 => break,
                read => self.add(&piece[..read]),
            }
        }
        self.piece = piece;
        self.totals.blobs.fetch_add(1, Ordering::Relaxed);
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, _: Unscanned) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn measure(root: &Path, map: MapPolicy, threads: usize) -> (Duration, [u64; 3]) {
    let options = FileOptions {
        map,
        user_excludes: UserExcludes::None,
        ..FileOptions::default()
    };
    let totals = Totals::default();
    let totals_ref = &totals;
    let began = Instant::now();
    Files::new(vec![root.to_owned()], options)
        .visit(
            NonZeroUsize::new(threads).unwrap(),
            &AtomicBool::new(false),
            &move || {
                Box::new(Sum {
                    totals: totals_ref,
                    piece: Vec::new(),
                })
            },
        )
        .unwrap();
    let elapsed = began.elapsed();
    let counts = [totals.blobs, totals.bytes, totals.sum].map(AtomicU64::into_inner);
    (elapsed, counts)
}

/// A tree of 2,000 files of 0 to 40 kB.
fn make_tree(root: &Path) {
    for index in 0..2000_usize {
        let directory = root.join(format!("{}/{}", index % 20, index % 7));
        std::fs::create_dir_all(&directory).unwrap();
        let bytes = vec![b'a' + (index % 26) as u8; index * 20];
        std::fs::write(directory.join(format!("{index}")), bytes).unwrap();
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let made = tempfile::tempdir().unwrap();
    let root = match arguments.first() {
        Some(path) => PathBuf::from(path),
        None => {
            make_tree(made.path());
            made.path().to_owned()
        }
    };
    let rounds = arguments
        .get(1)
        .map_or(3, |rounds| rounds.parse::<usize>().unwrap());

    // SAFETY: the one who runs a bench does not change the tree meanwhile.
    let at_least = |bytes| unsafe { MapPolicy::at_least(bytes) };
    let policies = [
        ("read", MapPolicy::never()),
        ("map from 1 MiB", at_least(1 << 20)),
        ("map all", at_least(0)),
    ];
    let ways: Vec<_> = policies
        .into_iter()
        .filter(|(name, _)| arguments.get(2).is_none_or(|way| way == name))
        .flat_map(|policy| [1, 2, 4].map(|threads| (policy, threads)))
        .collect();
    let mut best = vec![Duration::MAX; ways.len()];
    let (_, expected) = measure(&root, MapPolicy::never(), 1);
    if arguments.is_empty() {
        assert_eq!(expected[..2], [2000, 39_980_000]);
    }
    for _ in 0..rounds {
        for (best, ((_, map), threads)) in best.iter_mut().zip(&ways) {
            let (elapsed, counts) = measure(&root, *map, *threads);
            assert_eq!(counts, expected);
            *best = elapsed.min(*best);
        }
    }
    let [blobs, bytes, _] = expected;
    println!("{}: {blobs} blobs, {bytes} bytes", root.display());
    for (best, ((name, _), threads)) in best.iter().zip(&ways) {
        let seconds = best.as_secs_f64();
        println!(
            "{name:>16}, {threads} threads: {:8.1} ms, {:6.2} GB/s, {:6.2} us a blob",
            seconds * 1e3,
            bytes as f64 / seconds / 1e9,
            seconds * 1e6 / blobs as f64,
        );
    }
}
