//! Standard input as a source.

use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use keysift_core::Origin;

use crate::interrupt::Interrupt;
use crate::{Error, MakeVisitor, Source, stream};

/// One stream, called [`Origin::Stdin`]: standard input, or whatever stands for it.
///
/// It is read in pieces, in bounded memory, on the calling thread. UTF-16 and UTF-32 are decoded where a byte-order mark
/// says so. A second visit goes on where the first one ended.
#[derive(Debug)]
pub struct Stdin<R> {
    reader: Mutex<R>,
}

impl<R: Read + Send> Stdin<R> {
    /// A source that gives all that `reader` gives.
    pub const fn new(reader: R) -> Self {
        Self {
            reader: Mutex::new(reader),
        }
    }
}

impl<R: Read + Send> Source for Stdin<R> {
    /// Pushes the stream to one visitor. The interrupt is looked at before each piece; a read that waits for input is not
    /// woken.
    fn visit(
        &self,
        _threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let interrupt = Interrupt::new(should_interrupt);
        let origin = Arc::new(Origin::Stdin);
        // The visit ends after the one stream whether or not the visitor asks for it.
        let _flow = stream::push(&mut *make(), &origin, &mut *reader, &interrupt);
        Ok(())
    }
}
