//! `keysift inventory export`: the inventory for other programs.

use std::io::{self, BufWriter, Write as _};

use keysift_registry::{Card, Violation, calendar, write_csv};
use serde_json::{Value, json};

use super::{Inventory, list, page};
use crate::args::{ExportArgs, ExportFormat};
use crate::exit::Exit;

pub(super) fn run(args: &ExportArgs) -> anyhow::Result<Exit> {
    let inventory = Inventory::open(&args.registry, &args.policy)?;
    let violations: Vec<Vec<Violation>> = inventory
        .cards
        .iter()
        .map(|card| inventory.policies.violations(card, inventory.now))
        .collect();
    let rows = || -> Box<dyn Iterator<Item = (&Card, &[Violation])>> {
        Box::new(
            inventory
                .cards
                .iter()
                .zip(violations.iter().map(Vec::as_slice)),
        )
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        ExportFormat::Csv => write_csv(&mut out, rows())?,
        ExportFormat::Ics => out.write_all(calendar(&inventory.cards, inventory.now).as_bytes())?,
        ExportFormat::Html => page::write(&mut out, &inventory, &rows().collect::<Vec<_>>())?,
        ExportFormat::Json => {
            let mut identities = Vec::new();
            for (card, violations) in rows() {
                let mut identity = list::as_json(card, violations);
                identity["exposed_at"] = json!(inventory.registry.exposures(card, inventory.now)?);
                identity["rotations"] = json!(inventory.registry.rotations(card)?);
                identities.push(identity);
            }
            let document: Value = json!({
                "version": 1,
                "at": keysift_registry::rfc3339(inventory.now),
                "identities": identities,
            });
            serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Clean)
}
