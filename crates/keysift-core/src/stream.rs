//! Scanning a blob that comes in pieces, in bounded memory, with the same findings as if it were whole.

use std::sync::Arc;

use crate::blob::{Origin, Span};
use crate::budget::Budget;
use crate::emit::Emitter;
use crate::finding::Finding;
use crate::scanner::Scanner;
use crate::scratch::Scratch;
use crate::waiting::Waiting;

/// How many new bytes are gathered before they are scanned. The margins are looked at again with each batch, so that
/// a batch has to be some times longer than the greatest reach.
const BATCH_BYTES: usize = 1 << 20;

/// A blob in pieces. [`Stream::push`] them in order, then [`Stream::finish`].
#[derive(Debug)]
pub struct Stream<'a> {
    scanner: &'a Scanner,
    origin: &'a Arc<Origin>,
    emitter: Emitter<'a>,
    buffer: Vec<u8>,
    /// The blob's offset of the buffer's first byte.
    base: usize,
    /// Where in the buffer the starts begin that were not searched yet.
    searched: usize,
    waiting: Waiting,
    budget: Budget,
    batch_bytes: usize,
}

impl Scanner {
    /// Begins a blob that comes in pieces.
    pub fn stream<'a>(&'a self, origin: &'a Arc<Origin>) -> Stream<'a> {
        Stream {
            scanner: self,
            origin,
            emitter: Emitter::new(self, origin, None),
            buffer: Vec::new(),
            base: 0,
            searched: 0,
            waiting: Waiting::default(),
            budget: {
                let mut budget = Budget::default();
                budget.begin();
                budget
            },
            batch_bytes: BATCH_BYTES,
        }
    }
}

impl<'a> Stream<'a> {
    /// Sets how many new bytes are gathered before they are scanned; 1 MiB by default. What reaches over a batch's end is
    /// looked at with both, from one budget of work, so that batches of a few bytes may exceed it.
    #[must_use]
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.batch_bytes = bytes;
        self
    }

    /// Sets the places to report, as in [`Blob::changed`](crate::Blob::changed); all of the blob by default.
    #[must_use]
    pub fn changed(mut self, changed: Option<&'a [Span]>) -> Self {
        self.emitter = Emitter::new(self.scanner, self.origin, changed);
        self
    }

    /// Takes the next bytes of the blob. `on` is called with the findings that are certain by now.
    ///
    /// At most about 1.5 MiB are kept, whatever the blob's length, as long as `bytes` is no longer than that.
    pub fn push(&mut self, scratch: &mut Scratch, bytes: &[u8], on: &mut dyn FnMut(Finding)) {
        self.buffer.extend_from_slice(bytes);
        let needed = self.searched + self.scanner.margins().after;
        if self.buffer.len() >= needed.saturating_add(self.batch_bytes) {
            self.advance(scratch, false, on);
        }
    }

    /// Ends the blob; gives its length in bytes. [`Scratch::given_up`] is the blob's until the next.
    pub fn finish(mut self, scratch: &mut Scratch, on: &mut dyn FnMut(Finding)) -> u64 {
        self.advance(scratch, true, on);
        (self.base + self.buffer.len()) as u64
    }

    fn advance(&mut self, scratch: &mut Scratch, is_last: bool, on: &mut dyn FnMut(Finding)) {
        let margins = self.scanner.margins();
        let to = if is_last {
            self.buffer.len()
        } else {
            self.buffer.len() - margins.after
        };
        let matches = &mut self.waiting.matches;
        let first = matches.len();
        std::mem::swap(&mut scratch.budget, &mut self.budget);
        scratch.resume(Some(self.origin));
        self.scanner
            .matches_in(scratch, &self.buffer, self.searched..to, matches);
        if !is_last {
            std::mem::swap(&mut scratch.budget, &mut self.budget);
        }
        for found in &mut matches[first..] {
            found.span = found.span.moved(self.base as isize);
            found.secret = found.secret.moved(self.base as isize);
        }
        self.searched = to;
        let known = (!is_last).then_some(self.base + to);
        let certain = self
            .waiting
            .give_out(&mut self.emitter, &self.buffer, known, scratch, on);
        if !is_last {
            let needed = (self.base + to)
                .saturating_sub(margins.before)
                .min(certain.saturating_sub(margins.before));
            self.leave_behind(needed.saturating_sub(self.base));
        }
    }

    fn leave_behind(&mut self, bytes: usize) {
        self.emitter.leave_behind(&self.buffer, bytes);
        self.buffer.drain(..bytes);
        self.base += bytes;
        self.searched -= bytes;
    }
}
