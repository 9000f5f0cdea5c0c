//! Blobs, their origins, and places in them.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A half-open range of 0-based byte offsets in a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// A span from `start` up to but not including `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The number of bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether there is no byte in it.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The span as a range, for slicing.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    pub(crate) const fn moved(self, by: isize) -> Self {
        Self {
            start: self.start.wrapping_add_signed(by),
            end: self.end.wrapping_add_signed(by),
        }
    }
}

/// What a blob is called. `Display` is what users see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A file, by the path under which it was reached.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Origin {
    /// The path that rules' path conditions look at; `None` for standard input.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Stdin => None,
        }
    }

    /// The path's bytes with `/` between its parts, as path conditions see it; empty when there is none.
    pub(crate) fn path_bytes(&self) -> Vec<u8> {
        let Some(path) = self.path() else {
            return Vec::new();
        };
        let mut bytes = path.as_os_str().as_encoded_bytes().to_vec();
        if std::path::MAIN_SEPARATOR != '/' {
            for byte in &mut bytes {
                if *byte == std::path::MAIN_SEPARATOR as u8 {
                    *byte = b'/';
                }
            }
        }
        bytes
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("<stdin>"),
        }
    }
}

/// The bytes that are scanned, with what they are called.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// What the blob is called.
    pub origin: &'a Arc<Origin>,
    /// Its bytes.
    pub bytes: &'a [u8],
}
