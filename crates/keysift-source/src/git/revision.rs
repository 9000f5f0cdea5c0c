//! What a revision, or a range of them, names.

use gix::ObjectId;
use gix::bstr::BStr;
use gix::revision::plumbing::Spec;

use super::Repository;
use super::range::Revisions;
use crate::error::{Error, ErrorKind};

/// Which commits are asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Selection {
    /// This one.
    Alone(ObjectId),
    /// Those that can be reached from `visible` and not from `hidden`.
    Between {
        visible: Vec<ObjectId>,
        hidden: Vec<ObjectId>,
    },
}

/// Looks up what `revisions` name.
pub(super) fn resolve(
    repository: &Repository,
    handle: &gix::Repository,
    revisions: &Revisions,
) -> Result<Selection, Error> {
    let resolver = Resolver { repository, handle };
    match revisions {
        Revisions::Spec(spec) => resolver.spec(spec),
        Revisions::SinceMergeBase(revision) => {
            let other = resolver.one(revision)?;
            let head = resolver.one("HEAD")?;
            let name = format!("{revision} and HEAD");
            resolver.merge_bases(&name, other, head)?;
            Ok(Selection::Between {
                visible: vec![head],
                hidden: vec![other],
            })
        }
    }
}

struct Resolver<'r> {
    repository: &'r Repository,
    handle: &'r gix::Repository,
}

impl Resolver<'_> {
    fn spec(&self, spec: &str) -> Result<Selection, Error> {
        match self.parse(spec)? {
            Spec::Include(id) | Spec::ExcludeParents(id) => {
                Ok(Selection::Alone(self.commit(spec, id)?))
            }
            Spec::Range { from, to } => Ok(Selection::Between {
                visible: vec![self.commit(spec, to)?],
                hidden: vec![self.commit(spec, from)?],
            }),
            Spec::Merge { theirs, ours } => {
                let both = [self.commit(spec, theirs)?, self.commit(spec, ours)?];
                Ok(Selection::Between {
                    visible: both.to_vec(),
                    hidden: self.bases(spec, both[0], both[1])?,
                })
            }
            _ => Err(Error::new(ErrorKind::RevisionNotFound, spec)
                .with_hint("give one revision, A..B or A...B")),
        }
    }

    fn one(&self, revision: &str) -> Result<ObjectId, Error> {
        match self.parse(revision)? {
            Spec::Include(id) => self.commit(revision, id),
            _ => Err(Error::new(ErrorKind::RevisionNotFound, revision)
                .with_hint("give one revision, not a range")),
        }
    }

    fn parse(&self, spec: &str) -> Result<Spec, Error> {
        match self.handle.rev_parse(BStr::new(spec)) {
            Ok(parsed) => Ok(parsed.detach()),
            Err(error) => Err(self.not_found(spec, error)),
        }
    }

    /// The commit that `id` is, or that the tag `id` is of.
    fn commit(&self, spec: &str, id: ObjectId) -> Result<ObjectId, Error> {
        let found = self.handle.find_object(id);
        match found.and_then(|object| object.peel_to_commit()) {
            Ok(commit) => Ok(commit.id),
            Err(error) => Err(self.not_found(spec, error)),
        }
    }

    fn not_found(&self, spec: &str, error: gix::Error) -> Error {
        let is_unborn = self.handle.head().is_ok_and(|head| head.is_unborn());
        if is_unborn {
            return self.repository.error(ErrorKind::NoCommit);
        }
        self.hinting(Error::new(ErrorKind::RevisionNotFound, spec).caused_by(error))
    }

    /// In a shallow clone it is most likely that which is at fault.
    fn hinting(&self, error: Error) -> Error {
        if self.handle.is_shallow().unwrap_or(false) {
            return error.with_hint(
                "the clone is shallow: fetch the commits that are needed, with `git fetch --unshallow` or, in a workflow, `fetch-depth: 0`",
            );
        }
        error
    }

    fn bases(&self, spec: &str, one: ObjectId, other: ObjectId) -> Result<Vec<ObjectId>, Error> {
        match self.handle.merge_bases_many(one, &[other]) {
            Ok(bases) => Ok(bases.into_iter().map(gix::Id::detach).collect()),
            Err(error) => {
                Err(self.hinting(Error::new(ErrorKind::MissingObject, spec).caused_by(error)))
            }
        }
    }

    fn merge_bases(&self, name: &str, one: ObjectId, other: ObjectId) -> Result<(), Error> {
        if self.bases(name, one, other)?.is_empty() {
            return Err(self.hinting(Error::new(ErrorKind::NoMergeBase, name)));
        }
        Ok(())
    }
}
