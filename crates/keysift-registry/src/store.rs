//! The database: opened, migrated, and written in whole steps that the journal tells.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::journal;
use crate::key::{RegistryKey, private_file};

/// What each version of the schema adds; `user_version` counts them.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// Tells the database of a registry from others.
const APPLICATION_ID: i64 = 0x6b73_7267;

/// How long another process that writes is waited for.
const BUSY: Duration = Duration::from_secs(10);

/// Where the key of a registry is.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// In a file, which is made with the registry if it is not there.
    File(PathBuf),
    /// These bytes, for instance of an environment variable.
    Material(Vec<u8>),
}

/// Who does something to a registry, and when.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Seconds since 1970.
    pub at: i64,
    /// Who, as the journal names it.
    pub actor: String,
}

/// An open registry: one writer, any number of readers.
#[derive(Debug)]
pub struct Registry {
    pub(crate) connection: Connection,
    pub(crate) key: RegistryKey,
}

impl Registry {
    /// Opens a registry, which has to be there.
    ///
    /// # Errors
    /// [`Missing`](ErrorKind::Missing), [`NotARegistry`](ErrorKind::NotARegistry), [`Newer`](ErrorKind::Newer), and
    /// [`Key`](ErrorKind::Key) for a key that is not its own.
    pub fn open(path: &Path, key: &KeySource) -> Result<Self, Error> {
        if !path.exists() {
            let message = format!("{}: there is no registry", path.display());
            return Err(Error::new(ErrorKind::Missing, message)
                .hint_with("`keysift inventory update` makes one"));
        }
        let key = match key {
            KeySource::File(file) if !file.exists() => {
                let message = format!("{}: the registry's key is not there", file.display());
                return Err(Error::new(ErrorKind::Key, message).hint_with(
                    "name it with --registry-key; without it the registry cannot be used",
                ));
            }
            KeySource::File(file) => RegistryKey::read(file)?,
            KeySource::Material(material) => RegistryKey::from_material(material)?,
        };
        Self::connect(path, key)
    }

    /// Opens a registry, or makes one, and its key file where there is none; both are their owner's alone.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and [`File`](ErrorKind::File).
    pub fn open_or_create(path: &Path, key: &KeySource) -> Result<Self, Error> {
        if path.exists() {
            return Self::open(path, key);
        }
        let fail = |error: std::io::Error| {
            let message = format!("{}: cannot make the registry", path.display());
            Error::new(ErrorKind::File, message).caused_by(error)
        };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        let key = match key {
            KeySource::File(file) if file.exists() => RegistryKey::read(file)?,
            KeySource::File(file) => RegistryKey::create(file)?,
            KeySource::Material(material) => RegistryKey::from_material(material)?,
        };
        private_file(OpenOptions::new().write(true).create(true).truncate(false))
            .open(path)
            .map_err(fail)?;
        Self::connect(path, key)
    }

    /// The key, for a [`Recorder`](crate::Recorder).
    pub fn key(&self) -> &RegistryKey {
        &self.key
    }

    pub(crate) fn connect(path: &Path, key: RegistryKey) -> Result<Self, Error> {
        let foreign = |error: Option<rusqlite::Error>| {
            let message = format!("{}: not a registry of keysift", path.display());
            let told = Error::new(ErrorKind::NotARegistry, message)
                .hint_with("name another file with --registry");
            match error {
                Some(error) => told.caused_by(error),
                None => told,
            }
        };
        let mut connection = Connection::open(path).map_err(|error| foreign(Some(error)))?;
        connection.busy_timeout(BUSY)?;
        let (application, version, tables): (i64, i64, i64) = connection
            .query_row(
                "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
                 (SELECT count(*) FROM sqlite_schema)",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .map_err(|error| foreign(Some(error)))?;
        if application != APPLICATION_ID && (tables > 0 || application != 0) {
            return Err(foreign(None));
        }
        let known = MIGRATIONS.len() as i64;
        if version > known {
            let message = format!(
                "{}: a newer keysift wrote this registry (version {version}, known are {known})",
                path.display()
            );
            return Err(Error::new(ErrorKind::Newer, message).hint_with("use a newer keysift"));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        migrate(&mut connection, version)?;
        let registry = Self { connection, key };
        registry.check_key(path)?;
        Ok(registry)
    }

    /// A first use remembers what tells a wrong key.
    fn check_key(&self, path: &Path) -> Result<(), Error> {
        let check = self.key.check();
        let known = meta(&self.connection, "key_check")?;
        match known {
            Some(known) if known == check => Ok(()),
            Some(_) => {
                let message = format!("{}: the key is not this registry's", path.display());
                Err(Error::new(ErrorKind::Key, message).hint_with(
                    "name its own with --registry-key or KEYSIFT_REGISTRY_KEY; nothing was changed",
                ))
            }
            None => {
                let sql = "INSERT INTO meta(key, value) VALUES ('key_check', ?1)";
                self.connection.execute(sql, [check])?;
                Ok(())
            }
        }
    }

    /// Does `work` as one step: all of it and its entry in the journal, or nothing.
    pub(crate) fn step<T>(
        &mut self,
        stamp: &Stamp,
        verb: &str,
        work: impl FnOnce(&Connection) -> Result<(T, Value), Error>,
    ) -> Result<T, Error> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (outcome, payload) = work(&transaction)?;
        journal::append(&transaction, &self.key, stamp, verb, &payload)?;
        transaction.commit()?;
        Ok(outcome)
    }
}

fn migrate(connection: &mut Connection, version: i64) -> Result<(), Error> {
    let done = usize::try_from(version).unwrap_or_default();
    for (migration, number) in MIGRATIONS.iter().zip(1_i64..).skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.commit()?;
    }
    Ok(())
}

pub(crate) fn meta(connection: &Connection, key: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT value FROM meta WHERE key = ?1";
    Ok(connection
        .query_row(sql, [key], |row| row.get(0))
        .optional()?)
}
