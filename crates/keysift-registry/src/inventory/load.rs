//! Reading cards. Places are counted by the database, so that a million of them do not come into memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, Row};

use super::card::{
    Card, CredentialCard, CredentialState, DeclarationCard, GrantCard, Known, Owner, ReviewCard,
    WaiverCard,
};
use super::held;
use super::place::superseded;
use super::risk;
use crate::error::Error;
use crate::observed::{OwnerBasis, TimeBasis};
use crate::people::PartyKind;
use crate::store::Registry;
use crate::time::rfc3339;

/// Files in which continuous integration is told what to do.
pub(crate) const AUTOMATION: &str = "(s.path LIKE '.github/workflows/%' OR s.path LIKE '%.gitlab-ci.yml' OR s.path LIKE '%Jenkinsfile%'
  OR s.path LIKE '.circleci/%' OR s.path LIKE '%azure-pipelines%.yml' OR s.path LIKE '%bitbucket-pipelines.yml'
  OR s.path LIKE '.buildkite/%' OR s.path LIKE '%.drone.yml' OR s.path LIKE '%.travis.yml')";

impl Registry {
    /// A card for each identity, the riskiest first. What was merged is told with what it was merged into.
    ///
    /// # Errors
    /// [`Storage`](crate::ErrorKind::Storage).
    pub fn cards(&self) -> Result<Vec<Card>, Error> {
        let connection = &self.connection;
        let mut cards = identities(connection)?;
        credentials(connection, &mut cards)?;
        owners(connection, &mut cards)?;
        declarations(connection, &mut cards)?;
        held::read(connection, &mut cards)?;
        decisions(connection, &mut cards)?;
        let mut cards: Vec<Card> = cards.into_values().collect();
        for card in &mut cards {
            finish(card);
        }
        cards.sort_by(|a, b| (b.risk, &a.uid).cmp(&(a.risk, &b.uid)));
        Ok(cards)
    }
}

pub(super) type Cards = BTreeMap<i64, Card>;

fn identities(connection: &Connection) -> Result<Cards, Error> {
    let mut cards = Cards::new();
    let sql = "SELECT i.id, i.uid, i.kind, i.provider, i.name, i.account, i.environment, i.purpose, i.stage, i.approved_by,
                 i.created_at, i.created_basis, i.last_used_at, i.last_used_basis, i.review_due_at, i.decommission_by,
                 i.retired_at, n.started_at, i.expires_at, i.expires_basis
               FROM identity i JOIN scan n ON n.id = i.first_scan WHERE i.merged_into IS NULL";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let card = identity(row)?;
        cards.insert(card.id, card);
    }
    let sql = "SELECT a.alias, coalesce(i.merged_into, i.id) FROM alias a JOIN identity i ON i.id = a.identity_id ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let alias: String = row.get(0)?;
        if let Some(card) = cards.get_mut(&row.get(1)?)
            && card.uid != alias
        {
            card.aliases.push(alias);
        }
    }
    Ok(cards)
}

fn identity(row: &Row<'_>) -> rusqlite::Result<Card> {
    let basis = |column| -> rusqlite::Result<Option<TimeBasis>> {
        let name: Option<String> = row.get(column)?;
        Ok(name.and_then(|name| TimeBasis::from_name(&name)))
    };
    let environment: Option<String> = row.get(6)?;
    let scanned = Known::new(row.get(17)?, Some(TimeBasis::Scan));
    Ok(Card {
        id: row.get(0)?,
        uid: row.get(1)?,
        aliases: Vec::new(),
        kind: row.get(2)?,
        provider: row.get(3)?,
        name: row.get(4)?,
        account: row.get(5)?,
        environments: environment.into_iter().collect(),
        purpose: row.get(7)?,
        stage: row.get(8)?,
        approved_by: row.get(9)?,
        owners: Vec::new(),
        created: Known::new(row.get(10)?, basis(11)?).or_better(scanned),
        last_used: Known::new(row.get(12)?, basis(13)?),
        expires: Known::default(),
        declared_expires: Known::new(row.get(18)?, basis(19)?),
        review_due_at: row.get(14)?,
        decommission_by: row.get(15)?,
        retired_at: row.get(16)?,
        last_exposed_at: None,
        credentials: Vec::new(),
        declarations: Vec::new(),
        held: Vec::new(),
        edges: Vec::new(),
        reviews: Vec::new(),
        waivers: Vec::new(),
        open_since: BTreeMap::new(),
        risk: 0,
    })
}

fn credentials(connection: &Connection, cards: &mut Cards) -> Result<(), Error> {
    let superseded = superseded(connection)?;
    let sql = format!(
        "SELECT c.id, coalesce(i.merged_into, i.id), c.fp, c.rule, c.type, c.severity, c.confidence, c.masked, c.public_id,
           c.facts, c.issued_at, c.issued_basis, c.expires_at, c.expires_basis,
           x.current, x.past, x.files, x.sources, x.automation, x.environments, x.first_at, x.last_at, n.started_at, x.slots
         FROM credential c JOIN identity i ON i.id = c.identity_id JOIN scan n ON n.id = c.first_scan
         LEFT JOIN (SELECT e.credential_id AS id, sum(e.is_current) AS current, sum(NOT e.is_current) AS past,
             count(DISTINCT CASE WHEN e.is_current THEN r.locator || char(0) || s.path END) AS files,
             count(DISTINCT CASE WHEN e.is_current THEN r.locator END) AS sources,
             count(DISTINCT CASE WHEN e.is_current AND {AUTOMATION} THEN r.locator || char(0) || s.path END) AS automation,
             group_concat(DISTINCT CASE WHEN e.is_current THEN s.environment END) AS environments,
             min(e.first_at) AS first_at, max(n.started_at) AS last_at, count(DISTINCT e.slot_id) AS slots
           FROM exposure e JOIN slot s ON s.id = e.slot_id JOIN source r ON r.id = s.source_id
           JOIN scan n ON n.id = e.first_scan WHERE e.gone_scan IS NULL GROUP BY e.credential_id) x ON x.id = c.id
         ORDER BY coalesce(c.issued_at, x.first_at, n.started_at) DESC, c.id DESC"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let identity: i64 = row.get(1)?;
        let Some(card) = cards.get_mut(&identity) else {
            continue;
        };
        let mut credential = credential(row)?;
        let slots: Option<u64> = row.get(23)?;
        let past_slots = superseded.get(&credential.id).copied().unwrap_or_default();
        credential.is_superseded = past_slots > 0 && past_slots >= slots.unwrap_or(1);
        let exposed_at: Option<i64> = row.get(21)?;
        card.last_exposed_at = card.last_exposed_at.max(exposed_at);
        card.credentials.push(credential);
    }
    Ok(())
}

fn credential(row: &Row<'_>) -> rusqlite::Result<CredentialCard> {
    let basis = |column| -> rusqlite::Result<Option<TimeBasis>> {
        let name: Option<String> = row.get(column)?;
        Ok(name.and_then(|name| TimeBasis::from_name(&name)))
    };
    let count = |column| -> rusqlite::Result<u64> {
        Ok(row.get::<_, Option<u64>>(column)?.unwrap_or_default())
    };
    let (current, past) = (count(14)?, count(15)?);
    let facts: String = row.get(9)?;
    let environments: Option<String> = row.get(19)?;
    let environments: BTreeSet<String> = environments
        .iter()
        .flat_map(|names| names.split(','))
        .map(str::to_owned)
        .collect();
    Ok(CredentialCard {
        id: row.get(0)?,
        fingerprint: row.get(2)?,
        rule: row.get(3)?,
        type_name: row.get(4)?,
        severity: row.get(5)?,
        confidence: row.get(6)?,
        masked: row.get(7)?,
        public_id: row.get(8)?,
        facts: serde_json::from_str(&facts).unwrap_or_default(),
        issued: Known::new(row.get(10)?, basis(11)?)
            .or_better(Known::new(row.get(20)?, Some(TimeBasis::Commit)))
            .or_better(Known::new(row.get(22)?, Some(TimeBasis::Scan))),
        expires: Known::new(row.get(12)?, basis(13)?),
        state: match (current, past) {
            (0, 0) => CredentialState::Gone,
            (0, _) => CredentialState::Past,
            _ => CredentialState::Current,
        },
        is_superseded: false,
        current_exposures: current,
        past_exposures: past,
        current_files: count(16)?,
        current_sources: count(17)?,
        automation_files: count(18)?,
        environments: environments.into_iter().collect(),
    })
}

fn owners(connection: &Connection, cards: &mut Cards) -> Result<(), Error> {
    let sql = "SELECT coalesce(i.merged_into, i.id), p.name, p.key, p.kind, o.basis, o.confidence, o.evidence,
                 p.last_active_at, p.left_at
               FROM ownership o JOIN identity i ON i.id = o.identity_id JOIN party p ON p.id = o.party_id
               ORDER BY o.confidence DESC, p.key, o.source_id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, basis): (String, String) = (row.get(3)?, row.get(4)?);
        let Some(basis) = OwnerBasis::from_name(&basis) else {
            continue;
        };
        let Some(card) = cards.get_mut(&row.get(0)?) else {
            continue;
        };
        let owner = Owner {
            name: row.get(1)?,
            key: row.get(2)?,
            kind: PartyKind::from_name(&kind),
            basis,
            confidence_percent: row.get(5)?,
            evidence: row.get(6)?,
            last_active_at: row.get(7)?,
            left_at: row.get(8)?,
        };
        let is_known = card
            .owners
            .iter()
            .any(|known| (&known.key, known.basis) == (&owner.key, owner.basis));
        if !is_known {
            card.owners.push(owner);
        }
    }
    Ok(())
}

fn declarations(connection: &Connection, cards: &mut Cards) -> Result<(), Error> {
    let mut grants: HashMap<i64, Vec<GrantCard>> = HashMap::new();
    let sql = "SELECT declaration_id, effect, action, resource, condition, level, is_resolved FROM access_grant
               WHERE gone_scan IS NULL ORDER BY 1, 2, 3, 4, 5";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        grants.entry(row.get(0)?).or_default().push(GrantCard {
            effect: row.get(1)?,
            action: row.get(2)?,
            resource: row.get(3)?,
            condition: row.get(4)?,
            level: row.get(5)?,
            is_resolved: row.get(6)?,
        });
    }
    let mut concerns = held::concerns(connection)?;
    let sql = "SELECT d.id, coalesce(i.merged_into, i.id), r.locator, d.path, d.line, d.is_federated
               FROM declaration d JOIN identity i ON i.id = d.identity_id JOIN source r ON r.id = d.source_id
               WHERE d.gone_scan IS NULL ORDER BY r.locator, d.path, d.line";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(card) = cards.get_mut(&row.get(1)?) {
            card.declarations.push(DeclarationCard {
                source: row.get(2)?,
                path: row.get(3)?,
                line: row.get(4)?,
                is_federated: row.get(5)?,
                grants: grants.remove(&row.get(0)?).unwrap_or_default(),
                concerns: concerns.remove(&row.get(0)?).unwrap_or_default(),
            });
        }
    }
    Ok(())
}

fn decisions(connection: &Connection, cards: &mut Cards) -> Result<(), Error> {
    let sql = "SELECT coalesce(i.merged_into, i.id), v.at, v.by, v.decision, v.note FROM review v
               JOIN identity i ON i.id = v.identity_id ORDER BY v.at DESC, v.id DESC";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(card) = cards.get_mut(&row.get(0)?) {
            card.reviews.push(ReviewCard {
                at: rfc3339(row.get(1)?),
                by: row.get(2)?,
                decision: row.get(3)?,
                note: row.get(4)?,
            });
        }
    }
    let sql = "SELECT coalesce(i.merged_into, i.id), v.policy, v.opened_at FROM violation v
               JOIN identity i ON i.id = v.identity_id WHERE v.closed_at IS NULL";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(card) = cards.get_mut(&row.get(0)?) {
            card.open_since.insert(row.get(1)?, row.get(2)?);
        }
    }
    let sql =
        "SELECT coalesce(i.merged_into, i.id), w.policy, w.reason, w.by, w.expires_at FROM waiver w
               JOIN identity i ON i.id = w.identity_id ORDER BY w.expires_at DESC, w.id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(card) = cards.get_mut(&row.get(0)?) {
            let expires_at = row.get(4)?;
            card.waivers.push(WaiverCard {
                policy: row.get(1)?,
                reason: row.get(2)?,
                by: row.get(3)?,
                expires_at,
                expires: rfc3339(expires_at),
            });
        }
    }
    Ok(())
}

/// What follows from the parts of a card.
fn finish(card: &mut Card) {
    let environments: BTreeSet<String> = card
        .credentials
        .iter()
        .flat_map(|credential| credential.environments.iter().cloned())
        .chain(std::mem::take(&mut card.environments))
        .collect();
    card.environments = environments.into_iter().collect();
    for credential in &card.credentials {
        card.created = card.created.or_better(credential.issued);
    }
    let first = card
        .endings()
        .map(|ending| ending.expires)
        .min_by_key(|expires| expires.at);
    card.expires = first.unwrap_or_default();
    card.risk = risk::score(card);
}
