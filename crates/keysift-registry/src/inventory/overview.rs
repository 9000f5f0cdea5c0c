//! What whoever looks after an inventory sees of it first: how old things are, for how long they lie open, who has to
//! act, and what is due.

use std::collections::BTreeMap;

use serde::Serialize;

use super::card::Card;
use super::summary::Totals;
use crate::calendar::{Due, dues};
use crate::error::Error;
use crate::policy::Checked;
use crate::store::Registry;
use crate::time::DAY;

/// So many of the riskiest identities are told.
const RISKIEST: usize = 10;

/// What is due so many days from now is told, with what is overdue.
const DUE_DAYS: i64 = 90;

/// Bands of days: the name, and the last day of it.
const BANDS: &[(&str, i64)] = &[
    ("under a week", 6),
    ("under a month", 30),
    ("under 3 months", 91),
    ("under a year", 365),
    ("under 3 years", 1095),
    ("longer", i64::MAX),
];

/// How many things there are in each band of days, and of how many the days are not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Days {
    /// The bands, the shortest first, each with its count.
    pub bands: Vec<(&'static str, u64)>,
    /// Those of which nothing says it.
    pub unknown: u64,
    /// The middle one of those that are known, in days; `None` where none is.
    pub median: Option<i64>,
}

impl Days {
    /// Counts days; `None` among them is not known.
    fn of(days: impl IntoIterator<Item = Option<i64>>) -> Self {
        let mut unknown = 0;
        let mut known: Vec<i64> = Vec::new();
        for days in days {
            match days {
                Some(days) => known.push(days.max(0)),
                None => unknown += 1,
            }
        }
        known.sort_unstable();
        let up_to = |last: i64| known.partition_point(|days| *days <= last);
        let mut start = 0;
        let bands = BANDS.iter().map(|(name, last)| {
            let end = up_to(*last);
            let count = end - start;
            start = end;
            (*name, count as u64)
        });
        Self {
            bands: bands.collect(),
            unknown,
            median: known.get(known.len() / 2).copied(),
        }
    }
}

/// What one owner has to look after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OwnerLoad {
    /// The name for people; `None` for identities that nobody is known to own.
    pub name: Option<String>,
    /// Whether the owner has left.
    pub has_left: bool,
    /// Identities that are not retired.
    pub identities: u64,
    /// Policies that fail, over all these identities.
    pub failures: u64,
    /// Policies that warn.
    pub warnings: u64,
}

/// The inventory at a glance.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Overview {
    /// The inventory in a few numbers.
    pub totals: Totals,
    /// How old identities are that are not retired.
    pub ages: Days,
    /// For how long secrets have lain open that are in a tree or in `HEAD`, since their first commit.
    pub open: Days,
    /// For how long secrets lay open that were taken out of `HEAD`.
    pub closed: Days,
    /// Who owns how much, whoever has most to do first.
    pub owners: Vec<OwnerLoad>,
    /// What is overdue, or due within 90 days, the earliest first.
    pub due: Vec<Due>,
    /// The numbers of the ten riskiest identities, the riskiest first; fewer where fewer have a risk at all.
    pub riskiest: Vec<i64>,
}

impl Registry {
    /// The inventory at a glance. `checked` is what checking these cards came to; `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`Storage`](crate::ErrorKind::Storage).
    pub fn overview(&self, cards: &[Card], checked: &Checked, now: i64) -> Result<Overview, Error> {
        let active = || cards.iter().filter(|card| card.stage != "retired");
        let ages = active().map(|card| card.created.at.map(|at| (now - at) / DAY));
        let mut due: Vec<Due> = active()
            .flat_map(dues)
            .filter(|due| due.at <= now.saturating_add(DUE_DAYS * DAY))
            .collect();
        due.sort();
        let mut riskiest: Vec<&Card> = active().filter(|card| card.risk > 0).collect();
        riskiest.sort_by(|a, b| (b.risk, &a.uid).cmp(&(a.risk, &b.uid)));
        Ok(Overview {
            totals: self.totals(cards, now)?,
            ages: Days::of(ages),
            open: Days::of(self.days("e.is_current = 1", now)?),
            closed: Days::of(self.days("e.removed_at IS NOT NULL AND e.is_current = 0", now)?),
            owners: owners(cards, checked),
            due,
            riskiest: riskiest.iter().take(RISKIEST).map(|card| card.id).collect(),
        })
    }

    /// For each place of which `condition` holds the days from its first commit to its removal, or to now.
    fn days(&self, condition: &str, now: i64) -> Result<Vec<Option<i64>>, Error> {
        let sql = format!(
            "SELECT (coalesce(CASE WHEN e.is_current THEN NULL ELSE e.removed_at END, ?1) - e.first_at) / ?2
             FROM exposure e JOIN credential c ON c.id = e.credential_id JOIN identity i ON i.id = c.identity_id
             LEFT JOIN identity w ON w.id = i.merged_into
             WHERE e.gone_scan IS NULL AND coalesce(w.stage, i.stage) <> 'retired' AND {condition}"
        );
        let mut statement = self.connection.prepare(&sql)?;
        let days = statement.query_map([now, DAY], |row| row.get(0))?;
        Ok(days.collect::<Result<_, _>>()?)
    }
}

fn owners(cards: &[Card], checked: &Checked) -> Vec<OwnerLoad> {
    let mut of_identities: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for violation in &checked.violations {
        let (failures, warnings) = of_identities.entry(violation.identity).or_default();
        *(if violation.is_failure {
            failures
        } else {
            warnings
        }) += 1;
    }
    let mut loads: BTreeMap<Option<&str>, OwnerLoad> = BTreeMap::new();
    for card in cards.iter().filter(|card| card.stage != "retired") {
        let owner = card.owner();
        let load = loads
            .entry(owner.map(|owner| owner.key.as_str()))
            .or_insert_with(|| OwnerLoad {
                name: owner.map(|owner| owner.name.clone()),
                has_left: owner.is_some_and(|owner| owner.left_at.is_some()),
                identities: 0,
                failures: 0,
                warnings: 0,
            });
        let (failures, warnings) = of_identities.get(&card.id).copied().unwrap_or_default();
        load.identities += 1;
        load.failures += failures;
        load.warnings += warnings;
    }
    let mut loads: Vec<OwnerLoad> = loads.into_values().collect();
    loads.sort_by_key(|load| std::cmp::Reverse((load.failures, load.warnings, load.identities)));
    loads
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_in_one_band_and_the_unknown_in_none() {
        let days = Days::of([
            Some(-3),
            Some(6),
            Some(7),
            Some(365),
            Some(366),
            Some(i64::MAX),
            None,
        ]);
        let counts: Vec<u64> = days.bands.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [2, 1, 0, 1, 1, 1]);
        assert_eq!(days.unknown, 1);
        assert_eq!(days.median, Some(365));
        assert_eq!(Days::of([None]).median, None);
    }
}
