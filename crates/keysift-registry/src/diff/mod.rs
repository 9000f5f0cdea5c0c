//! Two inventories compared: what is new, what is gone, and whether things became worse.

mod sarif;
mod snapshot;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::sarif::sarif;
pub use self::snapshot::{Snapshot, SnapshotIdentity};

/// What kind of change it is, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// A retired identity is met again.
    RetiredSeen,
    /// An identity is new, and nobody has approved it.
    AddedUnapproved,
    /// An identity is new, and approved.
    Added,
    /// It may do more.
    GrantsWidened,
    /// A credential of it lies in a place where none lay.
    Exposed,
    /// A credential of it is new, and takes no other one's place.
    CredentialAdded,
    /// Its owner is another one, or nobody any more.
    Owner,
    /// Another value took the place of one of its credentials.
    Rotated,
    /// It may do less.
    GrantsNarrowed,
    /// A credential lies in a place no more.
    Closed,
    /// An identity is gone.
    Removed,
}

impl ChangeKind {
    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RetiredSeen => "retired-seen",
            Self::AddedUnapproved => "added-unapproved",
            Self::Added => "added",
            Self::GrantsWidened => "grants-widened",
            Self::Exposed => "exposed",
            Self::CredentialAdded => "credential-added",
            Self::Owner => "owner",
            Self::Rotated => "rotated",
            Self::GrantsNarrowed => "grants-narrowed",
            Self::Closed => "closed",
            Self::Removed => "removed",
        }
    }

    /// What it means, in a few words.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::RetiredSeen => "a retired identity is met again",
            Self::AddedUnapproved => "an identity is new, and nobody has approved it",
            Self::Added => "an identity is new",
            Self::GrantsWidened => "an identity may do more",
            Self::Exposed => "a credential lies in a new place",
            Self::CredentialAdded => "an identity has one credential more",
            Self::Owner => "the owner is another one",
            Self::Rotated => "a credential was replaced",
            Self::GrantsNarrowed => "an identity may do less",
            Self::Closed => "a credential lies in a place no more",
            Self::Removed => "an identity is gone",
        }
    }

    /// Whether things became worse by it.
    pub const fn is_worse(self) -> bool {
        matches!(
            self,
            Self::RetiredSeen
                | Self::AddedUnapproved
                | Self::GrantsWidened
                | Self::Exposed
                | Self::CredentialAdded
        )
    }
}

/// One change of one identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Whether things became worse by it.
    pub is_worse: bool,
    /// The identity's natural key.
    pub uid: String,
    /// The particulars.
    pub detail: String,
    /// The file that it is about; `None` where it is about none.
    pub path: Option<String>,
    /// The line, 1-based; `None` where there is none.
    pub line: Option<u64>,
}

/// What changed from one inventory to another, the gravest first.
pub fn diff(before: &Snapshot, after: &Snapshot) -> Vec<Change> {
    let mut changes = Vec::new();
    for (uid, new) in &after.identities {
        match before.find(uid, new) {
            None => added(uid, new, &mut changes),
            Some(old) => changed(uid, old, new, &mut changes),
        }
    }
    for (uid, old) in &before.identities {
        if after.find(uid, old).is_none() {
            changes.push(change(
                ChangeKind::Removed,
                uid,
                format!("{} {}", old.kind, old.name),
            ));
        }
    }
    changes.sort();
    changes
}

fn change(kind: ChangeKind, uid: &str, detail: String) -> Change {
    Change {
        kind,
        is_worse: kind.is_worse(),
        uid: uid.to_owned(),
        detail,
        path: None,
        line: None,
    }
}

fn added(uid: &str, new: &SnapshotIdentity, changes: &mut Vec<Change>) {
    let is_approved = new.stage == "approved" || new.stage == "active";
    let kind = if is_approved {
        ChangeKind::Added
    } else {
        ChangeKind::AddedUnapproved
    };
    let mut added = change(
        kind,
        uid,
        format!("{} {} ({})", new.kind, new.name, new.stage),
    );
    let place = new.places.iter().next();
    let place = place.map(|(place, line)| (&place.path, *line));
    let declared = new.declared.as_ref().map(|(path, line)| (path, *line));
    if let Some((path, line)) = place.or(declared) {
        added.path = Some(path.clone());
        added.line = Some(line);
        added.detail = format!("{}, in {path}", added.detail);
    }
    changes.push(added);
}

fn changed(uid: &str, old: &SnapshotIdentity, new: &SnapshotIdentity, changes: &mut Vec<Change>) {
    for (place, line) in new
        .places
        .iter()
        .filter(|(place, _)| !old.places.contains_key(place))
    {
        let kind = match () {
            () if new.stage == "retired" => ChangeKind::RetiredSeen,
            () if is_rotated(place, old, new) => ChangeKind::Rotated,
            () => ChangeKind::Exposed,
        };
        let name = if place.name.is_empty() {
            String::new()
        } else {
            format!(" {}", place.name)
        };
        let detail = format!("{} in {}{name}", new.masked(&place.fingerprint), place.path);
        let mut exposed = change(kind, uid, detail);
        exposed.path = Some(place.path.clone());
        exposed.line = Some(*line);
        changes.push(exposed);
    }
    for place in old
        .places
        .keys()
        .filter(|place| !new.places.contains_key(place))
    {
        if !is_rotated(place, old, new) {
            let detail = format!("{} in {}", old.masked(&place.fingerprint), place.path);
            changes.push(change(ChangeKind::Closed, uid, detail));
        }
    }
    let placed = |fingerprint: &str| {
        new.places
            .keys()
            .any(|place| place.fingerprint == fingerprint)
    };
    for (fingerprint, masked) in &new.credentials {
        if !old.credentials.contains_key(fingerprint) && !placed(fingerprint) {
            changes.push(change(
                ChangeKind::CredentialAdded,
                uid,
                format!("{masked} in a history"),
            ));
        }
    }
    for grant in new.grants.difference(&old.grants) {
        changes.push(change(ChangeKind::GrantsWidened, uid, grant.clone()));
    }
    for grant in old.grants.difference(&new.grants) {
        changes.push(change(ChangeKind::GrantsNarrowed, uid, grant.clone()));
    }
    if old.owner != new.owner {
        let name = |owner: &Option<String>| owner.clone().unwrap_or_else(|| "nobody".to_owned());
        changes.push(change(
            ChangeKind::Owner,
            uid,
            format!("{} -> {}", name(&old.owner), name(&new.owner)),
        ));
    }
}

/// Whether the slot of a place held one thing before and holds nothing but others now.
fn is_rotated(place: &snapshot::Place, old: &SnapshotIdentity, new: &SnapshotIdentity) -> bool {
    let before: Vec<&str> = old.values_of(place).collect();
    let mut after = new.values_of(place).peekable();
    !before.is_empty() && after.peek().is_some() && after.all(|value| !before.contains(&value))
}

/// How many changes of each kind there are.
pub fn count_changes(changes: &[Change]) -> BTreeMap<ChangeKind, u64> {
    let mut counts = BTreeMap::new();
    for change in changes {
        *counts.entry(change.kind).or_default() += 1;
    }
    counts
}
