//! What files declare: read with a scan, and told.

use std::io::{self, Write};
use std::path::Path;

use keysift::source::Source;
use keysift::source::Watched;
use keysift_registry::declared::{Reader, Unread};
use keysift_registry::{Card, Totals};

use super::{table, text};
use crate::exit::Exit;

/// So many files that were not read are named.
const SHOWN_FILES: usize = 10;

/// Reads what the files of `source` declare while they are scanned by `scan`.
pub(super) fn read_with<T>(
    reader: &Reader,
    source: Box<dyn Source>,
    scan: impl FnOnce(&dyn Source) -> T,
) -> T {
    let watched = Watched::new(
        source,
        |blob: &keysift::Blob<'_>| reader.take(blob),
        |origin: &keysift::Origin| reader.take_stream(origin),
    );
    scan(&watched)
}

/// The name that keys of what is local to a source begin with: the last part of the source's name.
pub(super) fn repository(locator: &str) -> String {
    let name = Path::new(locator).file_name();
    name.map_or_else(String::new, |name| {
        let name = name.to_string_lossy();
        name.strip_suffix(".git").unwrap_or(&name).to_owned()
    })
}

/// Says which files that declare identities were not read. A template, which only its program can fill in, leaves
/// nothing incomplete.
pub(super) fn tell_unread(unread: &[(String, Unread)]) -> Exit {
    let is_template = |unread: &Unread| unread.message.starts_with("a template");
    let (templates, broken): (Vec<_>, Vec<_>) =
        unread.iter().partition(|(_, unread)| is_template(unread));
    if !templates.is_empty() {
        crate::say(&format!(
            "{} not read for declarations: their program has to fill them in first\n",
            table::count(templates.len() as u64, "template was", "templates were")
        ));
    }
    if broken.is_empty() {
        return Exit::Clean;
    }
    crate::say(&format!(
        "{} not read for declarations:\n",
        table::count(broken.len() as u64, "file was", "files were")
    ));
    for (path, unread) in broken.iter().take(SHOWN_FILES) {
        crate::say(&format!(
            "  {} ({}): {}\n",
            text(path),
            unread.kind,
            text(&unread.message)
        ));
    }
    if broken.len() > SHOWN_FILES {
        crate::say(&format!("  and {} more\n", broken.len() - SHOWN_FILES));
    }
    Exit::Incomplete
}

/// What an identity holds and has to do with others, on its card.
pub(super) fn card(out: &mut impl Write, card: &Card) -> io::Result<()> {
    if !card.held.is_empty() {
        let count = card.held.len() as u64;
        writeln!(
            out,
            "\n{}",
            table::count(count, "declared secret", "declared secrets")
        )?;
    }
    for held in &card.held {
        let entry = if held.entry.is_empty() {
            String::new()
        } else {
            format!(" ({})", text(&held.entry))
        };
        writeln!(
            out,
            "  {}  {}{entry}  {}:{}",
            text(&held.name),
            held.holding,
            text(&held.path),
            held.line
        )?;
    }
    if !card.edges.is_empty() {
        writeln!(out, "\nrelations")?;
    }
    for edge in &card.edges {
        let relation = edge.relation.replace('_', " ");
        let (from, to) = match edge.is_incoming {
            true => (text(&edge.other), "this".to_owned()),
            false => ("this".to_owned(), text(&edge.other)),
        };
        writeln!(out, "  {from} {relation} {to}")?;
    }
    Ok(())
}

/// How far names of credentials need no secret in their file.
pub(super) fn secretless(out: &mut impl Write, totals: &Totals) -> io::Result<()> {
    let Some(percent) = totals.secretless_percent else {
        return Ok(());
    };
    writeln!(
        out,
        "\ndeclared secrets, {percent}% of them without a secret in the file"
    )?;
    let mut counts: Vec<_> = totals.held.iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    for (name, count) in counts {
        writeln!(out, "  {count:>6}  {name}")?;
    }
    if totals.secretless_by_source.len() > 1 {
        for (source, percent) in &totals.secretless_by_source {
            writeln!(out, "  {percent:>5}%  {}", text(source))?;
        }
    }
    Ok(())
}
