//! Remembering which policies were not met, and since when.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use super::evaluate::Checked;
use crate::error::Error;
use crate::store::{Registry, Stamp};

/// What is new since the check that was remembered last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Remembered {
    /// Violations that were not open.
    pub opened: u64,
    /// Violations that are over, or waived.
    pub closed: u64,
}

impl Registry {
    /// Remembers what a check came to, so that later ones can say what is new and since when the rest is open. Nothing is
    /// written where nothing has changed.
    ///
    /// # Errors
    /// [`Storage`](crate::ErrorKind::Storage).
    pub fn remember(&mut self, checked: &Checked, stamp: &Stamp) -> Result<Remembered, Error> {
        let now: BTreeSet<(String, i64)> = checked
            .violations
            .iter()
            .map(|violation| (violation.policy.id.to_owned(), violation.identity))
            .collect();
        let before: BTreeSet<(String, i64)> = {
            let sql = "SELECT policy, identity_id FROM violation WHERE closed_at IS NULL";
            let mut select = self.connection.prepare(sql)?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let remembered = Remembered {
            opened: now.difference(&before).count() as u64,
            closed: before.difference(&now).count() as u64,
        };
        if remembered == Remembered::default() {
            return Ok(remembered);
        }
        self.step(stamp, "check", |connection| {
            let sql = "UPDATE violation SET closed_at = ?3 WHERE policy = ?1 AND identity_id = ?2 AND closed_at IS NULL";
            let mut close = connection.prepare(sql)?;
            for (policy, identity) in before.difference(&now) {
                close.execute((policy, identity, stamp.at))?;
            }
            let sql = "INSERT INTO violation(policy, identity_id, severity, opened_at) VALUES (?1, ?2, ?3, ?4)";
            let mut open = connection.prepare(sql)?;
            for violation in &checked.violations {
                let key = (violation.policy.id.to_owned(), violation.identity);
                if !before.contains(&key) {
                    open.execute((&key.0, key.1, violation.severity.as_str(), stamp.at))?;
                }
            }
            Ok((remembered, json!({"opened": remembered.opened, "closed": remembered.closed})))
        })
    }
}
