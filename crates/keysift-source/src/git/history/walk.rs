//! The walk through packs, from bases to deltas, on many threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gix::objs::Kind;
use gix::zlib::Inflate;
use gix::{ObjectId, oid};
use keysift_core::{Part, Skip, Unscanned};

use super::forest::Forest;
use super::known::KnownObjects;
use super::large::LARGE_BYTES;
use super::store::Store;
use super::tree::PackWalk;
use super::{Base, Object, ObjectKind, ObjectVisitor, delta};
use crate::encoding::{self, Encoding};
use crate::error::Error;
use crate::git::message;
use crate::git::repository::MAX_OBJECT_BYTES;
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

/// What is asked of a walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub(super) kinds: &'w [Kind],
    pub(super) max_blob_bytes: Option<u64>,
    /// `None` for the defaults.
    pub(super) max_memory: Option<u64>,
    /// `None` where nothing is known.
    pub(super) known: Option<&'w KnownObjects>,
}

/// So many bytes of objects that others are told by are held at most, unless the caller says.
const HELD_BYTES: u64 = 256 << 20;

/// Everything that is the same for all packs.
pub(super) struct Walk<'w, V: ObjectVisitor> {
    pub(super) store: Store,
    make: &'w (dyn Fn() -> V + Sync),
    pub(super) interrupt: &'w Interrupt<'w>,
    pub(super) wanted: Wanted<'w>,
    slots: Vec<Mutex<Option<Thread<V>>>>,
    /// Branches that wait for a thread.
    pub(super) branches: AtomicUsize,
    /// Bytes of objects that others are told by.
    held: AtomicU64,
    /// The most of them.
    max_held: u64,
    /// No object may have more bytes, unless it is read piece by piece.
    pub(super) max_object: u64,
    /// How many objects will be given, as far as is known.
    expected: AtomicU64,
}

impl<'w, V: ObjectVisitor> Walk<'w, V> {
    pub(super) fn new(
        store: Store,
        make: &'w (dyn Fn() -> V + Sync),
        interrupt: &'w Interrupt<'w>,
        wanted: Wanted<'w>,
    ) -> Self {
        Self {
            store,
            make,
            interrupt,
            wanted,
            slots: Vec::new(),
            branches: AtomicUsize::new(0),
            held: AtomicU64::new(0),
            max_held: wanted.max_memory.map_or(HELD_BYTES, |most| most / 2),
            max_object: MAX_OBJECT_BYTES,
            expected: AtomicU64::new(0),
        }
    }

    /// Walks all packs and loose objects; gives the visitors back.
    pub(super) fn run(
        mut self,
        pool: &rayon::ThreadPool,
        threads: NonZeroUsize,
    ) -> Result<Vec<V>, Error> {
        self.slots = (0..threads.get()).map(|_| Mutex::new(None)).collect();
        if let Some(most) = self.wanted.max_memory {
            // Each thread may hold an object, what it is told by, and the instructions.
            self.max_object = (most / (4 * threads.get() as u64)).min(MAX_OBJECT_BYTES);
        }
        let loose = self.store.loose_ids(false);
        let packed = self.store.packs.iter().filter(|pack| !pack.is_left_out);
        let packed: u64 = packed.map(|pack| u64::from(pack.index.num_objects())).sum();
        self.expected = AtomicU64::new(packed + loose.len() as u64);
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
            if !self.store.packs[number].is_left_out {
                self.pack(number, pool);
            }
        }
        pool.scope(|scope| self.loose(scope, &loose));
        let slots = self.slots.into_iter();
        let threads =
            slots.filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(threads.map(|thread| thread.visitor).collect())
    }

    fn pack(&self, number: usize, pool: &rayon::ThreadPool) {
        let pack = &self.store.packs[number];
        let forest = Forest::of(pack, self.wanted.known);
        let walk = PackWalk {
            walk: self,
            number,
            pack,
            forest: &forest,
        };
        let walk = &walk;
        pool.scope(|scope| {
            scope.spawn(move |_| {
                self.with_thread(|thread| {
                    walk.tell_expected(thread);
                    walk.tell_known(thread);
                    walk.tell_broken(thread);
                });
            });
            let wanted = walk.wanted_roots();
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
        self.wanted.kinds.contains(&kind)
    }

    /// Whether an object is not given, because it was scanned before.
    pub(super) fn is_known(&self, id: &oid) -> bool {
        self.wanted.known.is_some_and(|known| known.contains(id))
    }

    /// Tells the visitor that so many objects that were expected will not be given.
    pub(super) fn expect_fewer(&self, thread: &mut Thread<V>, by: u64) {
        let before = self.expected.fetch_sub(by, Ordering::Relaxed);
        thread.visitor.expects(before.saturating_sub(by));
    }

    /// Whether so many bytes more may be held; they count then.
    pub(super) fn may_hold(&self, bytes: usize) -> bool {
        let held = self.held.fetch_add(bytes as u64, Ordering::Relaxed);
        let may = held + bytes as u64 <= self.max_held;
        if !may {
            self.held.fetch_sub(bytes as u64, Ordering::Relaxed);
        }
        may
    }

    /// Counts bytes that are held whatever the limit.
    pub(super) fn hold(&self, bytes: usize) {
        self.held.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether half of what may be held is held.
    pub(super) fn is_memory_short(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.max_held / 2
    }

    /// Lets go of a base; the last to do so keeps its memory.
    pub(super) fn let_go(&self, thread: &mut Thread<V>, base: Option<Arc<Built<V::Kept>>>) {
        if let Some(built) = base.and_then(|base| Arc::try_unwrap(base).ok()) {
            let bytes = built.bytes.capacity() as u64;
            self.held.fetch_sub(bytes, Ordering::Relaxed);
            thread.put_spare(built);
        }
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

    fn is_left_out(&self, bytes: u64) -> bool {
        self.wanted.max_blob_bytes.is_some_and(|most| bytes > most)
    }

    /// Larger blobs, in bytes, are read piece by piece where that can be.
    pub(super) fn large_bytes(&self) -> u64 {
        LARGE_BYTES.min(self.max_object)
    }

    /// Tells of a blob that is read piece by piece.
    pub(super) fn give_large(&self, thread: &mut Thread<V>, id: ObjectId, bytes: u64) {
        let flow = if self.is_left_out(bytes) {
            let unscanned = Unscanned::new(format!("blob {id}"), Skip::TooLarge);
            thread.visitor.unscanned(unscanned)
        } else {
            thread.visitor.large(id, bytes)
        };
        if flow.is_break() {
            self.interrupt.set();
        }
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
        if kind == ObjectKind::Blob && self.is_left_out(bytes.len() as u64) {
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

impl<K> Built<K> {
    /// What was kept of another object is none of this one's.
    pub(super) fn forget(&mut self) {
        self.mark = None;
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
}
