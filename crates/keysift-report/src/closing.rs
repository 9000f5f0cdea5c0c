//! The end of a text report alone: what the scan covered, beside a format that has no place for it.

use std::io::{self, Write};
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary, Unscanned};

use crate::coverage::{self, Tally};
use crate::page::Page;
use crate::{ReportOptions, ReportSink};

/// A sink that writes what a scan covered, as text for people, and no finding.
pub fn coverage(out: Box<dyn Write + Send>, options: &ReportOptions) -> ReportSink {
    Box::new(Closing {
        out,
        page: Page::new(options),
        explain: options.explain,
        tally: Tally::default(),
    })
}

struct Closing {
    out: Box<dyn Write + Send>,
    page: Page,
    explain: bool,
    tally: Tally,
}

impl Sink for Closing {
    type Error = io::Error;

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        self.tally.files += 1;
        for finding in findings {
            *self
                .tally
                .by_severity
                .entry(finding.rule.severity)
                .or_default() += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.tally.unscanned(unscanned);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        coverage::write(&mut self.page, summary, &self.tally, self.explain);
        self.page.write_to(&mut self.out)?;
        self.out.flush()
    }
}
