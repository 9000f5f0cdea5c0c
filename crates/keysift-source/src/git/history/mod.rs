//! Every object of a repository, once: what a history holds, whatever reaches it.
//!
//! Objects are read in the order in which packs keep them, each delta behind its base, so that nothing is read twice and
//! a visitor may use what it knows of the base. Where the objects came in is asked afterwards, for those that matter:
//! [`History::places`].

mod assistant;
mod before;
mod blame;
mod chosen;
mod chronicle;
mod compare;
mod delta;
mod forest;
mod graph;
mod head;
mod known;
mod large;
mod loose;
mod order;
mod place;
mod refs;
mod removal;
mod search;
mod store;
mod tree;
mod walk;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Part, Skip, Unscanned};

use self::store::Store;
use self::walk::{Walk, Wanted};
use super::repository::Repository;
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;

pub use self::before::FileVersion;
pub use self::blame::HeadLine;
pub use self::chosen::ChosenBlobs;
pub use self::chronicle::{Committer, Held, Taken};
pub use self::known::KnownObjects;
pub use self::place::{Place, Places};

/// All objects of a repository: in all its packs and loose, and in the repositories that it borrows from.
///
/// What refers to an object plays no part in whether it is visited: objects that nothing refers to any more are visited
/// too. [`HistoryOptions`] say which of them are given a place.
#[derive(Debug, Clone)]
pub struct History {
    repository: Repository,
    options: HistoryOptions,
    known: Option<Arc<KnownObjects>>,
    left_out: Vec<PathBuf>,
}

/// Which parts of a history count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HistoryOptions {
    /// References whose history counts, each by its full name or with `*` for any characters, such as
    /// `refs/heads/release/*`. Empty, the default, for every object, also for what nothing refers to.
    pub refs: Vec<String>,
    /// References whose history does not count, named likewise; none by default.
    pub exclude_refs: Vec<String>,
    /// What came in with commits before this does not count, in seconds since 1970; `None`, the default, for no limit.
    pub since: Option<i64>,
    /// What came in with commits after this does not count, in seconds since 1970; `None`, the default, for no limit.
    pub until: Option<i64>,
    /// Larger blobs, in bytes, are left out and counted; `None`, the default, means no limit but that of memory: what
    /// is told by others, or others by it, cannot be read if it has more than 2 GiB.
    pub max_blob_bytes: Option<u64>,
    /// How much memory the objects at hand may take, in bytes. A half is for objects that others are told by: those that
    /// find no room are read again when they are needed. An object may have a quarter, shared by the threads; a larger
    /// one is unreadable. Blobs that no other object has to do with are read piece by piece and need no room. `None`, the
    /// default, for 256 MiB and 2 GiB. What the index of a pack takes, about 30 bytes an object, is not counted.
    pub max_memory: Option<u64>,
}

impl HistoryOptions {
    /// Sets the references whose history counts; by default everything does.
    #[must_use]
    pub fn refs(mut self, refs: Vec<String>) -> Self {
        self.refs = refs;
        self
    }

    /// Sets the references whose history does not count; none by default.
    #[must_use]
    pub fn exclude_refs(mut self, refs: Vec<String>) -> Self {
        self.exclude_refs = refs;
        self
    }

    /// Sets the time before which commits do not count, in seconds since 1970; none by default.
    #[must_use]
    pub fn since(mut self, seconds: Option<i64>) -> Self {
        self.since = seconds;
        self
    }

    /// Sets the time after which commits do not count, in seconds since 1970; none by default.
    #[must_use]
    pub fn until(mut self, seconds: Option<i64>) -> Self {
        self.until = seconds;
        self
    }

    /// Sets the size above which blobs are left out, in bytes; none by default.
    #[must_use]
    pub fn max_blob_bytes(mut self, bytes: Option<u64>) -> Self {
        self.max_blob_bytes = bytes;
        self
    }

    /// Sets the memory for objects, in bytes; by default 256 MiB for those that others are told by.
    #[must_use]
    pub fn max_memory(mut self, bytes: Option<u64>) -> Self {
        self.max_memory = bytes;
        self
    }

    /// Whether everything counts, also what nothing refers to.
    pub(super) fn is_everything(&self) -> bool {
        self.refs.is_empty()
            && self.exclude_refs.is_empty()
            && self.since.is_none()
            && self.until.is_none()
    }
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// A version of a file, or a note.
    Blob,
    /// A commit; its text is its message.
    Commit,
    /// An annotated tag; its text is its message.
    Tag,
    /// A directory; it has no text.
    Tree,
}

impl ObjectKind {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Blob => Self::Blob,
            Kind::Commit => Self::Commit,
            Kind::Tag => Self::Tag,
            Kind::Tree => Self::Tree,
        }
    }

    /// What Git calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Commit => "commit",
            Self::Tag => "tag",
            Self::Tree => "tree",
        }
    }
}

/// An object, lent for the length of a call.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Object<'a> {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: ObjectKind,
    /// All its bytes.
    pub bytes: &'a [u8],
    /// What of it is text, in UTF-8 where a byte-order mark says what it is in.
    pub text: &'a [u8],
    /// Whether the object was given before, from another pack, and is given again because other objects are told by it.
    pub is_repeated: bool,
}

/// What an object is told by: another, whose text it copies parts of.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Base<'a, K> {
    /// What the visitor kept of the base.
    pub kept: &'a K,
    /// The object's text as copies of the base's text and inserts; empty for a tree.
    pub parts: &'a [Part],
}

/// What a history pushes to. Each thread has its own.
pub trait ObjectVisitor: Send {
    /// What is kept of an object until the objects that are told by it were visited. It is used again and again: what is in it
    /// before a call is of no meaning.
    type Kept: Default + Send + Sync;

    /// Takes a blob, or the message of a commit or of a tag. `base` is there where the object is told by another.
    /// `Break` ends the visit.
    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<Base<'_, Self::Kept>>,
        kept: &mut Self::Kept,
    ) -> ControlFlow<()>;

    /// Takes note of a blob that is too large for memory, of so many bytes; [`ChosenBlobs`] reads it. By default it is told
    /// as something that was not scanned. `Break` ends the visit.
    fn large(&mut self, id: ObjectId, bytes: u64) -> ControlFlow<()> {
        let unscanned = Unscanned::new(format!("blob {id}"), Skip::Unreadable);
        self.unscanned(unscanned.message(format!("{bytes} bytes are too many at once")))
    }

    /// Takes note that an object of [`History::known`] is there. It is not given, or only as one that is repeated. Does
    /// nothing by default.
    fn known(&mut self, id: &ObjectId) {
        let _ = id;
    }

    /// Takes note of how many objects will have been given in the end, as far as is known by now: told again when it is
    /// known better. Does nothing by default.
    fn expects(&mut self, objects: u64) {
        let _ = objects;
    }

    /// Takes note of something that was not scanned. `Break` ends the visit.
    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()>;
}

impl History {
    /// The history of `repository`. It is read when it is visited.
    pub const fn new(repository: Repository, options: HistoryOptions) -> Self {
        Self {
            repository,
            options,
            known: None,
            left_out: Vec::new(),
        }
    }

    /// Sets the objects that are not to be given, because they were visited before; none by default.
    #[must_use]
    pub fn known(mut self, known: Option<Arc<KnownObjects>>) -> Self {
        self.known = known;
        self
    }

    /// Sets the directories of objects, as [`History::object_directories`] gives them, that another history is visited
    /// for; none by default.
    #[must_use]
    pub fn left_out(mut self, directories: Vec<PathBuf>) -> Self {
        self.left_out = directories;
        self
    }

    /// The repository.
    pub const fn repository(&self) -> &Repository {
        &self.repository
    }

    /// Which parts of it count.
    pub const fn options(&self) -> &HistoryOptions {
        &self.options
    }

    /// The directories that its objects are in, its own first, with links resolved.
    pub fn object_directories(&self) -> Vec<PathBuf> {
        let (directories, _) = store::directories(&self.repository.handle());
        directories.into_iter().map(|(_, real)| real).collect()
    }

    /// Pushes every blob, commit and annotated tag to the visitors that `make` makes, one for each of `threads` at most,
    /// and gives the visitors back. Returns when everything was visited, when a visitor gave `Break`, or soon after
    /// `should_interrupt` became true.
    ///
    /// What is damaged or missing is given to [`ObjectVisitor::unscanned`], and the rest is visited. The identity of
    /// objects is not verified: `git fsck` does that.
    ///
    /// # Errors
    /// [`Threads`](ErrorKind::Threads).
    pub fn visit<V: ObjectVisitor>(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &(dyn Fn() -> V + Sync),
    ) -> Result<Vec<V>, Error> {
        let interrupt = Interrupt::new(should_interrupt);
        let handle = self.repository.handle();
        let store = Store::open(&handle, &self.left_out);
        let wanted = Wanted {
            kinds: &[Kind::Commit, Kind::Tag, Kind::Blob],
            max_blob_bytes: self.options.max_blob_bytes,
            max_memory: self.options.max_memory,
            known: self.known.as_deref(),
        };
        let walk = Walk::new(store, make, &interrupt, wanted);
        walk.run(&pool(threads)?, threads)
    }
}

fn pool(threads: NonZeroUsize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.get())
        .thread_name(|number| format!("keysift-{number}"))
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Threads, format!("{threads} threads")).caused_by(error)
        })
}
