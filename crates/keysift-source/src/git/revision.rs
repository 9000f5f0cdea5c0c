//! What a revision, or a range of them, names.

use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::Kind;
use gix::revision::plumbing::Spec;
use keysift_core::Skip;

use super::Repository;
use super::push::{ObjectName, PushedRef};
use super::range::{Known, Revisions};
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
    /// Those that a push brings.
    Pushed(Pushed),
}

/// What a push brings.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Pushed {
    pub(super) visible: Vec<ObjectId>,
    pub(super) hidden: Vec<ObjectId>,
    /// Annotated tags, with their names.
    pub(super) tags: Vec<(String, ObjectId)>,
    /// References to what is neither a commit nor a tag of one, or is not there, with what is wrong.
    pub(super) others: Vec<(String, Skip, String)>,
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
        Revisions::Pushed { refs, known } => Ok(Selection::Pushed(pushed(handle, refs, known))),
    }
}

fn pushed(handle: &gix::Repository, refs: &[PushedRef], known: &Known) -> Pushed {
    let mut pushed = Pushed::default();
    for changed in refs {
        if let Some(ObjectName(id)) = changed.new {
            add_new(handle, &changed.name, id, &mut pushed);
        }
        if let Some(ObjectName(id)) = changed.old {
            // What is not here was never fetched, and hides nothing.
            pushed.hidden.extend(commit_of(handle, id));
        }
    }
    let prefix = match known {
        Known::Remote(name) => format!("refs/remotes/{name}/"),
        Known::References => "refs/".to_owned(),
    };
    // A reference that cannot be read hides nothing: more is scanned, not less.
    if let Ok(references) = handle.references()
        && let Ok(references) = references.prefixed(prefix.as_str())
    {
        let ids = references
            .filter_map(Result::ok)
            .filter_map(|it| Some(it.try_id()?.detach()));
        pushed
            .hidden
            .extend(ids.filter_map(|id| commit_of(handle, id)));
    }
    pushed.hidden.sort_unstable();
    pushed.hidden.dedup();
    pushed
}

fn add_new(handle: &gix::Repository, name: &str, id: ObjectId, pushed: &mut Pushed) {
    let kind = handle.find_header(id).map(|header| header.kind());
    let mut other = |skip: Skip, message: &str| {
        let told = (name.to_owned(), skip, message.to_owned());
        pushed.others.push(told);
    };
    match kind {
        Ok(Kind::Commit | Kind::Tag) => {}
        Ok(Kind::Tree | Kind::Blob) => {
            return other(
                Skip::Unreadable,
                "the reference is to a tree or a blob, of no commit",
            );
        }
        Err(error) => return other(Skip::MissingObject, &error.to_string()),
    }
    match commit_of(handle, id) {
        Some(commit) => pushed.visible.push(commit),
        None => other(
            Skip::MissingObject,
            "the tag is not of a commit that is here",
        ),
    }
    if kind.is_ok_and(|kind| kind == Kind::Tag) {
        let short = name.strip_prefix("refs/tags/").unwrap_or(name);
        pushed.tags.push((short.to_owned(), id));
    }
}

/// The commit that an object is, or is a tag of.
fn commit_of(handle: &gix::Repository, id: ObjectId) -> Option<ObjectId> {
    let object = handle.find_object(id).ok()?;
    Some(object.peel_to_commit().ok()?.id)
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use gix::objs::Tree;

    use super::*;
    use crate::git::{Environment, RepositoryOptions, open};

    const ZERO: &str = "0000000000000000000000000000000000000000";
    const ABSENT: &str = "1111111111111111111111111111111111111111";

    /// A repository with objects that were written one by one.
    struct Made {
        directory: tempfile::TempDir,
        repository: Repository,
    }

    impl Made {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            for inner in ["objects", "refs/heads", "refs/remotes/origin"] {
                fs::create_dir_all(directory.path().join(inner)).unwrap();
            }
            fs::write(directory.path().join("HEAD"), "ref: refs/heads/main\n").unwrap();
            fs::write(directory.path().join("config"), "[core]\nbare = true\n").unwrap();
            let options = RepositoryOptions::default().environment(Environment::Ignored);
            let repository = open(directory.path(), &options).unwrap();
            Self {
                directory,
                repository,
            }
        }

        fn write(&self, kind: Kind, text: &str) -> ObjectId {
            use gix::objs::Write as _;
            let handle = self.repository.handle();
            handle.objects.write_buf(kind, text.as_bytes()).unwrap()
        }

        fn commit(&self, message: &str) -> ObjectId {
            use gix::objs::Write as _;
            let tree = self.repository.handle().objects.write(&Tree::empty());
            let who = "A <a@example.org> 1 +0000";
            let tree = tree.unwrap();
            let text = format!("tree {tree}\nauthor {who}\ncommitter {who}\n\n{message}");
            self.write(Kind::Commit, &text)
        }

        fn tag(&self, target: ObjectId, kind: Kind) -> ObjectId {
            let text = format!("object {target}\ntype {kind}\ntag v1\n\nmessage");
            self.write(Kind::Tag, &text)
        }

        fn refer(&self, name: &str, id: ObjectId) {
            let path = self.directory.path().join(Path::new(name));
            fs::write(path, format!("{id}\n")).unwrap();
        }

        fn pushed(&self, changed: &[(&str, String, String)], known: Known) -> Pushed {
            let refs = changed
                .iter()
                .map(|(name, old, new)| PushedRef::new(name, old, new).unwrap())
                .collect();
            let revisions = Revisions::Pushed { refs, known };
            let handle = self.repository.handle();
            match resolve(&self.repository, &handle, &revisions).unwrap() {
                Selection::Pushed(pushed) => pushed,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_push_brings_what_neither_the_old_ids_nor_the_known_references_have() {
        let made = Made::new();
        let [old, new, remote, local] = ["1", "2", "3", "4"].map(|it| made.commit(it));
        made.refer("refs/remotes/origin/main", remote);
        made.refer("refs/heads/main", local);
        let zero = ZERO.to_owned();
        let changed = [
            ("refs/heads/a", old.to_string(), new.to_string()),
            ("refs/heads/gone", old.to_string(), zero.clone()),
            ("refs/heads/forced", ABSENT.to_owned(), new.to_string()),
        ];
        let of_remote = made.pushed(&changed, Known::Remote("origin".to_owned()));
        let sorted = |mut ids: Vec<ObjectId>| {
            ids.sort_unstable();
            ids
        };
        assert_eq!(of_remote.visible, [new, new]);
        assert_eq!(of_remote.hidden, sorted(vec![old, remote]));
        assert!(of_remote.tags.is_empty() && of_remote.others.is_empty());
        let of_all = made.pushed(&changed[..1], Known::References);
        assert_eq!(of_all.hidden, sorted(vec![old, remote, local]));
        let other = made.pushed(&changed[..1], Known::Remote("orig".to_owned()));
        assert_eq!(other.hidden, [old]);
    }

    #[test]
    fn tags_are_followed_and_what_is_of_no_commit_is_told() {
        let made = Made::new();
        let commit = made.commit("1");
        let blob = made.write(Kind::Blob, "text");
        let tag = made.tag(commit, Kind::Commit);
        let of_tag = made.tag(tag, Kind::Tag);
        let of_blob = made.tag(blob, Kind::Blob);
        let changed = [
            ("refs/tags/v1", ZERO.to_owned(), of_tag.to_string()),
            ("refs/tags/blob", ZERO.to_owned(), of_blob.to_string()),
            ("refs/odd", ZERO.to_owned(), blob.to_string()),
            ("refs/absent", ZERO.to_owned(), ABSENT.to_owned()),
        ];
        let pushed = made.pushed(&changed, Known::References);
        assert_eq!(pushed.visible, [commit]);
        let tags = [("v1".to_owned(), of_tag), ("blob".to_owned(), of_blob)];
        assert_eq!(pushed.tags, tags);
        let others = pushed.others.iter();
        let told: Vec<(&str, Skip)> = others.map(|(name, skip, _)| (&**name, *skip)).collect();
        assert_eq!(
            told,
            [
                ("refs/tags/blob", Skip::MissingObject),
                ("refs/odd", Skip::Unreadable),
                ("refs/absent", Skip::MissingObject),
            ]
        );
    }
}
