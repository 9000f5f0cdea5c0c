//! The prefilters alone, all beside an aho-corasick DFA of the same anchors. Each must find the same anchors.
//!
//! The input is the tree that `KEYSIFT_BENCH_TREE` names, up to 320 MB of it, file by file; without it the
//! repository's own sources, over and over.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keysift::{PrefilterChoice, Scanner, ScannerOptions};

/// A tree is read up to here.
const MAX_TREE_BYTES: usize = 320 << 20;

/// So many bytes of each of a tree's folders, so that the first does not fill it all.
const MAX_FOLDER_BYTES: usize = 64 << 20;

/// The repository's own sources are repeated up to here.
const OWN_BYTES: usize = 8 << 20;

/// Appends the files beneath `folder` in the order of their names, until `room` bytes are used up.
fn read_folder(folder: &Path, files: &mut Vec<Vec<u8>>, room: &mut usize) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| !path.is_symlink()) {
        if path.is_dir() && !path.ends_with(".git") {
            read_folder(path, files, room);
        } else if path.is_file() && *room > 0 {
            #[expect(clippy::disallowed_methods, reason = "a bench reads its own input")]
            let bytes = fs::read(path).unwrap_or_default();
            *room = room.saturating_sub(bytes.len());
            files.push(bytes);
        }
    }
}

fn input() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    if let Some(tree) = env::var_os("KEYSIFT_BENCH_TREE") {
        let mut room = MAX_TREE_BYTES;
        let folders = fs::read_dir(&tree).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            let mut share = room.min(MAX_FOLDER_BYTES);
            let before = share;
            read_folder(folder, &mut files, &mut share);
            room -= before - share;
        }
        assert!(
            !files.is_empty(),
            "KEYSIFT_BENCH_TREE names a tree of folders"
        );
        return files;
    }
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    read_folder(&sources, &mut files, &mut { OWN_BYTES });
    let bytes: usize = files.iter().map(Vec::len).sum();
    let own = files.len();
    for _ in 1..OWN_BYTES.div_ceil(bytes.max(1)) {
        files.extend_from_within(..own);
    }
    files
}

fn scanner(prefilter: PrefilterChoice) -> Scanner {
    let options = ScannerOptions {
        prefilter,
        ..ScannerOptions::default()
    };
    Scanner::new(keysift::builtin_rules().expect("the rules parse"), options)
        .expect("there are rules")
}

/// The fastest automaton of the anchors. It says where they stand in either case, and so a little more often.
fn dfa(scanner: &Scanner) -> AhoCorasick {
    let mut anchors: Vec<Vec<u8>> = scanner.explain().flat_map(|plan| plan.anchors).collect();
    anchors.sort();
    anchors.dedup();
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(anchors)
        .expect("the anchors are few")
}

fn prefilters(c: &mut Criterion) {
    let files = input();
    let bytes: usize = files.iter().map(Vec::len).sum();
    let mut group = c.benchmark_group("prefilter-alone");
    group
        .throughput(Throughput::Bytes(bytes as u64))
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3));
    let mut expected = None;
    let mut measured = Vec::new();
    for choice in [
        PrefilterChoice::Avx512,
        PrefilterChoice::Avx2,
        PrefilterChoice::Grams,
        PrefilterChoice::Automaton,
    ] {
        let scanner = scanner(choice);
        // Another one takes the place of what the processor cannot do.
        if measured.contains(&scanner.prefilter_name()) {
            continue;
        }
        measured.push(scanner.prefilter_name());
        let count = || -> u64 { files.iter().map(|file| scanner.count_anchors(file)).sum() };
        let expected = *expected.get_or_insert_with(count);
        group.bench_function(scanner.prefilter_name(), |b| {
            b.iter(|| assert_eq!(black_box(count()), expected));
        });
    }
    let dfa = dfa(&scanner(PrefilterChoice::Grams));
    group.bench_function("aho-corasick DFA, no case compared", |b| {
        b.iter(|| {
            let found = files
                .iter()
                .map(|file| dfa.find_overlapping_iter(file).count() as u64);
            assert!(found.sum::<u64>() >= expected.unwrap_or_default());
        });
    });
    group.finish();
}

criterion_group!(prefilter, prefilters);
criterion_main!(prefilter);
