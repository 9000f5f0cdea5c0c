//! The inventory as a table: one row for each identity, one cell for each column, however it is written.

mod csv;
mod parquet;

pub use self::csv::write_csv;
pub use self::parquet::write_parquet;

use crate::inventory::{Card, Owner};
use crate::observed::TimeBasis;
use crate::policy::Violation;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// A text that may be unknown.
    OptionalText,
    Number,
    /// A time that may be unknown.
    Time,
    /// Any number of texts.
    List,
}

/// What is told of one identity in one column.
#[derive(Debug, PartialEq, Eq)]
enum Cell<'c> {
    Unknown,
    Text(&'c str),
    Number(i64),
    /// Seconds since 1970.
    Time(i64),
    List(Vec<&'c str>),
}

impl<'c> Cell<'c> {
    fn text(text: Option<&'c str>) -> Self {
        text.map_or(Self::Unknown, Cell::Text)
    }

    fn time(at: Option<i64>) -> Self {
        at.map_or(Self::Unknown, Cell::Time)
    }

    fn count(count: u64) -> Self {
        Self::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// An identity with the policies that it does not meet.
type Row<'c> = (&'c Card, &'c [Violation]);

/// One column of the table.
struct Column {
    name: &'static str,
    kind: Kind,
    of: for<'c> fn(Row<'c>) -> Cell<'c>,
}

const fn column(name: &'static str, kind: Kind, of: for<'c> fn(Row<'c>) -> Cell<'c>) -> Column {
    Column { name, kind, of }
}

const COLUMNS: &[Column] = &[
    column("id", Kind::Number, |(card, _)| Cell::Number(card.id)),
    column("uid", Kind::Text, |(card, _)| Cell::Text(&card.uid)),
    column("name", Kind::Text, |(card, _)| Cell::Text(&card.name)),
    column("kind", Kind::Text, |(card, _)| Cell::Text(&card.kind)),
    column("provider", Kind::Text, |(card, _)| {
        Cell::Text(&card.provider)
    }),
    column("account", Kind::OptionalText, |(card, _)| {
        Cell::text(card.account.as_deref())
    }),
    column("environments", Kind::List, |(card, _)| {
        Cell::List(card.environments.iter().map(String::as_str).collect())
    }),
    column("stage", Kind::Text, |(card, _)| Cell::Text(&card.stage)),
    column("owner", Kind::OptionalText, |row| {
        owner(row, |owner| &owner.name)
    }),
    column("owner_key", Kind::OptionalText, |row| {
        owner(row, |owner| &owner.key)
    }),
    column("owner_basis", Kind::OptionalText, |row| {
        owner(row, |owner| owner.basis.as_str())
    }),
    column("created", Kind::Time, |(card, _)| {
        Cell::time(card.created.at)
    }),
    column("created_basis", Kind::OptionalText, |(card, _)| {
        basis(card.created.basis)
    }),
    column("last_used", Kind::Time, |(card, _)| {
        Cell::time(card.last_used.at)
    }),
    column("last_used_basis", Kind::OptionalText, |(card, _)| {
        basis(card.last_used.basis)
    }),
    column("expires", Kind::Time, |(card, _)| {
        Cell::time(card.expires.at)
    }),
    column("expires_basis", Kind::OptionalText, |(card, _)| {
        basis(card.expires.basis)
    }),
    column("current_exposures", Kind::Number, |(card, _)| {
        Cell::count(card.current_exposures())
    }),
    column("past_exposures", Kind::Number, |(card, _)| {
        Cell::count(card.past_exposures())
    }),
    column("live_credentials", Kind::Number, |(card, _)| {
        Cell::count(card.live_credentials().count() as u64)
    }),
    column("risk", Kind::Number, |(card, _)| {
        Cell::Number(card.risk.into())
    }),
    column("violates", Kind::List, |(_, violations)| {
        Cell::List(
            violations
                .iter()
                .map(|violation| violation.policy.id)
                .collect(),
        )
    }),
];

fn owner<'c>((card, _): Row<'c>, told: fn(&'c Owner) -> &'c str) -> Cell<'c> {
    Cell::text(card.owner().map(told))
}

fn basis<'c>(basis: Option<TimeBasis>) -> Cell<'c> {
    Cell::text(basis.map(TimeBasis::as_str))
}
