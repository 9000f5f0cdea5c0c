//! Forms that an index may have.

use std::fs;

use keysift_source::ErrorKind;
use keysift_source::git::{self, ChangeOptions, Staged};

use crate::harness::{Repo, options, pairs, visit};

#[test]
fn a_split_index_is_put_together() {
    let repo = Repo::new();
    for name in ["a", "b", "d/c", "d/e"] {
        repo.add(name, format!("{name}\n"));
    }
    repo.commit("first");
    repo.git(["update-index", "--split-index"]);
    repo.add("b", "b\nchanged\n");
    repo.add("d/d", "new\n");
    repo.git(["rm", "-q", "d/c"]);
    let shared = fs::read_dir(repo.path().join(".git"))
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_str().unwrap().starts_with("sharedindex.")
        });
    assert_ne!(shared.count(), 0, "Git made no split index");
    assert_eq!(
        repo.staged().changes(),
        pairs(&[("b", "changed\n"), ("d/d", "new\n")])
    );
}

#[test]
fn a_directory_of_a_sparse_index_is_looked_into_where_it_differs() {
    let repo = Repo::new();
    for name in ["in/a", "out/deep/b", "out/c"] {
        repo.add(name, format!("{name}\n"));
    }
    repo.commit("first");
    repo.add("out/deep/b", "out/deep/b\nsecond\n");
    repo.commit("second");
    repo.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    let listed = repo.git(["ls-files", "--sparse"]);
    assert_eq!(listed, "in/a\nout/", "Git made no sparse index");
    assert!(repo.staged().blobs.is_empty());
    repo.add("in/a", "in/a\nchanged\n");
    repo.git(["reset", "-q", "--soft", "HEAD^"]);
    let listed = repo.git(["ls-files", "--sparse"]);
    assert_eq!(listed, "in/a\nout/", "Git expanded the index");
    assert_eq!(
        repo.staged().changes(),
        pairs(&[("in/a", "changed\n"), ("out/deep/b", "second\n")])
    );
}

#[test]
fn another_index_is_read_where_one_is_named() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    let other = repo.beside("other-index");
    fs::copy(repo.path().join(".git/index"), &other).unwrap();
    repo.add("a", "one\ntwo\n");
    let open = options().index_file(Some(other.clone()));
    let staged = |open| Staged::new(open, ChangeOptions::default());
    let opened = git::open(repo.path(), &open).unwrap();
    assert!(visit(&staged(opened), 1).unwrap().blobs.is_empty());
    assert_eq!(repo.staged().names(), ["a"]);
}

/// Runs the test `child` of this program, with these variables, in the repository.
fn in_a_child(repo: &Repo, variables: &[(&str, &std::path::Path)]) {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "index::child", "--ignored"])
        .current_dir(repo.beside(""))
        .envs(variables.iter().copied());
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

#[test]
fn the_variables_that_git_gives_to_hooks_are_minded() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    let other = repo.beside("other-index");
    fs::copy(repo.path().join(".git/index"), &other).unwrap();
    // The child has this one in its index alone.
    repo.add("from-the-environment", "new\n");
    fs::rename(repo.path().join(".git/index"), repo.beside("swap")).unwrap();
    fs::rename(&other, repo.path().join(".git/index")).unwrap();
    fs::rename(repo.beside("swap"), &other).unwrap();
    assert!(repo.staged().blobs.is_empty());
    let git_dir = repo.path().join(".git");
    in_a_child(&repo, &[("GIT_DIR", &git_dir), ("GIT_INDEX_FILE", &other)]);
}

#[test]
#[ignore = "another test starts it with variables of its own"]
fn child() {
    let opened = git::open(".".as_ref(), &git::RepositoryOptions::default()).unwrap();
    let staged = Staged::new(opened, ChangeOptions::default());
    assert_eq!(visit(&staged, 1).unwrap().names(), ["from-the-environment"]);
}

#[test]
fn a_damaged_index_is_an_error() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    let index = repo.path().join(".git/index");
    let bytes = fs::read(&index).unwrap();
    for length in [0, 4, 20, bytes.len() / 2, bytes.len() - 21] {
        fs::write(&index, &bytes[..length]).unwrap();
        let staged = Staged::new(repo.open(), ChangeOptions::default());
        let error = visit(&staged, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnreadableRepository, "{length}");
    }
}

#[test]
fn what_the_index_is_told_to_assume_does_not_matter() {
    let repo = Repo::new();
    repo.add("a", "one\n");
    repo.commit("first");
    repo.add("a", "one\ntwo\n");
    repo.git(["update-index", "--assume-unchanged", "a"]);
    assert_eq!(repo.staged().changes(), pairs(&[("a", "two\n")]));
    repo.git([
        "update-index",
        "--no-assume-unchanged",
        "--skip-worktree",
        "a",
    ]);
    assert_eq!(repo.staged().changes(), pairs(&[("a", "two\n")]));
}
