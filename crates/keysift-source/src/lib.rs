//! Where bytes come from: files, standard input, Git's index and commits, and archives in all of these, pushed to visitors.
//!
//! **Invariant:** a source never ends silently: whatever it meets is given to a visitor, as a blob, a stream, or
//! something unscanned with the reason.
//!
//! # Examples
//! ```
//! use std::io::{self, Read};
//! use std::num::NonZeroUsize;
//! use std::ops::ControlFlow;
//! use std::sync::{Arc, atomic::{AtomicBool, AtomicU64, Ordering}};
//!
//! use keysift_core::{Blob, Origin, Unscanned};
//! use keysift_source::{FileOptions, Files, Source, Visitor};
//!
//! struct Count<'a>(&'a AtomicU64);
//!
//! impl Visitor for Count<'_> {
//!     fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
//!         self.0.fetch_add(blob.bytes.len() as u64, Ordering::Relaxed);
//!         ControlFlow::Continue(())
//!     }
//!     fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
//!         self.0.fetch_add(io::copy(reader, &mut io::sink())?, Ordering::Relaxed);
//!         Ok(ControlFlow::Continue(()))
//!     }
//!     fn unscanned(&mut self, _: Unscanned) -> ControlFlow<()> {
//!         ControlFlow::Continue(())
//!     }
//! }
//!
//! let bytes = AtomicU64::new(0);
//! let files = Files::new(vec!["src".into()], FileOptions::default());
//! files.visit(NonZeroUsize::MIN, &AtomicBool::new(false), &|| Box::new(Count(&bytes)))?;
//! assert!(bytes.into_inner() > 0);
//! # Ok::<(), keysift_source::Error>(())
//! ```

//!
//! The feature `git`, on by default, is the module `git`, which needs the crate gix. The feature `archive`, on by default,
//! is [`Archives`], which needs decompressors.

#[cfg(feature = "archive")]
mod archive;
mod encoding;
mod error;
mod files;
#[cfg(feature = "git")]
pub mod git;
mod interrupt;
mod stdin;
mod stream;
mod watched;

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use keysift_core::{Blob, Origin, Unscanned};

#[cfg(feature = "archive")]
pub use self::archive::{ArchiveOptions, Archives, FREE_BYTES, is_archive};
pub use self::error::{Error, ErrorKind};
pub use self::files::{
    FileOptions, Files, Globs, MapPolicy, PathChoice, UserExcludes, WHOLE_FILE_BYTES,
};
pub use self::stdin::Stdin;
pub use self::watched::Watched;

/// What a source pushes to. Each thread has its own.
pub trait Visitor: Send {
    /// Takes a blob that is in memory; it is lent for the length of the call. `Break` ends the visit.
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()>;

    /// Takes a blob that is too large for memory, or whose length is not known. `Break` ends the visit.
    ///
    /// When the visit is to end early, the reader fails instead of giving the next piece.
    ///
    /// # Errors
    /// What `reader` gave. The source then reports the blob as unreadable and goes on, unless the visit was to end.
    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>>;

    /// Takes note of something that was not scanned. `Break` ends the visit.
    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()>;
}

/// Makes a visitor; called once for each thread.
pub type MakeVisitor<'a> = dyn Fn() -> Box<dyn Visitor + 'a> + Sync + 'a;

/// Where blobs come from.
pub trait Source {
    /// Pushes every blob to the visitors that `make` makes, at most one for each of `threads`, when a thread first
    /// has something for it. Returns when everything was visited, when a visitor gave `Break`, or soon after
    /// `should_interrupt` became true; which of these it was, the caller knows.
    ///
    /// A visitor that waits for tasks of rayon may be entered by a second visitor on its thread.
    ///
    /// # Errors
    /// When the source cannot begin. What cannot be read is given to [`Visitor::unscanned`], and is no error.
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error>;
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        (**self).visit(threads, should_interrupt, make)
    }
}
