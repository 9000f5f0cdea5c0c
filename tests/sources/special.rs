//! Links, FIFOs, sockets.

use std::cell::Cell;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use keysift_core::Skip;
use keysift_source::Files;

use crate::harness::{options, tree, visit, visit_tree, visit_with};

fn make_fifo(path: &Path) {
    let status = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success());
}

#[test]
fn links_are_not_followed_and_cannot_make_a_loop() {
    let tree = tree(&["a/file"]);
    symlink("..", tree.path().join("a/loop")).unwrap();
    symlink("a", tree.path().join("directory")).unwrap();
    symlink("a/file", tree.path().join("file")).unwrap();
    symlink("nowhere", tree.path().join("dangling")).unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), ["a/file"]);
    assert_eq!(
        seen.skipped(Skip::Symlink),
        ["a/loop", "dangling", "directory", "file"]
    );
}

#[test]
fn a_fifo_and_a_socket_are_never_opened() {
    let tree = tree(&["a"]);
    let fifo = tree.path().join("fifo");
    make_fifo(&fifo);
    // As it is open for both, opening it would not wait, and reading it would take the byte: the test fails, and does
    // not wait for ever.
    let mut both = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&fifo)
        .unwrap();
    both.write_all(b"x").unwrap();
    let _listener = UnixListener::bind(tree.path().join("socket")).unwrap();
    let seen = visit_tree(tree.path(), options());
    assert_eq!(seen.names(), ["a"]);
    assert_eq!(seen.skipped(Skip::Special), ["fifo", "socket"]);
    let mut byte = [0];
    both.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"x");
}

#[test]
fn a_fifo_that_is_a_root_is_a_stream() {
    let tree = tree(&[]);
    let fifo = tree.path().join("fifo");
    make_fifo(&fifo);
    let seen = thread::scope(|scope| {
        scope.spawn(|| fs::write(&fifo, b"key = 1").unwrap());
        visit(&[&fifo], options(), 1)
    });
    assert_eq!(seen.streams[&fifo], b"key = 1");
}

#[test]
fn a_file_that_became_something_else_since_its_directory_was_listed_is_not_waited_for() {
    let tree = tree(&["a", "b", "c"]);
    let root = tree.path();
    let is_first = Mutex::new(Cell::new(true));
    let files = Files::new(vec![root.to_owned()], options());
    // One thread, so that all three were listed when the first of them is given out, and none but it was opened.
    let seen = visit_with(&files, 1, &|path| {
        if is_first.lock().unwrap().replace(false) {
            let others = ["a", "b", "c"].map(|name| root.join(name));
            let mut others = others.iter().filter(|other| *other != path);
            let (fifo, link) = (others.next().unwrap(), others.next().unwrap());
            fs::remove_file(fifo).unwrap();
            make_fifo(fifo);
            fs::remove_file(link).unwrap();
            symlink("/etc/passwd", link).unwrap();
        }
        ControlFlow::Continue(())
    });
    assert_eq!(seen.blobs.len(), 1);
    assert_eq!(seen.skipped(Skip::Special).len(), 1);
    assert_eq!(seen.skipped(Skip::Symlink).len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_directory_that_became_a_link_since_it_was_listed_is_not_entered() {
    let elsewhere = tree(&["secret"]);
    let tree = tree(&["a", "directory/b"]);
    let root = tree.path();
    let files = Files::new(vec![root.to_owned()], options());
    // One thread gives out the files of a directory before it enters other directories.
    let seen = visit_with(&files, 1, &|path| {
        if path.ends_with("a") {
            fs::remove_dir_all(root.join("directory")).unwrap();
            symlink(elsewhere.path(), root.join("directory")).unwrap();
        }
        ControlFlow::Continue(())
    })
    .below(root);
    assert_eq!(seen.names(), ["a"]);
    assert_eq!(seen.skipped(Skip::Vanished), ["directory"]);
}
