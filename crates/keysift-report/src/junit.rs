//! JUnit's XML, as Jenkins reads it.
//!
//! A suite for each file with findings, in which each finding is a failed case; then a suite for the scan, in which
//! whatever could not be scanned is an error. A scan that covered all has one case there that passes, so that a report
//! of nothing is no report without tests.

use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary, Unscanned};

use crate::coverage::Tally;
use crate::markup::xml;
use crate::mask::Mask;
use crate::part;
use crate::place;
use crate::record;
use crate::text::action;
use crate::{Format, ReportOptions, notes};

pub(crate) const FORMAT: Format = Format {
    name: "junit",
    summary: "JUnit's XML, for test reports.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Junit {
            out,
            options: options.clone(),
            tally: Tally::default(),
        })
    },
};

struct Junit {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    tally: Tally,
}

impl Junit {
    fn case(&mut self, finding: &Finding, path: &str, mask: &Mask<'_>) -> io::Result<()> {
        let rule = &finding.rule;
        let start = finding.start;
        let name = format!("{} at {}:{}", rule.name, start.line, start.column);
        let secret = place::secret(finding, mask.secrets());
        let message = format!("{secret}, {} severity", rule.severity);
        let mut lines = vec![
            format!("{path}:{}:{}", start.line, start.column),
            place::line(finding, mask),
            rule.description.clone(),
            format!(
                "{} it. {}",
                action(rule.remediation.action),
                rule.remediation.steps.replace('\n', " ")
            ),
        ];
        lines.extend(rule.remediation.link.clone());
        lines.extend(place::hidden_in(finding).map(|hidden| format!("hidden in: {hidden}")));
        for fact in &finding.facts {
            let value = mask.fact(finding, &fact.value);
            lines.push(format!("it says: {}: {value}", fact.key));
        }
        for found in &finding.parts {
            lines.push(format!("goes with: {}", part::told(found, mask)));
        }
        if let Some(made) = place::authorship(&finding.origin) {
            let place::Authorship {
                id,
                name,
                email,
                date,
            } = made;
            lines.push(format!("commit: {id} {date} {name} <{email}>"));
        }
        lines.extend(place::standing(finding));
        lines.push(format!("confidence: {}", finding.confidence));
        lines.push(format!("fingerprint: {}", finding.fingerprint));
        let text: Vec<String> = lines.iter().map(|line| xml(line)).collect();
        writeln!(
            self.out,
            "<testcase name=\"{}\" classname=\"{}\"><failure type=\"{}\" message=\"{}\">{}</failure></testcase>",
            xml(&name),
            xml(path),
            xml(&rule.id),
            xml(&message),
            text.join("\n"),
        )
    }

    fn suite(
        &mut self,
        name: &str,
        tests: usize,
        failures: usize,
        errors: usize,
    ) -> io::Result<()> {
        writeln!(
            self.out,
            "<testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\">",
            xml(name)
        )
    }
}

impl Sink for Junit {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        self.out.write_all(
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"keysift\">\n",
        )
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let Some(first) = findings.first() else {
            return Ok(ControlFlow::Continue(()));
        };
        let mask = Mask::new(findings, self.options.secrets);
        let path = record::path(&first.origin).0;
        self.suite(&path, findings.len(), findings.len(), 0)?;
        for finding in findings {
            self.case(finding, &path, &mask)?;
        }
        self.out.write_all(b"</testsuite>\n")?;
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
        let errors = warnings.len();
        self.suite("keysift scan", errors.max(1), 0, errors)?;
        for (index, warning) in warnings.iter().enumerate() {
            writeln!(
                self.out,
                "<testcase name=\"coverage {}\" classname=\"keysift scan\"><error type=\"incomplete\" message=\"{}\"/></testcase>",
                index + 1,
                xml(&warning.text)
            )?;
        }
        if errors == 0 {
            self.out
                .write_all(b"<testcase name=\"coverage\" classname=\"keysift scan\"/>\n")?;
        }
        let lines: Vec<String> = infos.iter().map(|note| xml(&note.text)).collect();
        writeln!(self.out, "<system-out>{}</system-out>", lines.join("\n"))?;
        self.out.write_all(b"</testsuite>\n</testsuites>\n")?;
        self.out.flush()
    }
}
