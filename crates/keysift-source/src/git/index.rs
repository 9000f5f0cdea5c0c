//! What the index holds that `HEAD` does not, without reading more of `HEAD` than differs.

use std::collections::HashMap;
use std::io;
use std::ops::Range;

use gix::ObjectId;
use gix::index::entry::{Flags, Mode};
use gix::index::extension::Tree as CachedTree;
use gix::index::{self, State};
use gix::objs::tree::EntryKind;

use super::Repository;
use super::object::{Change, Difference, FileKind, Removed};
use super::tree::{self, Cursor, Entry};
use crate::error::{Error, ErrorKind};

/// Reads the index. One that does not exist is empty, as it is before anything was staged.
pub(super) fn read(repository: &Repository, handle: &gix::Repository) -> Result<State, Error> {
    let path = repository.index_path(handle);
    // The checksum is for finding damage on the disk; Git does not look at it either when it reads the index.
    let skip_hash = true;
    let file = index::File::at_or_default(
        &path,
        handle.object_hash(),
        skip_hash,
        index::decode::Options::default(),
    );
    match file {
        Ok(file) => Ok(file.into_parts().0),
        Err(error) => Err(
            Error::new(ErrorKind::UnreadableRepository, path.display().to_string())
                .caused_by(io::Error::other(error.to_string())),
        ),
    }
}

/// Compares the index with the tree of `HEAD`; `None` before the first commit.
pub(super) fn compare(
    handle: &gix::Repository,
    index: &State,
    head: Option<ObjectId>,
) -> Difference {
    let mut comparison = Comparison {
        handle,
        index,
        open: vec![Directory {
            prefix_bytes: 0,
            entries: 0..index.entries().len(),
            tree: head,
            cached: index.tree(),
        }],
        buffer: Vec::new(),
        found: Difference::default(),
    };
    while let Some(directory) = comparison.open.pop() {
        comparison.directory(directory);
    }
    comparison.found
}

struct Comparison<'i> {
    handle: &'i gix::Repository,
    index: &'i State,
    open: Vec<Directory<'i>>,
    buffer: Vec<u8>,
    found: Difference,
}

/// A directory of the index.
struct Directory<'i> {
    /// The length of its path with the `/` behind it.
    prefix_bytes: usize,
    entries: Range<usize>,
    /// Its tree in `HEAD`.
    tree: Option<ObjectId>,
    /// What the index remembers of the tree that it would become.
    cached: Option<&'i CachedTree>,
}

impl<'i> Comparison<'i> {
    fn path(&self, at: usize) -> &'i [u8] {
        self.index.entries()[at].path(self.index)
    }

    fn directory(&mut self, directory: Directory<'i>) {
        let is_same =
            |cached: &CachedTree| cached.num_entries.is_some() && directory.tree == Some(cached.id);
        if directory.cached.is_some_and(is_same) {
            return;
        }
        let prefix: &[u8] = match directory.entries.is_empty() {
            true => b"",
            false => &self.path(directory.entries.start)[..directory.prefix_bytes],
        };
        let mut entries = Vec::new();
        if let Some(id) = directory.tree {
            let (found, unread) = tree::entries(self.handle, id, &mut self.buffer);
            entries = found;
            if let Some(unread) = unread {
                self.found.unread.push((prefix.to_vec(), unread));
            }
        }
        let cached: HashMap<&[u8], &CachedTree> = directory
            .cached
            .into_iter()
            .flat_map(|cached| &cached.children)
            .map(|child| (&*child.name, child))
            .collect();
        let mut old = Cursor::new(entries);
        let mut at = directory.entries.start;
        while at < directory.entries.end {
            let rest = &self.path(at)[directory.prefix_bytes..];
            let slash = rest.iter().position(|byte| *byte == b'/');
            at = match slash {
                Some(length) if length + 1 < rest.len() => {
                    let name = &rest[..length];
                    let end =
                        self.end_of(at..directory.entries.end, directory.prefix_bytes, length);
                    let tree = old.at(name, EntryKind::Tree).map(|entry| entry.id);
                    self.open.push(Directory {
                        prefix_bytes: directory.prefix_bytes + length + 1,
                        entries: at..end,
                        tree,
                        cached: cached.get(name).copied(),
                    });
                    end
                }
                Some(length) => {
                    let earlier = old.at(&rest[..length], EntryKind::Tree).map(|old| old.id);
                    self.sparse_directory(at, earlier);
                    at + 1
                }
                None => {
                    let earlier = old.at(rest, EntryKind::Blob).cloned();
                    self.file(at, earlier.as_ref());
                    at + 1
                }
            };
        }
        let removed = old.finish().into_iter();
        self.found.removed.extend(removed.map(|entry| Removed {
            path: [prefix, &entry.name].concat(),
            kind: FileKind::of(entry.kind),
            id: entry.id,
        }));
    }

    /// Where the entries end that begin, like the first of `entries`, with `prefix_bytes`, a name of `length` and a `/`.
    fn end_of(&self, entries: Range<usize>, prefix_bytes: usize, length: usize) -> usize {
        let name = &self.path(entries.start)[prefix_bytes..prefix_bytes + length + 1];
        let first = entries.start;
        let within = &self.index.entries()[entries];
        first
            + within
                .partition_point(|entry| entry.path(self.index)[prefix_bytes..].starts_with(name))
    }

    /// A directory that a sparse index holds as one entry.
    fn sparse_directory(&mut self, at: usize, earlier: Option<ObjectId>) {
        let path = self.path(at);
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let id = self.index.entries()[at].id;
        tree::compare(self.handle, id, earlier.as_slice(), path, &mut self.found);
    }

    fn file(&mut self, at: usize, earlier: Option<&Entry>) {
        let entry = &self.index.entries()[at];
        // Announced with `git add -N`: nothing of it is staged yet.
        if entry.flags.contains(Flags::INTENT_TO_ADD) {
            return;
        }
        let kind = if entry.mode == Mode::SYMLINK {
            FileKind::Symlink
        } else if entry.mode == Mode::COMMIT {
            FileKind::Submodule
        } else {
            FileKind::File
        };
        let earlier = earlier.filter(|old| FileKind::of(old.kind) == Some(kind));
        if earlier.is_some_and(|old| old.id == entry.id) {
            return;
        }
        self.found.changes.push(Change {
            path: entry.path(self.index).to_vec(),
            stage: entry.stage_raw() as u8,
            kind,
            id: entry.id,
            earlier: earlier.map(|old| old.id).into_iter().collect(),
        });
    }
}
