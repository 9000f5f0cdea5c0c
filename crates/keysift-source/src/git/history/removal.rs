//! When the line of first parents of `HEAD` lost what it had.

use std::collections::{HashMap, HashSet};

use super::graph::{Edge, To};
use super::search::{ROOT, Search};

/// The loss of a blob at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Removed {
    /// The commit that did not have it any more.
    pub(super) by: u32,
    /// How far down the line that commit is.
    pub(super) at: u32,
}

/// Goes down the line, and compares each commit's trees with those before. Equal trees are not looked into, nor those that
/// hold nothing wanted, so that it costs little beside reading the trees.
pub(super) struct Removals<'r, 's> {
    search: &'r mut Search<'s>,
    removed: HashMap<(u32, u32), Removed>,
}

impl<'r, 's> Removals<'r, 's> {
    /// What the line that ends in the commit `head` lost and did not get back.
    pub(super) fn of(search: &'r mut Search<'s>, head: u32) -> HashMap<(u32, u32), Removed> {
        let commits = &search.graph.commits;
        let mut line = vec![head];
        let mut last = head;
        while let Some(parent) = commits.nodes[last as usize].parents.first()
            && let Some(number) = commits.number(parent)
            // Parents come first; what does not is no history but a ring.
            && number < last
        {
            line.push(number);
            last = number;
        }
        line.reverse();
        let mut removals = Removals {
            search,
            removed: HashMap::new(),
        };
        let mut before = None;
        for (commit, at) in line.into_iter().zip(0..) {
            // A tree that is not there says nothing.
            let Some(tree) = removals.search.graph.commits.nodes[commit as usize].tree else {
                continue;
            };
            removals.compare(before, tree, Removed { by: commit, at });
            before = Some(tree);
        }
        removals.removed
    }

    fn compare(&mut self, before: Option<u32>, tree: u32, removed: Removed) {
        let mut open = vec![(before, Some(tree), ROOT)];
        while let Some((before, after, path)) = open.pop() {
            let holds = |tree: &u32| self.search.holders[*tree as usize];
            let (before, after) = (before.filter(holds), after.filter(holds));
            if before == after {
                continue;
            }
            let (old, new) = different(self.edges(before), self.edges(after));
            // A tree may have any number of entries, and two of one name.
            let after: HashMap<u32, u32> = trees(new).collect();
            let before: HashSet<u32> = trees(old).map(|(name, _)| name).collect();
            for edge in old {
                let path = self.search.path(path, edge.name);
                match edge.to {
                    To::Blob(blob) => {
                        self.removed.insert((blob, path), removed);
                    }
                    To::Tree(tree) => {
                        open.push((Some(tree), after.get(&edge.name).copied(), path));
                    }
                }
            }
            for edge in new {
                let path = self.search.path(path, edge.name);
                match edge.to {
                    To::Blob(blob) => {
                        self.removed.remove(&(blob, path));
                    }
                    To::Tree(tree) => {
                        if !before.contains(&edge.name) {
                            open.push((None, Some(tree), path));
                        }
                    }
                }
            }
        }
    }

    fn edges(&self, tree: Option<u32>) -> &'s [Edge] {
        let graph = self.search.graph;
        tree.map_or(&[], |tree| graph.edges(tree))
    }
}

/// The trees among entries, by their names.
fn trees(edges: &[Edge]) -> impl Iterator<Item = (u32, u32)> {
    edges.iter().filter_map(|edge| match edge.to {
        To::Tree(tree) => Some((edge.name, tree)),
        To::Blob(_) => None,
    })
}

/// What is left of two trees without what both begin and end with.
fn different<'e>(old: &'e [Edge], new: &'e [Edge]) -> (&'e [Edge], &'e [Edge]) {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new);
    let start = same.count();
    let (old, new) = (&old[start..], &new[start..]);
    let ends = old.iter().rev().zip(new.iter().rev());
    let end = ends.take_while(|(old, new)| old == new).count();
    (&old[..old.len() - end], &new[..new.len() - end])
}
