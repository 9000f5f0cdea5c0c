//! What an archive holds beside its members.

use std::io::{self, Read};

use super::super::input::Input;
use super::super::walk::{Place, Stop, Walk};

/// How much is gathered before it is scanned.
const MAX_HELD_BYTES: usize = 1 << 20;

/// Texts beside the members, gathered to be scanned as one blob.
#[derive(Debug, Default)]
pub(super) struct Outside {
    bytes: Vec<u8>,
}

impl Outside {
    /// Adds what was taken from the input already.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.bytes.extend_from_slice(bytes);
            self.bytes.push(b'\n');
        }
    }

    /// Takes the next `length` bytes, or as many as there are.
    pub(super) fn take(
        &mut self,
        walk: &mut Walk<'_>,
        place: &Place,
        input: &mut Input<'_>,
        length: u64,
    ) -> Result<(), Stop> {
        if length > MAX_HELD_BYTES as u64 {
            self.flush(walk, place)?;
            return walk.raw(place, &mut Read::take(&mut *input, length));
        }
        io::copy(&mut Read::take(&mut *input, length), &mut self.bytes)?;
        if self.bytes.len() > MAX_HELD_BYTES {
            self.flush(walk, place)?;
        }
        Ok(())
    }

    /// Scans what was gathered.
    pub(super) fn flush(&mut self, walk: &mut Walk<'_>, place: &Place) -> Result<(), Stop> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let scanned = walk.text(place, &self.bytes);
        self.bytes.clear();
        scanned
    }
}
