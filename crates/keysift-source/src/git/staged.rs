//! What is staged, as a source.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use keysift_core::Origin;

use super::object::{self, Change};
use super::repository::Repository;
use super::worker::Workers;
use super::{ChangeOptions, index, rename};
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;
use crate::{MakeVisitor, Source};

/// The blobs of the index that the commit `HEAD` does not have, before the first commit all of them.
///
/// It is the index that is read, not the working tree: what is staged in part is seen as far as it is staged, and a file
/// that was only announced (`git add -N`) is not there yet. In a conflict each side is a blob. A symbolic link is a blob
/// that holds its target. Submodules are counted as [`Skip::Submodule`](keysift_core::Skip::Submodule), and for a pointer of
/// Git LFS its content is counted as [`Skip::LfsContent`](keysift_core::Skip::LfsContent).
///
/// A file that moved is compared with what it was: with the same bytes it is no change, and otherwise a file of the same
/// name that is gone is taken for the earlier version.
#[derive(Debug, Clone)]
pub struct Staged {
    repository: Repository,
    options: ChangeOptions,
}

impl Staged {
    /// What is staged in `repository`.
    pub const fn new(repository: Repository, options: ChangeOptions) -> Self {
        Self {
            repository,
            options,
        }
    }
}

impl Source for Staged {
    /// Compares on the calling thread; reads on `threads` threads of its own where there are several blobs.
    ///
    /// # Errors
    /// [`UnreadableRepository`](ErrorKind::UnreadableRepository) for an index that is damaged, and
    /// [`MissingObject`](ErrorKind::MissingObject) when the commit `HEAD` is not there.
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let handle = self.repository.handle();
        let index = index::read(&self.repository, &handle)?;
        let head = head_tree(&self.repository, &handle)?;
        let interrupt = Interrupt::new(should_interrupt);
        let mut difference = index::compare(&handle, &index, head, &interrupt);
        drop(index);
        rename::pair(&handle, &interrupt, &mut difference);
        let workers = Workers::new(
            &self.repository,
            make,
            &interrupt,
            threads.get(),
            (self.options.scope, self.options.max_blob_bytes),
        );
        workers.alone(|worker| {
            let mut unread = difference.unread.drain(..);
            unread.try_for_each(|(path, unread)| {
                let name = format!("HEAD:{}", object::path(&path).display());
                worker.unscanned(unread.told(name))
            })
        });
        workers.each(&difference.changes, |worker, change| {
            worker.change(origin(change), change)
        })?;
        Ok(())
    }
}

fn origin(change: &Change) -> Origin {
    Origin::Staged {
        path: object::path(&change.path),
        stage: change.stage,
    }
}

/// The tree of the commit `HEAD`; `None` when there is no commit yet.
fn head_tree(repository: &Repository, handle: &gix::Repository) -> Result<Option<ObjectId>, Error> {
    let unreadable = |error: gix::Error| {
        repository
            .error(ErrorKind::UnreadableRepository)
            .caused_by(error)
    };
    let head = handle.head().map_err(unreadable)?;
    if head.is_unborn() {
        return Ok(None);
    }
    let missing = |error: gix::Error| Error::new(ErrorKind::MissingObject, "HEAD").caused_by(error);
    let id = head.into_peeled_id().map_err(missing)?;
    let commit = handle.find_commit(id).map_err(missing)?;
    let tree = commit.tree_id().map_err(unreadable)?;
    Ok(Some(tree.detach()))
}
