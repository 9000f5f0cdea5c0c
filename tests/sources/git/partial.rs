//! Clones that do not hold everything.

use std::fs;

use keysift_core::Skip;
use keysift_source::ErrorKind;
use keysift_source::git::{ChangeOptions, Range, Revisions, Staged};

use crate::harness::{Repo, Seen, open_at, pairs, visit};

/// A repository with four commits, and a clone of it called `clone`.
fn cloned(options: &[&str]) -> Repo {
    let repo = Repo::new();
    for number in 1..=4 {
        repo.add(
            "a",
            (1..=number)
                .map(|line| format!("{line}\n"))
                .collect::<String>(),
        );
        repo.add(&format!("b{number}"), format!("bee {number}\n"));
        repo.commit(&format!("commit {number}"));
    }
    repo.git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", repo.path().display());
    let clone = repo.beside("clone");
    let clone = clone.to_str().unwrap().to_owned();
    repo.git([&["clone", "-q"], options, &[&url, &clone]].concat());
    repo
}

fn range(repo: &Repo, revisions: Revisions) -> Result<Seen, keysift_source::Error> {
    let opened = open_at(&repo.beside("clone"))?;
    visit(&Range::new(opened, revisions, ChangeOptions::default()), 2)
}

fn spec(text: &str) -> Revisions {
    Revisions::Spec(text.to_owned())
}

#[test]
fn where_a_shallow_clone_ends_all_counts_as_new_and_it_is_said() {
    let repo = cloned(&["--depth", "2"]);
    let seen = range(&repo, spec("HEAD")).unwrap();
    assert_eq!(seen.files(), pairs(&[("a", "4\n"), ("b4", "bee 4\n")]));
    assert!(seen.unscanned.is_empty());
    let seen = range(&repo, spec("HEAD^")).unwrap();
    let third = repo.git(["rev-parse", "HEAD^"]);
    assert_eq!(
        seen.unscanned,
        [(format!("commit {}", &third[..12]), Skip::Shallow)]
    );
    assert_eq!(
        seen.files(),
        pairs(&[
            ("a", "1\n2\n3\n"),
            ("b1", "bee 1\n"),
            ("b2", "bee 2\n"),
            ("b3", "bee 3\n")
        ])
    );
}

#[test]
fn what_a_shallow_clone_does_not_reach_is_an_error_that_says_what_to_fetch() {
    let repo = cloned(&["--depth", "1"]);
    for revisions in [
        spec("HEAD^..HEAD"),
        spec("HEAD~3"),
        Revisions::SinceMergeBase("HEAD~2".into()),
    ] {
        let error = range(&repo, revisions).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RevisionNotFound);
        assert!(error.hint().unwrap().contains("fetch-depth: 0"));
    }
    let first = repo.git(["rev-list", "--max-parents=0", "HEAD"]);
    repo.git_beside("clone", &["fetch", "-q", "--depth", "1", "origin", &first]);
    let error = range(&repo, Revisions::SinceMergeBase("FETCH_HEAD".into())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoMergeBase);
    assert!(error.hint().unwrap().contains("fetch-depth: 0"));
}

#[test]
fn a_blob_that_a_partial_clone_does_not_hold_is_counted_and_never_fetched() {
    let repo = cloned(&["--filter=blob:none", "--no-checkout"]);
    let objects = || repo.git_beside("clone", &["count-objects", "-v"]);
    let before = objects();
    let seen = range(&repo, spec("HEAD^..HEAD")).unwrap();
    assert!(seen.files().is_empty());
    let short = repo.git(["rev-parse", "HEAD"])[..12].to_owned();
    assert_eq!(
        seen.unscanned,
        [
            (format!("{short}:a"), Skip::MissingObject),
            (format!("{short}:b4"), Skip::MissingObject)
        ]
    );
    assert_eq!(before, objects());
}

#[test]
fn without_the_version_before_all_of_a_blob_is_new() {
    let repo = cloned(&["--filter=blob:none"]);
    // The checkout has fetched what HEAD has.
    let seen = range(&repo, spec("HEAD")).unwrap();
    assert!(seen.unscanned.is_empty());
    assert_eq!(
        seen.files(),
        pairs(&[("a", "1\n2\n3\n4\n"), ("b4", "bee 4\n")])
    );
}

#[test]
fn a_tree_that_a_partial_clone_does_not_hold_is_counted() {
    let repo = cloned(&["--filter=tree:0", "--no-checkout"]);
    let seen = range(&repo, spec("HEAD")).unwrap();
    let short = repo.git(["rev-parse", "HEAD"])[..12].to_owned();
    assert_eq!(seen.unscanned, [(format!("{short}:"), Skip::MissingObject)]);
}

#[test]
fn a_commit_that_is_not_there_is_counted() {
    let repo = Repo::new();
    let first = repo.commit("first");
    let second = repo.commit("second");
    repo.commit("third");
    let object = |id: &str| {
        repo.path()
            .join(".git/objects")
            .join(&id[..2])
            .join(&id[2..])
    };
    fs::remove_file(object(&second)).unwrap();
    let seen = repo.range(&format!("{first}..HEAD"));
    assert_eq!(seen.blobs.len(), 1);
    let name = format!("commit {}", &second[..12]);
    assert!(
        seen.unscanned.contains(&(name, Skip::MissingObject)),
        "{:?}",
        seen.unscanned
    );
}

#[test]
fn objects_of_another_repository_are_found_by_alternates() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    let clone = repo.beside("clone");
    repo.git(["clone", "-q", "--shared", ".", clone.to_str().unwrap()]);
    fs::write(clone.join("a"), "one\ntwo\n").unwrap();
    repo.git_beside("clone", &["add", "a"]);
    let staged = Staged::new(open_at(&clone).unwrap(), ChangeOptions::default());
    assert_eq!(
        visit(&staged, 1).unwrap().changes(),
        pairs(&[("a", "two\n")])
    );
}
