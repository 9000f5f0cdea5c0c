//! Several repositories in one scan.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use keysift::source::ErrorKind;
use keysift::source::git::{self as source, History, HistoryOptions, RepositoryOptions};
use keysift::{Collect, Histories, HistoryScan, HistoryTask, ScanOptions, Summary};

use super::git;
use super::harness::{scanner, secrets, token};

fn found(paths: &[&Path]) -> source::FoundRepositories {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    source::find(&paths, &RepositoryOptions::default()).unwrap()
}

fn sweep(found: source::FoundRepositories) -> (Collect, Summary) {
    let tasks = found.repositories.into_iter().map(|(path, repository)| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let history = History::new(repository, HistoryOptions::default());
        HistoryTask::new(history).name(Some(name.into()))
    });
    let histories = Histories::new(tasks.collect()).unscanned(found.unscanned);
    let mut sink = Collect::default();
    let summary = keysift::scan_histories(
        &scanner(),
        &histories,
        HistoryScan::default(),
        &mut sink,
        &ScanOptions::default(),
        &AtomicBool::new(false),
    );
    (sink, summary.unwrap())
}

fn repository(path: &Path, number: usize) {
    fs::create_dir_all(path).unwrap();
    git(path, &["init", "-q", "-b", "main"]);
    commit(path, "a", &token(number));
}

fn commit(path: &Path, file: &str, text: &str) {
    fs::write(path.join(file), text).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "change"]);
}

#[test]
fn every_repository_below_a_directory_is_scanned_once_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    repository(&path.join("one"), 1);
    repository(&path.join("group/two"), 2);
    repository(&path.join("one/vendor/inner"), 3);
    let one = path.join("one").display().to_string();
    git(path, &["clone", "-q", "--bare", &one, "mirror.git"]);
    git(&path.join("one"), &["worktree", "add", "-q", "../linked"]);
    fs::create_dir_all(path.join("broken.git/objects")).unwrap();
    fs::create_dir_all(path.join("broken.git/refs")).unwrap();
    fs::write(path.join("broken.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let config = "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectFormat = md0\n";
    fs::write(path.join("broken.git/config"), config).unwrap();
    let within = path.join("one/broken");
    git(
        path,
        &["init", "-q", "--bare", &within.display().to_string()],
    );
    fs::write(within.join("config"), config).unwrap();
    fs::create_dir_all(path.join("empty/deep")).unwrap();
    let (sink, summary) = sweep(found(&[path]));
    let mut names: Vec<String> = sink
        .findings
        .iter()
        .map(|it| {
            let commit = it.origin.commit().unwrap();
            it.origin.to_string().replace(commit.short_id(), "ID")
        })
        .collect();
    names.sort();
    // Either of two working trees of one repository names it.
    let names: Vec<String> = names
        .iter()
        .map(|it| it.replace("linked:", "one:"))
        .collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(
        sorted,
        ["inner: ID:a", "mirror.git: ID:a", "one: ID:a", "two: ID:a"]
    );
    assert!(summary.is_incomplete(), "{:?}", sink.unscanned);
    for name in ["broken.git", "one/broken"] {
        let is_told = sink.unscanned.iter().any(|it| it.name.ends_with(name));
        assert!(is_told, "{name}");
    }
}

#[test]
fn a_repository_that_is_named_twice_is_scanned_once_and_one_that_is_none_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    repository(&path.join("one"), 1);
    let (one, missing) = (path.join("one"), path.join("missing"));
    let (sink, summary) = sweep(found(&[
        &one,
        &one.join("a/.."),
        &missing,
        &one.join(".git"),
    ]));
    assert_eq!(sink.findings.len(), 1);
    assert!(summary.is_incomplete());
    assert_eq!(sink.unscanned.len(), 2);
    let alone = source::find(
        std::slice::from_ref(&missing),
        &RepositoryOptions::default(),
    );
    assert_eq!(alone.unwrap_err().kind(), ErrorKind::NotARepository);
    let empty = path.join("empty");
    fs::create_dir(&empty).unwrap();
    let alone = source::find(&[empty], &RepositoryOptions::default());
    assert_eq!(alone.unwrap_err().kind(), ErrorKind::NotARepository);
}

/// What one repository borrows from another is scanned for the other.
#[test]
fn objects_that_are_shared_are_scanned_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    repository(&path.join("owner"), 1);
    let owner = path.join("owner").display().to_string();
    git(path, &["clone", "-q", "--shared", &owner, "borrower"]);
    commit(&path.join("borrower"), "b", &token(2));
    git(&path.join("borrower"), &["repack", "-qad", "--local"]);
    let (owner, borrower) = (path.join("owner"), path.join("borrower"));
    for order in [[&*owner, &*borrower], [&*borrower, &*owner]] {
        let (sink, summary) = sweep(found(&order));
        let mut names: Vec<String> = sink
            .findings
            .iter()
            .map(|it| it.origin.to_string().split(':').next().unwrap().to_owned())
            .collect();
        names.sort();
        assert_eq!(names, ["borrower", "owner"]);
        assert_eq!(secrets(&sink), [1, 2].map(token).into());
        // Two blobs and two commits.
        assert_eq!(summary.blobs, 4);
    }
    let (sink, _) = sweep(found(&[&borrower]));
    assert_eq!(secrets(&sink), [1, 2].map(token).into());
}
