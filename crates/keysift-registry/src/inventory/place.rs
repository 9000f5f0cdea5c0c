//! Places of credentials, and how their values followed one another.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::Serialize;

use super::card::Card;
use crate::error::Error;
use crate::store::Registry;
use crate::time::rfc3339;

/// A place of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ExposureCard {
    /// The credential's fingerprint.
    pub fingerprint: String,
    /// `tree` or `git`.
    pub source_kind: String,
    /// The source.
    pub source: String,
    /// The file, or the message, with `/` between its parts.
    pub path: String,
    /// The name that it is assigned to; empty where there is none.
    pub name: String,
    /// The line, 1-based.
    pub line: u64,
    /// The environment that the file speaks of; `None` where it does not.
    pub environment: Option<String>,
    /// Whether it is in the tree, or in `HEAD`.
    pub is_current: bool,
    /// The first reference that leads to it; `None` for a tree, and where none does.
    pub reached_by: Option<String>,
    /// The commit that brought it in; `None` outside a history.
    pub first_commit: Option<String>,
    /// When that was made, in RFC 3339.
    pub first_at: Option<String>,
    /// Who made it.
    pub introduced_by: Option<String>,
    /// The program that wrote the commit or helped, by its author and its trailers.
    pub assisted_by: Option<String>,
    /// What stood in its place before that commit, for a value to be filled in: `empty`, `reference` or `placeholder`.
    /// `None` for something else, and where nothing tells.
    pub placeholder: Option<String>,
    /// The commit that took it out of `HEAD`; `None` where it is still there or nothing tells.
    pub removed_commit: Option<String>,
    /// When that was made, in RFC 3339.
    pub removed_at: Option<String>,
    /// For how many days it lay open, up to its removal or until now; `None` where its beginning is not known.
    pub open_days: Option<i64>,
}

/// A value that took another one's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RotationCard {
    /// The source.
    pub source: String,
    /// The file.
    pub path: String,
    /// The name that the values are assigned to.
    pub name: String,
    /// The fingerprint of the value before.
    pub from: String,
    /// The fingerprint of the value behind.
    pub to: String,
    /// When, in RFC 3339.
    pub at: String,
}

/// A value in a slot: the credential, and since when.
#[derive(Debug)]
struct Value {
    slot: i64,
    credential: i64,
    is_gone: bool,
    at: i64,
}

/// The values of slots that have had more than one, one at a time, in the order of time.
fn values(connection: &Connection) -> Result<Vec<Value>, Error> {
    let sql = "SELECT e.slot_id, e.credential_id, e.gone_scan IS NOT NULL, coalesce(e.first_at, n.started_at)
               FROM slot s JOIN exposure e ON e.slot_id = s.id JOIN scan n ON n.id = e.first_scan
               WHERE s.is_shared = 0 AND (SELECT count(*) FROM exposure o WHERE o.slot_id = s.id) > 1
               ORDER BY e.slot_id, e.is_current, coalesce(e.first_at, n.started_at), e.id";
    let mut statement = connection.prepare(sql)?;
    let values = statement.query_map([], |row| {
        Ok(Value {
            slot: row.get(0)?,
            credential: row.get(1)?,
            is_gone: row.get(2)?,
            at: row.get(3)?,
        })
    })?;
    Ok(values.collect::<Result<_, _>>()?)
}

/// For each credential in how many slots that still have it another value has taken its place.
pub(super) fn superseded(connection: &Connection) -> Result<HashMap<i64, u64>, Error> {
    let mut counts = HashMap::new();
    for pair in values(connection)?.windows(2) {
        if pair[0].slot == pair[1].slot {
            let count: &mut u64 = counts.entry(pair[0].credential).or_default();
            *count += u64::from(!pair[0].is_gone);
        }
    }
    Ok(counts)
}

impl Registry {
    /// Every live place of an identity's credentials, those in trees and in `HEAD` first. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`Storage`](crate::ErrorKind::Storage).
    pub fn exposures(&self, card: &Card, now: i64) -> Result<Vec<ExposureCard>, Error> {
        let sql = "SELECT c.fp, r.kind, r.locator, s.path, s.name, e.line, s.environment, e.is_current, e.reached_by,
                     e.first_commit, e.first_at, p.name, e.assisted_by, e.removed_commit, e.removed_at, e.placeholder
                   FROM exposure e JOIN credential c ON c.id = e.credential_id JOIN slot s ON s.id = e.slot_id
                   JOIN source r ON r.id = s.source_id JOIN identity i ON i.id = c.identity_id
                   LEFT JOIN party p ON p.id = e.author_id
                   WHERE coalesce(i.merged_into, i.id) = ?1 AND e.gone_scan IS NULL
                   ORDER BY e.is_current DESC, r.locator, s.path, e.line, c.fp";
        let mut statement = self.connection.prepare(sql)?;
        let exposures = statement.query_map([card.id], |row| {
            let (first, removed): (Option<i64>, Option<i64>) = (row.get(10)?, row.get(14)?);
            Ok(ExposureCard {
                fingerprint: row.get(0)?,
                source_kind: row.get(1)?,
                source: row.get(2)?,
                path: row.get(3)?,
                name: row.get(4)?,
                line: row.get(5)?,
                environment: row.get(6)?,
                is_current: row.get(7)?,
                reached_by: row.get(8)?,
                first_commit: row.get(9)?,
                first_at: first.map(rfc3339),
                introduced_by: row.get(11)?,
                assisted_by: row.get(12)?,
                placeholder: row.get(15)?,
                removed_commit: row.get(13)?,
                removed_at: removed.map(rfc3339),
                open_days: first
                    .map(|first| (removed.unwrap_or(now).saturating_sub(first)) / crate::time::DAY),
            })
        })?;
        Ok(exposures.collect::<Result<_, _>>()?)
    }

    /// The rotations of an identity's credentials, the oldest first.
    ///
    /// # Errors
    /// [`Storage`](crate::ErrorKind::Storage).
    pub fn rotations(&self, card: &Card) -> Result<Vec<RotationCard>, Error> {
        let names: HashMap<i64, &str> = card
            .credentials
            .iter()
            .map(|credential| (credential.id, &*credential.fingerprint))
            .collect();
        let sql = "SELECT r.locator, s.path, s.name FROM slot s JOIN source r ON r.id = s.source_id WHERE s.id = ?1";
        let mut select = self.connection.prepare(sql)?;
        let mut rotations = Vec::new();
        for pair in values(&self.connection)?.windows(2) {
            let (Some(from), Some(to)) = (
                names.get(&pair[0].credential),
                names.get(&pair[1].credential),
            ) else {
                continue;
            };
            if pair[0].slot != pair[1].slot {
                continue;
            }
            let (source, path, name) = select.query_row([pair[1].slot], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
            rotations.push((
                pair[1].at,
                RotationCard {
                    source,
                    path,
                    name,
                    from: (*from).to_owned(),
                    to: (*to).to_owned(),
                    at: rfc3339(pair[1].at),
                },
            ));
        }
        rotations.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.path.cmp(&b.1.path)));
        Ok(rotations
            .into_iter()
            .map(|(_, rotation)| rotation)
            .collect())
    }
}
