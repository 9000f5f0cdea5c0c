//! Where objects came in: for each the commits that brought it in, and the paths that it got.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Commit, Origin, Skip, Standing, Unscanned};

use super::graph::Graph;
use super::search::Search;
use super::{History, ObjectKind, pool, refs};
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
    /// How far down the line of first parents of `HEAD` it was taken away, for comparing; `None` where that is not known.
    pub removed_at: Option<u64>,
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
        let (mut references, errors) = refs::all(&handle);
        references.extend(refs::of_reflogs(&handle));
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

impl Search<'_> {
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
                let removed = self.removed.get(&(number as u32, found.path)).copied();
                let removed = removed.filter(|_| !is_in_head);
                let removed_by = removed.map(|removed| self.told(removed.by)).transpose()?;
                Ok(Place {
                    removed_at: removed.map(|removed| removed.at.into()),
                    origin: Arc::new(note.unwrap_or_else(|| Origin::Committed {
                        commit,
                        path: object::path(&path),
                    })),
                    standing: Arc::new(standing.in_head(is_in_head).removed_by(removed_by)),
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
            removed_at: None,
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
            removed_at: None,
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
            removed_at: None,
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
