//! Standard input.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use keysift_core::Skip;
use keysift_source::Stdin;

use crate::harness::visit_with;

#[test]
fn standard_input_is_one_stream() {
    let seen = visit_with(&Stdin::new(&b"key"[..]), 4, &|_| ControlFlow::Continue(()));
    assert_eq!(seen.streams[Path::new("<stdin>")], b"key");
}

#[test]
fn nothing_at_all_is_an_empty_stream() {
    let seen = visit_with(&Stdin::new(io::empty()), 1, &|_| ControlFlow::Continue(()));
    assert_eq!(seen.streams[Path::new("<stdin>")], b"");
}

#[test]
fn standard_input_in_utf_16_is_decoded() {
    let seen = visit_with(&Stdin::new(&b"\xFE\xFF\0k\0\xE9"[..]), 1, &|_| {
        ControlFlow::Continue(())
    });
    assert_eq!(seen.streams[Path::new("<stdin>")], "ké".as_bytes());
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the line is down"))
    }
}

#[test]
fn an_error_is_reported() {
    let reader = b"key = ".chain(Failing);
    let seen = visit_with(&Stdin::new(reader), 1, &|_| ControlFlow::Continue(()));
    assert_eq!(seen.skipped(Skip::Unreadable), ["<stdin>"]);
    assert_eq!(seen.messages["<stdin>"], "the line is down");
}
