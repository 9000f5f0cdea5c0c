//! What the walk asks of the operating system: open directories, their entries, the files in them.
//!
//! One file for Linux, where files are opened from their directory, and one for all others, where they are opened by
//! their path. Both give the same.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(super) use self::linux::{Entries, Memory, OpenDirectory, facts, open};
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::{Entries, Memory, OpenDirectory, facts, open};

/// What to do at a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Follow,
    Refuse,
}

/// What an entry of a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    Directory,
    File,
    Symlink,
    Special,
}

/// What an open file is.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileFacts {
    /// Whether it is neither a directory nor a FIFO, a socket or a device.
    pub(super) is_file: bool,
    pub(super) bytes: u64,
}
