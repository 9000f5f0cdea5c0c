//! The search for what came in where, by numbers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use keysift_core::Commit;

use super::graph::{Graph, To};
use super::refs::{self, Reference};
use super::removal::{Removals, Removed};
use super::{History, HistoryOptions};

/// A place by numbers: of a commit, and of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) commit: u32,
    pub(super) path: u32,
    pub(super) is_hidden: bool,
}

/// The path of the root.
pub(super) const ROOT: u32 = 0;

pub(super) struct Search<'s> {
    pub(super) graph: &'s Graph,
    pub(super) handle: &'s gix::Repository,
    pub(super) references: &'s [Reference],
    /// For each commit the first reference that leads to it; and the same for those that do not count.
    pub(super) reached: Vec<Option<u32>>,
    pub(super) excluded: Vec<Option<u32>>,
    /// For each commit whether what came in with it counts.
    pub(super) shown: Vec<bool>,
    pub(super) holders: Vec<bool>,
    /// Paths as the path above and a name.
    pub(super) paths: Vec<(u32, u32)>,
    pub(super) path_numbers: HashMap<(u32, u32), u32>,
    pub(super) found: Vec<Vec<Found>>,
    /// Blobs at paths that `HEAD` has, and when the line of its first parents lost the others.
    pub(super) in_head: HashSet<(u32, u32)>,
    pub(super) removed: HashMap<(u32, u32), Removed>,
    pub(super) told: HashMap<u32, Arc<Commit>>,
}

impl<'s> Search<'s> {
    pub(super) fn new(
        graph: &'s Graph,
        handle: &'s gix::Repository,
        references: &'s [Reference],
    ) -> Self {
        let commits = graph.commits.nodes.len();
        Self {
            graph,
            handle,
            references,
            reached: vec![None; commits],
            excluded: vec![None; commits],
            shown: vec![false; commits],
            holders: graph.holders(),
            paths: vec![(ROOT, 0)],
            path_numbers: HashMap::new(),
            found: Vec::new(),
            in_head: HashSet::new(),
            removed: HashMap::new(),
            told: HashMap::new(),
        }
    }

    /// Finds what leads to each commit.
    pub(super) fn mark(&mut self, options: &HistoryOptions) {
        for (reference, number) in self.references.iter().zip(0..) {
            let commits = &self.graph.commits;
            if refs::is_named(&reference.name, &options.exclude_refs) {
                commits.mark(&reference.commit, number, &mut self.excluded);
            }
            let is_wanted = match &options.refs[..] {
                [] => true,
                named => !reference.is_in_reflog && refs::is_named(&reference.name, named),
            };
            if is_wanted {
                commits.mark(&reference.commit, number, &mut self.reached);
            }
        }
    }

    /// Goes through the trees of all commits in their order, each tree once at each path.
    pub(super) fn walk(&mut self, history: &History, objects: usize) {
        self.found = vec![Vec::new(); objects];
        let mut trees = HashSet::new();
        let mut blobs = HashSet::new();
        let commits: Vec<(u32, bool)> = self.in_order(history);
        for (commit, is_hidden) in commits {
            self.shown[commit as usize] = !is_hidden;
            let Some(root) = self.graph.commits.nodes[commit as usize].tree else {
                continue;
            };
            self.each_blob(root, &mut trees, |search, blob, path| {
                if blobs.insert((blob, path)) {
                    let found = Found {
                        commit,
                        path,
                        is_hidden,
                    };
                    search.found[blob as usize].push(found);
                }
            });
        }
        let head = self.references.first();
        let head = head.filter(|reference| reference.name == "HEAD");
        let head = head.and_then(|head| self.graph.commits.number(&head.commit));
        if let Some(head) = head {
            self.look_at_head(head);
        }
    }

    /// Finds out what `HEAD` has, and what it lost.
    fn look_at_head(&mut self, head: u32) {
        if let Some(root) = self.graph.commits.nodes[head as usize].tree {
            let mut in_head = HashSet::new();
            self.each_blob(root, &mut HashSet::new(), |_, blob, path| {
                in_head.insert((blob, path));
            });
            self.in_head = in_head;
        }
        self.removed = Removals::of(self, head);
    }

    /// The commits, and whether what came in with them does not count: those first that are excluded, then those that a
    /// reference leads to, then the others.
    fn in_order(&self, history: &History) -> Vec<(u32, bool)> {
        let options = &history.options;
        let numbers = 0..self.graph.commits.nodes.len() as u32;
        let is_excluded = |number: &u32| self.excluded[*number as usize].is_some();
        let is_reached = |number: &u32| self.reached[*number as usize].is_some();
        let is_out_of_time = |number: u32| {
            let time = self.graph.commits.nodes[number as usize].time;
            options.since.is_some_and(|since| time < since)
                || options.until.is_some_and(|until| time > until)
        };
        let excluded = numbers.clone().filter(is_excluded);
        let rest = numbers.filter(|number| !is_excluded(number));
        let (reached, others): (Vec<u32>, Vec<u32>) = rest.partition(is_reached);
        let others_count = options.refs.is_empty();
        excluded
            .map(|number| (number, true))
            .chain(
                reached
                    .into_iter()
                    .map(|number| (number, is_out_of_time(number))),
            )
            .chain(
                others
                    .into_iter()
                    .filter(|_| others_count)
                    .map(|number| (number, is_out_of_time(number))),
            )
            .collect()
    }

    /// Calls `on` with the wanted blobs below a tree and their paths, except in trees that were `seen` at their path.
    fn each_blob(
        &mut self,
        root: u32,
        seen: &mut HashSet<(u32, u32)>,
        mut on: impl FnMut(&mut Self, u32, u32),
    ) {
        let mut open = vec![(root, ROOT)];
        while let Some((tree, path)) = open.pop() {
            if !self.holders[tree as usize] || !seen.insert((tree, path)) {
                continue;
            }
            let graph = self.graph;
            for edge in graph.edges(tree) {
                match edge.to {
                    To::Tree(child) if self.holders[child as usize] => {
                        open.push((child, self.path(path, edge.name)));
                    }
                    To::Tree(_) => {}
                    To::Blob(blob) => {
                        let path = self.path(path, edge.name);
                        on(self, blob, path);
                    }
                }
            }
        }
    }

    pub(super) fn path(&mut self, above: u32, name: u32) -> u32 {
        *self.path_numbers.entry((above, name)).or_insert_with(|| {
            self.paths.push((above, name));
            self.paths.len() as u32 - 1
        })
    }

    pub(super) fn path_bytes(&self, mut path: u32) -> Vec<u8> {
        let mut names = Vec::new();
        while path != ROOT {
            let (above, name) = self.paths[path as usize];
            names.push(&*self.graph.names[name as usize]);
            path = above;
        }
        names.reverse();
        names.join(&b'/')
    }
}
