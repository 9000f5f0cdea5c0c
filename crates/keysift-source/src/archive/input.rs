//! The bytes of an archive, read once from front to back.

use std::io::{self, BufRead, Read};

/// How much is read at a time.
const PIECE_BYTES: usize = 64 << 10;

/// An archive's bytes: those that were read already, then what a reader gives. One can look ahead, and go back to where the
/// last piece began.
pub(super) struct Input<'i> {
    /// Lent; used before the buffer.
    head: &'i [u8],
    head_at: usize,
    reader: &'i mut dyn Read,
    buffer: Vec<u8>,
    /// Where in the buffer the bytes begin that were not taken yet.
    at: usize,
    failure: Option<io::Error>,
}

impl<'i> Input<'i> {
    pub(super) const fn new(head: &'i [u8], reader: &'i mut dyn Read) -> Self {
        Self {
            head,
            head_at: 0,
            reader,
            buffer: Vec::new(),
            at: 0,
            failure: None,
        }
    }

    /// Why the reader beneath failed, if it did: then that is the fault of what this archive lies in.
    pub(super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// All that is at hand, at least the next `least` bytes unless the end comes before. `least` is at most 64 KiB.
    pub(super) fn peek(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.head.len() - self.head_at >= least && self.head_at < self.head.len() {
            return Ok(&self.head[self.head_at..]);
        }
        if self.head_at < self.head.len() {
            self.buffer.extend_from_slice(&self.head[self.head_at..]);
            self.head_at = self.head.len();
        }
        while self.buffer.len() - self.at < least {
            self.buffer.drain(..self.at);
            self.at = 0;
            if self.read_piece()? == 0 {
                break;
            }
        }
        Ok(&self.buffer[self.at..])
    }

    /// Goes back to the beginning of the piece that is at hand.
    pub(super) fn rewind(&mut self) {
        if self.buffer.is_empty() {
            self.head_at = 0;
        } else {
            self.at = 0;
        }
    }

    /// Whether there is nothing left but zeros, which are taken.
    pub(super) fn is_at_end_but_zeros(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.fill_buf()?;
            if bytes.is_empty() {
                return Ok(true);
            }
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let is_all = zeros == bytes.len();
            self.consume(zeros);
            if !is_all {
                return Ok(false);
            }
        }
    }

    /// Takes everything that is left into `held`; false if that is more than `most` bytes, of which one more was taken then.
    pub(super) fn hold(&mut self, most: usize, held: &mut Vec<u8>) -> io::Result<bool> {
        Read::take(&mut *self, most as u64 + 1).read_to_end(held)?;
        Ok(held.len() <= most)
    }

    /// Takes the next `length` bytes, at most 64 KiB.
    ///
    /// # Errors
    /// When there are not as many; nothing is taken then.
    pub(super) fn take_exact(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let Some(bytes) = self.peek(length)?.get(..length) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let bytes = bytes.to_vec();
        self.consume(length);
        Ok(bytes)
    }

    /// Appends a piece to the buffer; gives its length.
    fn read_piece(&mut self) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(io::Error::new(failure.kind(), failure.to_string()));
        }
        let length = self.buffer.len();
        self.buffer.resize(length + PIECE_BYTES, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let (read, error) = match read {
            Ok(read) => (read, None),
            Err(error) => (0, Some(error)),
        };
        self.buffer.truncate(length + read);
        match error {
            None => Ok(read),
            Some(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                self.failure = Some(error);
                Err(told)
            }
        }
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.head_at < self.head.len() {
            return Ok(&self.head[self.head_at..]);
        }
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            self.read_piece()?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        if self.head_at < self.head.len() {
            self.head_at = (self.head_at + amount).min(self.head.len());
        } else {
            self.at = (self.at + amount).min(self.buffer.len());
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.fill_buf()?;
        let length = bytes.read(to)?;
        self.consume(length);
        Ok(length)
    }
}
