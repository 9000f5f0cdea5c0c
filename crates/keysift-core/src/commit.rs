//! What Git says of a commit or a tag: who, and when.

use std::fmt;
use std::sync::Arc;

/// A commit, as far as a report tells it. Names are as Git holds them, with what is not UTF-8 replaced; whoever made the
/// commit chose them, so they are escaped before a terminal.
///
/// Commits are in the order of their dates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commit {
    /// When it was written; `None` where its author line cannot be read.
    pub date: Option<CommitDate>,
    /// Its whole id in hexadecimal digits.
    pub id: String,
    /// The author's name; empty where there is none.
    pub author: String,
    /// The author's e-mail address; empty where there is none.
    pub email: String,
}

impl Commit {
    /// The first digits of the id, as output shows them.
    pub fn short_id(&self) -> &str {
        short(&self.id)
    }
}

/// An annotated tag, as far as a report tells it. Names are as hostile as a commit's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// When it was made; `None` where it does not say.
    pub date: Option<CommitDate>,
    /// The name it has as a reference, without `refs/tags/`.
    pub name: String,
    /// The whole id of the tag object in hexadecimal digits.
    pub id: String,
    /// The tagger's name; empty where there is none.
    pub tagger: String,
    /// The tagger's e-mail address; empty where there is none.
    pub email: String,
}

/// How something in a history can still be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The whole name of the first reference that leads to its commit: `HEAD`, then branches, those of remotes, tags, the
    /// rest, and then entries of reflogs such as `HEAD@{3}` and `refs/stash@{1}`. `None` where none does: it is still in the repository, and nowhere else to be seen.
    pub reached_by: Option<Arc<str>>,
    /// Whether `HEAD` still has it at its path.
    pub is_in_head: bool,
    /// The commit on the line of first parents of `HEAD` that took it away; `None` where `HEAD` still has it, where that
    /// line never had it, and for what has no path.
    pub removed_by: Option<Arc<Commit>>,
}

impl Standing {
    /// Reached by this reference or entry of a reflog, and not in `HEAD`.
    pub const fn new(reached_by: Option<Arc<str>>) -> Self {
        Self {
            reached_by,
            is_in_head: false,
            removed_by: None,
        }
    }

    /// Sets the commit that took it away; none by default.
    #[must_use]
    pub fn removed_by(mut self, commit: Option<Arc<Commit>>) -> Self {
        self.removed_by = commit;
        self
    }

    /// Sets whether `HEAD` still has it; no by default.
    #[must_use]
    pub fn in_head(mut self, is_in_head: bool) -> Self {
        self.is_in_head = is_in_head;
        self
    }
}

/// How many digits of an id are shown.
const SHORT_ID_DIGITS: usize = 12;

pub(crate) fn short(id: &str) -> &str {
    id.get(..SHORT_ID_DIGITS).unwrap_or(id)
}

/// A time as Git keeps it. `Display` is RFC 3339, or `@SECONDS` for a time that RFC 3339 cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitDate {
    /// Seconds since 1970, in UTC.
    pub seconds: i64,
    /// How far the local time was ahead of UTC, in minutes.
    pub offset_minutes: i32,
}

impl fmt::Display for CommitDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset_minutes;
        let is_offset = offset.unsigned_abs() < 24 * 60;
        let offset = if is_offset { offset } else { 0 };
        let local = self.seconds.checked_add(i64::from(offset) * 60);
        let Some(text) = local.and_then(keysift_facts::rfc3339) else {
            return write!(f, "@{}", self.seconds);
        };
        if offset == 0 {
            return f.write_str(&text);
        }
        let sign = if offset < 0 { '-' } else { '+' };
        let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
        write!(
            f,
            "{}{sign}{hours:02}:{minutes:02}",
            text.trim_end_matches('Z')
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(seconds: i64, offset_minutes: i32) -> String {
        let date = CommitDate {
            seconds,
            offset_minutes,
        };
        date.to_string()
    }

    #[test]
    fn a_date_is_shown_in_its_own_zone() {
        assert_eq!(shown(1_234_567_890, 0), "2009-02-13T23:31:30Z");
        assert_eq!(shown(1_234_567_890, 60), "2009-02-14T00:31:30+01:00");
        assert_eq!(shown(1_234_567_890, -210), "2009-02-13T20:01:30-03:30");
    }

    #[test]
    fn a_date_that_cannot_be_is_shown_as_it_is() {
        assert_eq!(shown(i64::MAX, 60), format!("@{}", i64::MAX));
        assert_eq!(shown(-1, 0), "@-1");
        assert_eq!(shown(0, i32::MIN), "1970-01-01T00:00:00Z");
    }
}
