//! An inventory as it is, or as it was behind a scan.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::OptionalExtension as _;

use crate::error::{Error, ErrorKind};
use crate::store::{Registry, meta};

/// A place where a credential lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    source: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) fingerprint: String,
}

/// An identity of a snapshot.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SnapshotIdentity {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) stage: String,
    pub(super) owner: Option<String>,
    aliases: BTreeSet<String>,
    /// What may be shown of each credential, by fingerprint.
    pub(super) credentials: BTreeMap<String, String>,
    /// Places in trees and in `HEAD`, with their lines.
    pub(super) places: BTreeMap<Place, u64>,
    pub(super) grants: BTreeSet<String>,
    /// The first file that declares it, with the line.
    pub(super) declared: Option<(String, u64)>,
}

impl SnapshotIdentity {
    pub(super) fn masked(&self, fingerprint: &str) -> &str {
        self.credentials
            .get(fingerprint)
            .map_or("a credential", String::as_str)
    }

    /// The values in the slot of a place; nothing where the slot has no name, since it is told by nothing then.
    pub(super) fn values_of<'p>(&'p self, place: &'p Place) -> impl Iterator<Item = &'p str> {
        let is_of_slot = move |other: &&Place| {
            !place.name.is_empty()
                && (&other.source, &other.path, &other.name)
                    == (&place.source, &place.path, &place.name)
        };
        self.places
            .keys()
            .filter(is_of_slot)
            .map(|place| &*place.fingerprint)
    }
}

/// An inventory, for comparing.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Snapshot {
    /// What tells the registry's key from others.
    key_check: Option<String>,
    pub(super) identities: BTreeMap<String, SnapshotIdentity>,
}

impl Snapshot {
    /// The identity that has this key, or shares an alias with another one.
    pub(super) fn find(&self, uid: &str, other: &SnapshotIdentity) -> Option<&SnapshotIdentity> {
        self.identities.get(uid).or_else(|| {
            let mut identities = self.identities.iter();
            identities
                .find(|(known, identity)| {
                    other.aliases.contains(*known) || identity.aliases.contains(uid)
                })
                .map(|(_, identity)| identity)
        })
    }

    /// Whether fingerprints of two snapshots can be compared.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) where the registries have different keys.
    pub fn check_comparable(&self, other: &Self) -> Result<(), Error> {
        if self.key_check == other.key_check {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Refused, "the registries have different keys, so that nothing tells which of their credentials are the same")
            .hint_with("make both with one key: --registry-key, or KEYSIFT_REGISTRY_KEY"))
    }
}

impl Registry {
    /// The inventory as it is, or as it was behind the scan of this number. Owners and stages are told as they are now.
    ///
    /// # Errors
    /// [`Unknown`](ErrorKind::Unknown) for a scan that was never recorded; [`Storage`](ErrorKind::Storage).
    pub fn snapshot(&self, scan: Option<i64>) -> Result<Snapshot, Error> {
        let last: i64 =
            self.connection
                .query_row("SELECT coalesce(max(id), 0) FROM scan", [], |row| {
                    row.get(0)
                })?;
        if let Some(scan) = scan {
            let sql = "SELECT 1 FROM scan WHERE id = ?1";
            let is_known = self
                .connection
                .query_row(sql, [scan], |_| Ok(()))
                .optional()?
                .is_some();
            if !is_known {
                return Err(Error::new(
                    ErrorKind::Unknown,
                    format!("{scan}: no scan has this number"),
                )
                .hint_with(format!("scans are numbered from 1; the last is {last}")));
            }
        }
        let at = scan.unwrap_or(last);
        let mut snapshot = Snapshot {
            key_check: meta(&self.connection, "key_check")?,
            identities: BTreeMap::new(),
        };
        let mut uids: HashMap<i64, String> = HashMap::new();
        for card in self.cards()? {
            let identity = SnapshotIdentity {
                kind: card.kind.clone(),
                name: card.name.clone(),
                stage: card.stage.clone(),
                owner: card.owner().map(|owner| owner.name.clone()),
                aliases: card.aliases.iter().cloned().collect(),
                ..SnapshotIdentity::default()
            };
            uids.insert(card.id, card.uid.clone());
            snapshot.identities.insert(card.uid, identity);
        }
        self.credentials_at(at, &uids, &mut snapshot)?;
        self.places_at(at, &uids, &mut snapshot)?;
        self.declared_at(at, &uids, &mut snapshot)?;
        self.grants_at(at, &uids, &mut snapshot)?;
        // What lies in no source is not there.
        snapshot
            .identities
            .retain(|_, identity| !identity.credentials.is_empty() || identity.declared.is_some());
        Ok(snapshot)
    }

    fn credentials_at(
        &self,
        at: i64,
        uids: &HashMap<i64, String>,
        snapshot: &mut Snapshot,
    ) -> Result<(), Error> {
        let sql = "SELECT coalesce(i.merged_into, i.id), c.fp, c.masked FROM credential c
                   JOIN identity i ON i.id = c.identity_id
                   WHERE EXISTS (SELECT 1 FROM exposure e WHERE e.credential_id = c.id AND e.first_scan <= ?1
                     AND (e.gone_scan IS NULL OR e.gone_scan > ?1))";
        let mut select = self.connection.prepare(sql)?;
        let mut rows = select.query([at])?;
        while let Some(row) = rows.next()? {
            if let Some(identity) = identity(uids, snapshot, row.get(0)?) {
                identity.credentials.insert(row.get(1)?, row.get(2)?);
            }
        }
        Ok(())
    }

    fn places_at(
        &self,
        at: i64,
        uids: &HashMap<i64, String>,
        snapshot: &mut Snapshot,
    ) -> Result<(), Error> {
        let sql = "SELECT coalesce(i.merged_into, i.id), r.locator, s.path, s.name, c.fp, e.line
                   FROM exposure e JOIN credential c ON c.id = e.credential_id JOIN identity i ON i.id = c.identity_id
                   JOIN slot s ON s.id = e.slot_id JOIN source r ON r.id = s.source_id
                   WHERE e.first_scan <= ?1 AND (e.gone_scan IS NULL OR e.gone_scan > ?1)
                     AND (e.past_scan IS NULL OR e.past_scan > ?1)";
        let mut select = self.connection.prepare(sql)?;
        let mut rows = select.query([at])?;
        while let Some(row) = rows.next()? {
            let place = Place {
                source: row.get(1)?,
                path: row.get(2)?,
                name: row.get(3)?,
                fingerprint: row.get(4)?,
            };
            if let Some(identity) = identity(uids, snapshot, row.get(0)?) {
                identity.places.insert(place, row.get(5)?);
            }
        }
        Ok(())
    }

    fn declared_at(
        &self,
        at: i64,
        uids: &HashMap<i64, String>,
        snapshot: &mut Snapshot,
    ) -> Result<(), Error> {
        let sql = "SELECT coalesce(i.merged_into, i.id), d.path, d.line FROM declaration d
                   JOIN identity i ON i.id = d.identity_id
                   WHERE d.first_scan <= ?1 AND (d.gone_scan IS NULL OR d.gone_scan > ?1) ORDER BY d.path DESC, d.line DESC";
        let mut select = self.connection.prepare(sql)?;
        let mut rows = select.query([at])?;
        while let Some(row) = rows.next()? {
            if let Some(identity) = identity(uids, snapshot, row.get(0)?) {
                identity.declared = Some((row.get(1)?, row.get(2)?));
            }
        }
        Ok(())
    }

    fn grants_at(
        &self,
        at: i64,
        uids: &HashMap<i64, String>,
        snapshot: &mut Snapshot,
    ) -> Result<(), Error> {
        let sql = "SELECT coalesce(i.merged_into, i.id), g.effect, g.action, g.resource, g.condition FROM access_grant g
                   JOIN declaration d ON d.id = g.declaration_id JOIN identity i ON i.id = d.identity_id
                   WHERE g.first_scan <= ?1 AND (g.gone_scan IS NULL OR g.gone_scan > ?1)
                     AND d.first_scan <= ?1 AND (d.gone_scan IS NULL OR d.gone_scan > ?1)";
        let mut select = self.connection.prepare(sql)?;
        let mut rows = select.query([at])?;
        while let Some(row) = rows.next()? {
            let [effect, action, resource, condition]: [String; 4] =
                [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
            let condition = if condition.is_empty() {
                String::new()
            } else {
                format!(" if {condition}")
            };
            if let Some(identity) = identity(uids, snapshot, row.get(0)?) {
                identity
                    .grants
                    .insert(format!("{effect} {action} on {resource}{condition}"));
            }
        }
        Ok(())
    }
}

fn identity<'s>(
    uids: &HashMap<i64, String>,
    snapshot: &'s mut Snapshot,
    id: i64,
) -> Option<&'s mut SnapshotIdentity> {
    snapshot.identities.get_mut(uids.get(&id)?)
}
