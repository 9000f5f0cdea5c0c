//! CSV by RFC 4180, for spreadsheets.
//!
//! The first column says what a row is: a `finding`, something `unscanned`, or a `note` on what the scan covered. What
//! a spreadsheet would take for a formula has a `'` before it, so that it stays text.

use std::io::{self, Write};
use std::ops::ControlFlow;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use keysift_core::{Finding, Sink, Summary, Unscanned};

use crate::coverage::Tally;
use crate::escape::escape;
use crate::group::Secrets;
use crate::mask::Mask;
use crate::part;
use crate::place;
use crate::record;
use crate::{Format, ReportOptions, notes};

pub(crate) const FORMAT: Format = Format {
    name: "csv",
    summary: "CSV, for spreadsheets.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Csv {
            out: WriterBuilder::new()
                .terminator(Terminator::CRLF)
                .quote_style(QuoteStyle::NonNumeric)
                .from_writer(out),
            options: options.clone(),
            secrets: Secrets::default(),
            tally: Tally::default(),
        })
    },
};

/// The columns, in order. A promise, as the fields of JSON are: a new one stands at the end.
const COLUMNS: [&str; 27] = [
    "type",
    "rule",
    "name",
    "provider",
    "kind",
    "severity",
    "confidence",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "secret",
    "secret_id",
    "fingerprint",
    "excerpt",
    "facts",
    "action",
    "link",
    "commit",
    "author",
    "email",
    "date",
    "message",
    "parts",
    "via",
    "standing",
];

struct Csv {
    out: Writer<Box<dyn Write + Send>>,
    options: ReportOptions,
    secrets: Secrets,
    tally: Tally,
}

impl Csv {
    fn row(&mut self, fields: [String; COLUMNS.len()]) -> io::Result<()> {
        self.out
            .write_record(fields.map(|field| cell(&field)))
            .map_err(io::Error::from)
    }

    /// A row that is no finding.
    fn other(&mut self, kind: &str, path: &str, message: &str) -> io::Result<()> {
        let mut fields = [const { String::new() }; COLUMNS.len()];
        for (column, field) in COLUMNS.iter().zip(&mut fields) {
            match *column {
                "type" => kind.clone_into(field),
                "path" => path.clone_into(field),
                "message" => message.clone_into(field),
                _ => {}
            }
        }
        self.row(fields)
    }
}

/// Text for a cell: escaped, and no formula.
fn cell(text: &str) -> String {
    let text = escape(text.as_bytes());
    let is_formula = text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text }
}

impl Sink for Csv {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        self.row(COLUMNS.map(str::to_owned))
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let rule = &finding.rule;
            let (secret_id, _) = self.secrets.id(finding);
            let facts: Vec<String> = finding
                .facts
                .iter()
                .map(|fact| format!("{}: {}", fact.key, mask.fact(finding, &fact.value)))
                .collect();
            let [commit, author, email, date] = place::authorship(&finding.origin)
                .map(|made| {
                    [
                        made.id.into(),
                        made.name.into(),
                        made.email.into(),
                        made.date,
                    ]
                })
                .unwrap_or_default();
            self.row([
                "finding".to_owned(),
                rule.id.clone(),
                rule.name.clone(),
                rule.provider.clone(),
                rule.kind.to_string(),
                rule.severity.to_string(),
                finding.confidence.to_string(),
                record::path(&finding.origin).0.into_owned(),
                finding.start.line.to_string(),
                finding.start.column.to_string(),
                finding.end.line.to_string(),
                finding.end.column.to_string(),
                place::secret(finding, mask.secrets()),
                secret_id.0.to_string(),
                finding.fingerprint.to_string(),
                place::line(finding, &mask),
                facts.join("; "),
                rule.remediation.action.to_string(),
                rule.remediation.link.clone().unwrap_or_default(),
                commit,
                author,
                email,
                date,
                String::new(),
                part::list(finding, &mask),
                place::hidden_in(finding).unwrap_or_default(),
                place::standing(finding).unwrap_or_default(),
            ])?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        if !self.options.explain && !unscanned.skip.is_incomplete() {
            return Ok(());
        }
        let meaning = unscanned.skip.meaning();
        let message = match &unscanned.message {
            Some(message) => format!("{meaning}: {message}"),
            None => meaning.to_owned(),
        };
        self.other("unscanned", &unscanned.name, &message)
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        for note in notes::scan_notes(summary) {
            self.other("note", "", &note.text)?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("-1+1", "'-1+1"),
            ("\t=1", "    =1"),
            ("\n=1", r"\x0a=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }
}
