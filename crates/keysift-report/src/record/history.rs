//! Who brought a finding into a history, and how it can still be reached.

use keysift_core::{Commit, Standing, Tag};

/// The commit that a finding comes from.
#[derive(Debug, serde::Serialize)]
pub(crate) struct CommitRecord<'a> {
    id: &'a str,
    author: &'a str,
    email: &'a str,
    date: Option<String>,
}

/// The annotated tag that a finding comes from.
#[derive(Debug, serde::Serialize)]
pub(crate) struct TagRecord<'a> {
    id: &'a str,
    name: &'a str,
    tagger: &'a str,
    email: &'a str,
    date: Option<String>,
}

/// How what holds a finding can still be reached.
#[derive(Debug, serde::Serialize)]
pub(crate) struct StandingRecord<'a> {
    /// The first reference that leads to it; `null` where none does.
    reached_by: Option<&'a str>,
    in_head: bool,
    /// The commit that took it away from `HEAD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_by: Option<CommitRecord<'a>>,
}

impl<'a> From<&'a Standing> for StandingRecord<'a> {
    fn from(standing: &'a Standing) -> Self {
        Self {
            reached_by: standing.reached_by.as_deref(),
            in_head: standing.is_in_head,
            removed_by: standing.removed_by.as_deref().map(CommitRecord::from),
        }
    }
}

impl<'a> From<&'a Commit> for CommitRecord<'a> {
    fn from(commit: &'a Commit) -> Self {
        Self {
            id: &commit.id,
            author: &commit.author,
            email: &commit.email,
            date: commit.date.map(|date| date.to_string()),
        }
    }
}

impl<'a> From<&'a Tag> for TagRecord<'a> {
    fn from(tag: &'a Tag) -> Self {
        Self {
            id: &tag.id,
            name: &tag.name,
            tagger: &tag.tagger,
            email: &tag.email,
            date: tag.date.map(|date| date.to_string()),
        }
    }
}
