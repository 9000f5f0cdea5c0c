//! Git as a source: what is staged, and what a range of commits brings in.
//!
//! Objects are read, never written: neither the index nor anything else in the repository is touched, and no command is
//! run. Replacement objects and grafts are not looked at: what a commit says itself is what counts.
//!
//! Each blob is given whole, so that rules see what stands round a line, with the places that changed in
//! [`Blob::changed`](keysift_core::Blob::changed): the lines that none of the earlier versions has. An earlier version
//! is the file of the same path; where there was none, every line is new.
//!
//! # Examples
//! ```no_run
//! use keysift_source::git::{self, Range, ChangeOptions, Revisions, Staged};
//!
//! let repository = git::open(".".as_ref(), &git::RepositoryOptions::default())?;
//! // For a hook that runs before a commit.
//! let staged = Staged::new(repository.clone(), ChangeOptions::default());
//! // For a pull request.
//! let revisions = Revisions::SinceMergeBase("origin/main".to_owned());
//! let range = Range::new(repository, revisions, ChangeOptions::default());
//! # Ok::<(), keysift_source::Error>(())
//! ```

mod environment;
mod find;
mod history;
pub mod hook;
mod index;
mod lines;
mod message;
mod message_file;
mod note;
mod object;
mod object_store;
mod push;
mod range;
mod remote;
mod rename;
mod repository;
mod revision;
mod staged;
mod tag;
mod tree;
mod walk;
mod worker;

pub use self::find::{FoundRepositories, find};
pub use self::history::{
    Base, ChosenBlobs, Committer, FileVersion, HeadLine, Held, History, HistoryOptions,
    KnownObjects, Object, ObjectId, ObjectKind, ObjectVisitor, Place, Places, Taken,
};
pub use self::message_file::MessageFile;
pub use self::push::{ObjectName, PushedRef};
pub use self::range::{Known, Range, Revisions};
pub use self::remote::RemoteUrl;
pub use self::repository::{Environment, Repository, RepositoryOptions, open};
pub use self::staged::Staged;

/// Which places of a blob are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scope {
    /// The lines that are new.
    #[default]
    ChangedLines,
    /// All of each blob that changed.
    WholeBlobs,
}

/// What of a change is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ChangeOptions {
    /// Which places of blobs are reported; messages and notes are reported whole. Default: the changed lines.
    pub scope: Scope,
    /// Larger blobs, in bytes, are left out and counted; `None`, the default, means no limit but that of memory: what
    /// has more than 2 GiB cannot be read.
    pub max_blob_bytes: Option<u64>,
}

impl ChangeOptions {
    /// Sets which places are reported; the changed lines by default.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Sets the size above which blobs are left out, in bytes; none by default.
    #[must_use]
    pub fn max_blob_bytes(mut self, bytes: Option<u64>) -> Self {
        self.max_blob_bytes = bytes;
        self
    }
}

/// A blob of more than this many bytes is not compared with its earlier versions: all of it counts as changed.
///
/// It bounds the memory and the time of a comparison. Where more than 50,000 lines differ, those are new that stand in the
/// blob more often than before, whatever their order.
pub const MAX_COMPARED_BYTES: usize = 8 << 20;
