//! Everything is opened by its path.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType, OpenOptions, ReadDir};
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use super::{EntryKind, FileFacts, Links};

/// A directory that can be listed.
#[derive(Debug)]
pub(in super::super) struct OpenDirectory(PathBuf);

impl OpenDirectory {
    /// The directory at `path`. Whether it can be read shows when it is listed.
    pub(in super::super) fn open(path: &Path, _: Links) -> io::Result<Self> {
        Ok(Self(path.to_owned()))
    }

    /// Its directory at `path`.
    pub(in super::super) fn directory(&self, path: &Path, _: &OsStr) -> io::Result<Self> {
        Self::open(path, Links::Refuse)
    }

    /// Opens its file at `path` for reading, unless it is a link. Never waits.
    pub(in super::super) fn file(&self, path: &Path, _: &OsStr) -> io::Result<File> {
        open(path, Links::Refuse)
    }

    /// Its entries.
    pub(in super::super) fn entries<'d>(&'d self, _: &'d mut Memory) -> Entries<'d> {
        match fs::read_dir(&self.0) {
            Ok(listing) => Entries {
                directory: PhantomData,
                listing: Some(listing),
                error: None,
            },
            Err(error) => Entries {
                directory: PhantomData,
                listing: None,
                error: Some(error),
            },
        }
    }
}

/// What a directory is listed into; here the standard library has its own.
#[derive(Debug, Default)]
pub(in super::super) struct Memory;

/// The entries of a directory, without `.` and `..`.
#[derive(Debug)]
pub(in super::super) struct Entries<'d> {
    directory: PhantomData<&'d OpenDirectory>,
    listing: Option<ReadDir>,
    /// Why there is no listing, until it is told.
    error: Option<io::Error>,
}

impl Entries<'_> {
    /// Writes the next entry's name to `name` and gives its kind; `None` behind the last. With an error, `name` is that of the
    /// entry whose kind the system does not tell, or empty when it does not go on listing.
    pub(in super::super) fn next(&mut self, name: &mut OsString) -> Option<io::Result<EntryKind>> {
        name.clear();
        if let Some(error) = self.error.take() {
            return Some(Err(error));
        }
        let entry = match self.listing.as_mut()?.next()? {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        name.push(entry.file_name());
        Some(entry.file_type().map(EntryKind::from))
    }
}

impl From<FileType> for EntryKind {
    fn from(kind: FileType) -> Self {
        if kind.is_file() {
            Self::File
        } else if kind.is_dir() {
            Self::Directory
        } else if kind.is_symlink() {
            Self::Symlink
        } else {
            Self::Special
        }
    }
}

/// Opens a file for reading. Never waits, whatever stands at `path`.
pub(in super::super) fn open(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        // What was a file when its directory was listed may be a FIFO or a link by now.
        let refuse = match links {
            Links::Follow => 0,
            Links::Refuse => libc::O_NOFOLLOW,
        };
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | refuse);
    }
    #[cfg(not(unix))]
    let _ = links;
    options.open(path)
}

/// What an open file is.
pub(in super::super) fn facts(file: &File) -> io::Result<FileFacts> {
    let metadata = file.metadata()?;
    Ok(FileFacts {
        is_file: metadata.is_file(),
        bytes: metadata.len(),
    })
}
