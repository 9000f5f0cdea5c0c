//! Where bytes come from: files and standard input, pushed to visitors.
//!
//! **Invariant:** a source never ends silently: whatever it meets is given to a visitor, as a blob, a stream, or
//! something unscanned with the reason.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use keysift_core::{Blob, Origin, Unscanned};

/// What a source pushes to. Each thread has its own.
pub trait Visitor: Send {
    /// Takes a blob that is in memory; it is lent for the length of the call. `Break` ends the visit.
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()>;

    /// Takes a blob that is too large for memory, or whose length is not known. `Break` ends the visit.
    ///
    /// # Errors
    /// What `reader` gave; the source then reports the blob as unreadable, and goes on.
    fn stream(&mut self, origin: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>>;

    /// Takes note of something that was not scanned. `Break` ends the visit.
    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()>;
}

/// Makes a visitor; called once for each thread.
pub type MakeVisitor<'a> = dyn Fn() -> Box<dyn Visitor + 'a> + Sync + 'a;
