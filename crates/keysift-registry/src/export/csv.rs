//! The table for spreadsheets.

use std::io::{self, Write};

use super::{COLUMNS, Cell};
use crate::inventory::Card;
use crate::policy::Violation;
use crate::time::rfc3339;

/// Writes one row for each identity, with the policies that it does not meet. An empty cell means unknown, and lists have
/// spaces between their parts. No cell is taken for a formula: one that would be begins with an apostrophe.
///
/// # Errors
/// The writer's.
pub fn write_csv<'c>(
    out: impl Write,
    rows: impl IntoIterator<Item = (&'c Card, &'c [Violation])>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    for row in rows {
        writer.write_record(
            COLUMNS
                .iter()
                .map(|column| harmless(&shown((column.of)(row)))),
        )?;
    }
    writer.flush()
}

fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Unknown => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Time(at) => rfc3339(at),
        Cell::List(parts) => parts.join(" "),
    }
}

fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell: String = cell
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if is_formula { format!("'{cell}") } else { cell }
}
