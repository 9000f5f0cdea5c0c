//! What a range of commits brings in, as a source.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Commit, Origin, Skip, Unscanned};

use super::message::{self, ReadCommit};
use super::object::{self, Change, Difference, Unread};
use super::push::PushedRef;
use super::repository::Repository;
use super::revision::{self, Selection};
use super::walk::{self, Walk};
use super::worker::{Worker, Workers};
use super::{ChangeOptions, note, rename, tag, tree};
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;
use crate::{MakeVisitor, Source};

/// How many commits are compared before what they bring in is read. It bounds what is kept in memory.
const BATCH_COMMITS: usize = 512;

/// What the commits of a range bring in: the blobs that a commit's parents do not have, and its message, the messages of
/// annotated tags of it, and the notes on it.
///
/// Of a merge these are the files that are in none of its parents as they are in the merge, with the lines that none of the
/// parents has; of a commit without parents it is everything. A version of a file that two commits bring in, with the same
/// version before it, is given once, for the older commit. A file that moved is compared with what it was, as in
/// [`Staged`](super::Staged), except in a merge.
///
/// What a clone does not hold is never fetched: it is given to
/// [`Visitor::unscanned`](crate::Visitor::unscanned) as [`Skip::MissingObject`]. At the end of a shallow clone all that a
/// commit holds counts as new, and the commit is given as [`Skip::Shallow`] as well.
#[derive(Debug, Clone)]
pub struct Range {
    repository: Repository,
    revisions: Revisions,
    options: ChangeOptions,
}

/// Which commits are visited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revisions {
    /// As Git's commands take them: `A..B` for the commits of B that A does not have, `A...B` for those that only one of both
    /// has, and one revision for that commit alone.
    Spec(String),
    /// The commits of `HEAD` since it left this revision: what a pull request into it would bring.
    SinceMergeBase(String),
    /// The commits that a push brings, and the tags that it names.
    Pushed {
        /// What it changes.
        refs: Vec<PushedRef>,
        /// What the receiving side has already.
        known: Known,
    },
}

/// What the receiving side of a push has already.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Known {
    /// What the references that we have of the remote of this name reach, and what the references of the push name now.
    Remote(String),
    /// What the repository's references reach: in a hook on the receiving side.
    References,
}

impl Range {
    /// What `revisions` bring into `repository`. They are looked up when it is visited.
    pub const fn new(repository: Repository, revisions: Revisions, options: ChangeOptions) -> Self {
        Self {
            repository,
            revisions,
            options,
        }
    }
}

impl Source for Range {
    /// Walks the range on the calling thread; compares and reads on `threads` threads of its own.
    ///
    /// # Errors
    /// [`RevisionNotFound`](ErrorKind::RevisionNotFound), [`NoMergeBase`](ErrorKind::NoMergeBase), and
    /// [`NoCommit`](ErrorKind::NoCommit) where a revision is asked for before the first commit.
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let handle = self.repository.handle();
        let selection = revision::resolve(&self.repository, &handle, &self.revisions)?;
        let shallow = shallow(&self.repository, &handle)?;
        let interrupt = Interrupt::new(should_interrupt);
        let workers = Workers::new(
            &self.repository,
            make,
            &interrupt,
            threads.get(),
            (self.options.scope, self.options.max_blob_bytes),
        );
        let between = |visible: &[_], hidden: &[_]| {
            walk::between(&handle, visible, hidden, &shallow, &interrupt)
        };
        let (walk, tags) = match &selection {
            Selection::Alone(id) => {
                let walk = Walk {
                    commits: vec![*id],
                    unread: Vec::new(),
                };
                (walk, None)
            }
            Selection::Between { visible, hidden } => (between(visible, hidden), None),
            Selection::Pushed(pushed) => {
                workers.alone(|worker| {
                    pushed.others.iter().try_for_each(|(name, skip, message)| {
                        worker.unscanned(Unscanned::new(name, *skip).message(message))
                    })
                });
                (
                    between(&pushed.visible, &pushed.hidden),
                    Some(&*pushed.tags),
                )
            }
        };
        visit(&workers, walk, tags, &shallow)
    }
}

/// The commits whose parents a shallow clone does not hold.
fn shallow(repository: &Repository, handle: &gix::Repository) -> Result<HashSet<ObjectId>, Error> {
    match handle.shallow_commits() {
        Ok(commits) => Ok(commits
            .iter()
            .flat_map(|commits| commits.iter().copied())
            .collect()),
        Err(error) => Err(repository
            .error(ErrorKind::UnreadableRepository)
            .caused_by(error)),
    }
}

/// Visits the commits of a walk, and these tags; where none are named, those that references have of the commits.
fn visit(
    workers: &Workers<'_, '_>,
    walk: Walk,
    tags: Option<&[(String, ObjectId)]>,
    shallow: &HashSet<ObjectId>,
) -> Result<(), Error> {
    workers.alone(|worker| {
        let mut unread = walk.unread.into_iter();
        unread.try_for_each(|(id, unread)| worker.unscanned(unread.told(commit_name(id))))
    });
    let mut seen = Seen::default();
    let mut told: HashMap<ObjectId, Arc<Commit>> = HashMap::new();
    for batch in walk.commits.chunks(BATCH_COMMITS) {
        let read = workers.each(batch, |worker, id| match compared(worker, *id, shallow) {
            ControlFlow::Continue(compared) => ControlFlow::Continue(compared),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        })?;
        let mut changes = Vec::new();
        for (id, commit, of_commit) in read.into_iter().flatten() {
            let new = of_commit
                .into_iter()
                .filter(|change| seen.is_first(change))
                .map(|change| (Arc::clone(&commit), change));
            changes.extend(new);
            told.insert(id, commit);
        }
        workers.each(&changes, |worker, (commit, change)| {
            let origin = Origin::Committed {
                commit: Arc::clone(commit),
                path: object::path(&change.path),
            };
            worker.change(origin, change)
        })?;
        if workers.interrupt.is_set() {
            return Ok(());
        }
    }
    let commits = told.keys().copied().collect();
    workers.alone(|worker| match tags {
        Some(tags) => tag::visit_these(worker, tags),
        None => tag::visit(worker, &commits),
    });
    workers.alone(|worker| note::visit(worker, &told));
    Ok(())
}

fn commit_name(id: ObjectId) -> String {
    format!("commit {}", id.to_hex_with_len(12))
}

/// A commit with what it brings in.
type Compared = (ObjectId, Arc<Commit>, Vec<Change>);

/// Gives the message of a commit, and tells what the commit brings in; `None` when it cannot be read.
fn compared(
    worker: &mut Worker<'_, '_>,
    id: ObjectId,
    shallow: &HashSet<ObjectId>,
) -> ControlFlow<(), Option<Compared>> {
    let mut bytes = Vec::new();
    let read = object::read(&worker.handle, id, Kind::Commit, None, &mut bytes)
        .and_then(|()| message::commit(id, &bytes));
    let commit = match read {
        Ok(commit) => commit,
        Err(unread) => {
            worker.unscanned(unread.told(commit_name(id)))?;
            return ControlFlow::Continue(None);
        }
    };
    let ReadCommit {
        told,
        tree,
        parents,
    } = commit;
    let told = Arc::new(told);
    let origin = Origin::CommitMessage(Arc::clone(&told));
    worker.text(origin, message::text(&bytes))?;
    let mut difference = Difference::default();
    if shallow.contains(&id) {
        worker.unscanned(Unscanned::new(commit_name(id), Skip::Shallow))?;
        tree::compare(
            &worker.handle,
            (tree, &[]),
            b"",
            worker.interrupt,
            &mut difference,
        );
    } else {
        let (trees, missing) = trees(&worker.handle, &parents);
        for (parent, unread) in missing {
            worker.unscanned(unread.told(commit_name(parent)))?;
        }
        tree::compare(
            &worker.handle,
            (tree, &trees),
            b"",
            worker.interrupt,
            &mut difference,
        );
        rename::pair(&worker.handle, worker.interrupt, &mut difference);
    }
    for (path, unread) in difference.unread {
        let path = object::path(&path);
        let name = format!("{}:{}", told.short_id(), path.display());
        worker.unscanned(unread.told(name))?;
    }
    ControlFlow::Continue(Some((id, told, difference.changes)))
}

/// The trees of these commits, and the commits that cannot be read.
fn trees(
    handle: &gix::Repository,
    commits: &[ObjectId],
) -> (Vec<ObjectId>, Vec<(ObjectId, Unread)>) {
    let mut bytes = Vec::new();
    let mut trees = Vec::new();
    let mut missing = Vec::new();
    for id in commits {
        let read = object::read(handle, *id, Kind::Commit, None, &mut bytes)
            .and_then(|()| message::commit(*id, &bytes));
        match read {
            Ok(commit) => trees.push(commit.tree),
            Err(unread) => missing.push((*id, unread)),
        }
    }
    (trees, missing)
}

/// The changes that were met, each as two hashes with keys of their own: together they are as good as the change itself.
#[derive(Default)]
struct Seen {
    keys: (RandomState, RandomState),
    hashes: HashSet<(u64, u64)>,
}

impl Seen {
    fn is_first(&mut self, change: &Change) -> bool {
        let hash = (self.keys.0.hash_one(change), self.keys.1.hash_one(change));
        self.hashes.insert(hash)
    }
}
