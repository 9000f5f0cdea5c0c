//! Parties, and who owns what.

use std::collections::{BTreeMap, HashMap};

use keysift_core::Commit;
use rusqlite::OptionalExtension as _;

use super::Writer;
use crate::error::Error;
use crate::observed::OwnerBasis;
use crate::people::{Contributor, Party, PartyKind};
use crate::recorder::Recorder;
use crate::slot::directory;

/// Identity, party and basis: what one statement of ownership is about.
type Statement = (i64, i64, &'static str);

/// A file that has or declares an identity's credential, and the line of `HEAD` or of the tree that does.
struct File {
    identity: i64,
    path: String,
    line: Option<u64>,
}

impl Writer<'_> {
    /// Who commits, and who has left.
    pub(super) fn people(&mut self) -> Result<(), Error> {
        for contributor in &self.context.contributors {
            let (name, email) = self
                .context
                .mailmap
                .resolve(&contributor.name, &contributor.email);
            let party = self.party(&Party::committer(&name, &email))?;
            let sql = "UPDATE party SET last_active_at = ?2 WHERE id = ?1 AND coalesce(last_active_at, -1) < ?2";
            self.connection
                .prepare_cached(sql)?
                .execute((party, contributor.last_active_at))?;
        }
        for person in &self.context.people {
            let name = if person.name.is_empty() {
                &person.email
            } else {
                &person.name
            };
            let keys = std::iter::once(&person.email).chain(&person.handle);
            for key in keys {
                let party = Party {
                    key: key.clone(),
                    kind: PartyKind::Human,
                    name: name.clone(),
                };
                let party = self.party(&party)?;
                let sql = "UPDATE party SET left_at = ?2, kind = 'human' WHERE id = ?1 AND left_at IS NOT ?2";
                self.connection
                    .prepare_cached(sql)?
                    .execute((party, person.left_at))?;
            }
        }
        Ok(())
    }

    pub(super) fn party(&mut self, party: &Party) -> Result<i64, Error> {
        if let Some(known) = self.parties.get(&party.key) {
            return Ok(*known);
        }
        let sql = "SELECT id FROM party WHERE key = ?1";
        let known = self
            .connection
            .prepare_cached(sql)?
            .query_row([&party.key], |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(known) => known,
            None => {
                let sql = "INSERT INTO party(key, kind, name) VALUES (?1, ?2, ?3)";
                self.connection.prepare_cached(sql)?.execute((
                    &party.key,
                    party.kind.as_str(),
                    &party.name,
                ))?;
                self.connection.last_insert_rowid()
            }
        };
        self.parties.insert(party.key.clone(), id);
        Ok(id)
    }

    /// Makes what the registry says of owners of this source's identities what the source says now.
    pub(super) fn owners(&mut self, recorder: &Recorder) -> Result<(), Error> {
        let mut told: BTreeMap<Statement, String> = BTreeMap::new();
        self.owners_of_files(recorder, &mut told)?;
        for observed in &recorder.observed {
            let Some(identity) = self.identity_of(&observed.uid)? else {
                continue;
            };
            for owner in &observed.owners {
                let party = self.party(&Party::owner(&owner.party))?;
                told.entry((identity, party, owner.basis.as_str()))
                    .or_insert_with(|| format!("{}:{}", observed.path, observed.line));
            }
        }
        self.replace_owners(&told)
    }

    fn owners_of_files(
        &mut self,
        recorder: &Recorder,
        told: &mut BTreeMap<Statement, String>,
    ) -> Result<(), Error> {
        let catalog = match &self.context.catalog_owner {
            Some(owner) => Some(self.party(&Party::owner(owner))?),
            None => None,
        };
        let mut files: Vec<File> = Vec::new();
        for exposure in &recorder.exposures {
            let (_, identity) = self.credentials[exposure.credential];
            if let Some(commit) = exposure.first()
                && let Some(party) = self.author(commit)?
            {
                told.entry((identity, party, OwnerBasis::Introduced.as_str()))
                    .or_insert_with(|| format!("commit {}", commit.short_id()));
            }
            files.push(File {
                identity,
                path: exposure.place.to_string(),
                line: exposure.is_current.then_some(exposure.line),
            });
        }
        for observed in &recorder.observed {
            if let Some(identity) = self.identity_of(&observed.uid)? {
                files.push(File {
                    identity,
                    path: observed.path.clone(),
                    line: Some(observed.line),
                });
            }
        }
        self.committers(&files, told)?;
        for File {
            identity,
            path,
            line,
        } in files
        {
            let file = path.split('!').next().unwrap_or(&path);
            let context = self.context;
            if let Some((owners, line)) = context
                .code_owners
                .as_ref()
                .and_then(|owners| owners.owners(file))
            {
                for owner in owners {
                    let party = self.party(&Party::owner(owner))?;
                    told.entry((identity, party, OwnerBasis::Codeowners.as_str()))
                        .or_insert_with(|| format!("CODEOWNERS line {line}"));
                }
            }
            if let Some(party) = catalog {
                told.entry((identity, party, OwnerBasis::Catalog.as_str()))
                    .or_insert_with(|| "catalog-info.yaml".to_owned());
            }
            let written = line.and_then(|line| context.written.get(&(path.clone(), line)));
            if let (Some(commit), Some(line)) = (written, line)
                && let Some(party) = self.author(commit)?
                // Who brought it in and wrote its line need not be told twice.
                && !told.contains_key(&(identity, party, OwnerBasis::Introduced.as_str()))
            {
                told.entry((identity, party, OwnerBasis::Blame.as_str()))
                    .or_insert_with(|| format!("{path}:{line} in commit {}", commit.short_id()));
            }
        }
        Ok(())
    }

    /// Who commits most where the files are: to their directories, or where nobody did to the repository.
    fn committers(
        &mut self,
        files: &[File],
        told: &mut BTreeMap<Statement, String>,
    ) -> Result<(), Error> {
        let context = self.context;
        let of_repository = self.most_active(&context.contributors)?;
        let mut of_directories: HashMap<&str, Option<i64>> = HashMap::new();
        for (directory, contributors) in &context.directory_contributors {
            of_directories.insert(directory, self.most_active(contributors)?);
        }
        for file in files {
            let directory = directory(&file.path);
            let committer = directory.and_then(|directory| *of_directories.get(directory)?);
            if let (Some(party), Some(directory)) = (committer, directory) {
                told.entry((
                    file.identity,
                    party,
                    OwnerBasis::DirectoryCommitter.as_str(),
                ))
                .or_insert_with(|| format!("most commits to {directory} in 90 days"));
            } else if let Some(party) = of_repository {
                told.entry((file.identity, party, OwnerBasis::ActiveCommitter.as_str()))
                    .or_insert_with(|| "most commits in 90 days".to_owned());
            }
        }
        Ok(())
    }

    /// The person who made a commit; `None` for a program.
    fn author(&mut self, commit: &Commit) -> Result<Option<i64>, Error> {
        let (name, email) = self.context.mailmap.resolve(&commit.author, &commit.email);
        let party = Party::committer(&name, &email);
        match party.kind {
            PartyKind::Human => self.party(&party).map(Some),
            _ => Ok(None),
        }
    }

    /// The person who made the most commits in the last 90 days of the repository, whatever addresses they used.
    fn most_active(&mut self, contributors: &[Contributor]) -> Result<Option<i64>, Error> {
        let mut commits: BTreeMap<Party, u64> = BTreeMap::new();
        for contributor in contributors {
            let (name, email) = self
                .context
                .mailmap
                .resolve(&contributor.name, &contributor.email);
            let party = Party::committer(&name, &email);
            if party.kind == PartyKind::Human && contributor.recent_commits > 0 {
                *commits.entry(party).or_default() += contributor.recent_commits;
            }
        }
        match commits
            .into_iter()
            .rev()
            .max_by_key(|(_, commits)| *commits)
        {
            Some((party, _)) => self.party(&party).map(Some),
            None => Ok(None),
        }
    }

    fn replace_owners(&mut self, told: &BTreeMap<Statement, String>) -> Result<(), Error> {
        let sql =
            "SELECT identity_id, party_id, basis, evidence FROM ownership WHERE source_id = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        let stored = select.query_map([self.source], |row| {
            Ok((
                (row.get(0)?, row.get(1)?, row.get::<_, String>(2)?),
                row.get::<_, String>(3)?,
            ))
        })?;
        let mut stored: BTreeMap<(i64, i64, String), String> = stored.collect::<Result<_, _>>()?;
        let sql =
            "INSERT INTO ownership(identity_id, party_id, basis, source_id, confidence, evidence)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT DO UPDATE SET evidence = excluded.evidence";
        let mut insert = self.connection.prepare_cached(sql)?;
        for ((identity, party, basis), evidence) in told {
            let key = (*identity, *party, (*basis).to_owned());
            if stored.remove(&key).as_ref() == Some(evidence) {
                continue;
            }
            let confidence = OwnerBasis::from_name(basis).map_or(0, OwnerBasis::confidence_percent);
            insert.execute((identity, party, basis, self.source, confidence, evidence))?;
        }
        if !self.outcome.is_complete {
            return Ok(());
        }
        let sql = "DELETE FROM ownership WHERE identity_id = ?1 AND party_id = ?2 AND basis = ?3 AND source_id = ?4";
        let mut delete = self.connection.prepare_cached(sql)?;
        for (identity, party, basis) in stored.into_keys() {
            delete.execute((identity, party, basis, self.source))?;
        }
        Ok(())
    }
}
