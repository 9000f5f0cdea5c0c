//! The walk through packs, from bases to deltas, on many threads.

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};

use gix::objs::Kind;
use gix::zlib::Inflate;
use gix::{ObjectId, oid};
use keysift_core::{Part, Skip, Unscanned};

use super::forest::Forest;
use super::store::Store;
use super::tree::PackWalk;
use super::{Base, Object, ObjectKind, ObjectVisitor, delta};
use crate::encoding::{self, Encoding};
use crate::error::Error;
use crate::git::message;
use crate::git::worker::is_lfs_pointer;
use crate::interrupt::Interrupt;

/// Roots are handed to threads in heaps of about so many entries.
const HEAP_ENTRIES: u32 = 512;

/// What one thread works with.
pub(super) struct Thread<V: ObjectVisitor> {
    pub(super) visitor: V,
    pub(super) inflate: Inflate,
    pub(super) delta: Vec<u8>,
    pub(super) parts: Vec<Part>,
    decoded: Vec<u8>,
    spare: Vec<Built<V::Kept>>,
}

/// An object in memory, and what the visitor kept of it.
#[derive(Default)]
pub(super) struct Built<K> {
    pub(super) bytes: Vec<u8>,
    pub(super) kept: K,
    /// How many bytes stand before its text; `None` where nothing can be inherited of it.
    mark: Option<usize>,
}

/// Objects that are kept for their memory, by each thread, and how large their memory may be.
const MAX_SPARE: usize = 16;
const MAX_SPARE_BYTES: usize = 4 << 20;

/// Everything that is the same for all packs.
pub(super) struct Walk<'w, V: ObjectVisitor> {
    pub(super) store: Store,
    make: &'w (dyn Fn() -> V + Sync),
    pub(super) interrupt: &'w Interrupt<'w>,
    kinds: &'w [Kind],
    max_blob_bytes: Option<u64>,
    slots: Vec<Mutex<Option<Thread<V>>>>,
    /// Branches that wait for a thread.
    pub(super) branches: AtomicUsize,
}

impl<'w, V: ObjectVisitor> Walk<'w, V> {
    pub(super) fn new(
        store: Store,
        make: &'w (dyn Fn() -> V + Sync),
        interrupt: &'w Interrupt<'w>,
        kinds: &'w [Kind],
        max_blob_bytes: Option<u64>,
    ) -> Self {
        Self {
            store,
            make,
            interrupt,
            kinds,
            max_blob_bytes,
            slots: Vec::new(),
            branches: AtomicUsize::new(0),
        }
    }

    /// Walks all packs and loose objects; gives the visitors back.
    pub(super) fn run(
        mut self,
        pool: &rayon::ThreadPool,
        threads: NonZeroUsize,
    ) -> Result<Vec<V>, Error> {
        self.slots = (0..threads.get()).map(|_| Mutex::new(None)).collect();
        let loose = self.store.loose_ids();
        let unscanned = std::mem::take(&mut self.store.unscanned);
        self.with_slot(0, |thread| {
            for unscanned in unscanned {
                self.tell(thread, unscanned);
            }
        });
        for number in 0..self.store.packs.len() {
            if self.interrupt.is_set() {
                break;
            }
            self.pack(number, pool);
        }
        pool.scope(|scope| self.loose(scope, &loose));
        let slots = self.slots.into_iter();
        let threads =
            slots.filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(threads.map(|thread| thread.visitor).collect())
    }

    fn pack(&self, number: usize, pool: &rayon::ThreadPool) {
        let pack = &self.store.packs[number];
        let forest = Forest::of(pack);
        let walk = PackWalk {
            walk: self,
            number,
            pack,
            forest: &forest,
        };
        let walk = &walk;
        pool.scope(|scope| {
            scope.spawn(move |_| self.with_thread(|thread| walk.tell_broken(thread)));
            let wanted = forest
                .roots
                .iter()
                .filter(|(_, kind)| self.kinds.contains(kind));
            let mut heap = Vec::new();
            let mut weight = 0;
            for root in wanted {
                heap.push(*root);
                weight += forest.weight(root.0);
                if weight >= HEAP_ENTRIES {
                    weight = 0;
                    let heap = std::mem::take(&mut heap);
                    scope.spawn(move |scope| walk.roots(scope, &heap));
                }
            }
            scope.spawn(move |scope| walk.roots(scope, &heap));
            for (node, base) in &forest.guests {
                scope.spawn(move |scope| walk.guest(scope, *node, *base));
            }
        });
    }

    /// Does `work` with what the calling thread of the pool works with.
    pub(super) fn with_thread(&self, work: impl FnOnce(&mut Thread<V>)) {
        self.with_slot(rayon::current_thread_index().unwrap_or(0), work);
    }

    fn with_slot(&self, slot: usize, work: impl FnOnce(&mut Thread<V>)) {
        let mut slot = self.slots[slot]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(slot.get_or_insert_with(|| Thread {
            visitor: (self.make)(),
            inflate: Inflate::default(),
            delta: Vec::new(),
            parts: Vec::new(),
            decoded: Vec::new(),
            spare: Vec::new(),
        }));
    }

    pub(super) fn is_wanted(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    pub(super) fn tell(&self, thread: &mut Thread<V>, unscanned: Unscanned) {
        if thread.visitor.unscanned(unscanned).is_break() {
            self.interrupt.set();
        }
    }

    /// Says that an object was not read.
    pub(super) fn tell_unread(
        &self,
        thread: &mut Thread<V>,
        (kind, id): (&str, &oid),
        reason: &str,
    ) {
        let unscanned = Unscanned::new(format!("{kind} {id}"), Skip::Unreadable);
        self.tell(thread, unscanned.message(reason));
    }

    /// Gives an object that was read to the visitor. `base` is what `thread.parts` tell it by.
    pub(super) fn give(
        &self,
        thread: &mut Thread<V>,
        (kind, id): (Kind, ObjectId),
        base: Option<&Built<V::Kept>>,
        is_repeated: bool,
        built: &mut Built<V::Kept>,
    ) {
        let kind = ObjectKind::of(kind);
        built.mark = None;
        let bytes = &built.bytes;
        if kind == ObjectKind::Blob
            && self
                .max_blob_bytes
                .is_some_and(|most| bytes.len() as u64 > most)
        {
            if !is_repeated {
                self.tell(thread, Unscanned::new(format!("blob {id}"), Skip::TooLarge));
            }
            return;
        }
        thread.decoded.clear();
        let mut inherited = None;
        let text = match (kind, Encoding::detect(bytes)) {
            (ObjectKind::Commit | ObjectKind::Tag, _) => message::text(bytes),
            (ObjectKind::Tree, _) => {
                built.mark = Some(0);
                inherited = base.map(|base| Base {
                    kept: &base.kept,
                    parts: &[],
                });
                b""
            }
            (ObjectKind::Blob, Some(_)) => encoding::text(bytes, &mut thread.decoded),
            (ObjectKind::Blob, None) => {
                let mark = encoding::utf8_mark_bytes(bytes);
                built.mark = Some(mark);
                if let Some((base, base_mark)) = base.and_then(|base| Some((base, base.mark?))) {
                    delta::without_marks(&mut thread.parts, (base_mark, mark));
                    inherited = Some(Base {
                        kept: &base.kept,
                        parts: &thread.parts,
                    });
                }
                &bytes[mark..]
            }
        };
        let object = Object {
            id,
            kind,
            bytes,
            text,
            is_repeated,
        };
        let mut flow = thread.visitor.object(&object, inherited, &mut built.kept);
        if flow.is_continue() && kind == ObjectKind::Blob && !is_repeated && is_lfs_pointer(bytes) {
            let unscanned = Unscanned::new(format!("blob {id}"), Skip::LfsContent);
            flow = thread.visitor.unscanned(unscanned);
        }
        if flow.is_break() {
            self.interrupt.set();
        }
    }
}

impl<V: ObjectVisitor> Thread<V> {
    pub(super) fn take_spare(&mut self) -> Built<V::Kept> {
        self.spare.pop().unwrap_or_default()
    }

    pub(super) fn put_spare(&mut self, built: Built<V::Kept>) {
        if self.spare.len() < MAX_SPARE && built.bytes.capacity() <= MAX_SPARE_BYTES {
            self.spare.push(built);
        }
    }

    /// Lets go of a base; the last to do so keeps its memory.
    pub(super) fn let_go(&mut self, base: Option<Arc<Built<V::Kept>>>) {
        if let Some(built) = base.and_then(|base| Arc::try_unwrap(base).ok()) {
            self.put_spare(built);
        }
    }
}
