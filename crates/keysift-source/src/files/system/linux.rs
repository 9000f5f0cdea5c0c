//! What lies in a directory is opened from its descriptor: the path is not walked again for each entry.

use std::ffi::{CStr, OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir};
use rustix::io::{Errno, retry_on_intr};

use super::{EntryKind, FileFacts, Links};

/// How many bytes of entries the system gives at a time; as many as the C library asks for.
const LISTING_BYTES: usize = 32 << 10;

/// The shortest path that the system does not take.
///
/// From an open directory one gets deeper. But not every directory is kept open, and what is scanned must not depend on
/// which ones are.
const TOO_LONG_PATH_BYTES: usize = 4096;

const DIRECTORY_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY);

/// What was a file when its directory was listed may be a FIFO or a terminal by now.
const FILE_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// A directory that can be listed once, and from which its entries are opened.
#[derive(Debug)]
pub(in super::super) struct OpenDirectory(OwnedFd);

impl OpenDirectory {
    /// Opens the directory at `path`.
    pub(in super::super) fn open(path: &Path, links: Links) -> io::Result<Self> {
        let flags = DIRECTORY_FLAGS | links_flags(links);
        open_at(CWD, path.as_os_str(), flags).map(Self)
    }

    /// Opens its directory `name`, which is at `path`, unless it is a link.
    pub(in super::super) fn directory(&self, path: &Path, name: &OsStr) -> io::Result<Self> {
        let flags = DIRECTORY_FLAGS | links_flags(Links::Refuse);
        self.open_entry(path, name, flags).map(Self)
    }

    /// Opens its file `name`, which is at `path`, for reading, unless it is a link. Never waits.
    pub(in super::super) fn file(&self, path: &Path, name: &OsStr) -> io::Result<File> {
        self.open_entry(path, name, FILE_FLAGS | links_flags(Links::Refuse))
            .map(File::from)
    }

    fn open_entry(&self, path: &Path, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
        if path.as_os_str().len() >= TOO_LONG_PATH_BYTES {
            return Err(Errno::NAMETOOLONG.into());
        }
        open_at(&self.0, name, flags)
    }

    /// Its entries. `memory` is what they are listed into.
    pub(in super::super) fn entries<'d>(&'d self, memory: &'d mut Memory) -> Entries<'d> {
        memory.0.clear();
        memory.0.reserve(LISTING_BYTES);
        let descriptor = self.0.as_fd();
        Entries {
            descriptor,
            listing: RawDir::new(descriptor, memory.0.spare_capacity_mut()),
            has_failed: false,
        }
    }
}

/// What a directory is listed into.
#[derive(Debug, Default)]
pub(in super::super) struct Memory(Vec<u8>);

/// The entries of a directory, without `.` and `..`.
pub(in super::super) struct Entries<'d> {
    descriptor: BorrowedFd<'d>,
    listing: RawDir<'d, BorrowedFd<'d>>,
    /// The system would give the same error for ever.
    has_failed: bool,
}

impl Entries<'_> {
    /// Writes the next entry's name to `name` and gives its kind; `None` behind the last. With an error, `name` is that of the
    /// entry whose kind the system does not tell, or empty when it does not go on listing.
    pub(in super::super) fn next(&mut self, name: &mut OsString) -> Option<io::Result<EntryKind>> {
        name.clear();
        if self.has_failed {
            return None;
        }
        loop {
            let entry = match self.listing.next()? {
                Ok(entry) => entry,
                Err(error) => {
                    self.has_failed = true;
                    return Some(Err(error.into()));
                }
            };
            let bytes = entry.file_name().to_bytes();
            if matches!(bytes, b"." | b"..") {
                continue;
            }
            name.push(OsStr::from_bytes(bytes));
            let kind = match entry.file_type() {
                FileType::Unknown => kind_of(self.descriptor, entry.file_name()),
                kind => Ok(kind),
            };
            return Some(kind.map(EntryKind::from));
        }
    }
}

/// The kind of an entry. Not every file system keeps it in the directory.
fn kind_of(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<FileType> {
    let facts = rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(FileType::from_raw_mode(facts.st_mode))
}

impl From<FileType> for EntryKind {
    fn from(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Directory,
            FileType::Symlink => Self::Symlink,
            _ => Self::Special,
        }
    }
}

/// Opens a file for reading. Never waits, whatever stands at `path`.
pub(in super::super) fn open(path: &Path, links: Links) -> io::Result<File> {
    open_at(CWD, path.as_os_str(), FILE_FLAGS | links_flags(links)).map(File::from)
}

/// What an open file is.
pub(in super::super) fn facts(file: &File) -> io::Result<FileFacts> {
    let facts = rustix::fs::fstat(file)?;
    Ok(FileFacts {
        is_file: FileType::from_raw_mode(facts.st_mode).is_file(),
        bytes: u64::try_from(facts.st_size).unwrap_or(0),
    })
}

fn links_flags(links: Links) -> OFlags {
    match links {
        Links::Follow => OFlags::empty(),
        Links::Refuse => OFlags::NOFOLLOW,
    }
}

fn open_at(directory: impl AsFd, path: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    let opened = retry_on_intr(|| {
        rustix::fs::openat(directory.as_fd(), path.as_bytes(), flags, Mode::empty())
    })?;
    Ok(opened)
}
