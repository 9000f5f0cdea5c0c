//! The graph of commits, trees and wanted blobs, read in one pass.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Skip, Unscanned};

use super::order::{Commits, Node};
use super::store::Store;
use super::walk::{Walk, Wanted};
use super::{Base, Object, ObjectKind, ObjectVisitor};
use crate::error::Error;
use crate::git::message::Header;
use crate::interrupt::Interrupt;

/// An entry of a tree that counts: a tree, or a wanted blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) to: To,
    /// The number of its name.
    pub(super) name: u32,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    /// By its number among all objects.
    Tree(u32),
    /// By its number among the wanted.
    Blob(u32),
}

/// Commits, trees and wanted blobs. Trees and names have numbers.
pub(super) struct Graph {
    pub(super) commits: Commits,
    edges: Vec<Edge>,
    /// For each tree where its edges begin and how many they are.
    trees: Vec<(u32, u32)>,
    pub(super) names: Vec<Vec<u8>>,
    pub(super) unscanned: Vec<Unscanned>,
}

impl Graph {
    /// Reads every commit and tree of the repository once.
    pub(super) fn read(
        handle: &gix::Repository,
        wanted: &HashMap<ObjectId, u32>,
        interrupt: &Interrupt<'_>,
        pool: &rayon::ThreadPool,
        threads: NonZeroUsize,
    ) -> Result<Self, Error> {
        let store = Store::open(handle, &[]);
        let numbering = Numbering::of(Store::open(handle, &[]));
        let names = Mutex::new(Names::default());
        let make = || Reader {
            wanted,
            numbering: &numbering,
            names: &names,
            commits: Vec::new(),
            edges: Vec::new(),
            trees: Vec::new(),
            unscanned: Vec::new(),
        };
        let wanted = Wanted {
            kinds: &[Kind::Commit, Kind::Tree],
            max_blob_bytes: None,
            max_memory: None,
            known: None,
        };
        let readers = Walk::new(store, &make, interrupt, wanted).run(pool, threads)?;
        let mut graph = Self {
            commits: Commits::default(),
            edges: Vec::new(),
            trees: vec![(0, 0); numbering.count()],
            names: Vec::new(),
            unscanned: Vec::new(),
        };
        let mut commits = Vec::new();
        for reader in readers {
            let first = graph.edges.len() as u32;
            for (tree, start, count) in reader.trees {
                graph.trees[tree as usize] = (first + start, count);
            }
            graph.edges.extend(reader.edges);
            commits.extend(reader.commits);
            graph.unscanned.extend(reader.unscanned);
        }
        graph.commits = Commits::of(commits);
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        graph.names = names.in_order();
        Ok(graph)
    }

    pub(super) fn edges(&self, tree: u32) -> &[Edge] {
        let (start, count) = self.trees[tree as usize];
        &self.edges[start as usize..][..count as usize]
    }

    /// For each tree whether a wanted blob is in it, or in a tree below it.
    pub(super) fn holders(&self) -> Vec<bool> {
        let mut holds = vec![false; self.trees.len()];
        let mut parents: Vec<(u32, u32)> = Vec::new();
        let mut open = Vec::new();
        for tree in 0..self.trees.len() as u32 {
            for edge in self.edges(tree) {
                match edge.to {
                    To::Tree(child) => parents.push((child, tree)),
                    To::Blob(_) => open.push(tree),
                }
            }
        }
        parents.sort_unstable();
        while let Some(tree) = open.pop() {
            if std::mem::replace(&mut holds[tree as usize], true) {
                continue;
            }
            let first = parents.partition_point(|(child, _)| *child < tree);
            let of_tree = parents[first..]
                .iter()
                .take_while(|(child, _)| *child == tree);
            open.extend(of_tree.map(|(_, parent)| *parent));
        }
        holds
    }
}

/// A number for each object: its place in the index of the first pack that holds it, or among the loose ones.
struct Numbering {
    store: Store,
    /// For each pack the number of its first object.
    firsts: Vec<u32>,
    loose: HashMap<ObjectId, u32>,
    count: u32,
}

impl Numbering {
    fn of(mut store: Store) -> Self {
        let mut count = 0_u32;
        let mut firsts = Vec::new();
        for pack in &store.packs {
            firsts.push(count);
            count = count.saturating_add(pack.index.num_objects());
        }
        let loose: HashMap<ObjectId, u32> = store
            .loose_ids(true)
            .into_iter()
            .zip(count..)
            .map(|((_, id), number)| (id, number))
            .collect();
        Self {
            count: count.saturating_add(loose.len() as u32),
            store,
            firsts,
            loose,
        }
    }

    fn count(&self) -> usize {
        self.count as usize
    }

    fn number(&self, id: &gix::oid) -> Option<u32> {
        for (pack, first) in self.store.packs.iter().zip(&self.firsts) {
            if let Some(place) = pack.index.lookup(id) {
                return first.checked_add(place);
            }
        }
        self.loose.get(id).copied()
    }
}

/// Names of files and directories, each once.
#[derive(Default)]
struct Names {
    numbers: HashMap<Vec<u8>, u32>,
}

impl Names {
    fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(name.to_vec(), number);
        number
    }

    fn in_order(self) -> Vec<Vec<u8>> {
        let mut names = vec![Vec::new(); self.numbers.len()];
        for (name, number) in self.numbers {
            names[number as usize] = name;
        }
        names
    }
}

/// What one thread reads of the graph.
struct Reader<'r> {
    wanted: &'r HashMap<ObjectId, u32>,
    numbering: &'r Numbering,
    names: &'r Mutex<Names>,
    commits: Vec<Node>,
    edges: Vec<Edge>,
    trees: Vec<(u32, u32, u32)>,
    unscanned: Vec<Unscanned>,
}

/// A tree as it was read: its bytes, and behind each entry of it what the entry is.
#[derive(Default)]
struct ReadTree {
    bytes: Vec<u8>,
    entries: Vec<(usize, Option<Edge>)>,
}

impl ObjectVisitor for Reader<'_> {
    type Kept = ReadTree;

    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<Base<'_, ReadTree>>,
        kept: &mut ReadTree,
    ) -> ControlFlow<()> {
        let is_whole = match object.kind {
            ObjectKind::Commit => self.commit(object),
            ObjectKind::Tree => self.tree(object, base.map(|base| base.kept), kept),
            ObjectKind::Blob | ObjectKind::Tag => true,
        };
        if is_whole {
            return ControlFlow::Continue(());
        }
        let name = format!("{} {}", object.kind.as_str(), object.id);
        let unscanned = Unscanned::new(name, Skip::Unreadable).message("it is damaged");
        self.unscanned.push(unscanned);
        ControlFlow::Continue(())
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        // All else was told when the objects were visited.
        if unscanned.name.starts_with("tree ") {
            self.unscanned.push(unscanned);
        }
        ControlFlow::Continue(())
    }
}

impl Reader<'_> {
    fn commit(&mut self, object: &Object<'_>) -> bool {
        let Some(header) = Header::of(object.bytes) else {
            return false;
        };
        if !object.is_repeated {
            self.commits.push(Node {
                id: object.id,
                tree: self.numbering.number(&header.tree),
                time: header.committed_at(),
                parents: header.parents,
            });
        }
        true
    }

    /// Reads a tree. Most of its entries are its base's, and are not looked up again.
    fn tree(&mut self, object: &Object<'_>, base: Option<&ReadTree>, kept: &mut ReadTree) -> bool {
        kept.bytes.clear();
        kept.bytes.extend_from_slice(object.bytes);
        kept.entries.clear();
        let first = self.edges.len();
        let mut of_base = base.map(ReadTree::entries).into_iter().flatten().peekable();
        let mut at = 0;
        let hash_bytes = object.id.as_slice().len();
        while at < object.bytes.len() {
            let Some(entry) = Entry::of(&object.bytes[at..], hash_bytes) else {
                return false;
            };
            while of_base
                .next_if(|(raw, _)| is_before(raw, entry.raw))
                .is_some()
            {}
            let edge = match of_base.next_if(|(raw, _)| *raw == entry.raw) {
                Some((_, edge)) => edge,
                None => self.edge(&entry),
            };
            at += entry.raw.len();
            kept.entries.push((at, edge));
            self.edges.extend(edge);
        }
        if object.is_repeated {
            self.edges.truncate(first);
        } else if let Some(number) = self.numbering.number(&object.id) {
            let count = (self.edges.len() - first) as u32;
            self.trees.push((number, first as u32, count));
        }
        true
    }

    fn edge(&self, entry: &Entry<'_>) -> Option<Edge> {
        let to = if entry.is_tree {
            To::Tree(self.numbering.number(entry.id)?)
        } else {
            To::Blob(*self.wanted.get(entry.id)?)
        };
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let name = names.number(entry.name);
        Some(Edge { to, name })
    }
}

impl ReadTree {
    /// The bytes of each entry, and what it is.
    fn entries(&self) -> impl Iterator<Item = (&[u8], Option<Edge>)> {
        let mut from = 0;
        self.entries.iter().map(move |(end, edge)| {
            let raw = &self.bytes[from..*end];
            from = *end;
            (raw, *edge)
        })
    }
}

/// An entry of a tree: its mode, a space, its name, a zero, its id.
struct Entry<'b> {
    raw: &'b [u8],
    name: &'b [u8],
    id: &'b gix::oid,
    is_tree: bool,
}

impl<'b> Entry<'b> {
    fn of(bytes: &'b [u8], hash_bytes: usize) -> Option<Self> {
        let zero = bytes.iter().position(|byte| *byte == 0)?;
        let space = bytes[..zero].iter().position(|byte| *byte == b' ')?;
        let raw = bytes.get(..zero + 1 + hash_bytes)?;
        let mode = &bytes[..space];
        Some(Self {
            raw,
            name: &bytes[space + 1..zero],
            id: gix::oid::try_from_bytes(&raw[zero + 1..]).ok()?,
            is_tree: mode == b"40000" || mode == b"040000",
        })
    }
}

/// Whether the name in an entry comes before that in another, in about the order of Git's trees: to be wrong costs a
/// look-up.
fn is_before(raw: &[u8], other: &[u8]) -> bool {
    fn name(raw: &[u8]) -> &[u8] {
        let start = raw.iter().position(|byte| *byte == b' ').unwrap_or(0);
        let end = raw.iter().position(|byte| *byte == 0).unwrap_or(raw.len());
        &raw[start..end.max(start)]
    }
    raw != other && name(raw) < name(other)
}
