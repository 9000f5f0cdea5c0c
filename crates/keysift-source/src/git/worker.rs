//! What one thread works with, and sharing work among threads.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Blob, Origin, Skip, Span, Unscanned};

use super::lines;
use super::object::{self, Change, FileKind};
use super::{MAX_COMPARED_BYTES, Repository, Scope};
use crate::encoding::{self, Encoding};
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;
use crate::{MakeVisitor, Visitor, WHOLE_FILE_BYTES, stream};

/// How many bytes of objects each thread keeps, so that the trees of one commit need not be read again for the next.
const OBJECT_CACHE_BYTES: usize = 8 << 20;

/// What the pointers of Git LFS begin with.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// A longer blob is no pointer of Git LFS.
const MAX_LFS_POINTER_BYTES: usize = 1024;

/// Whether a blob stands for one that is kept in Git LFS.
pub(super) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() <= MAX_LFS_POINTER_BYTES && bytes.starts_with(LFS_POINTER)
}

/// Threads' workers, each made when its thread first has something to do.
pub(super) struct Workers<'w, 'v> {
    pub(super) repository: &'w Repository,
    pub(super) make: &'w MakeVisitor<'v>,
    pub(super) interrupt: &'w Interrupt<'w>,
    pub(super) scope: Scope,
    pub(super) max_blob_bytes: Option<u64>,
    slots: Vec<Mutex<Option<Worker<'w, 'v>>>>,
}

/// One thread's handle, visitor and memory.
pub(super) struct Worker<'w, 'v> {
    pub(super) handle: gix::Repository,
    make: &'w MakeVisitor<'v>,
    visitor: Option<Box<dyn Visitor + 'v>>,
    pub(super) interrupt: &'w Interrupt<'w>,
    scope: Scope,
    max_blob_bytes: Option<u64>,
    bytes: Vec<u8>,
    earlier: Vec<u8>,
}

impl<'w, 'v> Workers<'w, 'v> {
    pub(super) fn new(
        repository: &'w Repository,
        make: &'w MakeVisitor<'v>,
        interrupt: &'w Interrupt<'w>,
        threads: usize,
        (scope, max_blob_bytes): (Scope, Option<u64>),
    ) -> Self {
        Self {
            repository,
            make,
            interrupt,
            scope,
            max_blob_bytes,
            slots: (0..threads).map(|_| Mutex::new(None)).collect(),
        }
    }

    /// Does `work` with the worker of a thread.
    fn with<R>(&self, slot: usize, work: impl FnOnce(&mut Worker<'w, 'v>) -> R) -> R {
        let mut slot = self.slots[slot]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(slot.get_or_insert_with(|| {
            let mut handle = self.repository.handle();
            handle.object_cache_size_if_unset(OBJECT_CACHE_BYTES);
            Worker {
                handle,
                make: self.make,
                visitor: None,
                interrupt: self.interrupt,
                scope: self.scope,
                max_blob_bytes: self.max_blob_bytes,
                bytes: Vec::new(),
                earlier: Vec::new(),
            }
        }))
    }

    /// Does `work` on the calling thread, while no other works.
    pub(super) fn alone(&self, work: impl FnOnce(&mut Worker<'w, 'v>) -> ControlFlow<()>) {
        if self.with(0, work).is_break() {
            self.interrupt.set();
        }
    }

    /// What `work` makes of each item, in their order, until it breaks or the visit is to end. Neighbours are mostly done
    /// by one thread.
    pub(super) fn each<T: Sync, R: Send>(
        &self,
        items: &[T],
        work: impl Fn(&mut Worker<'w, 'v>, &T) -> ControlFlow<(), R> + Sync,
    ) -> Result<Vec<R>, Error> {
        let threads = self.slots.len().min(items.len()).max(1);
        let at_once = (items.len() / (threads * 8)).clamp(1, 32);
        let next = AtomicUsize::new(0);
        let run = |slot: usize| -> Vec<(usize, R)> {
            let mut made = Vec::new();
            self.with(slot, |worker| {
                loop {
                    let first = next.fetch_add(at_once, Ordering::Relaxed);
                    if first >= items.len() {
                        return;
                    }
                    let claimed = items[first..].iter().take(at_once);
                    for (index, item) in (first..).zip(claimed) {
                        if self.interrupt.is_set() {
                            return;
                        }
                        match work(worker, item) {
                            ControlFlow::Continue(result) => made.push((index, result)),
                            ControlFlow::Break(()) => return self.interrupt.set(),
                        }
                    }
                }
            });
            made
        };
        let mut made = if threads == 1 {
            run(0)
        } else {
            let run = &run;
            thread::scope(|scope| {
                let started: Result<Vec<_>, _> = (0..threads)
                    .map(|slot| {
                        let name = format!("keysift-{slot}");
                        thread::Builder::new()
                            .name(name)
                            .spawn_scoped(scope, move || run(slot))
                    })
                    .collect();
                let started = started.map_err(|error| {
                    self.interrupt.set();
                    Error::new(ErrorKind::Threads, format!("{threads} threads")).caused_by(error)
                })?;
                let mut made = Vec::new();
                for thread in started {
                    match thread.join() {
                        Ok(part) => made.extend(part),
                        Err(panic) => std::panic::resume_unwind(panic),
                    }
                }
                Ok::<_, Error>(made)
            })?
        };
        made.sort_unstable_by_key(|(index, _)| *index);
        Ok(made.into_iter().map(|(_, result)| result).collect())
    }
}

impl<'v> Worker<'_, 'v> {
    fn visitor(&mut self) -> &mut (dyn Visitor + 'v) {
        &mut **self.visitor.get_or_insert_with(|| (self.make)())
    }

    pub(super) fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        self.visitor().unscanned(unscanned)
    }

    /// Gives the visitor a text that is in memory.
    pub(super) fn text(&mut self, origin: Origin, bytes: &[u8]) -> ControlFlow<()> {
        let origin = Arc::new(origin);
        self.visitor().blob(Blob {
            origin: &origin,
            bytes,
            changed: None,
        })
    }

    /// Gives the visitor a blob piece by piece.
    pub(super) fn stream(&mut self, origin: &Arc<Origin>, reader: impl Read) -> ControlFlow<()> {
        let interrupt = self.interrupt;
        stream::push(self.visitor(), origin, reader, interrupt)
    }

    /// Gives the visitor a blob that is a text of its own, such as a note.
    pub(super) fn whole(&mut self, origin: Origin, id: ObjectId) -> ControlFlow<()> {
        self.versions(origin, id, &[])
    }

    /// Gives the visitor the new version of a file.
    pub(super) fn change(&mut self, origin: Origin, change: &Change) -> ControlFlow<()> {
        if change.kind == FileKind::Submodule {
            return self.unscanned(Unscanned::new(origin.to_string(), Skip::Submodule));
        }
        self.versions(origin, change.id, &change.earlier)
    }

    fn versions(&mut self, origin: Origin, id: ObjectId, earlier: &[ObjectId]) -> ControlFlow<()> {
        self.interrupt.check()?;
        let mut bytes = std::mem::take(&mut self.bytes);
        let most = self.max_blob_bytes;
        let flow = match object::read(&self.handle, id, Kind::Blob, most, &mut bytes) {
            Ok(()) => self.read_versions(origin, &bytes, earlier),
            Err(unread) => self.unscanned(unread.told(origin.to_string())),
        };
        self.bytes = bytes;
        // One huge blob should not keep its memory until the end.
        self.bytes.truncate(MAX_COMPARED_BYTES);
        self.bytes.shrink_to(MAX_COMPARED_BYTES);
        flow
    }

    fn read_versions(
        &mut self,
        origin: Origin,
        bytes: &[u8],
        earlier: &[ObjectId],
    ) -> ControlFlow<()> {
        let origin = Arc::new(origin);
        let is_pointer = is_lfs_pointer(bytes);
        let changed = self.changed(bytes, earlier);
        if changed.is_none() && bytes.len() > WHOLE_FILE_BYTES && Encoding::detect(bytes).is_some()
        {
            let interrupt = self.interrupt;
            return stream::push(self.visitor(), &origin, bytes, interrupt);
        }
        let mut decoded = Vec::new();
        let text = encoding::text(bytes, &mut decoded);
        self.visitor().blob(Blob {
            origin: &origin,
            bytes: text,
            changed: changed.as_deref(),
        })?;
        if is_pointer {
            return self.unscanned(Unscanned::new(origin.to_string(), Skip::LfsContent));
        }
        ControlFlow::Continue(())
    }

    /// The places of the decoded text that no earlier version has; `None` when all of it counts as new.
    ///
    /// What cannot be read or is too large to compare has nothing in common with it.
    fn changed(&mut self, bytes: &[u8], earlier: &[ObjectId]) -> Option<Vec<Span>> {
        if self.scope == Scope::WholeBlobs || bytes.len() > MAX_COMPARED_BYTES {
            return None;
        }
        let mut changed: Option<Vec<Span>> = None;
        let (mut new_text, mut old_text) = (Vec::new(), Vec::new());
        for id in earlier {
            let most = Some(MAX_COMPARED_BYTES as u64);
            let old = object::read(&self.handle, *id, Kind::Blob, most, &mut self.earlier);
            if old.is_err() {
                continue;
            }
            old_text.clear();
            new_text.clear();
            let spans = lines::changed(
                encoding::text(&self.earlier, &mut old_text),
                encoding::text(bytes, &mut new_text),
            );
            changed = Some(match changed {
                None => spans,
                Some(changed) => lines::intersect(&changed, &spans),
            });
        }
        changed
    }
}
