//! Some blobs of a history, as a source.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use keysift_core::Origin;

use super::super::Scope;
use super::super::repository::Repository;
use super::super::worker::Workers;
use super::store::Store;
use crate::error::Error;
use crate::interrupt::Interrupt;
use crate::{MakeVisitor, Source};

/// Blobs by their ids, called by the origins that they are given; read piece by piece where they are too large for memory.
///
/// It is what blobs are scanned with that need their origin: archives, whose members are called by it, and those that
/// [`ObjectVisitor::large`](super::ObjectVisitor::large) was told of.
#[derive(Debug, Clone)]
pub struct ChosenBlobs {
    repository: Repository,
    blobs: Vec<(ObjectId, Arc<Origin>)>,
}

impl ChosenBlobs {
    /// These blobs of `repository`.
    pub const fn new(repository: Repository, blobs: Vec<(ObjectId, Arc<Origin>)>) -> Self {
        Self { repository, blobs }
    }
}

impl Source for ChosenBlobs {
    /// Reads on `threads` threads of its own where there are several blobs.
    ///
    /// # Errors
    /// [`Threads`](crate::ErrorKind::Threads).
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let interrupt = Interrupt::new(should_interrupt);
        let store = Store::open(&self.repository.handle(), &[]);
        let workers = Workers::new(
            &self.repository,
            make,
            &interrupt,
            threads.get(),
            (Scope::WholeBlobs, None),
        );
        workers.each(&self.blobs, |worker, (id, origin)| {
            match store.open_large(id) {
                Some(reader) => worker.stream(origin, reader),
                None => worker.whole(Origin::clone(origin), *id),
            }
        })?;
        Ok(())
    }
}
