//! The inventory in a few numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::card::Card;
use crate::error::Error;
use crate::store::Registry;
use crate::time::DAY;

/// Someone who committed within so many days counts as a person of the organisation.
const ACTIVE_DAYS: i64 = 90;

/// The inventory in a few numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// Identities that are not retired.
    pub identities: u64,
    /// Identities by kind.
    pub by_kind: BTreeMap<String, u64>,
    /// Identities by provider.
    pub by_provider: BTreeMap<String, u64>,
    /// Identities by stage, with the retired ones.
    pub by_stage: BTreeMap<String, u64>,
    /// Credentials that may still open something.
    pub live_credentials: u64,
    /// Places in trees and in `HEAD`.
    pub current_exposures: u64,
    /// Places in histories alone.
    pub past_exposures: u64,
    /// Identities whose owner nobody knows.
    pub without_owner: u64,
    /// For each column of the list how many identities have an answer, in percent.
    pub known_percent: BTreeMap<&'static str, u64>,
    /// Names that hold a credential, as files say, by where they get it from.
    pub held: BTreeMap<String, u64>,
    /// Of the names that hold a secret, or get one from a store or by federation, the share that has none in the file, in
    /// percent; `None` where no file names any.
    pub secretless_percent: Option<u64>,
    /// The same for each source.
    pub secretless_by_source: BTreeMap<String, u64>,
    /// Sources whose last scan was incomplete, so that there may be more in them.
    pub incomplete_sources: Vec<String>,
    /// People who committed within 90 days, or stand in the table of people and have not left.
    pub people: u64,
    /// Identities to one person; `None` where no person is known.
    pub identities_per_person: Option<f64>,
    /// The uid of the oldest identity, and when it was created in seconds since 1970; `None` where there is none.
    pub oldest: Option<(String, i64)>,
}

impl Registry {
    /// The inventory in a few numbers. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`Storage`](crate::ErrorKind::Storage).
    pub fn totals(&self, cards: &[Card], now: i64) -> Result<Totals, Error> {
        let sql = "SELECT count(*) FROM party WHERE kind = 'human' AND left_at IS NULL
                   AND instr(key, '@') > 1 AND (last_active_at IS NULL OR last_active_at >= ?1)";
        let people: u64 = self
            .connection
            .query_row(sql, [now - ACTIVE_DAYS * DAY], |row| row.get(0))?;
        let active: Vec<&Card> = cards
            .iter()
            .filter(|card| card.stage != "retired")
            .collect();
        let identities = active.len() as u64;
        let count =
            |holds: &dyn Fn(&Card) -> bool| active.iter().filter(|card| holds(card)).count() as u64;
        let percent = |holds: &dyn Fn(&Card) -> bool| {
            (count(holds) * 100)
                .checked_div(identities)
                .unwrap_or_default()
        };
        let by = |name: &dyn Fn(&Card) -> &str, cards: &[&Card]| {
            let mut counts = BTreeMap::new();
            for card in cards {
                *counts.entry(name(card).to_owned()).or_default() += 1;
            }
            counts
        };
        let all: Vec<&Card> = cards.iter().collect();
        let (held, of_sources) = self.held()?;
        Ok(Totals {
            secretless_percent: secretless(&held),
            secretless_by_source: of_sources
                .iter()
                .filter_map(|(source, held)| Some((source.clone(), secretless(held)?)))
                .collect(),
            held,
            incomplete_sources: self.incomplete_sources()?,
            identities,
            by_kind: by(&|card| &card.kind, &active),
            by_provider: by(&|card| &card.provider, &active),
            by_stage: by(&|card| &card.stage, &all),
            live_credentials: active
                .iter()
                .map(|card| card.live_credentials().count() as u64)
                .sum(),
            current_exposures: active.iter().map(|card| card.current_exposures()).sum(),
            past_exposures: active.iter().map(|card| card.past_exposures()).sum(),
            without_owner: count(&|card| card.owner().is_none()),
            known_percent: BTreeMap::from([
                ("account", percent(&|card| card.account.is_some())),
                ("created", percent(&|card| card.created.at.is_some())),
                ("expires", percent(&|card| card.expires.at.is_some())),
                ("last-used", percent(&|card| card.last_used.at.is_some())),
                ("owner", percent(&|card| card.owner().is_some())),
            ]),
            people,
            identities_per_person: (people > 0).then(|| identities as f64 / people as f64),
            oldest: active
                .iter()
                .filter_map(|card| Some((card.uid.clone(), card.created.at?)))
                .min_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0))),
        })
    }

    fn incomplete_sources(&self) -> Result<Vec<String>, Error> {
        let sql = "SELECT r.locator FROM source r JOIN scan n ON n.source_id = r.id
                   WHERE n.id = (SELECT max(id) FROM scan WHERE source_id = r.id) AND n.is_complete = 0 ORDER BY 1";
        let mut statement = self.connection.prepare(sql)?;
        let sources = statement.query_map([], |row| row.get(0))?;
        Ok(sources.collect::<Result<_, _>>()?)
    }

    /// Declared names that hold a credential by where they get it from: of all sources, and of each.
    fn held(&self) -> Result<(Counts, BTreeMap<String, Counts>), Error> {
        let sql = "SELECT r.locator, d.holding, count(*) FROM declared_slot d JOIN source r ON r.id = d.source_id
                   WHERE d.gone_scan IS NULL GROUP BY 1, 2";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        let (mut all, mut of_sources) = (Counts::new(), BTreeMap::<String, Counts>::new());
        while let Some(row) = rows.next()? {
            let (source, holding, count): (String, String, u64) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            *all.entry(holding.clone()).or_default() += count;
            of_sources.entry(source).or_default().insert(holding, count);
        }
        Ok((all, of_sources))
    }
}

/// How many of each kind.
type Counts = BTreeMap<String, u64>;

/// The share of names that need no secret in their file, in percent.
fn secretless(held: &Counts) -> Option<u64> {
    let of = |kinds: &[&str]| -> u64 { kinds.iter().filter_map(|kind| held.get(*kind)).sum() };
    let without = of(&["managed", "federated"]);
    (without * 100).checked_div(without + of(&["literal"]))
}
