//! One thread and many.

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::Duration;

use keysift_source::Files;

use crate::harness::{options, tree, visit, visit_with, write};

#[test]
fn one_thread_and_four_give_the_same() {
    let tree = tree(&[".ignore"]);
    fs::write(tree.path().join(".ignore"), "*7\nd3/d1\n").unwrap();
    for index in 0..2000 {
        let name = format!("d{}/d{}/{index}", index % 7, index % 3);
        write(&tree.path().join(&name), name.as_bytes());
    }
    let one = visit(&[tree.path()], options(), 1);
    // The directory that is ignored would have 95 files, and counts once.
    assert_eq!(one.blobs.len() + one.unscanned.len(), 2001 - 95 + 1);
    assert_eq!(visit(&[tree.path()], options(), 4), one);
}

#[test]
fn a_directory_with_many_files_gives_all_of_them() {
    let tree = tree(&[]);
    for index in 0..5_000 {
        fs::write(tree.path().join(format!("{index}")), b"x").unwrap();
    }
    let seen = visit(&[tree.path()], options(), 4);
    assert_eq!(seen.blobs.len(), 5_000);
}

#[test]
fn one_directory_with_many_files_is_shared_among_threads() {
    let names: Vec<String> = (0..1000).map(|index| format!("{index}")).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let tree = tree(&names);
    let files = Files::new(vec![tree.path().to_owned()], options());
    let seen = Mutex::new(HashSet::new());
    let changed = Condvar::new();
    visit_with(&files, 2, &|_| {
        let mut threads = seen.lock().unwrap();
        threads.insert(thread::current().id());
        changed.notify_all();
        // Each thread waits for the other to be given a file. The time is there for the test to fail instead of hanging.
        let (_threads, timeout) = changed
            .wait_timeout_while(threads, Duration::from_secs(60), |threads| {
                threads.len() < 2
            })
            .unwrap();
        assert!(!timeout.timed_out());
        ControlFlow::Continue(())
    });
}

#[test]
fn a_directory_with_many_directories_gives_all_of_them() {
    let tree = tree(&[]);
    for index in 0..1000 {
        write(&tree.path().join(format!("{index}/file")), b"x");
    }
    assert_eq!(visit(&[tree.path()], options(), 4).blobs.len(), 1000);
}
