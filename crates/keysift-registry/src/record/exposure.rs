//! Exposures: written where they are new or have changed, and ended where they are not seen any more.

use rusqlite::{OptionalExtension as _, params};

use super::Writer;
use crate::error::Error;
use crate::people::Party;
use crate::recorder::{FoundExposure, Recorder};

/// An exposure as the registry has it.
#[derive(Debug, PartialEq, Eq)]
struct Stored {
    line: i64,
    is_current: bool,
    reached_by: Option<String>,
    first_commit: Option<String>,
    first_at: Option<i64>,
    author: Option<i64>,
    assisted_by: Option<String>,
    placeholder: Option<String>,
    removed_commit: Option<String>,
    removed_at: Option<i64>,
}

impl Writer<'_> {
    pub(super) fn exposures(&mut self, recorder: &Recorder, slots: &[i64]) -> Result<(), Error> {
        for (number, exposure) in recorder.exposures.iter().enumerate() {
            let stored = self.stored(number, exposure)?;
            let (credential, _) = self.credentials[exposure.credential];
            let id = self.write(credential, slots[number], &stored)?;
            self.seen.insert(id);
        }
        Ok(())
    }

    fn stored(&mut self, number: usize, exposure: &FoundExposure) -> Result<Stored, Error> {
        let first = exposure.first();
        let author = match first {
            None => None,
            Some(commit) => {
                let (name, email) = self.context.mailmap.resolve(&commit.author, &commit.email);
                Some(self.party(&Party::committer(&name, &email))?)
            }
        };
        let removal = self.context.removals.get(&number);
        let placeholder = self.context.placeholders.get(&number);
        let assisted = first.and_then(|commit| self.context.assisted.get(&commit.id));
        Ok(Stored {
            line: exposure.line as i64,
            is_current: exposure.is_current,
            reached_by: exposure.reached_by.as_deref().map(str::to_owned),
            first_commit: first.map(|commit| commit.id.clone()),
            first_at: first
                .and_then(|commit| commit.date)
                .map(|date| date.seconds),
            author,
            assisted_by: assisted.cloned(),
            placeholder: placeholder.map(|placeholder| placeholder.as_str().to_owned()),
            removed_commit: removal.map(|removal| removal.commit.clone()),
            removed_at: removal.and_then(|removal| removal.at),
        })
    }

    fn write(&mut self, credential: i64, slot: i64, new: &Stored) -> Result<i64, Error> {
        let sql = "SELECT id, gone_scan, line, is_current, reached_by, first_commit, first_at, author_id, assisted_by,
                     removed_commit, removed_at, placeholder FROM exposure WHERE credential_id = ?1 AND slot_id = ?2";
        let mut select = self.connection.prepare_cached(sql)?;
        let known: Option<(i64, Option<i64>, Stored)> = select
            .query_row((credential, slot), |row| {
                Ok((row.get(0)?, row.get(1)?, read(row)?))
            })
            .optional()?;
        let past = (!new.is_current).then_some(self.scan);
        let Some((id, gone, old)) = known else {
            self.outcome.new_exposures += 1;
            self.outcome.turned_real += u64::from(new.placeholder.is_some());
            let sql = "INSERT INTO exposure(credential_id, slot_id, line, is_current, reached_by, first_commit, first_at,
                         author_id, assisted_by, removed_commit, removed_at, first_scan, past_scan, placeholder)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
            self.connection.prepare_cached(sql)?.execute(params![
                credential,
                slot,
                new.line,
                new.is_current,
                new.reached_by,
                new.first_commit,
                new.first_at,
                new.author,
                new.assisted_by,
                new.removed_commit,
                new.removed_at,
                self.scan,
                past,
                new.placeholder,
            ])?;
            return Ok(self.connection.last_insert_rowid());
        };
        if old == *new && gone.is_none() {
            return Ok(id);
        }
        if old.is_current && !new.is_current {
            self.outcome.ended_exposures += 1;
        }
        // What comes back is new to this scan.
        if gone.is_some() || (new.is_current && !old.is_current) {
            self.outcome.new_exposures += 1;
        }
        let sql = "UPDATE exposure SET line = ?2, is_current = ?3, reached_by = ?4, first_commit = ?5, first_at = ?6,
                     author_id = ?7, assisted_by = ?8, removed_commit = ?9, removed_at = ?10, placeholder = ?12,
                     first_scan = CASE WHEN gone_scan IS NOT NULL OR (?3 AND NOT is_current) THEN ?11 ELSE first_scan END,
                     past_scan = CASE WHEN ?3 THEN NULL ELSE coalesce(past_scan, ?11) END, gone_scan = NULL
                   WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute(params![
            id,
            new.line,
            new.is_current,
            new.reached_by,
            new.first_commit,
            new.first_at,
            new.author,
            new.assisted_by,
            new.removed_commit,
            new.removed_at,
            self.scan,
            new.placeholder,
        ])?;
        Ok(id)
    }

    /// What a complete scan of the source did not see is gone.
    pub(super) fn forget_unseen(&mut self) -> Result<(), Error> {
        let sql = "SELECT e.id, e.is_current FROM exposure e JOIN slot s ON s.id = e.slot_id
                   WHERE s.source_id = ?1 AND e.gone_scan IS NULL";
        let mut select = self.connection.prepare_cached(sql)?;
        let live = select.query_map([self.source], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let live: Vec<(i64, bool)> = live.collect::<Result<_, _>>()?;
        let sql = "UPDATE exposure SET gone_scan = ?2, is_current = 0, past_scan = coalesce(past_scan, ?2) WHERE id = ?1";
        let mut update = self.connection.prepare_cached(sql)?;
        for (id, _) in live.iter().filter(|(id, _)| !self.seen.contains(id)) {
            update.execute((id, self.scan))?;
            self.outcome.ended_exposures += 1;
        }
        Ok(())
    }
}

/// The columns behind the id and the scan.
fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        line: row.get(2)?,
        is_current: row.get(3)?,
        reached_by: row.get(4)?,
        first_commit: row.get(5)?,
        first_at: row.get(6)?,
        author: row.get(7)?,
        assisted_by: row.get(8)?,
        removed_commit: row.get(9)?,
        removed_at: row.get(10)?,
        placeholder: row.get(11)?,
    })
}
