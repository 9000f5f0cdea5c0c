//! People and teams: who they are, what they own, and whether they are still there.

mod catalog;
mod codeowners;
mod mailmap;
mod roster;

use serde::Serialize;

pub use self::catalog::catalog_owner;
pub use self::codeowners::CodeOwners;
pub use self::mailmap::Mailmap;
pub use self::roster::{Person, read_people};

/// What a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PartyKind {
    /// A person.
    Human,
    /// Several, one of whom will always be there.
    Team,
    /// A program that commits; it owns nothing.
    Bot,
}

impl PartyKind {
    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Team => "team",
            Self::Bot => "bot",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "team" => Self::Team,
            "bot" => Self::Bot,
            _ => Self::Human,
        }
    }
}

/// Someone who commits to a repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contributor {
    /// The name in commits.
    pub name: String,
    /// The e-mail address in commits.
    pub email: String,
    /// When the last commit was made, in seconds since 1970.
    pub last_active_at: i64,
    /// How many commits were made in the 90 days before the repository's last one.
    pub recent_commits: u64,
}

/// A party as owners are written: an e-mail address, `@handle`, `@organisation/team`, or the name of a team.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Party {
    /// What tells it from others: in lower case.
    pub(crate) key: String,
    pub(crate) kind: PartyKind,
    pub(crate) name: String,
}

impl Party {
    /// Someone who commits.
    pub(crate) fn committer(name: &str, email: &str) -> Self {
        let is_bot = name.ends_with("[bot]")
            || email.contains("[bot]@")
            || email.starts_with("noreply@")
            || email.is_empty();
        Self {
            key: if email.is_empty() {
                name.to_lowercase()
            } else {
                email.to_lowercase()
            },
            kind: if is_bot {
                PartyKind::Bot
            } else {
                PartyKind::Human
            },
            name: if name.is_empty() {
                email.to_owned()
            } else {
                name.to_owned()
            },
        }
    }

    /// An owner as a person or a file writes it.
    pub(crate) fn owner(text: &str) -> Self {
        let bare = text.trim();
        let (kind, key) = match bare.split_once(':') {
            // Backstage: `group:default/payments`, `user:default/alice`.
            Some(("group", rest)) => (PartyKind::Team, last_part(rest).to_owned()),
            Some(("user", rest)) => (PartyKind::Human, format!("@{}", last_part(rest))),
            _ => {
                let is_team = match bare.strip_prefix('@') {
                    Some(handle) => handle.contains('/'),
                    None => !bare.contains('@'),
                };
                let kind = if is_team {
                    PartyKind::Team
                } else {
                    PartyKind::Human
                };
                (kind, bare.to_owned())
            }
        };
        Self {
            name: key.clone(),
            key: key.to_lowercase(),
            kind,
        }
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_people_or_teams_by_how_they_are_written() {
        for (text, kind, key) in [
            ("@Acme/Payments", PartyKind::Team, "@acme/payments"),
            ("@alice", PartyKind::Human, "@alice"),
            ("Alice@Example.org", PartyKind::Human, "alice@example.org"),
            ("payments", PartyKind::Team, "payments"),
            ("group:default/payments", PartyKind::Team, "payments"),
            ("user:alice", PartyKind::Human, "@alice"),
        ] {
            let party = Party::owner(text);
            assert_eq!((party.kind, party.key.as_str()), (kind, key), "{text}");
        }
        assert_eq!(
            Party::committer("dependabot[bot]", "x@y").kind,
            PartyKind::Bot
        );
        assert_eq!(Party::committer("A", "a@y").kind, PartyKind::Human);
    }
}
