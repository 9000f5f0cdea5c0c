//! Reading objects: by their size first, and with each reason why one cannot be read told apart.

use std::borrow::Cow;
use std::path::PathBuf;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::objs::tree::EntryKind;
use gix::objs::{Find, Kind};
use gix::odb::Header;
use keysift_core::{Skip, Unscanned};

/// Why an object was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// The clone does not hold it.
    Missing,
    /// It is larger than the limit that was set.
    TooLarge,
    /// It is damaged, or not what it ought to be.
    Failed(String),
}

impl Unread {
    /// Tells of something called `name`.
    pub(super) fn told(self, name: String) -> Unscanned {
        match self {
            Self::Missing => Unscanned::new(name, Skip::MissingObject),
            Self::TooLarge => Unscanned::new(name, Skip::TooLarge),
            Self::Failed(message) => Unscanned::new(name, Skip::Unreadable).message(message),
        }
    }
}

/// Reads the object `id`, which has to be of this kind, into `buffer`, unless it has more than `max_bytes`.
pub(super) fn read(
    handle: &gix::Repository,
    id: ObjectId,
    kind: Kind,
    max_bytes: Option<u64>,
    buffer: &mut Vec<u8>,
) -> Result<(), Unread> {
    let failed = |error: gix::Error| Unread::Failed(error.to_string());
    if let Some(max_bytes) = max_bytes {
        let header = handle.objects.try_header(&id).map_err(failed)?;
        if header.ok_or(Unread::Missing)?.size() > max_bytes {
            return Err(Unread::TooLarge);
        }
    }
    match handle.objects.try_find(&id, buffer).map_err(failed)? {
        None => Err(Unread::Missing),
        Some(object) if object.kind != kind => Err(Unread::Failed(format!(
            "it is a {}, not a {kind}",
            object.kind
        ))),
        Some(_) => Ok(()),
    }
}

/// What an entry of a tree or of the index is. Two of different kinds are not versions of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FileKind {
    File,
    Symlink,
    Submodule,
}

impl FileKind {
    /// `None` for a directory.
    pub(super) const fn of(kind: EntryKind) -> Option<Self> {
        match kind {
            EntryKind::Tree => None,
            EntryKind::Blob | EntryKind::BlobExecutable => Some(Self::File),
            EntryKind::Link => Some(Self::Symlink),
            EntryKind::Commit => Some(Self::Submodule),
        }
    }
}

/// A version of a file, and the versions before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Change {
    /// With `/` between its parts.
    pub(super) path: Vec<u8>,
    /// 0, or a side of a conflict.
    pub(super) stage: u8,
    pub(super) kind: FileKind,
    pub(super) id: ObjectId,
    /// The versions that it is compared with; when there is none, all of it is new.
    pub(super) earlier: Vec<ObjectId>,
}

/// What a comparison of trees, or of the index with a tree, came to.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) changes: Vec<Change>,
    /// What the one earlier tree has and the new one does not; empty where there are several earlier ones.
    pub(super) removed: Vec<Removed>,
    /// Directories that cannot be read.
    pub(super) unread: Vec<(Vec<u8>, Unread)>,
}

/// A file that is no longer there; or a directory, with all that was in it.
#[derive(Debug)]
pub(super) struct Removed {
    pub(super) path: Vec<u8>,
    /// `None` for a directory.
    pub(super) kind: Option<FileKind>,
    pub(super) id: ObjectId,
}

/// A path of Git's as one of the system's; on systems whose paths are text, what is no text is replaced.
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    let path = gix::path::from_bstr(Cow::Borrowed(BStr::new(bytes)));
    path.map_or_else(
        |_| PathBuf::from(bytes.to_str_lossy().into_owned()),
        Cow::into_owned,
    )
}
