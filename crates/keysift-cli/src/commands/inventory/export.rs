//! `keysift inventory export`: the inventory for other programs.

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use keysift_registry::{Card, Violation, calendar, write_csv, write_parquet};
use serde_json::{Value, json};

use super::{Inventory, list, page};
use crate::args::{ExportArgs, ExportFormat};
use crate::exit::{Exit, Hint};
use crate::report::ReportFile;

pub(super) fn run(args: &ExportArgs) -> anyhow::Result<Exit> {
    let output = args.output.as_deref();
    refuse_terminal(args.format, output.is_none() && io::stdout().is_terminal())?;
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
    let mut out = BufWriter::new(open(output)?);
    match args.format {
        ExportFormat::Csv => write_csv(&mut out, rows())?,
        ExportFormat::Parquet => write_parquet(&mut out, rows())?,
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

fn open(output: Option<&Path>) -> anyhow::Result<Box<dyn Write + Send>> {
    Ok(match output {
        Some(path) => Box::new(ReportFile::open(path)?),
        None => Box::new(io::stdout()),
    })
}

/// What is no text would only disturb a terminal.
fn refuse_terminal(format: ExportFormat, is_terminal: bool) -> anyhow::Result<()> {
    if format == ExportFormat::Parquet && is_terminal {
        return Err(Hint::new(
            "--format parquet: a terminal cannot show it",
            "name a file with --output FILE, or write it into a pipe",
        )
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_texts_alone() {
        for (format, is_terminal, is_refused) in [
            (ExportFormat::Parquet, true, true),
            (ExportFormat::Parquet, false, false),
            (ExportFormat::Csv, true, false),
        ] {
            let refused = refuse_terminal(format, is_terminal);
            assert_eq!(refused.is_err(), is_refused, "{format:?} {is_terminal}");
        }
    }
}
