//! Annotations of GitHub Actions: workflow commands that the runner reads from a step's output.
//!
//! A finding is an error if it is severe, otherwise a warning or a notice. GitHub shows [`MAX_OF_A_KIND`] annotations of
//! a kind in a step: findings beyond them are plain lines of the log, and the last notice says how many. The notices
//! leave room for that one and for a warning of what could not be scanned.

use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Severity, Sink, Summary, Unscanned};

use crate::coverage::{Tally, counted, coverage, grouped};
use crate::escape::escape;
use crate::mask::Mask;
use crate::place::{self, region};
use crate::record;
use crate::text::action;
use crate::{Format, ReportOptions, notes};

/// How many annotations of a kind GitHub shows in a step.
const MAX_OF_A_KIND: usize = 10;

pub(crate) const FORMAT: Format = Format {
    name: "github",
    summary: "Annotations of GitHub Actions, on standard output.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Github {
            out,
            options: options.clone(),
            annotated: [0; 3],
            findings: 0,
            tally: Tally::default(),
        })
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Error,
    Warning,
    Notice,
}

impl Kind {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            _ => Self::Notice,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }

    /// How many findings are annotated with it: the scan itself needs one warning and one notice.
    const fn room(self) -> usize {
        match self {
            Self::Error => MAX_OF_A_KIND,
            Self::Warning | Self::Notice => MAX_OF_A_KIND - 1,
        }
    }
}

struct Github {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    /// By [`Kind`], how many there were.
    annotated: [usize; 3],
    findings: u64,
    tally: Tally,
}

impl Github {
    fn finding(&mut self, finding: &Finding, mask: &Mask<'_>) -> io::Result<()> {
        self.findings += 1;
        let rule = &finding.rule;
        let kind = Kind::of(rule.severity);
        let count = &mut self.annotated[kind as usize];
        let path = record::path(&finding.origin).0;
        let secret = place::secret(finding, mask.secrets());
        let title = format!("{} ({} severity)", rule.name, rule.severity);
        if *count == kind.room() {
            let text = format!(
                "keysift: {path}:{}:{}: {title}: {secret}",
                finding.start.line, finding.start.column
            );
            return writeln!(self.out, "{}", log_line(&text));
        }
        *count += 1;
        let mut properties = Vec::new();
        if finding.origin.path().is_some() {
            let region = region(finding);
            properties.push(format!("file={}", property(&path)));
            properties.push(format!("line={}", region.start.line));
            properties.push(format!("endLine={}", region.end.line));
            // GitHub takes columns on one line only.
            if region.start.line == region.end.line {
                properties.push(format!("col={}", region.start.column));
                properties.push(format!("endColumn={}", region.end.column));
            }
        }
        properties.push(format!("title={}", property(&title)));
        let remedy = &rule.remediation;
        let mut message = format!(
            "{secret} {}\n{} it.",
            rule.description,
            action(remedy.action)
        );
        if let Some(link) = &remedy.link {
            message.push(' ');
            message.push_str(link);
        }
        let facts: Vec<String> = finding
            .facts
            .iter()
            .map(|fact| format!("{}: {}", fact.key, mask.fact(finding, &fact.value)))
            .collect();
        if !facts.is_empty() {
            message.push_str(&format!(
                "\nIt says: {}",
                facts.join(", ").replace('\n', " ")
            ));
        }
        if let Some(hidden) = place::hidden_in(finding) {
            message.push_str(&format!("\nHidden in {hidden}"));
        }
        if let Some(commit) = finding.origin.commit() {
            message.push_str(&format!("\nCommit {}", commit.id));
        }
        let fingerprint = finding.fingerprint;
        message.push_str(&format!("\nRule {}, fingerprint {fingerprint}", rule.id));
        self.command(kind, &properties.join(","), &message)
    }

    fn command(&mut self, kind: Kind, properties: &str, message: &str) -> io::Result<()> {
        let gap = if properties.is_empty() { "" } else { " " };
        let name = kind.as_str();
        writeln!(self.out, "::{name}{gap}{properties}::{}", data(message))
    }
}

/// A command's message: its lines stay lines, and all else that does not show itself is escaped.
fn data(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| escape(line.as_bytes()).replace('%', "%25"))
        .collect();
    lines.join("%0A")
}

/// A property of a command, which also ends at a comma or a colon. A file's name keeps its bytes.
fn property(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            c => out.push_str(&escape(c.encode_utf8(&mut [0; 4]).as_bytes())),
        }
    }
    out
}

/// A line of the log that is no command: the runner takes `::` at a line's start and `##[` anywhere for one.
fn log_line(text: &str) -> String {
    escape(text.as_bytes()).replace("##[", "#\\x23[")
}

impl Sink for Github {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            self.finding(finding, &mask)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let (warnings, infos): (Vec<_>, Vec<_>) = notes::notes(summary, &self.tally)
            .into_iter()
            .partition(|note| note.is_warning);
        if !warnings.is_empty() {
            let texts: Vec<&str> = warnings.iter().map(|note| note.text.as_str()).collect();
            let title = format!("title={}", property("keysift: incomplete"));
            self.command(Kind::Warning, &title, &texts.join("\n"))?;
        }
        for note in &infos {
            writeln!(self.out, "{}", log_line(&format!("keysift: {}", note.text)))?;
        }
        let annotated: usize = self.annotated.iter().sum();
        let more = self.findings - annotated as u64;
        let mut text = format!(
            "{}; {}",
            counted(self.findings, "finding"),
            coverage(summary)
        );
        if more > 0 {
            text.push_str(&format!(
                "\n{} more findings are in the log of this step: GitHub shows few annotations",
                grouped(more)
            ));
        }
        self.command(Kind::Notice, "title=keysift", &text)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_ends_where_it_should() {
        assert_eq!(
            property("a,b:c%\n::error::x\x1b"),
            "a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax\\x1b"
        );
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(data("a%0A\r\nb: c, d"), "a%250A\\x0d%0Ab: c, d");
    }

    #[test]
    fn a_line_of_the_log_is_no_command() {
        assert_eq!(
            log_line("keysift: a ##[error]x\n::error::"),
            r"keysift: a #\x23[error]x\x0a::error::"
        );
    }
}
