//! The messages of annotated tags.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::Kind;
use gix::odb::Header;
use keysift_core::{Origin, Skip, Unscanned};

use super::message;
use super::object::{self, Unread};
use super::worker::Worker;

/// How many tags may be of one another. Git makes one of a tag only when it is told twice.
const MAX_DEPTH: usize = 16;

/// Gives the messages of the annotated tags of these commits.
pub(super) fn visit(worker: &mut Worker<'_, '_>, commits: &HashSet<ObjectId>) -> ControlFlow<()> {
    let references = worker.handle.references();
    let tags = references.as_ref().map(|references| references.tags());
    let (found, errors) = match tags {
        Ok(Ok(tags)) => {
            let mut found = Vec::new();
            let mut errors = Vec::new();
            for tag in tags {
                match tag {
                    Ok(tag) => found.extend(candidate(&tag, commits)),
                    Err(error) => errors.push(error.to_string()),
                }
            }
            (found, errors)
        }
        Ok(Err(error)) => (Vec::new(), vec![error.to_string()]),
        Err(error) => (Vec::new(), vec![error.to_string()]),
    };
    for error in errors {
        worker.unscanned(Unscanned::new("refs/tags", Skip::Unreadable).message(error))?;
    }
    found
        .into_iter()
        .try_for_each(|(name, id)| messages(worker, &name, id, commits))
}

/// A tag that may be an annotated one of one of the commits. Packed references say what they are of in the end.
fn candidate(tag: &gix::Reference<'_>, commits: &HashSet<ObjectId>) -> Option<(String, ObjectId)> {
    let id = tag.try_id()?.detach();
    let is_of_other = tag.inner.peeled.is_some_and(|id| !commits.contains(&id));
    let is_lightweight = commits.contains(&id);
    let name = tag.name().shorten().to_string();
    (!is_of_other && !is_lightweight).then_some((name, id))
}

/// Gives the message of a tag, and of the tags that it is of, if in the end it is of one of the commits.
fn messages(
    worker: &mut Worker<'_, '_>,
    name: &str,
    id: ObjectId,
    commits: &HashSet<ObjectId>,
) -> ControlFlow<()> {
    worker.interrupt.check()?;
    let header = worker.handle.objects.try_header(&id);
    if header.is_ok_and(|header| header.is_some_and(|header| header.kind() != Kind::Tag)) {
        return ControlFlow::Continue(());
    }
    let mut chain = Vec::new();
    let mut next = id;
    for _ in 0..MAX_DEPTH {
        let mut bytes = Vec::new();
        let read = object::read(&worker.handle, next, Kind::Tag, None, &mut bytes)
            .and_then(|()| message::tag(next, name.to_owned(), &bytes));
        let (tag, target, kind) = match read {
            Ok(read) => read,
            Err(unread) => return worker.unscanned(unread.told(format!("tag {name}"))),
        };
        chain.push((tag, bytes));
        match kind {
            Kind::Tag => next = target,
            _ if commits.contains(&target) => {
                return chain.into_iter().try_for_each(|(tag, bytes)| {
                    worker.text(Origin::TagMessage(Arc::new(tag)), message::text(&bytes))
                });
            }
            _ => return ControlFlow::Continue(()),
        }
    }
    let unread = Unread::Failed(format!("more than {MAX_DEPTH} tags of one another"));
    worker.unscanned(unread.told(format!("tag {name}")))
}
