//! Every object of a repository, once: what a history holds, whatever reaches it.
//!
//! Objects are read in the order in which packs keep them, each delta behind its base, so that nothing is read twice and
//! a visitor may use what it knows of the base. Where the objects came in is asked afterwards, for those that matter:
//! [`History::places`].

mod chronicle;
mod delta;
mod forest;
mod graph;
mod head;
mod loose;
mod order;
mod place;
mod refs;
mod store;
mod tree;
mod walk;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

pub use gix::ObjectId;
use gix::objs::Kind;
use keysift_core::{Part, Unscanned};

use self::store::Store;
use self::walk::Walk;
use super::repository::Repository;
use crate::error::{Error, ErrorKind};
use crate::interrupt::Interrupt;

pub use self::chronicle::{Committer, Held, Taken};
pub use self::place::{Place, Places};

/// All objects of a repository: in all its packs and loose, and in the repositories that it borrows from.
///
/// What refers to an object plays no part in whether it is visited: objects that nothing refers to any more are visited
/// too. [`HistoryOptions`] say which of them are given a place.
#[derive(Debug, Clone)]
pub struct History {
    repository: Repository,
    options: HistoryOptions,
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
    /// has more than 2 GiB cannot be read.
    pub max_blob_bytes: Option<u64>,
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

    /// Takes note of something that was not scanned. `Break` ends the visit.
    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()>;
}

impl History {
    /// The history of `repository`. It is read when it is visited.
    pub const fn new(repository: Repository, options: HistoryOptions) -> Self {
        Self {
            repository,
            options,
        }
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
        let store = Store::open(&handle);
        let walk = Walk::new(
            store,
            make,
            &interrupt,
            &[Kind::Commit, Kind::Tag, Kind::Blob],
            self.options.max_blob_bytes,
        );
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
