//! Identities that files declare, with what they grant.

use rusqlite::{OptionalExtension as _, params};

use super::Writer;
use crate::error::Error;
use crate::observed::{Concern, Grant, Observed};

impl Writer<'_> {
    pub(super) fn declarations(&mut self, observed: &[Observed]) -> Result<(), Error> {
        for observed in observed {
            let identity = self.observed_identity(observed)?;
            self.complete(identity, observed)?;
            let declaration = self.declaration(identity, observed)?;
            self.declared.insert(declaration);
            self.grants(declaration, &observed.grants)?;
            self.concerns(declaration, &observed.concerns)?;
        }
        Ok(())
    }

    /// The identity that is meant: one that has one of the keys, or a credential of these, or a new one. Several are one.
    fn observed_identity(&mut self, observed: &Observed) -> Result<i64, Error> {
        let mut known = Vec::new();
        for alias in std::iter::once(&observed.uid).chain(&observed.aliases) {
            known.extend(self.identity_of(alias)?);
        }
        let sql = "SELECT identity_id FROM credential WHERE public_id = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        for public_id in &observed.credentials {
            let of_credential: Option<i64> =
                select.query_row([public_id], |row| row.get(0)).optional()?;
            known.extend(of_credential);
        }
        let identity = match known.first() {
            Some(identity) => *identity,
            None => self.insert(observed)?,
        };
        for other in known.into_iter().skip(1) {
            let (part, whole) = (self.whole(other)?, self.whole(identity)?);
            if part != whole {
                self.merge(part, whole)?;
            }
        }
        for alias in std::iter::once(&observed.uid).chain(&observed.aliases) {
            self.alias(alias, identity)?;
        }
        Ok(identity)
    }

    /// The identity that one is a part of; itself where it is none.
    fn whole(&self, identity: i64) -> Result<i64, Error> {
        let sql = "SELECT coalesce(merged_into, id) FROM identity WHERE id = ?1";
        Ok(self
            .connection
            .query_row(sql, [identity], |row| row.get(0))?)
    }

    fn insert(&mut self, observed: &Observed) -> Result<i64, Error> {
        self.outcome.new_identities += 1;
        let name = if observed.name.is_empty() {
            &observed.uid
        } else {
            &observed.name
        };
        let sql = "INSERT INTO identity(uid, kind, provider, name, account, environment, purpose, is_provisional, first_scan)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)";
        self.connection.prepare_cached(sql)?.execute(params![
            observed.uid,
            observed.kind,
            observed.provider,
            name,
            observed.account,
            observed.environment,
            observed.purpose,
            self.scan,
        ])?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Adds what the declaration knows and the registry does not. A principal's key takes the place of a credential's.
    fn complete(&mut self, identity: i64, observed: &Observed) -> Result<(), Error> {
        let sql = "UPDATE identity SET account = coalesce(account, ?2), environment = coalesce(environment, ?3),
                     purpose = coalesce(purpose, ?4), created_at = coalesce(created_at, ?5),
                     created_basis = coalesce(created_basis, ?6), last_used_at = ?7, last_used_basis = ?8,
                     expires_at = coalesce(?9, expires_at), expires_basis = coalesce(?10, expires_basis)
                   WHERE id = ?1 AND ((account IS NULL AND ?2 IS NOT NULL) OR (environment IS NULL AND ?3 IS NOT NULL)
                     OR (purpose IS NULL AND ?4 IS NOT NULL) OR (created_at IS NULL AND ?5 IS NOT NULL)
                     OR (?7 IS NOT NULL AND coalesce(last_used_at, 0) < ?7) OR (?9 IS NOT NULL AND coalesce(expires_at, 0) < ?9))";
        let basis = observed.basis.as_str();
        self.connection.prepare_cached(sql)?.execute(params![
            identity,
            observed.account,
            observed.environment,
            observed.purpose,
            observed.created_at,
            observed.created_at.map(|_| basis),
            observed.last_used_at,
            observed.last_used_at.map(|_| basis),
            observed.expires_at,
            observed.expires_at.map(|_| basis),
        ])?;
        let sql = "UPDATE identity SET uid = ?2, kind = ?3, name = ?4, is_provisional = 0 WHERE id = ?1 AND is_provisional = 1
                     AND NOT EXISTS (SELECT 1 FROM identity WHERE uid = ?2)";
        let name = if observed.name.is_empty() {
            &observed.uid
        } else {
            &observed.name
        };
        self.connection.prepare_cached(sql)?.execute((
            identity,
            &observed.uid,
            &observed.kind,
            name,
        ))?;
        Ok(())
    }

    /// Makes one identity a part of another, and all that were a part of it.
    pub(super) fn merge(&mut self, part: i64, whole: i64) -> Result<(), Error> {
        let uid = |id: i64| -> Result<String, Error> {
            let sql = "SELECT uid FROM identity WHERE id = ?1";
            Ok(self.connection.query_row(sql, [id], |row| row.get(0))?)
        };
        let merged = (uid(part)?, uid(whole)?);
        let sql = "UPDATE identity SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1";
        self.connection.execute(sql, (part, whole))?;
        self.outcome.merged.push(merged);
        Ok(())
    }

    fn declaration(&self, identity: i64, observed: &Observed) -> Result<i64, Error> {
        let sql = "SELECT id, gone_scan IS NOT NULL FROM declaration
                   WHERE identity_id = ?1 AND source_id = ?2 AND path = ?3 AND line = ?4";
        let line = observed.line as i64;
        let known: Option<(i64, bool)> = self
            .connection
            .prepare_cached(sql)?
            .query_row((identity, self.source, &observed.path, line), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match known {
            Some((id, false)) => Ok(id),
            Some((id, true)) => {
                let sql = "UPDATE declaration SET gone_scan = NULL, first_scan = ?2 WHERE id = ?1";
                self.connection.execute(sql, (id, self.scan))?;
                Ok(id)
            }
            None => {
                let sql = "INSERT INTO declaration(identity_id, source_id, path, line, credentials, is_federated, first_scan)
                           VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
                self.connection.prepare_cached(sql)?.execute(params![
                    identity,
                    self.source,
                    observed.path,
                    line,
                    observed.credentials.join(" "),
                    observed.is_federated,
                    self.scan,
                ])?;
                Ok(self.connection.last_insert_rowid())
            }
        }
    }

    fn grants(&self, declaration: i64, grants: &[Grant]) -> Result<(), Error> {
        let sql = "INSERT INTO access_grant(declaration_id, effect, action, resource, condition, level, is_resolved, first_scan)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT(declaration_id, effect, action, resource, condition)
                   DO UPDATE SET gone_scan = NULL, first_scan = excluded.first_scan WHERE gone_scan IS NOT NULL";
        let mut insert = self.connection.prepare_cached(sql)?;
        let effect = |grant: &Grant| if grant.is_deny { "deny" } else { "allow" };
        for grant in grants {
            insert.execute(params![
                declaration,
                effect(grant),
                grant.action,
                grant.resource,
                grant.condition,
                grant.level.as_str(),
                !grant.is_unresolved,
                self.scan,
            ])?;
        }
        let sql = "SELECT id, effect, action, resource, condition FROM access_grant
                   WHERE declaration_id = ?1 AND gone_scan IS NULL";
        let mut select = self.connection.prepare_cached(sql)?;
        let mut rows = select.query([declaration])?;
        while let Some(row) = rows.next()? {
            let (id, stored): (i64, [String; 4]) = (
                row.get(0)?,
                [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?],
            );
            let is_there = grants.iter().any(|grant| {
                [
                    effect(grant),
                    &grant.action,
                    &grant.resource,
                    &grant.condition,
                ] == stored.each_ref().map(String::as_str)
            });
            if !is_there {
                let sql = "UPDATE access_grant SET gone_scan = ?2 WHERE id = ?1";
                self.connection.execute(sql, (id, self.scan))?;
            }
        }
        Ok(())
    }

    fn concerns(&self, declaration: i64, concerns: &[Concern]) -> Result<(), Error> {
        let sql = "INSERT INTO concern(declaration_id, code, owasp, detail, first_scan) VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT(declaration_id, code, detail)
                   DO UPDATE SET gone_scan = NULL, first_scan = excluded.first_scan WHERE gone_scan IS NOT NULL";
        let mut insert = self.connection.prepare_cached(sql)?;
        for concern in concerns {
            let Concern {
                code,
                owasp,
                detail,
            } = concern;
            insert.execute((declaration, code, owasp, detail, self.scan))?;
        }
        let sql =
            "SELECT code, detail FROM concern WHERE declaration_id = ?1 AND gone_scan IS NULL";
        let mut select = self.connection.prepare_cached(sql)?;
        let stored = select.query_map([declaration], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let stored: Vec<(String, String)> = stored.collect::<Result<_, _>>()?;
        for (code, detail) in stored {
            let is_there = concerns
                .iter()
                .any(|concern| (&concern.code, &concern.detail) == (&code, &detail));
            if !is_there {
                let sql = "UPDATE concern SET gone_scan = ?4 WHERE declaration_id = ?1 AND code = ?2 AND detail = ?3";
                self.connection
                    .execute(sql, (declaration, code, detail, self.scan))?;
            }
        }
        Ok(())
    }

    /// What no file of the source declares any more is gone.
    pub(super) fn forget_undeclared(&mut self) -> Result<(), Error> {
        let sql = "SELECT id FROM declaration WHERE source_id = ?1 AND gone_scan IS NULL";
        let mut select = self.connection.prepare_cached(sql)?;
        let live = select.query_map([self.source], |row| row.get::<_, i64>(0))?;
        let live: Vec<i64> = live.collect::<Result<_, _>>()?;
        for id in live.iter().filter(|id| !self.declared.contains(id)) {
            let sql = "UPDATE declaration SET gone_scan = ?2 WHERE id = ?1";
            self.connection.execute(sql, (id, self.scan))?;
        }
        Ok(())
    }
}
