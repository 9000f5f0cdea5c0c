//! The end of members whose length is told behind them.

use std::io::{self, BufRead, Read};

use super::super::input::Input;
use super::DESCRIPTOR;

/// The longest descriptor: a mark, a sum, and two lengths.
pub(super) const MAX_BYTES: usize = 24;

/// The length of the descriptor that `bytes` begin with, by what follows it; 0 if there is none.
pub(super) fn bytes(bytes: &[u8]) -> u64 {
    let lengths: [usize; 2] = if bytes.starts_with(DESCRIPTOR) {
        [16, MAX_BYTES]
    } else {
        [12, 20]
    };
    let found = lengths.into_iter().find(|length| {
        let behind = bytes.get(*length..);
        behind.is_some_and(|behind| behind.starts_with(b"PK"))
    });
    found.unwrap_or(0) as u64
}

/// Reads bytes that are not compressed up to a descriptor that tells their length.
pub(super) struct ToDescriptor<'a, 'i> {
    input: &'a mut Input<'i>,
    given: u64,
}

impl<'a, 'i> ToDescriptor<'a, 'i> {
    pub(super) const fn new(input: &'a mut Input<'i>) -> Self {
        Self { input, given: 0 }
    }
}

impl Read for ToDescriptor<'_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let bytes = self.input.peek(MAX_BYTES)?;
        if let Some(lengths) = bytes.get(8..12)
            && bytes.starts_with(DESCRIPTOR)
            && lengths == (self.given as u32).to_le_bytes()
        {
            return Ok(0);
        }
        let behind = bytes.get(1..).unwrap_or_default();
        let length = match memchr::memmem::find(behind, DESCRIPTOR) {
            Some(at) => at + 1,
            // A descriptor may begin with the last bytes.
            None => bytes.len().saturating_sub(3).max(1).min(bytes.len()),
        };
        let length = length.min(to.len());
        to[..length].copy_from_slice(&bytes[..length]);
        self.input.consume(length);
        self.given += length as u64;
        Ok(length)
    }
}
