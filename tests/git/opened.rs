//! Archives in histories, in what is staged and in ranges.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use keysift::source::git::{ChangeOptions, HistoryOptions, Range, Revisions, Staged};
use keysift::source::{ArchiveOptions, Archives};
use keysift::{Collect, HistoryScan, Skip, Summary};
use keysift_tests::archives::{self, KINDS};

use super::harness::{open, output, secrets, sweep, token};
use super::{git, scan};

fn opening(path: &Path) -> (Collect, Summary) {
    let how = HistoryScan::default().archives(Some(ArchiveOptions::default()));
    sweep(path, HistoryOptions::default(), how, 2)
}

fn commit(path: &Path, file: &str, bytes: &[u8]) -> String {
    fs::write(path.join(file), bytes).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "change"]);
    output(path, &["rev-parse", "--short=12", "HEAD"])
        .trim()
        .to_owned()
}

#[test]
fn each_kind_of_archive_is_opened_in_a_history_under_its_commit_and_path() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    let mut expected = BTreeSet::new();
    for (number, (kind, make)) in KINDS.iter().enumerate() {
        let file = format!("{kind}.bin");
        let commit = commit(path, &file, &make(token(number).as_bytes()));
        expected.insert((format!("{commit}:{file}!"), token(number)));
    }
    let check = |(sink, summary): (Collect, Summary)| {
        let found = sink.findings.iter().map(|finding| {
            let name = finding.origin.to_string();
            let (archive, _) = name.split_once('!').unwrap();
            let secret = String::from_utf8_lossy(finding.secret.expose()).into_owned();
            assert!(finding.standing.as_ref().unwrap().is_in_head);
            (format!("{archive}!"), secret)
        });
        assert_eq!(found.collect::<BTreeSet<_>>(), expected);
        assert!(!summary.is_incomplete(), "{:?}", sink.unscanned);
    };
    check(opening(path));
    git(path, &["repack", "-qadf"]);
    check(opening(path));
    // Unless they are not to be opened; what is not compressed is found all the same.
    let (sink, _) = sweep(path, HistoryOptions::default(), HistoryScan::default(), 1);
    assert!(sink.findings.len() < KINDS.len());
}

/// Versions of an archive are deltas of one another, and of texts: nothing is inherited of what was not scanned as it is.
#[test]
fn versions_of_archives_and_texts_tell_nothing_wrong_of_one_another() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    let filling = "a line that all versions have\n".repeat(200);
    let text = |number: usize| format!("{filling}{}\n{filling}", token(number));
    commit(path, "a", &archives::tar("one", text(1).as_bytes()));
    commit(path, "a", &archives::tar("one", text(2).as_bytes()));
    let both = [
        archives::tar("one", text(2).as_bytes()),
        archives::tar("two", text(3).as_bytes()),
    ];
    commit(path, "a", &both.concat());
    commit(path, "a", text(4).as_bytes());
    commit(path, "a", format!("{}{}", text(4), token(5)).as_bytes());
    for threads in [1, 2] {
        git(path, &["repack", "-qadf", "--window=50"]);
        let how = HistoryScan::default().archives(Some(ArchiveOptions::default()));
        let (sink, _) = sweep(path, HistoryOptions::default(), how, threads);
        assert_eq!(secrets(&sink), [1, 2, 3, 4, 5].map(token).into());
        // The secret of two versions of one member is one finding.
        assert_eq!(sink.findings.len(), 5);
    }
}

#[test]
fn limits_of_archives_hold_in_a_history() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    let inner = archives::gzip(&archives::tar("x", token(1).as_bytes()));
    commit(path, "deep.tar", &archives::tar("inner.tgz", &inner));
    let mut damaged = archives::gzip(token(2).repeat(50).as_bytes());
    damaged.truncate(damaged.len() - 20);
    commit(path, "damaged.gz", &damaged);
    let options = ArchiveOptions {
        max_depth: 1,
        ..ArchiveOptions::default()
    };
    let how = HistoryScan::default().archives(Some(options));
    let (_, summary) = sweep(path, HistoryOptions::default(), how, 1);
    assert_eq!(summary.skipped.get(&Skip::ArchiveDepth), Some(&1));
    assert_eq!(summary.skipped.get(&Skip::DamagedArchive), Some(&1));
    assert!(summary.is_incomplete());
}

#[test]
fn archives_are_opened_in_what_is_staged_and_in_ranges() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    let id = commit(
        path,
        "a.zip",
        &archives::Zip::default()
            .deflated("b.env", token(1).as_bytes())
            .end(),
    );
    fs::write(
        path.join("c.tar"),
        archives::tar("d.env", token(2).as_bytes()),
    )
    .unwrap();
    git(path, &["add", "."]);
    let names = |(sink, _): (Collect, Summary)| -> Vec<String> {
        sink.findings
            .iter()
            .map(|it| it.origin.to_string())
            .collect()
    };
    let staged = Staged::new(open(path), ChangeOptions::default());
    let staged = Archives::new(staged, ArchiveOptions::default());
    assert_eq!(names(scan(&staged)), ["c.tar!d.env"]);
    let head = Revisions::Spec("HEAD".to_owned());
    let range = Range::new(open(path), head, ChangeOptions::default());
    let range = Archives::new(range, ArchiveOptions::default());
    assert_eq!(names(scan(&range)), [format!("{id}:a.zip!b.env")]);
}
