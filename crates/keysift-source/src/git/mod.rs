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
//! use keysift_source::git::{self, Range, RangeOptions, Revisions, Staged, StagedOptions};
//!
//! let repository = git::open(".".as_ref(), &git::RepositoryOptions::default())?;
//! // For a hook that runs before a commit.
//! let staged = Staged::new(repository.clone(), StagedOptions::default());
//! // For a pull request.
//! let revisions = Revisions::SinceMergeBase("origin/main".to_owned());
//! let range = Range::new(repository, revisions, RangeOptions::default());
//! # Ok::<(), keysift_source::Error>(())
//! ```

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
mod rename;
mod repository;
mod revision;
mod staged;
mod tag;
mod tree;
mod walk;
mod worker;

pub use self::history::{
    Base, History, HistoryOptions, Object, ObjectId, ObjectKind, ObjectVisitor, Place, Places,
};
pub use self::message_file::MessageFile;
pub use self::push::{ObjectName, PushedRef};
pub use self::range::{Known, Range, RangeOptions, Revisions};
pub use self::repository::{Environment, Repository, RepositoryOptions, open};
pub use self::staged::{Staged, StagedOptions};

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

/// A blob of more than this many bytes is not compared with its earlier versions: all of it counts as changed.
///
/// It bounds the memory and the time of a comparison. Where more than 50,000 lines differ, those are new that stand in the
/// blob more often than before, whatever their order.
pub const MAX_COMPARED_BYTES: usize = 8 << 20;
