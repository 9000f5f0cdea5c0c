//! Names that are not what one expects.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use keysift_core::Skip;

use crate::harness::{options, tree, visit, visit_tree};

#[test]
fn hidden_files_are_scanned() {
    let tree = tree(&[".env", ".aws/credentials", ".github/workflows/ci.yml"]);
    let seen = visit_tree(tree.path(), options());
    assert_eq!(
        seen.names(),
        [".aws/credentials", ".env", ".github/workflows/ci.yml"]
    );
}

#[test]
fn a_name_that_is_not_utf_8_is_kept_as_it_is() {
    let tree = tree(&[]);
    let directory = tree.path().join(OsStr::from_bytes(b"d\xFF"));
    let file = directory.join(OsStr::from_bytes(b"caf\xE9"));
    // Some file systems refuse such names; there is nothing to test on them.
    if fs::create_dir(&directory).is_err() {
        return;
    }
    fs::write(&file, b"x").unwrap();
    let seen = visit(&[tree.path()], options(), 1);
    assert_eq!(seen.blobs.keys().collect::<Vec<_>>(), [&file]);
}

/// Makes `count` directories called `name` in each other, below `top`; gives the innermost.
fn chain(top: &Path, name: &str, count: usize) -> PathBuf {
    let mut path = top.to_owned();
    for _ in 0..count {
        path.push(name);
    }
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn a_path_that_is_too_deep_for_the_system_is_reported_and_nothing_else_is_lost() {
    const DEPTH: usize = 1900;
    let tree = tree(&["a/", "b/"]);
    let a = tree.path().join("a");
    let b = tree.path().join("b");
    let a_inner = chain(&a, "d", DEPTH);
    let b_inner = chain(&b, "d", DEPTH);
    fs::write(b_inner.join("file"), b"x").unwrap();

    let seen = visit(&[tree.path()], options(), 2);
    assert_eq!(seen.blobs.len(), 1);
    assert!(seen.unscanned.is_empty());

    // Twice as deep: no path reaches the file, though each of the two parts can be named.
    let moved = a_inner.join("b");
    fs::rename(&b, &moved).unwrap();
    fs::write(a_inner.join("beside"), b"x").unwrap();
    let seen = visit(&[tree.path()], options(), 2);
    assert!(seen.names().iter().all(|name| name.ends_with("/beside")));
    assert_eq!(seen.blobs.len(), 1);
    assert_eq!(seen.skipped(Skip::Unreadable).len(), 1);
    assert_eq!(seen.messages.len(), 1);

    // Put it back, as removing directories recursively needs more open ones than the system may allow.
    fs::rename(&moved, &b).unwrap();
    fs::remove_file(b_inner.join("file")).unwrap();
    fs::remove_file(a_inner.join("beside")).unwrap();
    for mut path in [a_inner, b_inner] {
        while path != tree.path() {
            fs::remove_dir(&path).unwrap();
            path.pop();
        }
    }
}

#[test]
fn a_tree_with_more_levels_than_directories_are_kept_open_is_walked_wholly() {
    const DEPTH: usize = 100;
    let tree = tree(&[]);
    let mut path = tree.path().to_owned();
    let mut files = 0;
    for level in 0..DEPTH {
        // Two of them, so that one waits while the walk goes into the other.
        for name in ["d", "e"] {
            fs::create_dir_all(path.join(name)).unwrap();
            fs::write(path.join(name).join("file"), b"x").unwrap();
            files += 1;
        }
        // Now and then enough files for several tasks.
        if level % 20 == 19 {
            for index in 0..70 {
                fs::write(path.join(index.to_string()), b"x").unwrap();
                files += 1;
            }
        }
        path.push("d");
    }
    for threads in [1, 2] {
        let seen = visit(&[tree.path()], options(), threads);
        assert_eq!(seen.blobs.len(), files);
        assert!(seen.unscanned.is_empty());
    }
}
