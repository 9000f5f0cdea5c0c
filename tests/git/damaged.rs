//! Repositories that are damaged, or larger than they ought to be: what is lost is counted, the rest is found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use keysift::Skip;

use super::git;
use super::harness::{edited_history, every, next, output, secrets, token};

/// A file of the one pack of a repository, which may be written.
fn packed_file(path: &Path, extension: &str) -> PathBuf {
    let packs = path.join(".git/objects/pack");
    let file = fs::read_dir(packs)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == extension))
        .unwrap();
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    #[expect(
        clippy::permissions_set_readonly_false,
        reason = "a file of this test's"
    )]
    permissions.set_readonly(false);
    fs::set_permissions(&file, permissions).unwrap();
    file
}

#[expect(clippy::disallowed_methods, reason = "a test damages its own file")]
fn bytes_of(file: &Path) -> Vec<u8> {
    fs::read(file).unwrap()
}

/// A pack with a bit flipped: what is lost is counted, the rest is found, and nothing panics.
#[test]
fn a_damaged_pack_loses_what_is_damaged_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 30);
    git(
        path,
        &["-c", "repack.useDeltaBaseOffset=false", "repack", "-qadf"],
    );
    git(path, &["prune-packed"]);
    let (sound, _) = every(path);
    let sound: BTreeSet<String> = secrets(&sound);
    let pack = packed_file(path, "pack");
    let whole = bytes_of(&pack);
    let mut state = 99;
    let mut incomplete = 0;
    for round in 0..60 {
        let mut bytes = whole.clone();
        let at = next(&mut state) % bytes.len();
        match round % 3 {
            0 => bytes[at] ^= 1 << (next(&mut state) % 8),
            1 => bytes[at..].fill(0),
            _ => bytes.truncate(at),
        }
        fs::write(&pack, &bytes).unwrap();
        let (sink, summary) = every(path);
        assert!(secrets(&sink).is_subset(&sound) || summary.is_incomplete());
        if summary.is_incomplete() {
            incomplete += 1;
            let unreadable = summary.skipped.get(&Skip::Unreadable);
            assert!(unreadable.is_some_and(|count| *count > 0) || !sink.unscanned.is_empty());
        } else {
            assert_eq!(secrets(&sink), sound, "round {round} at {at}");
        }
    }
    assert!(incomplete > 40, "{incomplete}");
}

/// An index that tells wrong offsets, ids or counts: nothing is believed that the pack does not bear out.
#[test]
fn a_damaged_index_loses_what_it_cannot_tell_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 20);
    git(path, &["repack", "-qadf"]);
    git(path, &["prune-packed"]);
    let sound = secrets(&every(path).0);
    let index = packed_file(path, "idx");
    let whole = bytes_of(&index);
    let count = u32::from_be_bytes(*whole[8 + 255 * 4..].first_chunk().unwrap()) as usize;
    // The header, the fan-out, the ids, the checksums, the offsets, what is behind.
    let parts = [
        0..8,
        8..1032,
        1032..1032 + 20 * count,
        1032 + 20 * count..1032 + 24 * count,
        1032 + 24 * count..1032 + 28 * count,
        1032 + 28 * count..whole.len(),
    ];
    let mut state = 5;
    for part in parts {
        for _ in 0..8 {
            let at = part.start + next(&mut state) % part.len();
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (next(&mut state) % 8);
            fs::write(&index, &bytes).unwrap();
            let (sink, summary) = every(path);
            let found = secrets(&sink);
            let is_told = summary.is_incomplete();
            assert!(found.is_superset(&sound) || is_told, "{at} of {part:?}");
        }
    }
    for length in [0, 7, 1000, 1040, whole.len() - 21] {
        fs::write(&index, &whole[..length]).unwrap();
        let (_, summary) = every(path);
        assert!(summary.is_incomplete(), "{length}");
    }
}

/// What a commit or a tree names and the repository does not hold does not keep the rest from being found.
#[test]
fn what_is_missing_is_missed_and_the_rest_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    for number in 0..4 {
        fs::create_dir_all(path.join(format!("d{number}"))).unwrap();
        fs::write(path.join(format!("d{number}/a")), token(number)).unwrap();
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", "change"]);
    }
    let loose = |revision: &str| {
        let id = output(path, &["rev-parse", revision]);
        let (first, rest) = id.trim().split_at(2);
        path.join(".git/objects").join(first).join(rest)
    };
    let gone = ["HEAD~1", "HEAD~2^{tree}", "HEAD:d2", "HEAD:d3/a"].map(loose);
    for file in gone {
        fs::remove_file(file).unwrap();
    }
    let (sink, _) = every(path);
    assert_eq!(secrets(&sink), [0, 1, 2].map(token).into());
}

#[test]
fn very_many_references_and_loose_objects_are_no_trouble() {
    const MANY: usize = 20_000;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    fs::write(path.join("a"), token(1)).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one"]);
    let id = output(path, &["rev-parse", "HEAD"]);
    let lines: String = (0..MANY)
        .map(|number| format!("{} refs/changes/{number:06}\n", id.trim()))
        .collect();
    fs::write(
        path.join(".git/packed-refs"),
        format!("# pack-refs with: sorted \n{lines}"),
    )
    .unwrap();
    for number in 0..500 {
        fs::write(path.join(format!("f{number}")), format!("text {number}\n")).unwrap();
    }
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "many"]);
    let (sink, summary) = every(path);
    assert_eq!(sink.findings.len(), 1);
    assert!(!summary.is_incomplete());
    let standing = sink.findings[0].standing.as_ref().unwrap();
    assert_eq!(standing.reached_by.as_deref(), Some("HEAD"));
}
