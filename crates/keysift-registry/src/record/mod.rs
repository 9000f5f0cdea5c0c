//! Writing a scan into the registry: one step, and nothing where nothing is new.

mod credential;
mod declaration;
mod exposure;
mod holding;
mod owner;

use std::collections::{HashMap, HashSet};

use keysift_core::Commit;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use serde::Serialize;
use serde_json::json;

use crate::error::{Error, ErrorKind};
use crate::journal;
use crate::people::{CodeOwners, Contributor, Mailmap, Person};
use crate::placeholder::Placeholder;
use crate::recorder::Recorder;
use crate::store::{Registry, Stamp};

/// Where a scan looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceKind {
    /// Files as they lie there.
    Tree,
    /// A whole history.
    Git,
}

impl SourceKind {
    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Git => "git",
        }
    }
}

/// When an exposure left `HEAD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The commit that took it out.
    pub commit: String,
    /// When, in seconds since 1970; `None` where the commit does not say.
    pub at: Option<i64>,
}

/// What is known round a scan: of the source, of its people and of its history. Everything may be left empty.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The version of the program.
    pub tool_version: String,
    /// Who commits; empty outside Git.
    pub contributors: Vec<Contributor>,
    /// Who commits to a directory, by its path with `/` between its parts; for those of
    /// [`Recorder::directories`](crate::Recorder::directories).
    pub directory_contributors: HashMap<String, Vec<Contributor>>,
    /// Which commit wrote a line of `HEAD`, by the file and the line of [`Recorder::lines`](crate::Recorder::lines).
    pub written: HashMap<(String, u64), Commit>,
    /// Under which names people go.
    pub mailmap: Mailmap,
    /// Who owns which files; `None` where nothing says so.
    pub code_owners: Option<CodeOwners>,
    /// Who owns the whole source; `None` where nothing says so.
    pub catalog_owner: Option<String>,
    /// Who is there and who has left; empty where nobody says so.
    pub people: Vec<Person>,
    /// When exposures left `HEAD`, by the number in [`Past`](crate::Past).
    pub removals: HashMap<usize, Removal>,
    /// What stood in place of an exposure before the commit that brought it in, by the number in
    /// [`Introduction`](crate::Introduction).
    pub placeholders: HashMap<usize, Placeholder>,
    /// Commits that a program wrote or helped to write, with its name, by id.
    pub assisted: HashMap<String, String>,
}

/// What recording a scan changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Recorded {
    /// The number of the scan; of the last one where nothing changed.
    pub scan: i64,
    /// Whether nothing is new, and nothing was written.
    pub is_unchanged: bool,
    /// Whether everything that was asked for was scanned; otherwise nothing counts as gone.
    pub is_complete: bool,
    /// Identities that were not known.
    pub new_identities: u64,
    /// Credentials that were not known.
    pub new_credentials: u64,
    /// Places that were not known.
    pub new_exposures: u64,
    /// Places that `HEAD`, or the tree, does not have any more, or that are gone altogether.
    pub ended_exposures: u64,
    /// Credentials that followed another one in its place.
    pub rotated: u64,
    /// New places where a placeholder stood before.
    pub turned_real: u64,
    /// Identities that turned out to be one: what became a part, and of what.
    pub merged: Vec<(String, String)>,
    /// All exposures of this source.
    pub exposures: u64,
}

/// What writes one scan.
struct Writer<'w> {
    connection: &'w Connection,
    context: &'w Context,
    source: i64,
    scan: i64,
    outcome: Recorded,
    /// Ids of parties by key.
    parties: HashMap<String, i64>,
    /// For each found credential its id and its identity's.
    credentials: Vec<(i64, i64)>,
    /// Exposures and declarations that were seen.
    seen: HashSet<i64>,
    declared: HashSet<i64>,
}

impl Registry {
    /// Writes what a scan of a source found, as one step: all of it or nothing. A scan that brings nothing new leaves the
    /// database as it is.
    ///
    /// `locator` names the source: the same for the same source on every machine that shares the registry. Where the
    /// scan was incomplete, what it did not see stays as it was.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) for a scan that did not end; [`Storage`](ErrorKind::Storage).
    pub fn record(
        &mut self,
        (kind, locator): (SourceKind, &str),
        recorder: &Recorder,
        context: &Context,
        stamp: &Stamp,
    ) -> Result<Recorded, Error> {
        let Some(summary) = &recorder.summary else {
            return Err(Error::new(ErrorKind::Refused, "the scan did not end"));
        };
        let is_complete = !summary.is_incomplete();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let source = source(&transaction, kind, locator)?;
        let sql = "INSERT INTO scan(source_id, started_at, tool_version, rules, is_complete, blobs, bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let last = last_scan(
            &transaction,
            source,
            &context.tool_version,
            summary.rules as i64,
            is_complete,
        )?;
        transaction.execute(
            sql,
            (
                source,
                stamp.at,
                &context.tool_version,
                summary.rules as i64,
                is_complete,
                summary.blobs as i64,
                summary.bytes as i64,
            ),
        )?;
        let scan = transaction.last_insert_rowid();
        let before = transaction.total_changes();
        let mut writer = Writer {
            connection: &transaction,
            context,
            source,
            scan,
            outcome: Recorded {
                scan,
                is_complete,
                exposures: recorder.exposures.len() as u64,
                ..Recorded::default()
            },
            parties: HashMap::new(),
            credentials: Vec::new(),
            seen: HashSet::new(),
            declared: HashSet::new(),
        };
        writer.people()?;
        let slots = writer.slots(recorder)?;
        writer.credentials(recorder, &slots)?;
        writer.exposures(recorder, &slots)?;
        writer.declarations(&recorder.observed)?;
        writer.declared_files(&recorder.declared)?;
        if is_complete {
            writer.forget_unseen()?;
            if !recorder.has_unread_declarations {
                writer.forget_undeclared()?;
                writer.forget_unsaid(&recorder.declared)?;
            }
        }
        writer.owners(recorder)?;
        let mut outcome = writer.outcome;
        if let Some(last) = last
            && transaction.total_changes() == before
        {
            outcome.scan = last;
            outcome.is_unchanged = true;
            // Dropped, the transaction takes the row of the scan back.
            return Ok(outcome);
        }
        let payload = json!({
            "source": format!("{}:{locator}", kind.as_str()),
            "outcome": outcome,
        });
        journal::append(&transaction, &self.key, stamp, "scan", &payload)?;
        transaction.commit()?;
        Ok(outcome)
    }
}

/// The last scan of a source, if it was made in the same way.
fn last_scan(
    connection: &Connection,
    source: i64,
    tool_version: &str,
    rules: i64,
    is_complete: bool,
) -> Result<Option<i64>, Error> {
    let sql = "SELECT id, tool_version, rules, is_complete FROM scan WHERE source_id = ?1 ORDER BY id DESC LIMIT 1";
    let last: Option<(i64, String, i64, bool)> = connection
        .query_row(sql, [source], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    Ok(last
        .filter(|last| (last.1.as_str(), last.2, last.3) == (tool_version, rules, is_complete))
        .map(|last| last.0))
}

fn source(connection: &Connection, kind: SourceKind, locator: &str) -> Result<i64, Error> {
    let sql = "SELECT id FROM source WHERE kind = ?1 AND locator = ?2";
    let known = connection
        .query_row(sql, (kind.as_str(), locator), |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let sql = "INSERT INTO source(kind, locator) VALUES (?1, ?2)";
    connection.execute(sql, (kind.as_str(), locator))?;
    Ok(connection.last_insert_rowid())
}
