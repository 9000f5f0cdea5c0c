//! Slots, credentials, and the identities that they belong to.

use std::collections::HashMap;

use keysift_facts::{FactKey, Facts};
use rusqlite::OptionalExtension as _;
use serde_json::json;

use super::Writer;
use crate::error::Error;
use crate::observed::TimeBasis;
use crate::recorder::{FoundCredential, Recorder};
use crate::slot;
use crate::time::Moment;

impl Writer<'_> {
    /// The slot of each exposure. A slot that holds two values at once is marked: another value there is no rotation.
    pub(super) fn slots(&mut self, recorder: &Recorder) -> Result<Vec<i64>, Error> {
        let mut by_slot: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (number, exposure) in recorder.exposures.iter().enumerate() {
            by_slot
                .entry((&exposure.place, &exposure.name))
                .or_default()
                .push(number);
        }
        let mut of_exposures = vec![0; recorder.exposures.len()];
        let mut in_order: Vec<_> = by_slot.into_iter().collect();
        in_order.sort_unstable();
        for ((path, name), exposures) in in_order {
            let is_shared = name.is_empty() || is_shared(recorder, &exposures);
            let id = self.slot(path, name, is_shared)?;
            for number in exposures {
                of_exposures[number] = id;
            }
        }
        Ok(of_exposures)
    }

    fn slot(&self, path: &str, name: &str, is_shared: bool) -> Result<i64, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT id, is_shared FROM slot WHERE source_id = ?1 AND path = ?2 AND name = ?3",
        )?;
        let known: Option<(i64, bool)> = select
            .query_row((self.source, path, name), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match known {
            Some((id, was_shared)) => {
                if is_shared && !was_shared {
                    let sql = "UPDATE slot SET is_shared = 1 WHERE id = ?1";
                    self.connection.prepare_cached(sql)?.execute([id])?;
                }
                Ok(id)
            }
            None => {
                let sql = "INSERT INTO slot(source_id, path, name, environment, is_shared) VALUES (?1, ?2, ?3, ?4, ?5)";
                let environment = slot::environment(path, name);
                self.connection.prepare_cached(sql)?.execute((
                    self.source,
                    path,
                    name,
                    environment,
                    is_shared,
                ))?;
                Ok(self.connection.last_insert_rowid())
            }
        }
    }

    /// Every credential, the oldest first, so that a successor finds whom it follows.
    pub(super) fn credentials(&mut self, recorder: &Recorder, slots: &[i64]) -> Result<(), Error> {
        let mut places: Vec<Vec<i64>> = vec![Vec::new(); recorder.credentials.len()];
        for (exposure, slot) in recorder.exposures.iter().zip(slots) {
            places[exposure.credential].push(*slot);
        }
        let mut order: Vec<usize> = (0..recorder.credentials.len()).collect();
        order.sort_by_key(|number| {
            let credential = &recorder.credentials[*number];
            (credential.first_at, &credential.fingerprint)
        });
        self.credentials = vec![(0, 0); order.len()];
        // Whom the last value of each slot belongs to, of those that this scan has brought.
        let mut holders: HashMap<(i64, &str), i64> = HashMap::new();
        for number in order {
            let credential = &recorder.credentials[number];
            let (id, identity) = match self.known(&credential.fingerprint)? {
                Some(known) => known,
                None => self.new_credential(credential, &places[number], &holders)?,
            };
            self.credentials[number] = (id, identity);
            if credential.identified.is_provisional {
                for slot in &places[number] {
                    holders.insert((*slot, &credential.rule.family), identity);
                }
            }
        }
        Ok(())
    }

    fn known(&self, fingerprint: &str) -> Result<Option<(i64, i64)>, Error> {
        let sql = "SELECT id, identity_id FROM credential WHERE fp = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select
            .query_row([fingerprint], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    fn new_credential(
        &mut self,
        credential: &FoundCredential,
        places: &[i64],
        holders: &HashMap<(i64, &str), i64>,
    ) -> Result<(i64, i64), Error> {
        let identified = &credential.identified;
        let known = self.identity_of(&identified.uid)?;
        let predecessor = match known {
            None if identified.is_provisional => self.predecessor(credential, places, holders)?,
            _ => None,
        };
        let identity = match (known, predecessor) {
            (Some(known), _) => known,
            (None, Some(predecessor)) => {
                self.outcome.rotated += 1;
                self.alias(&identified.uid, predecessor)?;
                predecessor
            }
            (None, None) => self.new_identity(credential)?,
        };
        self.outcome.new_credentials += 1;
        let rule = &credential.rule;
        let (issued, issued_basis) = issued(&credential.facts);
        let expires = credential
            .facts
            .get(FactKey::Expires)
            .and_then(Moment::parse);
        let facts: Vec<_> = credential
            .facts
            .iter()
            .map(|fact| json!({"key": fact.key.as_str(), "value": fact.value, "evidence": fact.evidence.as_str()}))
            .collect();
        let sql = "INSERT INTO credential(identity_id, fp, rule, family, type, severity, confidence, masked, public_id,
                     facts, issued_at, issued_basis, issued_precision, expires_at, expires_basis, first_scan)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        self.connection
            .prepare_cached(sql)?
            .execute(rusqlite::params![
                identity,
                credential.fingerprint,
                rule.id,
                rule.family,
                rule.name,
                rule.severity.as_str(),
                credential.confidence.as_str(),
                credential.masked,
                identified.public_id,
                serde_json::Value::from(facts).to_string(),
                issued.map(|moment| moment.seconds),
                issued_basis.map(TimeBasis::as_str),
                issued.map(|moment| moment.precision_seconds),
                expires.map(|moment| moment.seconds),
                expires.map(|_| TimeBasis::Decoded.as_str()),
                self.scan,
            ])?;
        Ok((self.connection.last_insert_rowid(), identity))
    }

    /// The identity whose value stood in one of these slots before.
    fn predecessor(
        &self,
        credential: &FoundCredential,
        places: &[i64],
        holders: &HashMap<(i64, &str), i64>,
    ) -> Result<Option<i64>, Error> {
        let family = credential.rule.family.as_str();
        let mut is_shared = self
            .connection
            .prepare_cached("SELECT is_shared FROM slot WHERE id = ?1")?;
        let sql = "SELECT i.id FROM exposure e JOIN credential c ON c.id = e.credential_id
                   JOIN identity i ON i.id = c.identity_id
                   WHERE e.slot_id = ?1 AND c.family = ?2 AND i.is_provisional = 1 ORDER BY e.id DESC LIMIT 1";
        let mut select = self.connection.prepare_cached(sql)?;
        for slot in places {
            if is_shared.query_row([slot], |row| row.get::<_, bool>(0))? {
                continue;
            }
            if let Some(holder) = holders.get(&(*slot, family)) {
                return Ok(Some(*holder));
            }
            let before = select
                .query_row((slot, family), |row| row.get(0))
                .optional()?;
            if before.is_some() {
                return Ok(before);
            }
        }
        Ok(None)
    }

    /// The identity that a key or an alias names, also where it is a part of another one.
    pub(super) fn identity_of(&self, alias: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT identity_id FROM alias WHERE alias = ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        Ok(select.query_row([alias], |row| row.get(0)).optional()?)
    }

    pub(super) fn alias(&self, alias: &str, identity: i64) -> Result<(), Error> {
        let sql = "INSERT OR IGNORE INTO alias(alias, identity_id) VALUES (?1, ?2)";
        self.connection
            .prepare_cached(sql)?
            .execute((alias, identity))?;
        Ok(())
    }

    fn new_identity(&mut self, credential: &FoundCredential) -> Result<i64, Error> {
        let identified = &credential.identified;
        self.outcome.new_identities += 1;
        let sql = "INSERT INTO identity(uid, kind, provider, name, account, environment, is_provisional, first_scan)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.connection.prepare_cached(sql)?.execute((
            &identified.uid,
            &identified.kind,
            &credential.rule.provider,
            &identified.name,
            &identified.account,
            &identified.environment,
            identified.is_provisional,
            self.scan,
        ))?;
        let id = self.connection.last_insert_rowid();
        self.alias(&identified.uid, id)?;
        Ok(id)
    }
}

/// Whether two of these exposures, which are in one slot, are in one version of it.
fn is_shared(recorder: &Recorder, exposures: &[usize]) -> bool {
    let exposures = || exposures.iter().map(|number| &recorder.exposures[*number]);
    if exposures().filter(|exposure| exposure.is_current).count() > 1 {
        return true;
    }
    let mut versions: Vec<&str> = exposures()
        .flat_map(|exposure| exposure.versions.iter())
        .filter_map(|origin| origin.commit())
        .map(|commit| &*commit.id)
        .collect();
    let all = versions.len();
    versions.sort_unstable();
    versions.dedup();
    versions.len() < all
}

/// When a credential was made, and how that is known.
fn issued(facts: &Facts) -> (Option<Moment>, Option<TimeBasis>) {
    let told = [FactKey::Created, FactKey::Issued, FactKey::NotBefore];
    let moment = told
        .iter()
        .find_map(|key| facts.get(*key))
        .and_then(Moment::parse);
    let is_certificate = facts
        .get(FactKey::Kind)
        .is_some_and(|kind| kind.contains("certificate"));
    let basis = if is_certificate {
        TimeBasis::Certificate
    } else {
        TimeBasis::Decoded
    };
    (moment, moment.map(|_| basis))
}
