//! The journal: what was done, by whom and when, as a chain of keyed hashes.
//!
//! Each entry's hash covers the one before it and a digest of all other tables, so that an entry or a row that was
//! changed by other means is noticed by whoever has the key. A registry that was put back whole to an earlier state is
//! not; who wants to notice that keeps the last hash elsewhere.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::key::RegistryKey;
use crate::store::{Registry, Stamp};

/// Every table but the journal, and the columns that order it.
const TABLES: &[(&str, &str)] = &[
    ("meta", "1"),
    ("source", "1"),
    ("scan", "1"),
    ("party", "1"),
    ("identity", "1"),
    ("alias", "1"),
    ("credential", "1"),
    ("slot", "1"),
    ("exposure", "1"),
    ("ownership", "1, 2, 3, 4"),
    ("declaration", "1"),
    ("access_grant", "1"),
    ("concern", "1, 2, 4"),
    ("declared_slot", "1"),
    ("edge", "1"),
    ("review", "1"),
    ("waiver", "1"),
    ("violation", "1"),
];

/// The hash that the first entry follows.
const FIRST: [u8; 32] = [0; 32];

/// An entry of the journal.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// Its number; the first is 1.
    pub seq: i64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// The particulars, as JSON.
    pub payload: String,
}

/// A journal that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verified {
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last entry in hexadecimal digits. Kept elsewhere, it tells a registry that was put back.
    pub head: String,
}

pub(crate) fn append(
    connection: &Connection,
    key: &RegistryKey,
    stamp: &Stamp,
    verb: &str,
    payload: &Value,
) -> Result<(), Error> {
    let sql = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1";
    let last: Option<(i64, Vec<u8>)> = connection
        .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (seq, previous) = last.map_or((1, FIRST.to_vec()), |(seq, hash)| (seq + 1, hash));
    let entry = JournalEntry {
        seq,
        at: stamp.at,
        actor: stamp.actor.clone(),
        verb: verb.to_owned(),
        payload: payload.to_string(),
    };
    let state = state(connection, key)?;
    let hash = hash(key, &previous, &entry, &state);
    connection.execute(
        "INSERT INTO journal(seq, at, actor, verb, payload, state, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (seq, entry.at, &entry.actor, &entry.verb, &entry.payload, state, hash),
    )?;
    Ok(())
}

fn hash(key: &RegistryKey, previous: &[u8], entry: &JournalEntry, state: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(&key.chain());
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(previous);
    add(&entry.seq.to_le_bytes());
    add(&entry.at.to_le_bytes());
    add(entry.actor.as_bytes());
    add(entry.verb.as_bytes());
    add(entry.payload.as_bytes());
    add(state);
    hasher.finalize().into()
}

/// A digest of every table but the journal.
fn state(connection: &Connection, key: &RegistryKey) -> Result<[u8; 32], Error> {
    let mut hasher = blake3::Hasher::new_keyed(&key.chain());
    let mut buffer = Vec::new();
    for (table, order) in TABLES {
        hasher.update(table.as_bytes());
        let mut statement =
            connection.prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                add_value(&mut buffer, row.get_ref(column)?);
            }
            if buffer.len() > 64 << 10 {
                hasher.update(&buffer);
                buffer.clear();
            }
        }
        hasher.update(&buffer);
        buffer.clear();
    }
    Ok(hasher.finalize().into())
}

fn add_value(buffer: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut add = |tag: u8, bytes: &[u8]| {
        buffer.push(tag);
        buffer.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        buffer.extend_from_slice(bytes);
    };
    match value {
        ValueRef::Null => add(0, b""),
        ValueRef::Integer(number) => add(1, &number.to_le_bytes()),
        ValueRef::Real(number) => add(2, &number.to_le_bytes()),
        ValueRef::Text(text) => add(3, text),
        ValueRef::Blob(bytes) => add(4, bytes),
    }
}

impl Registry {
    /// Verifies the journal from its first entry to its last, and that the tables are as the last one says.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) names the first thing that is not as it was written; [`Storage`](ErrorKind::Storage).
    pub fn verify(&self) -> Result<Verified, Error> {
        let broken = |what: String| {
            Error::new(ErrorKind::Refused, what).hint_with(
                "the registry was changed by other means; put back a copy, or make it anew",
            )
        };
        let integrity: String =
            self.connection
                .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if integrity != "ok" {
            return Err(broken(format!("the database is damaged: {integrity}")));
        }
        let mut previous = FIRST.to_vec();
        let mut last_state = None;
        let mut entries = 0_u64;
        let sql = "SELECT seq, at, actor, verb, payload, state, hash FROM journal ORDER BY seq";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let entry = read(row)?;
            let (state, stored): (Vec<u8>, Vec<u8>) = (row.get(5)?, row.get(6)?);
            entries += 1;
            if entry.seq != entries as i64 {
                return Err(broken(format!("journal entry {entries} is missing")));
            }
            if hash(&self.key, &previous, &entry, &state)[..] != stored {
                return Err(broken(format!("journal entry {entries} was changed")));
            }
            previous = stored;
            last_state = Some(state);
        }
        if let Some(last) = last_state
            && state(&self.connection, &self.key)?[..] != last
        {
            return Err(broken(format!(
                "a table was changed after journal entry {entries}"
            )));
        }
        let head = previous.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Verified { entries, head })
    }

    /// The journal, the first entry first.
    ///
    /// # Errors
    /// [`Storage`](ErrorKind::Storage).
    pub fn journal(&self) -> Result<Vec<JournalEntry>, Error> {
        let sql = "SELECT seq, at, actor, verb, payload FROM journal ORDER BY seq";
        let mut statement = self.connection.prepare(sql)?;
        let entries = statement.query_map([], read)?;
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<JournalEntry> {
    Ok(JournalEntry {
        seq: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        verb: row.get(3)?,
        payload: row.get(4)?,
    })
}
