//! Whether a visit is to end early, and a reader that asks before each piece.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends a visit on all threads: because the caller asked for it, or because a visitor gave `Break`.
#[derive(Debug)]
pub(crate) struct Interrupt<'a> {
    asked: &'a AtomicBool,
    broken: AtomicBool,
}

impl<'a> Interrupt<'a> {
    pub(crate) const fn new(asked: &'a AtomicBool) -> Self {
        Self {
            asked,
            broken: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_set(&self) -> bool {
        self.asked.load(Ordering::Relaxed) || self.broken.load(Ordering::Relaxed)
    }

    /// `Break` when the visit is to end.
    pub(crate) fn check(&self) -> ControlFlow<()> {
        if self.is_set() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Ends the visit on the other threads too.
    pub(crate) fn set(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }
}

/// A reader that fails when the visit is to end.
///
/// Its error is not of the kind `Interrupted`, which readers by convention answer with another attempt.
#[derive(Debug)]
pub(crate) struct Interruptible<'i, R> {
    reader: R,
    interrupt: &'i Interrupt<'i>,
}

impl<'i, R> Interruptible<'i, R> {
    pub(crate) const fn new(reader: R, interrupt: &'i Interrupt<'i>) -> Self {
        Self { reader, interrupt }
    }
}

impl<R: Read> Read for Interruptible<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.is_set() {
            return Err(io::Error::other("the scan was interrupted"));
        }
        self.reader.read(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_not_read_after_an_interrupt() {
        let asked = AtomicBool::new(false);
        let interrupt = Interrupt::new(&asked);
        let mut reader = Interruptible::new(&b"abc"[..], &interrupt);
        let mut piece = [0; 1];
        assert_eq!(reader.read(&mut piece).unwrap(), 1);
        asked.store(true, Ordering::Relaxed);
        let error = reader.read(&mut piece).unwrap_err();
        assert_ne!(error.kind(), io::ErrorKind::Interrupted);
    }
}
