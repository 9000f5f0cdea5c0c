//! Where objects came in: for each the commits that brought it in, and the paths that it got.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Commit, Origin, Skip, Standing, Unscanned};

use super::graph::{Graph, To};
use super::refs::{self, Reference};
use super::{History, ObjectKind, pool};
use crate::error::Error;
use crate::git::message;
use crate::git::object::{self, Unread};
use crate::interrupt::Interrupt;

const NOTES: &str = "refs/notes/";

/// A place of an object in a history.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Place {
    /// For a blob the commit that first had it at a path, and the path; for a message what it is of.
    pub origin: Arc<Origin>,
    /// How it can still be reached.
    pub standing: Arc<Standing>,
    /// Places with a lower number came earlier.
    pub order: u64,
}

/// The places of objects.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Places {
    /// For each object that was asked for, the places that count, the earliest first. Empty where none does.
    pub of_objects: Vec<Vec<Place>>,
    /// What could not be read on the way.
    pub unscanned: Vec<Unscanned>,
}

impl History {
    /// The places of objects that [`History::visit`] gave. Reads all commits and trees once, whatever is asked for; and
    /// nothing if nothing is.
    ///
    /// Of the commits that have a blob at a path, the place is of the first: parents come before children, otherwise the
    /// older commit first, and what a reference leads to before what none does.
    ///
    /// # Errors
    /// [`Threads`](crate::ErrorKind::Threads).
    pub fn places(
        &self,
        objects: &[(ObjectKind, ObjectId)],
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
    ) -> Result<Places, Error> {
        let mut places = Places {
            of_objects: vec![Vec::new(); objects.len()],
            unscanned: Vec::new(),
        };
        if objects.is_empty() {
            return Ok(places);
        }
        let handle = self.repository.handle();
        let wanted = objects.iter().zip(0..);
        let wanted = wanted.filter(|((kind, _), _)| *kind == ObjectKind::Blob);
        let wanted: HashMap<ObjectId, u32> =
            wanted.map(|((_, id), number)| (*id, number)).collect();
        let interrupt = Interrupt::new(should_interrupt);
        let pool = pool(threads)?;
        let mut graph = Graph::read(&handle, &wanted, &interrupt, &pool, threads)?;
        places.unscanned.append(&mut graph.unscanned);
        let (references, errors) = refs::all(&handle);
        let errors = errors
            .into_iter()
            .map(|error| Unscanned::new("refs", Skip::Unreadable).message(error));
        places.unscanned.extend(errors);
        let mut search = Search::new(&graph, &handle, &references);
        search.mark(&self.options);
        search.walk(self, objects.len());
        search.tell(self, objects, &mut places);
        Ok(places)
    }
}

/// A place by numbers: of a commit, and of a path.
#[derive(Debug, Clone, Copy)]
struct Found {
    commit: u32,
    path: u32,
    is_hidden: bool,
}

/// The path of the root.
const ROOT: u32 = 0;

struct Search<'s> {
    graph: &'s Graph,
    handle: &'s gix::Repository,
    references: &'s [Reference],
    /// For each commit the first reference that leads to it; and the same for those that do not count.
    reached: Vec<Option<u32>>,
    excluded: Vec<Option<u32>>,
    /// For each commit whether what came in with it counts.
    shown: Vec<bool>,
    holders: Vec<bool>,
    /// Paths as the path above and a name.
    paths: Vec<(u32, u32)>,
    path_numbers: HashMap<(u32, u32), u32>,
    found: Vec<Vec<Found>>,
    in_head: HashSet<(u32, u32)>,
    told: HashMap<u32, Arc<Commit>>,
}

impl<'s> Search<'s> {
    fn new(graph: &'s Graph, handle: &'s gix::Repository, references: &'s [Reference]) -> Self {
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
            told: HashMap::new(),
        }
    }

    /// Finds what leads to each commit.
    fn mark(&mut self, options: &super::HistoryOptions) {
        for (reference, number) in self.references.iter().zip(0..) {
            let commits = &self.graph.commits;
            if refs::is_named(&reference.name, &options.exclude_refs) {
                commits.mark(&reference.commit, number, &mut self.excluded);
            }
            if options.refs.is_empty() || refs::is_named(&reference.name, &options.refs) {
                commits.mark(&reference.commit, number, &mut self.reached);
            }
        }
    }

    /// Goes through the trees of all commits in their order, each tree once at each path.
    fn walk(&mut self, history: &History, objects: usize) {
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
        if let Some(root) = head.and_then(|head| self.graph.commits.nodes[head as usize].tree) {
            let mut in_head = HashSet::new();
            self.each_blob(root, &mut HashSet::new(), |_, blob, path| {
                in_head.insert((blob, path));
            });
            self.in_head = in_head;
        }
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

    fn path(&mut self, above: u32, name: u32) -> u32 {
        *self.path_numbers.entry((above, name)).or_insert_with(|| {
            self.paths.push((above, name));
            self.paths.len() as u32 - 1
        })
    }

    fn path_bytes(&self, mut path: u32) -> Vec<u8> {
        let mut names = Vec::new();
        while path != ROOT {
            let (above, name) = self.paths[path as usize];
            names.push(&*self.graph.names[name as usize]);
            path = above;
        }
        names.reverse();
        names.join(&b'/')
    }

    fn tell(&mut self, history: &History, objects: &[(ObjectKind, ObjectId)], places: &mut Places) {
        for (number, (kind, id)) in objects.iter().enumerate() {
            let told = match kind {
                ObjectKind::Blob => self.of_blob(history, number, *id),
                ObjectKind::Commit => self.of_commit(*id),
                ObjectKind::Tag => self.of_tag(history, *id),
                ObjectKind::Tree => Ok(Vec::new()),
            };
            match told {
                Ok(told) => places.of_objects[number] = told,
                Err(unread) => {
                    let name = format!("{} {id}", kind.as_str());
                    places.unscanned.push(unread.told(name));
                }
            }
        }
    }

    fn of_blob(
        &mut self,
        history: &History,
        number: usize,
        id: ObjectId,
    ) -> Result<Vec<Place>, Unread> {
        let found = std::mem::take(&mut self.found[number]);
        if found.is_empty() && history.options.is_everything() {
            return Ok(vec![self.nowhere(ObjectKind::Blob, id)]);
        }
        let counts = found.into_iter().filter(|found| !found.is_hidden);
        counts
            .map(|found| {
                let commit = self.told(found.commit)?;
                let path = self.path_bytes(found.path);
                let standing = self.standing(found.commit);
                let is_in_head = self.in_head.contains(&(number as u32, found.path));
                let note = standing
                    .reached_by
                    .as_deref()
                    .and_then(|name| name.strip_prefix(NOTES))
                    .and_then(|reference| self.note(reference, &path));
                Ok(Place {
                    origin: Arc::new(note.unwrap_or_else(|| Origin::Committed {
                        commit,
                        path: object::path(&path),
                    })),
                    standing: Arc::new(standing.in_head(is_in_head)),
                    order: found.commit.into(),
                })
            })
            .collect()
    }

    /// A note, whose path is the digits of the id of what it is on.
    fn note(&mut self, reference: &str, path: &[u8]) -> Option<Origin> {
        let digits: Vec<u8> = path.iter().copied().filter(|byte| *byte != b'/').collect();
        let id = ObjectId::from_hex(&digits).ok()?;
        let number = self.graph.commits.number(&id)?;
        Some(Origin::Note {
            commit: self.told(number).ok()?,
            reference: reference.to_owned(),
        })
    }

    fn of_commit(&mut self, id: ObjectId) -> Result<Vec<Place>, Unread> {
        let Some(number) = self.graph.commits.number(&id) else {
            return Ok(vec![self.nowhere(ObjectKind::Commit, id)]);
        };
        if !self.shown[number as usize] {
            return Ok(Vec::new());
        }
        Ok(vec![Place {
            origin: Arc::new(Origin::CommitMessage(self.told(number)?)),
            standing: Arc::new(self.standing(number)),
            order: number.into(),
        }])
    }

    fn of_tag(&self, history: &History, id: ObjectId) -> Result<Vec<Place>, Unread> {
        let mut bytes = Vec::new();
        object::read(self.handle, id, Kind::Tag, None, &mut bytes)?;
        let name = message::tag_name(&bytes);
        let (tag, target, _) = message::tag(id, name, &bytes)?;
        let commit = self.graph.commits.number(&target);
        let counts = match commit {
            Some(number) => self.shown[number as usize],
            None => history.options.is_everything(),
        };
        let name = format!("refs/tags/{}", tag.name);
        let is_reached = self
            .references
            .iter()
            .any(|reference| reference.name == name);
        let place = Place {
            origin: Arc::new(Origin::TagMessage(Arc::new(tag))),
            standing: Arc::new(Standing::new(is_reached.then(|| name.into()))),
            order: commit.map_or(u64::MAX, u64::from),
        };
        Ok(if counts { vec![place] } else { Vec::new() })
    }

    /// What no commit has.
    fn nowhere(&self, kind: ObjectKind, id: ObjectId) -> Place {
        Place {
            origin: Arc::new(Origin::Object {
                kind: kind.as_str(),
                id: id.to_string(),
            }),
            standing: Arc::new(Standing::new(None)),
            order: u64::MAX,
        }
    }

    fn standing(&self, commit: u32) -> Standing {
        let reference = self.reached[commit as usize];
        Standing::new(reference.map(|number| self.references[number as usize].name.as_str().into()))
    }

    fn told(&mut self, number: u32) -> Result<Arc<Commit>, Unread> {
        if let Some(told) = self.told.get(&number) {
            return Ok(Arc::clone(told));
        }
        let id = self.graph.commits.nodes[number as usize].id;
        let mut bytes = Vec::new();
        object::read(self.handle, id, Kind::Commit, None, &mut bytes)?;
        let told = Arc::new(message::commit(id, &bytes)?.told);
        self.told.insert(number, Arc::clone(&told));
        Ok(told)
    }
}
