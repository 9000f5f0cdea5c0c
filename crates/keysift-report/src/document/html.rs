//! The page as HTML.

use std::io::{self, Write};

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::{Block, Cell, Document, Plot, Section, Table};
use crate::markup::xml;
use crate::page::{columns, head};

const PAGE: &str = include_str!("../html/document.html");
/// The style of every page, and what only this one has.
const STYLE: &str = concat!(
    include_str!("../html/page.css"),
    include_str!("../html/document.css")
);

/// A bar's height with the gap below it, and its greatest length, in the units of the picture.
const ROW: usize = 26;
const TRACK: u64 = 140;

/// The longest name beside a bar, in columns, and how wide a column is in the units of the picture.
const NAME_COLUMNS: usize = 22;
const COLUMN: usize = 8;

/// Writes a page as one HTML file that needs no other.
///
/// # Errors
/// The writer's.
pub fn write_document(mut out: impl Write, document: &Document) -> io::Result<()> {
    let (before, after) = PAGE.split_once("[body]").unwrap_or((PAGE, ""));
    let before = before
        .replace("[style-hash]", &BASE64.encode(&Sha256::digest(STYLE)))
        .replace("[style]", STYLE);
    let (before_title, after_title) = before.split_once("[title]").unwrap_or((&before, ""));
    let title = xml(&document.title);
    write!(out, "{before_title}{title}{after_title}")?;
    writeln!(
        out,
        "<a class=\"skip\" href=\"#main\">Skip to the contents</a>"
    )?;
    writeln!(
        out,
        "<header>\n<h1>{title}</h1>\n<p>{}</p>",
        xml(&document.told)
    )?;
    contents(&mut out, &document.sections)?;
    writeln!(out, "</header>\n<main id=\"main\" tabindex=\"-1\">")?;
    for warning in &document.warnings {
        writeln!(out, "<p class=\"warning\">{}</p>", xml(warning))?;
    }
    for (number, section) in document.sections.iter().enumerate() {
        let id = anchor(number);
        writeln!(
            out,
            "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\" tabindex=\"-1\">{}</h2>",
            xml(&section.title)
        )?;
        for block in &section.blocks {
            write_block(&mut out, block)?;
        }
        writeln!(out, "</section>")?;
    }
    writeln!(
        out,
        "</main>\n<footer><p>{}</p></footer>",
        xml(&document.made)
    )?;
    out.write_all(after.as_bytes())
}

fn anchor(section: usize) -> String {
    format!("section-{}", section + 1)
}

fn contents(out: &mut impl Write, sections: &[Section]) -> io::Result<()> {
    writeln!(out, "<nav aria-label=\"Contents\"><ul>")?;
    for (number, section) in sections.iter().enumerate() {
        let id = anchor(number);
        writeln!(
            out,
            "<li><a href=\"#{id}\">{}</a></li>",
            xml(&section.title)
        )?;
    }
    writeln!(out, "</ul></nav>")
}

fn write_block(out: &mut impl Write, block: &Block) -> io::Result<()> {
    match block {
        Block::Text(text) => writeln!(out, "<p>{}</p>", xml(text)),
        Block::Table(table) => write_table(out, table),
        Block::Plots(plots) => {
            writeln!(out, "<div class=\"plots\">")?;
            for plot in plots {
                write_plot(out, plot)?;
            }
            writeln!(out, "</div>")
        }
        Block::Fold { title, blocks } => {
            writeln!(
                out,
                "<details class=\"fold\"><summary>{}</summary>",
                xml(title)
            )?;
            for block in blocks {
                write_block(out, block)?;
            }
            writeln!(out, "</details>")
        }
    }
}

/// A picture, with its numbers in words for those who cannot see it.
fn write_plot(out: &mut impl Write, plot: &Plot) -> io::Result<()> {
    let bars = || plot.bars.iter();
    let told: Vec<String> = bars()
        .map(|bar| format!("{}: {}", bar.name, bar.count))
        .collect();
    let most = bars().map(|bar| bar.count).max().unwrap_or_default().max(1);
    let names = bars().map(|bar| columns(&bar.name)).max().unwrap_or(0);
    let x = names.clamp(15, NAME_COLUMNS) * COLUMN;
    let width = x + TRACK as usize + 54;
    writeln!(
        out,
        "<figure><figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {width} {}\" role=\"img\" aria-label=\"{}\">",
        xml(&plot.title),
        (plot.bars.len() * ROW).max(1),
        xml(&format!("{}. {}", plot.title, told.join(", ")))
    )?;
    for (number, bar) in bars().enumerate() {
        let y = number * ROW;
        let name = if columns(&bar.name) > NAME_COLUMNS {
            format!("{}…", head(&bar.name, NAME_COLUMNS - 1))
        } else {
            bar.name.clone()
        };
        // What is there at all is seen.
        let length = match bar.count {
            0 => 0,
            count => (u128::from(count) * u128::from(TRACK) / u128::from(most)).max(2),
        };
        writeln!(out, "<text x=\"0\" y=\"{}\">{}</text>", y + 17, xml(&name))?;
        writeln!(
            out,
            "<rect class=\"track\" x=\"{x}\" y=\"{}\" width=\"{TRACK}\" height=\"14\" rx=\"3\"/>",
            y + 6
        )?;
        writeln!(
            out,
            "<rect class=\"{}\" x=\"{x}\" y=\"{}\" width=\"{length}\" height=\"14\" rx=\"3\"/>",
            bar.severity
                .map(|severity| severity.as_str())
                .unwrap_or("bar"),
            y + 6
        )?;
        writeln!(
            out,
            "<text class=\"count\" x=\"{}\" y=\"{}\">{}</text>",
            width - 2,
            y + 17,
            bar.count
        )?;
    }
    writeln!(out, "</svg></figure>")
}

/// A table, which can be moved sideways by keys where the window is too narrow for it.
fn write_table(out: &mut impl Write, table: &Table) -> io::Result<()> {
    let caption = xml(&table.caption);
    writeln!(
        out,
        "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table>\n<caption>{caption}</caption>"
    )?;
    write!(out, "<thead><tr>")?;
    for (number, column) in table.columns.iter().enumerate() {
        let is_number = table
            .rows
            .first()
            .and_then(|row| row.get(number))
            .is_some_and(|cell| matches!(cell, Cell::Number(_)));
        let class = if is_number { " class=\"number\"" } else { "" };
        write!(out, "<th scope=\"col\"{class}>{}</th>", xml(column))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in &table.rows {
        write!(out, "<tr>")?;
        for (number, cell) in row.iter().enumerate() {
            let (class, inner) = cell_text(cell);
            if number == 0 {
                write!(out, "<th scope=\"row\" class=\"{class}\">{inner}</th>")?;
            } else {
                write!(out, "<td class=\"{class}\">{inner}</td>")?;
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// The class of a cell, and what is in it.
fn cell_text(cell: &Cell) -> (&'static str, String) {
    match cell {
        Cell::Text(text) => ("text", xml(text)),
        Cell::Code(text) => ("text", format!("<code>{}</code>", xml(text))),
        Cell::Number(number) => ("number", number.to_string()),
        Cell::Time(text) => ("time", xml(text)),
        Cell::Severity(severity) => {
            let name = severity.as_str();
            (
                "text",
                format!("<span class=\"badge {name}\">{name}</span>"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use keysift_core::Severity;

    use super::*;
    use crate::{Bar, Document};

    const HOSTILE: &str = "</title></style><script>alert(1)</script>\"'&\u{202e}\x1b[31m";

    fn page(document: &Document) -> String {
        let mut out = Vec::new();
        write_document(&mut out, document).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn hostile() -> Document {
        let text = || HOSTILE.to_owned();
        let table = Table {
            caption: text(),
            columns: vec![text(), text()],
            rows: vec![
                vec![Cell::Text(text()), Cell::Code(text())],
                vec![Cell::Time(text()), Cell::Number(7)],
            ],
        };
        let plot = Plot {
            title: text(),
            bars: vec![Bar {
                name: text(),
                count: 3,
                severity: Some(Severity::High),
            }],
        };
        Document {
            title: text(),
            told: text(),
            warnings: vec![text()],
            sections: vec![Section {
                title: text(),
                blocks: vec![
                    Block::Text(text()),
                    Block::Plots(vec![plot]),
                    Block::Fold {
                        title: text(),
                        blocks: vec![Block::Table(table)],
                    },
                ],
            }],
            made: text(),
        }
    }

    #[test]
    fn no_text_is_taken_for_markup() {
        let page = page(&hostile());
        assert!(!page.contains("<script") && !page.contains("\x1b") && !page.contains('\u{202e}'));
        for element in ["</title>", "</style>"] {
            assert_eq!(page.matches(element).count(), 1, "{element}");
        }
        let bodies = page.matches("&lt;script&gt;").count();
        assert_eq!(bodies, 19, "every text is there, the bar's name cut");
        let body = page.split_once("</head>").unwrap().1;
        roxmltree::Document::parse(&format!("<html>{body}"))
            .expect("every element and attribute is closed");
    }

    #[test]
    fn the_page_loads_nothing_and_runs_nothing() {
        let page = page(&hostile());
        for word in [" src=", "url(", "@import", "style=", "onclick", "http"] {
            let found = page.matches(word).count();
            let expected = usize::from(word == "http");
            assert_eq!(found, expected, "{word}: the policy's own name alone");
        }
        let hash = BASE64.encode(&Sha256::digest(STYLE));
        assert!(page.contains(&format!("default-src 'none'; style-src 'sha256-{hash}'")));
        assert!(page.contains(STYLE));
    }

    #[test]
    fn bars_are_to_each_other_as_their_counts_and_none_vanishes() {
        let bar = |name: &str, count| Bar {
            name: name.to_owned(),
            count,
            severity: None,
        };
        let plot = Plot {
            title: "Kinds".to_owned(),
            bars: vec![
                bar("a", u64::MAX),
                bar("b", u64::MAX / 2),
                bar("c", 1),
                bar("d", 0),
            ],
        };
        let mut out = Vec::new();
        write_plot(&mut out, &plot).unwrap();
        let text = String::from_utf8(out).unwrap();
        let widths: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("<rect class=\"bar\""))
            .map(|line| line.split("width=\"").nth(1).unwrap())
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(widths, ["140", "69", "2", "0"]);
        assert!(text.contains("aria-label=\"Kinds. a: "));
    }
}
