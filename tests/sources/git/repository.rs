//! Finding and opening a repository.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};

use keysift_source::ErrorKind;
use keysift_source::git::{ChangeOptions, Staged};

use crate::harness::{Repo, open_at, pairs, visit};

#[test]
fn a_repository_is_found_from_within() {
    let repo = Repo::new();
    repo.add("d/e/f", "one\n");
    let opened = open_at(&repo.path().join("d/e")).unwrap();
    assert_eq!(opened.work_tree().unwrap(), repo.path());
    let staged = Staged::new(opened, ChangeOptions::default());
    assert_eq!(
        visit(&staged, 1).unwrap().changes(),
        pairs(&[("d/e/f", "one\n")])
    );
}

#[test]
fn where_there_is_none_it_is_said() {
    let repo = Repo::none();
    let error = open_at(repo.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotARepository);
    assert!(error.to_string().ends_with("not in a Git repository"));
    let error = open_at(&repo.path().join("nowhere")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotARepository);
}

#[test]
fn a_format_that_is_not_known_is_an_error() {
    let repo = Repo::new();
    repo.git(["config", "core.repositoryFormatVersion", "1"]);
    repo.git(["config", "extensions.objectFormat", "sha3"]);
    let error = open_at(repo.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnreadableRepository);
}

#[test]
fn a_bare_repository_has_commits_and_nothing_staged() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    let bare = repo.beside("bare.git");
    repo.git(["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let opened = open_at(&bare).unwrap();
    assert_eq!(opened.work_tree(), None);
    let staged = Staged::new(opened.clone(), ChangeOptions::default());
    assert!(visit(&staged, 1).unwrap().blobs.is_empty());
    use keysift_source::git::{ChangeOptions, Range, Revisions};
    let range = Range::new(
        opened,
        Revisions::Spec("HEAD".into()),
        ChangeOptions::default(),
    );
    assert_eq!(visit(&range, 1).unwrap().files(), pairs(&[("a", "one\n")]));
}

#[test]
fn a_linked_worktree_has_an_index_and_a_head_of_its_own() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    let linked = repo.beside("linked");
    repo.git(["worktree", "add", "-q", linked.to_str().unwrap()]);
    fs::write(linked.join("a"), "one\ntwo\n").unwrap();
    repo.git_beside("linked", &["add", "a"]);
    let staged = Staged::new(open_at(&linked).unwrap(), ChangeOptions::default());
    assert_eq!(
        visit(&staged, 1).unwrap().changes(),
        pairs(&[("a", "two\n")])
    );
    assert!(repo.staged().blobs.is_empty());
}

#[test]
fn ids_may_be_of_sha_256() {
    let repo = Repo::with(&["--object-format=sha256"]);
    repo.add("a", "one\n");
    let first = repo.commit("first");
    assert_eq!(first.len(), 64);
    repo.add("a", "one\ntwo\n");
    repo.add("d/b", "bee\n");
    assert_eq!(
        repo.staged().changes(),
        pairs(&[("a", "two\n"), ("d/b", "bee\n")])
    );
    repo.commit("second");
    repo.git(["tag", "-m", "tagged", "v1"]);
    repo.git(["notes", "add", "-m", "noted"]);
    repo.git(["gc", "-q"]);
    let seen = repo.range("HEAD^..HEAD");
    assert_eq!(seen.files(), pairs(&[("a", "two\n"), ("d/b", "bee\n")]));
    assert_eq!(seen.blobs.len(), 5);
    assert!(seen.unscanned.is_empty());
}

#[test]
fn a_repository_of_another_user_is_refused_with_the_line_that_would_allow_it() {
    let repo = Repo::new();
    let is_root = fs::metadata(repo.path()).unwrap().uid() == 0;
    // Only root can give a directory away.
    if !is_root {
        return;
    }
    for path in [repo.path().to_owned(), repo.path().join(".git")] {
        chown(path, Some(4242), None).unwrap();
    }
    let error = open_at(repo.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsafeOwner);
    let line = format!(
        "git config --global --add safe.directory {}",
        repo.path().display()
    );
    assert!(error.hint().unwrap().contains(&line), "{:?}", error.hint());
}
