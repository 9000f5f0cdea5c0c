//! The walk through one pack.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::pack::data::Entry;
use rayon::Scope;

use super::ObjectVisitor;
use super::delta;
use super::forest::{Forest, NONE};
use super::store::Pack;
use super::walk::{Built, Thread, Walk};
use crate::git::repository::MAX_OBJECT_BYTES;

/// A branch with at least so many entries may be handed to another thread.
const BRANCH_ENTRIES: u32 = 64;

/// So many branches for each thread wait at most; each keeps its base in memory.
const WAITING_BRANCHES: usize = 4;

/// No stream of deflate makes more of a byte than this.
const MAX_INFLATION: u64 = 1032;

/// One pack, being walked.
pub(super) struct PackWalk<'p, 'w, V: ObjectVisitor> {
    pub(super) walk: &'p Walk<'w, V>,
    pub(super) number: usize,
    pub(super) pack: &'p Pack,
    pub(super) forest: &'p Forest,
}

/// An object whose deltas are being walked.
struct Open<K> {
    /// `None` where it could not be read: of its deltas, some may be found elsewhere.
    base: Option<Arc<Built<K>>>,
    next: u32,
}

impl<V: ObjectVisitor> PackWalk<'_, '_, V> {
    /// Says which entries cannot be read at all.
    pub(super) fn tell_broken(&self, thread: &mut Thread<V>) {
        for (node, reason) in &self.forest.broken {
            let id = self.forest.id(*node, self.pack).to_owned();
            if self.walk.interrupt.is_set() {
                return;
            }
            if self.walk.store.is_in_earlier_pack(&id, self.number) {
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
                self.tree(scope, thread, *kind, *node, None);
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
                Some(kind) => self.tree(scope, thread, kind, node, Some(Arc::new(built))),
                // What it is cannot be known.
                None => self.tree(scope, thread, Kind::Blob, node, None),
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
        base: Option<Arc<Built<V::Kept>>>,
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
                open.pop().and_then(|last| last.base)
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

    fn may_hand_over(&self, node: u32) -> bool {
        let threads = rayon::current_num_threads();
        let waiting = self.walk.branches.load(Ordering::Relaxed);
        threads > 1
            && self.forest.weight(node) >= BRANCH_ENTRIES
            && waiting < threads * WAITING_BRANCHES
    }

    fn hand_over<'s>(
        &'s self,
        scope: &Scope<'s>,
        kind: Kind,
        node: u32,
        base: Option<Arc<Built<V::Kept>>>,
    ) {
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
        base: Option<Arc<Built<V::Kept>>>,
    ) -> Option<Open<V::Kept>> {
        let id = self.forest.id(node, self.pack).to_owned();
        let next = self.forest.first_child(node);
        let is_repeated = self.walk.store.is_in_earlier_pack(&id, self.number);
        if is_repeated && next == NONE {
            thread.let_go(base);
            return None;
        }
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
        thread.let_go(base);
        if next == NONE || !is_read {
            thread.put_spare(built);
            let base = None;
            return (next != NONE).then_some(Open { base, next });
        }
        let base = Some(Arc::new(built));
        Some(Open { base, next })
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
                delta::apply(&base.bytes, &instructions, MAX_OBJECT_BYTES, bytes, parts)
                    .map_err(str::to_owned)
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
        let held = (self.pack.data.pack_end() as u64).saturating_sub(entry.data_offset);
        let size = entry.decompressed_size;
        if size > MAX_OBJECT_BYTES || size / MAX_INFLATION > held {
            return Err("it claims to be larger than it can be".to_owned());
        }
        bytes.resize(size as usize, 0);
        let inflated = self
            .pack
            .data
            .decompress_entry(entry, &mut thread.inflate, bytes);
        inflated.map(drop).map_err(|error| error.to_string())
    }
}
