//! What a user may name.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use keysift_source::{ErrorKind, Files, Source};

use crate::harness::{options, threads, tree, visit};

#[test]
fn a_missing_root_is_an_error_before_anything_is_scanned() {
    let tree = tree(&["a"]);
    let missing = tree.path().join("missing");
    let files = Files::new(vec![tree.path().to_owned(), missing.clone()], options());
    let error = files
        .visit(threads(1), &AtomicBool::new(false), &|| {
            panic!("something was scanned")
        })
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().starts_with(missing.to_str().unwrap()));
    assert!(error.hint().is_some());
}

#[test]
fn without_roots_nothing_is_visited() {
    assert_eq!(visit(&[], options(), 1).blobs.len(), 0);
}

#[test]
fn roots_that_overlap_give_each_file_once() {
    let tree = tree(&["a/b/c", "a/d", "e"]);
    let root = tree.path();
    // The visitor of the tests panics at a name that comes twice.
    let roots = [
        &root.join("a/b"),
        root,
        &root.join("a"),
        &root.join("a/b/c"),
        &root.join("a/../e"),
        &root.join("e"),
    ];
    let seen = visit(&roots, options(), 2);
    let mut names: Vec<&Path> = seen
        .blobs
        .values()
        .map(|bytes| Path::new(std::str::from_utf8(bytes).unwrap()))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [Path::new("a/b/c"), Path::new("a/d"), Path::new("e")]
    );
}

#[test]
fn a_link_is_followed_if_it_is_a_root() {
    let tree = tree(&["real/a", "file"]);
    let root = tree.path();
    symlink("real", root.join("link")).unwrap();
    symlink("file", root.join("link-to-file")).unwrap();
    let roots = [root.join("link"), root.join("link-to-file")];
    let seen = visit(&[&roots[0], &roots[1]], options(), 1).below(root);
    assert_eq!(seen.names(), ["link/a", "link-to-file"]);
}

#[test]
fn many_files_may_be_roots() {
    let names: Vec<String> = (0..500).map(|index| format!("{index}")).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let tree = tree(&names);
    let roots: Vec<PathBuf> = names.iter().map(|name| tree.path().join(name)).collect();
    let roots: Vec<&Path> = roots.iter().map(|root| &**root).collect();
    assert_eq!(visit(&roots, options(), 2).blobs.len(), 500);
}
