//! JSON Lines: one object a line, for programs that read while the scan runs.
//!
//! Each line has `"version"` and `"type"`: `finding`, `dropped`, `unscanned` or `summary`; the other fields are those
//! of the JSON document's objects, but for `secret_id`, which would depend on the order of discovery. The summary is the last line, and names the tool; without it the report was cut
//! off. `dropped`, and what a filter left out on purpose, are there only in a report that explains.

use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary, Unscanned};
use serde::Serialize;

use crate::mask::Mask;
use crate::record::{self, FindingRecord, SummaryRecord, ToolRecord, UnscannedRecord, VERSION};
use crate::{Format, ReportOptions};

pub(crate) const FORMAT: Format = Format {
    name: "jsonl",
    summary: "One JSON object a line, as the scan goes; the last is the summary.",
    has_coverage: true,
    open: |out, options| {
        Box::new(Jsonl {
            out,
            options: options.clone(),
            line: Vec::new(),
            findings: 0,
        })
    },
};

struct Jsonl {
    out: Box<dyn Write + Send>,
    options: ReportOptions,
    line: Vec<u8>,
    findings: u64,
}

#[derive(Serialize)]
struct Line<R> {
    version: u32,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<ToolRecord>,
    #[serde(flatten)]
    record: R,
}

impl Jsonl {
    fn line(
        &mut self,
        r#type: &'static str,
        tool: Option<ToolRecord>,
        record: impl Serialize,
    ) -> io::Result<()> {
        let line = Line {
            version: VERSION,
            r#type,
            tool,
            record,
        };
        self.line.clear();
        record::append(&mut self.line, &line)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

impl Sink for Jsonl {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mask = Mask::new(findings, self.options.secrets);
        for finding in findings {
            let record = FindingRecord::new(finding, &mask, None);
            self.line("finding", None, record)?;
            self.findings += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> io::Result<()> {
        if !self.options.explain {
            return Ok(());
        }
        let mask = Mask::new(dropped.iter().chain(findings), self.options.secrets);
        dropped.iter().try_for_each(|finding| {
            self.line("dropped", None, FindingRecord::new(finding, &mask, None))
        })
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        if !self.options.explain && !unscanned.skip.is_incomplete() {
            return Ok(());
        }
        self.line("unscanned", None, UnscannedRecord::new(unscanned))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let tool = ToolRecord::new(&self.options);
        let record = SummaryRecord::new(summary, self.findings);
        self.line("summary", Some(tool), record)?;
        self.out.flush()
    }
}
