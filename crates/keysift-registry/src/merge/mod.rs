//! Taking what another registry knows into this one.
//!
//! Both are databases of one connection while that is done, so that rows go from one to the other without coming into
//! memory. Rows are matched by what names them everywhere: a source's kind and locator, an identity's aliases, a
//! credential's fingerprint, a slot's path and name.

mod rows;
mod unite;

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;
use serde_json::json;

use crate::error::{Error, ErrorKind};
use crate::journal;
use crate::store::{Registry, Stamp};

/// What merging a registry changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Merged {
    /// Whether nothing was new, and nothing was written.
    pub is_unchanged: bool,
    /// Sources that the other registry has scanned later, or that were not known.
    pub sources: u64,
    /// Identities that were not known.
    pub new_identities: u64,
    /// Credentials that were not known.
    pub new_credentials: u64,
    /// Places that were not known.
    pub new_exposures: u64,
    /// Stages, reviews, waivers and owners that people decided on, and that were not known.
    pub decisions: u64,
    /// Identities that turned out to be a part of another one.
    pub united: u64,
    /// Identities that the two registries have in different stages; this one's stays.
    pub disputed: u64,
}

impl Registry {
    /// Takes what the registry at `other` knows into this one, as one step: all of it or nothing. What is there already
    /// is not written again. The other one is verified, and only read.
    ///
    /// Of a source that both know the last scan counts. Scans get new numbers. The other one's journal stays where it is;
    /// the entry in this one's has its last hash.
    ///
    /// # Errors
    /// [`Missing`](ErrorKind::Missing); [`Key`](ErrorKind::Key) where it has another key, since nothing tells which of
    /// the credentials are the same; [`Refused`](ErrorKind::Refused) where it is this one, or was changed by other means;
    /// [`Storage`](ErrorKind::Storage).
    pub fn merge(&mut self, other: &Path, stamp: &Stamp) -> Result<Merged, Error> {
        let shown = other.display();
        if self.is_at(other) {
            return Err(Error::new(
                ErrorKind::Refused,
                format!("{shown}: it is this registry itself"),
            )
            .hint_with("name another registry"));
        }
        if !other.exists() {
            let message = format!("{shown}: there is no registry");
            return Err(Error::new(ErrorKind::Missing, message));
        }
        let opened = Self::connect(other, self.key.clone()).map_err(|error| {
            if error.kind() != ErrorKind::Key {
                return error;
            }
            let message = format!("{shown}: it has another key than this registry");
            Error::new(ErrorKind::Key, message).hint_with(
                "fingerprints cannot be made anew without the secrets: make both with one KEYSIFT_REGISTRY_KEY, or scan its sources again into this one",
            )
        })?;
        let verified = opened.verify().map_err(|error| {
            Error::new(ErrorKind::Refused, format!("{shown}: it does not hold")).caused_by(error)
        })?;
        drop(opened);
        self.connection
            .execute("ATTACH DATABASE ?1 AS other", [plain(other)])?;
        let merged = self.merge_attached(&verified.head, stamp);
        let detached = self.connection.execute_batch("DETACH DATABASE other");
        let merged = merged?;
        detached?;
        Ok(merged)
    }

    fn is_at(&self, path: &Path) -> bool {
        let own = self.connection.path().map(Path::new);
        let (own, other) = (own.map(Path::canonicalize), path.canonicalize());
        matches!((own, other), (Some(Ok(own)), Ok(other)) if own == other)
    }

    fn merge_attached(&mut self, head: &str, stamp: &Stamp) -> Result<Merged, Error> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut merge = Merge {
            connection: &transaction,
            written: 0,
            merged: Merged::default(),
        };
        merge.all()?;
        let mut merged = merge.merged;
        if merge.written == 0 {
            merged.is_unchanged = true;
            return Ok(merged);
        }
        let payload = json!({"head": head, "outcome": merged});
        journal::append(&transaction, &self.key, stamp, "merge", &payload)?;
        transaction.commit()?;
        Ok(merged)
    }
}

/// A path that SQLite does not take for a URI.
fn plain(path: &Path) -> String {
    let text = path.display().to_string();
    if text.starts_with("file:") {
        format!("./{text}")
    } else {
        text
    }
}

/// A merge that goes on.
struct Merge<'m> {
    connection: &'m Connection,
    /// Rows of this registry that were written.
    written: u64,
    merged: Merged,
}

impl Merge<'_> {
    fn all(&mut self) -> Result<(), Error> {
        self.connection.execute_batch(rows::MAPS)?;
        self.write(rows::SOURCES)?;
        self.map(rows::MAP_SOURCES)?;
        let sql = "SELECT count(*) FROM temp.source_map WHERE is_newer";
        self.merged.sources = self.connection.query_row(sql, [], |row| row.get(0))?;
        self.write(rows::SCANS)?;
        self.map(rows::MAP_SCANS)?;
        self.write(rows::PARTIES)?;
        self.write(rows::PARTIES_ACTIVE)?;
        self.map(rows::MAP_PARTIES)?;
        self.map(rows::MAP_KNOWN_IDENTITIES)?;
        self.merged.new_identities = self.write(rows::IDENTITIES)?;
        self.map(rows::MAP_NEW_IDENTITIES)?;
        let sql = rows::DISPUTED;
        self.merged.disputed = self.connection.query_row(sql, [], |row| row.get(0))?;
        self.merged.decisions = self.write(rows::STAGES)?;
        self.write(rows::TIMES)?;
        self.write(rows::ALIASES)?;
        self.merged.new_credentials = self.write(rows::CREDENTIALS)?;
        self.map(rows::MAP_CREDENTIALS)?;
        self.merged.united = self.unite()?;
        for sql in rows::FORGET {
            self.write(sql)?;
        }
        self.write(rows::SLOTS)?;
        self.write(rows::SHARED_SLOTS)?;
        self.map(rows::MAP_SLOTS)?;
        let sql = rows::NEW_EXPOSURES;
        self.merged.new_exposures = self.connection.query_row(sql, [], |row| row.get(0))?;
        self.write(rows::EXPOSURES)?;
        self.write(rows::DECLARATIONS)?;
        self.map(rows::MAP_DECLARATIONS)?;
        for sql in rows::DECLARED {
            self.write(sql)?;
        }
        self.write(rows::OWNERS)?;
        for sql in rows::DECIDED {
            self.merged.decisions += self.write(sql)?;
        }
        self.write(rows::VIOLATIONS)?;
        self.connection.execute_batch(rows::DROP_MAPS)?;
        Ok(())
    }

    /// Writes rows of this registry, and says how many.
    fn write(&mut self, sql: &str) -> Result<u64, Error> {
        let written = self.connection.execute(sql, [])? as u64;
        self.written += written;
        Ok(written)
    }

    /// Fills a map from the other registry's rows to this one's.
    fn map(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute(sql, [])?;
        Ok(())
    }
}
