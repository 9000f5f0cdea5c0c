//! Notes on commits.
//!
//! A reference of notes has a tree whose files are named by what they are on: the digits of its id, cut into directories
//! where there are many notes.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use keysift_core::{Commit, Origin, Skip, Unscanned};

use super::object::{self, Unread};
use super::worker::Worker;
use super::{message, tree};

const NOTES: &str = "refs/notes/";

/// Gives the notes on these commits.
pub(super) fn visit(
    worker: &mut Worker<'_, '_>,
    commits: &HashMap<ObjectId, Arc<Commit>>,
) -> ControlFlow<()> {
    let (found, errors) = references(&worker.handle);
    for error in errors {
        worker.unscanned(Unscanned::new("refs/notes", Skip::Unreadable).message(error))?;
    }
    if found.is_empty() {
        return ControlFlow::Continue(());
    }
    let by_id: BTreeMap<&str, &Arc<Commit>> = commits
        .values()
        .map(|commit| (&*commit.id, commit))
        .collect();
    for (reference, id) in found {
        let root = match root(&worker.handle, id) {
            Ok(root) => root,
            Err(unread) => {
                worker.unscanned(unread.told(format!("{NOTES}{reference}")))?;
                continue;
            }
        };
        of_reference(worker, &reference, root, &by_id)?;
    }
    ControlFlow::Continue(())
}

/// The references of notes, without `refs/notes/`, and what cannot be read of them.
fn references(handle: &gix::Repository) -> (Vec<(String, ObjectId)>, Vec<String>) {
    let mut found = Vec::new();
    let mut errors = Vec::new();
    let mut add = || -> Result<(), gix::Error> {
        for reference in handle.references()?.prefixed(NOTES)? {
            match reference {
                Ok(reference) => {
                    let name = reference.name().as_bstr().to_string();
                    let name = name.strip_prefix(NOTES).unwrap_or(&name).to_owned();
                    found.extend(reference.try_id().map(|id| (name, id.detach())));
                }
                Err(error) => errors.push(error.to_string()),
            }
        }
        Ok(())
    };
    if let Err(error) = add() {
        errors.push(error.to_string());
    }
    (found, errors)
}

fn root(handle: &gix::Repository, id: ObjectId) -> Result<ObjectId, Unread> {
    let mut bytes = Vec::new();
    object::read(handle, id, Kind::Commit, None, &mut bytes)?;
    Ok(message::commit(id, &bytes)?.tree)
}

/// Gives the notes of one reference; goes only into directories that may hold one of them.
fn of_reference(
    worker: &mut Worker<'_, '_>,
    reference: &str,
    root: ObjectId,
    commits: &BTreeMap<&str, &Arc<Commit>>,
) -> ControlFlow<()> {
    let mut buffer = Vec::new();
    let mut open = vec![(String::new(), root)];
    while let Some((digits, id)) = open.pop() {
        worker.interrupt.check()?;
        let (entries, unread) = tree::entries(&worker.handle, id, &mut buffer);
        if let Some(unread) = unread {
            worker.unscanned(unread.told(format!("{NOTES}{reference}:{digits}")))?;
        }
        for entry in entries {
            let Ok(name) = str::from_utf8(&entry.name) else {
                continue;
            };
            let digits = format!("{digits}{name}");
            if entry.kind == EntryKind::Tree {
                let first = commits.range(&*digits..).next();
                let may_hold = first.is_some_and(|(id, _)| id.starts_with(&digits));
                if may_hold && !name.is_empty() {
                    open.push((digits, entry.id));
                }
            } else if let Some(commit) = commits.get(&*digits) {
                let origin = Origin::Note {
                    commit: Arc::clone(commit),
                    reference: reference.to_owned(),
                };
                worker.whole(origin, entry.id)?;
            }
        }
    }
    ControlFlow::Continue(())
}
