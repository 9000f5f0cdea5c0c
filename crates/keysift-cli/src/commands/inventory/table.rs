//! Tables and times as people read them.

use std::io::{self, Write};

use keysift_registry::{Known, Owner};

use super::text;

/// The longest cell, in characters; a longer one is cut.
const MAX_CELL: usize = 48;

/// Writes rows as columns of one width each, two spaces apart.
pub(super) fn write(
    out: &mut impl Write,
    headings: &[&str],
    rows: &[Vec<String>],
) -> io::Result<()> {
    let headings: Vec<String> = headings
        .iter()
        .map(|heading| (*heading).to_owned())
        .collect();
    let cells = || std::iter::once(&headings).chain(rows);
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            cells()
                .map(|row| width(&cut(&row[column])))
                .max()
                .unwrap_or_default()
        })
        .collect();
    for row in cells() {
        let mut line = String::new();
        for (cell, width_of_column) in row.iter().zip(&widths) {
            let cell = cut(cell);
            let gap = width_of_column.saturating_sub(width(&cell)) + 2;
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', gap));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

fn cut(cell: &str) -> String {
    if width(cell) <= MAX_CELL {
        return cell.to_owned();
    }
    let mut cut: String = cell.chars().take(MAX_CELL - 1).collect();
    cut.push('…');
    cut
}

/// A time with its basis, or that it is not known.
pub(super) fn known(known: &Known) -> String {
    match (known.at, known.basis) {
        (Some(at), Some(basis)) => format!("{} ({})", keysift_registry::day(at), basis.as_str()),
        _ => "unknown".to_owned(),
    }
}

/// An owner with how it is known, or that nobody is.
pub(super) fn owner(owner: Option<&Owner>) -> String {
    match owner {
        Some(owner) => format!("{} ({})", text(&owner.name), owner.basis.as_str()),
        None => "unknown".to_owned(),
    }
}

/// A number with its noun.
pub(super) fn count(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
