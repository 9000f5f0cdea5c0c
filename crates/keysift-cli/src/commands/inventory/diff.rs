//! `keysift inventory diff`: what changed between two inventories.

use std::io::{self, Write as _};
use std::path::Path;

use keysift_registry::{Change, Registry, Snapshot, count_changes, diff, sarif};
use serde_json::json;

use super::{key_source, open, table, text};
use crate::args::{DiffArgs, DiffFormat};
use crate::exit::Exit;

pub(super) fn run(args: &DiffArgs) -> anyhow::Result<Exit> {
    let before = snapshot(args, Some(&args.before))?;
    let after = snapshot(args, args.after.as_deref())?;
    before.check_comparable(&after)?;
    let changes = diff(&before, &after);
    let mut out = io::stdout().lock();
    match args.format {
        DiffFormat::Json => {
            let counts: serde_json::Map<String, serde_json::Value> = count_changes(&changes)
                .into_iter()
                .map(|(kind, count)| (kind.as_str().to_owned(), json!(count)))
                .collect();
            let document = json!({"changes": changes, "counts": counts});
            writeln!(out, "{}", serde_json::to_string_pretty(&document)?)?;
        }
        DiffFormat::Sarif => {
            let log = sarif(&changes, env!("CARGO_PKG_VERSION"));
            writeln!(out, "{}", serde_json::to_string_pretty(&log)?)?;
        }
        DiffFormat::Text => write_text(&mut out, &changes)?,
    }
    let is_worse = changes.iter().any(|change| change.is_worse);
    Ok(if is_worse {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// A number is a scan of the registry; anything else is the file of one; nothing is the registry as it is.
fn snapshot(args: &DiffArgs, name: Option<&str>) -> anyhow::Result<Snapshot> {
    let Some(name) = name else {
        return Ok(open(&args.registry)?.snapshot(None)?);
    };
    if let Ok(scan) = name.parse() {
        return Ok(open(&args.registry)?.snapshot(Some(scan))?);
    }
    let path = Path::new(name);
    Ok(Registry::open(path, &key_source(&args.registry, path))?.snapshot(None)?)
}

fn write_text(out: &mut impl io::Write, changes: &[Change]) -> io::Result<()> {
    let mut last = None;
    for change in changes {
        if last != Some(change.kind) {
            let mark = if change.is_worse { "worse: " } else { "" };
            let gap = if last.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{mark}{}", change.kind.meaning())?;
            last = Some(change.kind);
        }
        writeln!(out, "  {}", text(&change.uid))?;
        writeln!(out, "    {}", text(&change.detail))?;
    }
    let worse = changes.iter().filter(|change| change.is_worse).count() as u64;
    let gap = if changes.is_empty() { "" } else { "\n" };
    let all = table::count(changes.len() as u64, "change", "changes");
    writeln!(out, "{gap}{all}, {worse} for the worse")
}
