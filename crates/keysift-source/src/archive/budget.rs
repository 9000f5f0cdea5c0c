//! What one outermost archive, with all that lies in it, may still cost.

use std::cell::Cell;
use std::io::{self, Read};

use keysift_core::Skip;

use super::options::{ArchiveOptions, FREE_BYTES};
use super::walk::Stop;
use crate::interrupt::Interrupt;

/// Shared by all levels of one outermost archive.
#[derive(Debug)]
pub(super) struct Budget<'b> {
    options: &'b ArchiveOptions,
    interrupt: &'b Interrupt<'b>,
    members: Cell<u64>,
    /// Bytes of the outermost archive.
    read: Cell<u64>,
    /// Bytes that came out of decompression, on all levels.
    decoded: Cell<u64>,
    exceeded: Cell<Option<Skip>>,
}

impl<'b> Budget<'b> {
    pub(super) const fn new(options: &'b ArchiveOptions, interrupt: &'b Interrupt<'b>) -> Self {
        Self {
            options,
            interrupt,
            members: Cell::new(0),
            read: Cell::new(0),
            decoded: Cell::new(0),
            exceeded: Cell::new(None),
        }
    }

    pub(super) const fn max_depth(&self) -> usize {
        self.options.max_depth
    }

    /// The limit that was exceeded, and what to say of it.
    pub(super) fn exceeded(&self) -> Option<(Skip, String)> {
        let skip = self.exceeded.get()?;
        let ArchiveOptions {
            max_members,
            max_bytes,
            max_ratio,
            ..
        } = self.options;
        let message = match skip {
            Skip::ArchiveMembers => format!("more than {max_members} members"),
            Skip::ArchiveBytes => format!("more than {max_bytes} bytes"),
            _ => format!("more than {max_ratio} times its size"),
        };
        Some((skip, message))
    }

    /// Ends the walk when the visit is to end or a limit was exceeded.
    pub(super) fn check(&self) -> Result<(), Stop> {
        if self.is_over() {
            return Err(Stop::Ended);
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.exceeded.get().is_some() || self.interrupt.is_set()
    }

    /// Takes one more member.
    pub(super) fn member(&self) -> Result<(), Stop> {
        self.members.set(self.members.get() + 1);
        if self.members.get() > self.options.max_members {
            self.exceeded.set(Some(Skip::ArchiveMembers));
        }
        self.check()
    }

    pub(super) fn was_read(&self, bytes: usize) {
        self.read.set(self.read.get() + bytes as u64);
    }

    fn was_decoded(&self, bytes: usize) {
        let decoded = self.decoded.get().saturating_add(bytes as u64);
        self.decoded.set(decoded);
        if decoded > self.options.max_bytes {
            self.exceeded.set(Some(Skip::ArchiveBytes));
        } else if decoded > FREE_BYTES
            && decoded > self.read.get().saturating_mul(self.options.max_ratio)
        {
            self.exceeded.set(Some(Skip::ArchiveRatio));
        }
    }
}

/// What came out of the archive so far, read on: it counts, ends when the budget does, and remembers what went wrong.
#[derive(Debug)]
pub(super) struct Metered<'b, R> {
    reader: R,
    budget: &'b Budget<'b>,
    is_decoded: bool,
    fault: Option<io::Error>,
}

impl<'b, R> Metered<'b, R> {
    /// Bytes that came out of decompression.
    pub(super) const fn decoded(reader: R, budget: &'b Budget<'b>) -> Self {
        Self {
            reader,
            budget,
            is_decoded: true,
            fault: None,
        }
    }

    /// Bytes that lie in the archive as they are.
    pub(super) const fn stored(reader: R, budget: &'b Budget<'b>) -> Self {
        Self {
            reader,
            budget,
            is_decoded: false,
            fault: None,
        }
    }

    /// Why reading ended before the end; `None` where it did not, or the budget is the reason.
    pub(super) fn into_fault(self) -> Option<io::Error> {
        self.fault
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_over() {
            return Err(io::Error::other("the archive is not read on"));
        }
        if let Some(fault) = &self.fault {
            return Err(io::Error::new(fault.kind(), fault.to_string()));
        }
        match self.reader.read(to) {
            Ok(length) => {
                if self.is_decoded {
                    self.budget.was_decoded(length);
                }
                Ok(length)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                self.fault = Some(error);
                Err(told)
            }
        }
    }
}

/// The outermost archive's reader, which the budget counts.
#[derive(Debug)]
pub(super) struct Counted<'b, R> {
    pub(super) reader: R,
    pub(super) budget: &'b Budget<'b>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(to)?;
        self.budget.was_read(length);
        Ok(length)
    }
}
