//! Text in UTF-16 and UTF-32, through a source.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use keysift::source::{Source, Stdin, Visitor};
use keysift_core::{Blob, Origin, Unscanned};

use crate::input::Input;

const MAX_BLOB_BYTES: usize = 300 << 10;

/// Takes all that a source gives.
struct Take<'a>(&'a Mutex<Vec<u8>>);

impl Visitor for Take<'_> {
    fn blob(&mut self, _: Blob<'_>) -> ControlFlow<()> {
        unreachable!("because standard input is a stream")
    }

    fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        let mut taken = self
            .0
            .lock()
            .expect("because nothing panics while it is held");
        reader.read_to_end(&mut taken)?;
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        panic!("memory could not be read: {unscanned:?}")
    }
}

/// Gives its bytes in pieces of these lengths, over and over.
struct Pieces<'a> {
    bytes: &'a [u8],
    lengths: Vec<usize>,
    next: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.lengths[self.next % self.lengths.len()].max(1);
        self.next += 1;
        let length = length.min(to.len()).min(self.bytes.len());
        to[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

/// What a byte-order mark asks for, by the standard library. The mark is no part of the text.
fn expected(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [0xff, 0xfe, 0, 0, rest @ ..] => utf32(rest, u32::from_le_bytes).into_bytes(),
        [0, 0, 0xfe, 0xff, rest @ ..] => utf32(rest, u32::from_be_bytes).into_bytes(),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).into_bytes(),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).into_bytes(),
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        _ => bytes.to_vec(),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text =
        String::from_utf16_lossy(&units.iter().map(|bytes| unit(*bytes)).collect::<Vec<_>>());
    text.extend((!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER));
    text
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let character =
        |bytes: &[u8; 4]| char::from_u32(unit(*bytes)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut text: String = units.iter().map(character).collect();
    text.extend((!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER));
    text
}

/// A stream with or without a byte-order mark, in pieces of any size.
///
/// # Panics
/// If it is decoded otherwise than by the standard library.
pub fn encoding(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let lengths = (0..=input.byte() % 4).map(|_| input.number()).collect();
    let blob = input.rest(MAX_BLOB_BYTES);
    let taken = Mutex::new(Vec::new());
    let source = Stdin::new(Pieces {
        bytes: blob,
        lengths,
        next: 0,
    });
    source
        .visit(NonZeroUsize::MIN, &AtomicBool::new(false), &|| {
            Box::new(Take(&taken))
        })
        .expect("because memory can be read");
    let taken = taken.into_inner().expect("because nothing panicked");
    assert!(
        taken == expected(blob),
        "{} bytes are decoded wrongly",
        blob.len()
    );
}
