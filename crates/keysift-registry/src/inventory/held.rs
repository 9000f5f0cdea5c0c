//! What files say of how identities hold their credentials, and of how they hang together.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::card::{EdgeCard, HeldCard};
use super::load::Cards;
use crate::error::Error;
use crate::observed::Concern;

/// The concerns of each declaration.
pub(super) fn concerns(connection: &Connection) -> Result<HashMap<i64, Vec<Concern>>, Error> {
    let sql = "SELECT declaration_id, code, owasp, detail FROM concern WHERE gone_scan IS NULL ORDER BY 1, 2, 4";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut concerns: HashMap<i64, Vec<Concern>> = HashMap::new();
    while let Some(row) = rows.next()? {
        concerns.entry(row.get(0)?).or_default().push(Concern {
            code: row.get(1)?,
            owasp: row.get(2)?,
            detail: row.get(3)?,
        });
    }
    Ok(concerns)
}

/// Adds to each card what it holds and what it has to do with others.
pub(super) fn read(connection: &Connection, cards: &mut Cards) -> Result<(), Error> {
    let mut ids: BTreeMap<String, i64> = BTreeMap::new();
    for card in cards.values() {
        let keys = std::iter::once(&card.uid).chain(&card.aliases);
        ids.extend(keys.map(|key| (key.clone(), card.id)));
    }
    let sql = "SELECT holder, name, holding, entry, path, line FROM declared_slot
               WHERE gone_scan IS NULL AND holder <> '' ORDER BY path, line, name";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let holder: String = row.get(0)?;
        let card = ids.get(&holder).and_then(|id| cards.get_mut(id));
        if let Some(card) = card {
            card.held.push(HeldCard {
                name: row.get(1)?,
                holding: row.get(2)?,
                entry: row.get(3)?,
                path: row.get(4)?,
                line: row.get(5)?,
            });
        }
    }
    let sql =
        "SELECT DISTINCT src, relation, dst FROM edge WHERE gone_scan IS NULL ORDER BY 1, 2, 3";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (from, relation, to): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        for (own, other, is_incoming) in [(&from, &to, false), (&to, &from, true)] {
            if let Some(card) = ids.get(own).and_then(|id| cards.get_mut(id)) {
                card.edges.push(EdgeCard {
                    relation: relation.clone(),
                    other: other.clone(),
                    is_incoming,
                });
            }
        }
    }
    Ok(())
}
