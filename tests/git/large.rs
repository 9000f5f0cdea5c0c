//! Blobs that are too large for memory, and walks with little of it.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use keysift::source::git::HistoryOptions;
use keysift::{HistoryScan, Repeats, Skip};

use super::git;
use super::harness::{edited_history, every, sweep, token, told};

/// A file of some megabytes with a secret at its end; lines that differ, so that they compress and are no bomb.
fn write_large(path: &Path, megabytes: usize, secret: &str) {
    let mut file = fs::File::create(path).unwrap();
    let line = |number: usize| format!("{number:08x} of a long file that goes on and on\n");
    let lines = (megabytes << 20) / line(0).len();
    for number in 0..lines {
        file.write_all(line(number).as_bytes()).unwrap();
    }
    writeln!(file, "key = {secret}").unwrap();
}

#[test]
fn a_large_blob_is_read_piece_by_piece_loose_and_packed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    write_large(&path.join("dump.sql"), 20, &token(1));
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one"]);
    for is_packed in [false, true] {
        if is_packed {
            git(path, &["repack", "-qad"]);
        }
        let (sink, summary) = every(path);
        let found: Vec<String> = sink
            .findings
            .iter()
            .map(|it| it.origin.to_string())
            .collect();
        assert_eq!(found.len(), 1, "{is_packed} {:?}", sink.unscanned);
        assert!(found[0].ends_with(":dump.sql"));
        assert!(sink.findings[0].standing.as_ref().unwrap().is_in_head);
        assert!(summary.bytes > 20 << 20);
        assert!(!summary.is_incomplete());
        // With little memory as well: it needs none.
        let little = HistoryOptions::default().max_memory(Some(64 << 20));
        let (sink, _) = sweep(path, little, HistoryScan::default(), 8);
        assert_eq!(sink.findings.len(), 1);
        let without = HistoryOptions::default().max_blob_bytes(Some(1 << 20));
        let (sink, summary) = sweep(path, without, HistoryScan::default(), 1);
        assert!(sink.findings.is_empty());
        assert_eq!(summary.skipped.get(&Skip::TooLarge), Some(&1));
    }
}

#[test]
fn with_little_memory_the_findings_are_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 40);
    git(path, &["repack", "-qadf", "--depth=50", "--window=50"]);
    let expected: Vec<String> = every(path).0.findings.iter().map(told).collect();
    for threads in [1, 2] {
        // So little that nothing is held between two deltas of one object.
        let little = HistoryOptions::default().max_memory(Some(300 << 10));
        let scan = HistoryScan::default().repeats(Repeats::Every);
        let (sink, summary) = sweep(path, little, scan, threads);
        let found: Vec<String> = sink.findings.iter().map(told).collect();
        assert_eq!(found, expected);
        assert!(!summary.is_incomplete());
    }
    // What cannot be held at all is said.
    let none = HistoryOptions::default().max_memory(Some(100));
    let (_, summary) = sweep(path, none, HistoryScan::default(), 1);
    assert!(summary.is_incomplete());
}
