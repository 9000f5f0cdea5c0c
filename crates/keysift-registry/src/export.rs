//! The inventory as a table for spreadsheets.

use std::io::{self, Write};

use crate::inventory::{Card, Known};
use crate::observed::TimeBasis;
use crate::policy::Violation;
use crate::time::rfc3339;

const COLUMNS: &[&str] = &[
    "id",
    "uid",
    "name",
    "kind",
    "provider",
    "account",
    "environments",
    "stage",
    "owner",
    "owner_key",
    "owner_basis",
    "created",
    "created_basis",
    "last_used",
    "last_used_basis",
    "expires",
    "expires_basis",
    "current_exposures",
    "past_exposures",
    "live_credentials",
    "risk",
    "violates",
];

/// Writes one row for each identity, with the policies that it does not meet. An empty cell means unknown. No cell is
/// taken for a formula: one that would be begins with an apostrophe.
///
/// # Errors
/// The writer's.
pub fn write_csv<'c>(
    out: impl Write,
    rows: impl IntoIterator<Item = (&'c Card, &'c [Violation])>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for (card, violations) in rows {
        let owner = card.owner();
        let violates: Vec<&str> = violations
            .iter()
            .map(|violation| violation.policy.id)
            .collect();
        let cells = [
            card.id.to_string(),
            card.uid.clone(),
            card.name.clone(),
            card.kind.clone(),
            card.provider.clone(),
            card.account.clone().unwrap_or_default(),
            card.environments.join(" "),
            card.stage.clone(),
            owner.map(|owner| owner.name.clone()).unwrap_or_default(),
            owner.map(|owner| owner.key.clone()).unwrap_or_default(),
            owner
                .map(|owner| owner.basis.as_str().to_owned())
                .unwrap_or_default(),
            time(card.created),
            basis(card.created),
            time(card.last_used),
            basis(card.last_used),
            time(card.expires),
            basis(card.expires),
            card.current_exposures().to_string(),
            card.past_exposures().to_string(),
            card.live_credentials().count().to_string(),
            card.risk.to_string(),
            violates.join(" "),
        ];
        writer.write_record(cells.iter().map(|cell| harmless(cell)))?;
    }
    writer.flush()
}

fn time(known: Known) -> String {
    known.at.map(rfc3339).unwrap_or_default()
}

fn basis(known: Known) -> String {
    known
        .basis
        .map(TimeBasis::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell: String = cell
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if is_formula { format!("'{cell}") } else { cell }
}
