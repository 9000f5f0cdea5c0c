//! Ending a visit early.

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use keysift_core::{Blob, Origin, Unscanned};
use keysift_source::{Files, Source, Visitor};

use crate::harness::{options, threads, tree, visit_with};

#[test]
fn a_visitor_can_end_the_visit() {
    let names: Vec<String> = (0..300).map(|index| format!("{index}")).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let tree = tree(&names);
    let files = Files::new(vec![tree.path().to_owned()], options());
    let seen = visit_with(&files, 1, &|_| ControlFlow::Break(()));
    assert_eq!(seen.blobs.len(), 1);
}

/// Asks for the end of the visit at the first thing it is given.
struct Asking<'a> {
    should_interrupt: &'a AtomicBool,
    pieces: &'a AtomicU64,
}

impl Visitor for Asking<'_> {
    fn blob(&mut self, _: Blob<'_>) -> ControlFlow<()> {
        self.should_interrupt.store(true, Ordering::Relaxed);
        self.pieces.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    }

    fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        let mut piece = vec![0; 1 << 16];
        while reader.read(&mut piece)? > 0 {
            self.should_interrupt.store(true, Ordering::Relaxed);
            self.pieces.fetch_add(1, Ordering::Relaxed);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        panic!("an interrupt is no reason to call {unscanned:?} unreadable");
    }
}

fn pieces_before_the_end(files: &Files) -> u64 {
    let should_interrupt = AtomicBool::new(false);
    let pieces = AtomicU64::new(0);
    let (should_interrupt_ref, pieces_ref) = (&should_interrupt, &pieces);
    files
        .visit(threads(1), &should_interrupt, &move || {
            Box::new(Asking {
                should_interrupt: should_interrupt_ref,
                pieces: pieces_ref,
            })
        })
        .unwrap();
    pieces.into_inner()
}

#[test]
fn an_interrupt_ends_the_visit_before_the_next_file() {
    let tree = tree(&["a", "b/c", "d/e/f"]);
    let files = Files::new(vec![tree.path().to_owned()], options());
    assert_eq!(pieces_before_the_end(&files), 1);
}

#[test]
fn an_interrupt_ends_a_stream_before_the_next_piece() {
    let tree = tree(&[]);
    let file = File::create(tree.path().join("sparse")).unwrap();
    file.set_len(1 << 30).unwrap();
    let files = Files::new(vec![tree.path().to_owned()], options());
    // What was read to look for a byte-order mark is a piece of its own, and given out together with nothing else.
    assert!(pieces_before_the_end(&files) <= 2);
}
