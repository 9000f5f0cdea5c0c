//! Blobs, their origins, and places in them.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::commit::{Commit, Tag, short};

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
    /// A blob of Git's index.
    Staged {
        /// Its path in the repository.
        path: PathBuf,
        /// 0, or in a conflict 1 for the common ancestor, 2 for ours and 3 for theirs.
        stage: u8,
    },
    /// A file as a commit has it.
    Committed {
        /// The commit that brought it in.
        commit: Arc<Commit>,
        /// Its path in the repository.
        path: PathBuf,
    },
    /// The message of a commit.
    CommitMessage(Arc<Commit>),
    /// The message of an annotated tag.
    TagMessage(Arc<Tag>),
    /// A note on a commit.
    Note {
        /// The commit it is on.
        commit: Arc<Commit>,
        /// The reference that holds it, without `refs/notes/`.
        reference: String,
    },
    /// An object of Git that no commit has.
    Object {
        /// `blob` or `commit`.
        kind: &'static str,
        /// Its whole id in hexadecimal digits.
        id: String,
    },
    /// Something of one of several repositories.
    Within {
        /// What the repository is called.
        repository: Arc<str>,
        /// What it is in the repository.
        origin: Arc<Self>,
    },
    /// A member of an archive. Links in an archive are members whose bytes are what they point to.
    Member {
        /// What the archive is called.
        archive: Arc<Self>,
        /// The member's name in it, with what is not UTF-8 replaced. The archive chose it: it may hold `..`.
        path: PathBuf,
    },
}

impl Origin {
    /// The path that rules' path conditions look at; `None` for what has none, such as standard input or a message.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path)
            | Self::Staged { path, .. }
            | Self::Committed { path, .. }
            | Self::Member { path, .. } => Some(path),
            Self::Within { origin, .. } => origin.path(),
            _ => None,
        }
    }

    /// The commit that it comes from or stands on; `None` outside a history.
    pub fn commit(&self) -> Option<&Commit> {
        match self {
            Self::Committed { commit, .. }
            | Self::CommitMessage(commit)
            | Self::Note { commit, .. } => Some(commit),
            Self::Member { archive, .. } => archive.commit(),
            Self::Within { origin, .. } => origin.commit(),
            _ => None,
        }
    }

    /// The tag whose message it is.
    pub fn tag(&self) -> Option<&Tag> {
        match self {
            Self::TagMessage(tag) => Some(tag),
            Self::Within { origin, .. } => origin.tag(),
            _ => None,
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
            // As `git show` takes it.
            Self::Staged { path, stage: 0 } => path.display().fmt(f),
            Self::Staged { path, stage } => write!(f, ":{stage}:{}", path.display()),
            Self::Committed { commit, path } => {
                write!(f, "{}:{}", commit.short_id(), path.display())
            }
            Self::CommitMessage(commit) => write!(f, "commit {} message", commit.short_id()),
            Self::TagMessage(tag) => write!(f, "tag {} message", tag.name),
            Self::Object { kind, id } => write!(f, "{kind} {}", short(id)),
            Self::Note { commit, reference } => {
                write!(f, "commit {} note in {reference}", commit.short_id())
            }
            Self::Within { repository, origin } => write!(f, "{repository}: {origin}"),
            Self::Member { archive, path } => write!(f, "{archive}!{}", path.display()),
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
    /// The places to report, in order and disjoint; `None` for all of it. The blob is scanned as a whole, and a finding
    /// whose secret touches none of them is dropped as [`Reason::Unchanged`](crate::Reason::Unchanged). An empty place is
    /// touched by a secret that has bytes on both its sides: there something was taken out.
    pub changed: Option<&'a [Span]>,
}

/// Whether `secret` touches one of the places `changed`, which are in order and disjoint.
pub(crate) fn touches(changed: &[Span], secret: Span) -> bool {
    let first = changed.partition_point(|span| span.end <= secret.start);
    changed[first..]
        .first()
        .is_some_and(|span| span.start < secret.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within_a_repository_is_called_by_both_and_judged_by_its_own_path() {
        let origin = Origin::Within {
            repository: "a.git".into(),
            origin: Arc::new(Origin::File("b/c.env".into())),
        };
        assert_eq!(origin.to_string(), "a.git: b/c.env");
        assert_eq!(origin.path_bytes(), b"b/c.env");
    }

    #[test]
    fn a_member_is_called_by_all_archives_round_it_and_judged_by_its_own_path() {
        let file = Arc::new(Origin::File("a.zip".into()));
        let inner = Origin::Member {
            archive: file,
            path: "lib/b.jar".into(),
        };
        let member = Origin::Member {
            archive: Arc::new(inner),
            path: "c/d".into(),
        };
        assert_eq!(member.to_string(), "a.zip!lib/b.jar!c/d");
        assert_eq!(member.path(), Some(Path::new("c/d")));
    }

    #[test]
    fn a_secret_touches_what_it_shares_a_byte_with_or_what_was_taken_out_of_it() {
        let changed = [Span::new(5, 5), Span::new(10, 20), Span::new(20, 20)];
        for (start, end, is_touched) in [
            (0, 5, false),
            (5, 10, false),
            (4, 6, true),
            (9, 11, true),
            (19, 21, true),
            (20, 30, false),
            (0, 40, true),
        ] {
            assert_eq!(touches(&changed, Span::new(start, end)), is_touched);
        }
    }
}
