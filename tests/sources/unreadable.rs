//! What cannot be read does not end the visit.
//!
//! The tests may run as root, who may read everything. So besides files without permission, which are tested for others
//! only, there are files that nobody can read, and files that vanish at the right time.

use std::cell::Cell;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Mutex;

use keysift_core::Skip;
use keysift_source::Files;

use crate::harness::{options, tree, visit, visit_tree, visit_with};

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_can_be_opened_and_not_read_is_reported() {
    let tree = tree(&["a"]);
    // Its first page is mapped nowhere, so that reading it is an error for everyone.
    let memory = Path::new("/proc/self/mem");
    let seen = visit(&[memory, tree.path()], options(), 1);
    assert_eq!(seen.blobs.len(), 1);
    assert_eq!(seen.skipped(Skip::Unreadable), ["/proc/self/mem"]);
    assert!(seen.messages["/proc/self/mem"].contains("error"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_of_proc_which_has_no_length_is_read() {
    let path = Path::new("/proc/self/status");
    let seen = visit(&[path], options(), 1);
    assert!(seen.blobs[path].starts_with(b"Name:"));
}

#[test]
fn what_may_not_be_read_is_reported() {
    let tree = tree(&["a", "directory/b", "file"]);
    if fs::metadata(tree.path()).unwrap().uid() == 0 {
        return;
    }
    for name in ["directory", "file"] {
        fs::set_permissions(tree.path().join(name), PermissionsExt::from_mode(0o0)).unwrap();
    }
    let seen = visit_tree(tree.path(), options());
    fs::set_permissions(
        tree.path().join("directory"),
        PermissionsExt::from_mode(0o700),
    )
    .unwrap();
    assert_eq!(seen.names(), ["a"]);
    assert_eq!(seen.skipped(Skip::Unreadable), ["directory", "file"]);
    assert_eq!(seen.messages.len(), 2);
}

#[test]
fn what_vanishes_is_reported() {
    let tree = tree(&["a", "b", "directory/c"]);
    let root = tree.path();
    let is_first = Mutex::new(Cell::new(true));
    let files = Files::new(vec![root.to_owned()], options());
    // One thread gives out the files of a directory before it enters other directories.
    let seen = visit_with(&files, 1, &|path| {
        if is_first.lock().unwrap().replace(false) {
            let other = if path.ends_with("a") { "b" } else { "a" };
            fs::remove_file(root.join(other)).unwrap();
            fs::remove_dir_all(root.join("directory")).unwrap();
        }
        ControlFlow::Continue(())
    })
    .below(root);
    assert_eq!(seen.blobs.len(), 1);
    assert_eq!(seen.skipped(Skip::Vanished).len(), 2);
    assert!(seen.skipped(Skip::Vanished).contains(&"directory"));
}
