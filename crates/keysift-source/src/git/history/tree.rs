//! The walk through one pack.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack::data::Entry;
use gix::odb::pack::data::entry::Header;
use rayon::Scope;

use super::ObjectVisitor;
use super::delta;
use super::forest::{Forest, NONE};
use super::store::Pack;
use super::walk::{Built, Thread, Walk};

/// A branch with at least so many entries may be handed to another thread.
const BRANCH_ENTRIES: u32 = 64;

/// So many branches for each thread wait at most; each keeps its base in memory.
const WAITING_BRANCHES: usize = 4;

/// No stream of deflate makes more of a byte than this.
pub(super) const MAX_INFLATION: u64 = 1032;

/// One pack, being walked.
pub(super) struct PackWalk<'p, 'w, V: ObjectVisitor> {
    pub(super) walk: &'p Walk<'w, V>,
    pub(super) number: usize,
    pub(super) pack: &'p Pack,
    pub(super) forest: &'p Forest,
}

/// An object whose deltas are being walked.
struct Open<K> {
    base: Held<K>,
    next: u32,
}

/// What is held of an object whose deltas are being walked.
enum Held<K> {
    Whole(Arc<Built<K>>),
    /// It was let go of for want of memory: it is read again for each delta, which is scanned in full then.
    Dropped(u32),
    /// It could not be read: of its deltas, some may be found elsewhere.
    Unread,
}

impl<K> Clone for Held<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Whole(built) => Self::Whole(Arc::clone(built)),
            Self::Dropped(node) => Self::Dropped(*node),
            Self::Unread => Self::Unread,
        }
    }
}

impl<V: ObjectVisitor> PackWalk<'_, '_, V> {
    /// The entries that are no deltas, as far as they are wanted.
    pub(super) fn wanted_roots(&self) -> impl Iterator<Item = &(u32, Kind)> {
        let roots = self.forest.roots.iter();
        roots.filter(|(_, kind)| self.walk.is_wanted(*kind))
    }

    /// Says how many objects of the pack will not be given.
    pub(super) fn tell_expected(&self, thread: &mut Thread<V>) {
        let roots = self.wanted_roots().map(|(node, _)| *node);
        let all = roots.chain(self.forest.guests.iter().map(|(node, _)| *node));
        let wanted: u64 = all.map(|node| u64::from(self.forest.weight(node))).sum();
        let entries = self.forest.len() as u64;
        self.walk
            .expect_fewer(thread, entries.saturating_sub(wanted));
    }

    /// Says which objects of the pack are known.
    pub(super) fn tell_known(&self, thread: &mut Thread<V>) {
        if self.walk.wanted.known.is_none() {
            return;
        }
        for place in 0..self.pack.index.num_objects() {
            let id = self.pack.index.oid_at_index(place);
            if self.walk.is_known(id) && !self.walk.store.is_in_earlier_pack(id, self.number) {
                thread.visitor.known(&id.to_owned());
            }
        }
    }

    /// Says which entries cannot be read at all.
    pub(super) fn tell_broken(&self, thread: &mut Thread<V>) {
        for (node, reason) in &self.forest.broken {
            let id = self.forest.id(*node, self.pack).to_owned();
            if self.walk.interrupt.is_set() {
                return;
            }
            if self.walk.store.is_in_earlier_pack(&id, self.number) || self.walk.is_known(&id) {
                continue;
            }
            let mut built = thread.take_spare();
            let store = &self.walk.store;
            let elsewhere =
                store.read_elsewhere(&id, self.number, &mut thread.inflate, &mut built.bytes);
            match elsewhere {
                Some(kind) if self.walk.is_wanted(kind) => {
                    self.walk.give(thread, (kind, id), None, false, &mut built);
                }
                Some(_) => {}
                None => self.walk.tell_unread(thread, ("object", &id), reason),
            }
            thread.put_spare(built);
        }
    }

    pub(super) fn roots<'s>(&'s self, scope: &Scope<'s>, roots: &[(u32, Kind)]) {
        self.walk.with_thread(|thread| {
            for (node, kind) in roots {
                self.tree(scope, thread, *kind, *node, Held::Unread);
            }
        });
    }

    /// Walks down from a delta whose base is in no entry of the pack.
    pub(super) fn guest<'s>(&'s self, scope: &Scope<'s>, node: u32, base: ObjectId) {
        self.walk.with_thread(|thread| {
            let mut built = Built::default();
            let store = &self.walk.store;
            let found =
                store.read_elsewhere(&base, self.number, &mut thread.inflate, &mut built.bytes);
            match found {
                Some(kind) if !self.walk.is_wanted(kind) => {}
                Some(kind) => {
                    self.walk.hold(built.bytes.capacity());
                    let base = Held::Whole(Arc::new(built));
                    self.tree(scope, thread, kind, node, base);
                }
                // What it is cannot be known.
                None => self.tree(scope, thread, Kind::Blob, node, Held::Unread),
            }
        });
    }

    /// Walks down from an entry, the greatest branch last.
    fn tree<'s>(
        &'s self,
        scope: &Scope<'s>,
        thread: &mut Thread<V>,
        kind: Kind,
        node: u32,
        base: Held<V::Kept>,
    ) {
        let mut open = Vec::new();
        open.extend(self.enter(thread, kind, node, base));
        while let Some(last) = open.last_mut() {
            if self.walk.interrupt.is_set() {
                return;
            }
            let child = last.next;
            last.next = self.forest.next_sibling(child);
            let base = if last.next == NONE {
                open.pop().map_or(Held::Unread, |last| last.base)
            } else {
                let base = last.base.clone();
                if self.may_hand_over(child) {
                    self.hand_over(scope, kind, child, base);
                    continue;
                }
                base
            };
            open.extend(self.enter(thread, kind, child, base));
        }
    }

    /// The object that a delta is of; `None` where it cannot be read.
    fn base(&self, thread: &mut Thread<V>, held: Held<V::Kept>) -> Option<Arc<Built<V::Kept>>> {
        let node = match held {
            Held::Whole(built) => return Some(built),
            Held::Unread => return None,
            Held::Dropped(node) => node,
        };
        let mut built = thread.take_spare();
        built.forget();
        let place = self.forest.place(node);
        self.pack
            .read(place, &mut thread.inflate, &mut built.bytes)?;
        self.walk.hold(built.bytes.capacity());
        Some(Arc::new(built))
    }

    fn may_hand_over(&self, node: u32) -> bool {
        let threads = rayon::current_num_threads();
        let waiting = self.walk.branches.load(Ordering::Relaxed);
        threads > 1
            && !self.walk.is_memory_short()
            && self.forest.weight(node) >= BRANCH_ENTRIES
            && waiting < threads * WAITING_BRANCHES
    }

    fn hand_over<'s>(&'s self, scope: &Scope<'s>, kind: Kind, node: u32, base: Held<V::Kept>) {
        self.walk.branches.fetch_add(1, Ordering::Relaxed);
        scope.spawn(move |scope| {
            self.walk.branches.fetch_sub(1, Ordering::Relaxed);
            self.walk
                .with_thread(|thread| self.tree(scope, thread, kind, node, base));
        });
    }

    /// Reads an entry and gives it to the visitor; what has deltas is open then.
    fn enter(
        &self,
        thread: &mut Thread<V>,
        kind: Kind,
        node: u32,
        held: Held<V::Kept>,
    ) -> Option<Open<V::Kept>> {
        let id = self.forest.id(node, self.pack).to_owned();
        let next = self.forest.first_child(node);
        let is_repeated =
            self.walk.store.is_in_earlier_pack(&id, self.number) || self.walk.is_known(&id);
        if is_repeated && next == NONE {
            if let Held::Whole(base) = held {
                self.walk.let_go(thread, Some(base));
            }
            return None;
        }
        if next == NONE && kind == Kind::Blob && self.is_large(thread, node, &id) {
            return None;
        }
        let base = self.base(thread, held);
        let mut built = thread.take_spare();
        let is_read = match self.read(thread, node, base.as_deref(), &mut built.bytes) {
            Ok(is_delta) => {
                let base = base.as_deref().filter(|_| is_delta);
                self.walk
                    .give(thread, (kind, id), base, is_repeated, &mut built);
                true
            }
            Err(reason) => {
                let store = &self.walk.store;
                let found =
                    store.read_elsewhere(&id, self.number, &mut thread.inflate, &mut built.bytes);
                if found == Some(kind) {
                    self.walk
                        .give(thread, (kind, id), None, is_repeated, &mut built);
                } else if !is_repeated {
                    let kind = kind.to_string();
                    self.walk.tell_unread(thread, (&kind, &id), &reason);
                }
                found == Some(kind)
            }
        };
        self.walk.let_go(thread, base);
        if next == NONE {
            thread.put_spare(built);
            return None;
        }
        let base = self.keep(thread, node, is_read, built);
        Some(Open { base, next })
    }

    /// Keeps an object until its deltas were visited, if there is memory for it, or it is needed but once more.
    fn keep(
        &self,
        thread: &mut Thread<V>,
        node: u32,
        is_read: bool,
        built: Built<V::Kept>,
    ) -> Held<V::Kept> {
        let bytes = built.bytes.capacity();
        let has_one_delta = self.forest.next_sibling(self.forest.first_child(node)) == NONE;
        if is_read && has_one_delta {
            self.walk.hold(bytes);
        } else if !is_read || !self.walk.may_hold(bytes) {
            thread.put_spare(built);
            return if is_read {
                Held::Dropped(node)
            } else {
                Held::Unread
            };
        }
        Held::Whole(Arc::new(built))
    }

    /// Tells of an entry that is read piece by piece; whether it is one.
    fn is_large(&self, thread: &mut Thread<V>, node: u32, id: &ObjectId) -> bool {
        let Ok(entry) = self.pack.data.entry(self.forest.offset(node)) else {
            return false;
        };
        let bytes = entry.decompressed_size;
        let is_large =
            entry.header == Header::Blob && bytes > self.walk.large_bytes() && self.may_be(&entry);
        if is_large {
            self.walk.give_large(thread, *id, bytes);
        }
        is_large
    }

    /// Whether an entry can be as large as it says.
    fn may_be(&self, entry: &Entry) -> bool {
        let held = (self.pack.data.pack_end() as u64).saturating_sub(entry.data_offset);
        entry.decompressed_size / MAX_INFLATION <= held
    }

    /// Reads an entry; whether it is a delta, and then `thread.parts` tell it.
    fn read(
        &self,
        thread: &mut Thread<V>,
        node: u32,
        base: Option<&Built<V::Kept>>,
        bytes: &mut Vec<u8>,
    ) -> Result<bool, String> {
        let entry = self.pack.data.entry(self.forest.offset(node));
        let entry = entry.map_err(|error| error.to_string())?;
        if !entry.header.is_delta() {
            self.inflate(thread, &entry, bytes)?;
            return Ok(false);
        }
        let base = base.ok_or("its base cannot be read")?;
        let mut instructions = std::mem::take(&mut thread.delta);
        let made = self
            .inflate(thread, &entry, &mut instructions)
            .and_then(|()| {
                let parts = &mut thread.parts;
                let most = self.walk.max_object;
                delta::apply(&base.bytes, &instructions, most, bytes, parts).map_err(str::to_owned)
            });
        thread.delta = instructions;
        made.map(|()| true)
    }

    fn inflate(
        &self,
        thread: &mut Thread<V>,
        entry: &Entry,
        bytes: &mut Vec<u8>,
    ) -> Result<(), String> {
        let size = entry.decompressed_size;
        if !self.may_be(entry) {
            return Err("it claims to be larger than it can be".to_owned());
        }
        if size > self.walk.max_object {
            return Err("it takes more memory than one object may".to_owned());
        }
        bytes.resize(size as usize, 0);
        let inflated = self
            .pack
            .data
            .decompress_entry(entry, &mut thread.inflate, bytes);
        inflated.map(drop).map_err(|error| error.to_string())
    }
}
