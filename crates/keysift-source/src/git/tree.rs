//! What a tree brings in: the files of which none of its parents has the same version.

use std::collections::HashSet;

use gix::ObjectId;
use gix::objs::tree::{self, EntryKind};
use gix::objs::{Kind, TreeRefIter};

use super::object::{self, Change, Difference, FileKind, Removed, Unread};

/// From this many files on, a directory that is met again, with the same earlier versions, is passed over: its blobs
/// were given under another path. So a few trees that contain each other many times over end.
const MANY_FILES: usize = 1_000_000;

/// An entry of a tree.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

/// The entries of the tree `id`, as far as they can be read, and why not further.
pub(super) fn entries(
    handle: &gix::Repository,
    id: ObjectId,
    buffer: &mut Vec<u8>,
) -> (Vec<Entry>, Option<Unread>) {
    if id.is_empty_tree() {
        return (Vec::new(), None);
    }
    if let Err(unread) = object::read(handle, id, Kind::Tree, None, buffer) {
        return (Vec::new(), Some(unread));
    }
    let mut entries = Vec::new();
    for entry in TreeRefIter::from_bytes(buffer, id.kind()) {
        match entry {
            Ok(entry) => entries.push(Entry {
                name: entry.filename.to_vec(),
                kind: entry.mode.kind(),
                id: entry.oid.to_owned(),
            }),
            Err(_) => {
                return (
                    entries,
                    Some(Unread::Failed("the tree is damaged".to_owned())),
                );
            }
        }
    }
    (entries, None)
}

/// A directory of the new tree that none of the parents has, and what they have in its place.
#[derive(Debug, PartialEq, Eq, Hash, Clone)]
struct Directory {
    id: ObjectId,
    earlier: Vec<ObjectId>,
}

/// The files and submodules of the tree `id`, at `path`, of which no tree of `earlier` has the same version.
pub(super) fn compare(
    handle: &gix::Repository,
    id: ObjectId,
    earlier: &[ObjectId],
    path: &[u8],
    difference: &mut Difference,
) {
    if earlier.contains(&id) {
        return;
    }
    let top = Directory {
        id,
        earlier: earlier.to_vec(),
    };
    let mut comparison = Comparison {
        handle,
        seen: HashSet::from([top.clone()]),
        open: vec![(path.to_vec(), top)],
        buffer: Vec::new(),
        difference,
    };
    while let Some((path, directory)) = comparison.open.pop() {
        comparison.directory(&path, &directory);
    }
}

struct Comparison<'c> {
    handle: &'c gix::Repository,
    seen: HashSet<Directory>,
    open: Vec<(Vec<u8>, Directory)>,
    buffer: Vec<u8>,
    difference: &'c mut Difference,
}

impl Comparison<'_> {
    fn directory(&mut self, path: &[u8], directory: &Directory) {
        let (new, unread) = entries(self.handle, directory.id, &mut self.buffer);
        if let Some(unread) = unread {
            self.difference.unread.push((path.to_vec(), unread));
        }
        let mut old: Vec<Cursor> = directory
            .earlier
            .iter()
            .map(|id| Cursor::new(entries(self.handle, *id, &mut self.buffer).0))
            .collect();
        for entry in new {
            let versions: Vec<Entry> = old
                .iter_mut()
                .filter_map(|cursor| cursor.at(&entry.name, entry.kind).cloned())
                .filter(|old| FileKind::of(old.kind) == FileKind::of(entry.kind))
                .collect();
            if !versions.iter().any(|old| old.id == entry.id) {
                let earlier = versions.iter().map(|old| old.id).collect();
                self.entry(join(path, &entry.name), &entry, earlier);
            }
        }
        if let [only] = &mut *old {
            let removed = only.finish().into_iter();
            self.difference.removed.extend(removed.map(|entry| Removed {
                path: join(path, &entry.name),
                kind: FileKind::of(entry.kind),
                id: entry.id,
            }));
        }
    }

    fn entry(&mut self, path: Vec<u8>, entry: &Entry, earlier: Vec<ObjectId>) {
        let Some(kind) = FileKind::of(entry.kind) else {
            let directory = Directory {
                id: entry.id,
                earlier,
            };
            let is_new = self.seen.insert(directory.clone());
            if is_new || self.difference.changes.len() < MANY_FILES {
                self.open.push((path, directory));
            }
            return;
        };
        self.difference.changes.push(Change {
            path,
            stage: 0,
            kind,
            id: entry.id,
            earlier,
        });
    }
}

/// `directory/name`, or the name alone at the top.
pub(super) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() {
        name.to_vec()
    } else {
        [directory, b"/", name].concat()
    }
}

/// A tree's entries, gone through in their order.
#[derive(Debug)]
pub(super) struct Cursor {
    entries: Vec<Entry>,
    next: usize,
    is_matched: bool,
    /// What was passed over.
    unmatched: Vec<Entry>,
}

impl Cursor {
    pub(super) const fn new(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            next: 0,
            is_matched: false,
            unmatched: Vec::new(),
        }
    }

    /// The entry of this name, if it stands where Git's order puts it; a file and a directory are different entries.
    /// Names have to be asked for in that order.
    pub(super) fn at(&mut self, name: &[u8], kind: EntryKind) -> Option<&Entry> {
        let is_before = |entry: &Entry| order(entry, name, kind).is_lt();
        while self.entries.get(self.next).is_some_and(is_before) {
            self.pass();
        }
        let entry = self.entries.get(self.next)?;
        let is_same = order(entry, name, kind).is_eq();
        self.is_matched |= is_same;
        is_same.then_some(entry)
    }

    fn pass(&mut self) {
        if !self.is_matched {
            self.unmatched.extend(self.entries.get(self.next).cloned());
        }
        self.is_matched = false;
        self.next += 1;
    }

    /// The entries that were not asked for.
    pub(super) fn finish(&mut self) -> Vec<Entry> {
        while self.next < self.entries.len() {
            self.pass();
        }
        std::mem::take(&mut self.unmatched)
    }
}

/// How an entry stands to a name, in the order of Git's trees.
fn order(entry: &Entry, name: &[u8], kind: EntryKind) -> std::cmp::Ordering {
    let is_tree = |kind: EntryKind| kind == EntryKind::Tree;
    tree::name_order(&entry.name, is_tree(entry.kind), name, is_tree(kind))
}
