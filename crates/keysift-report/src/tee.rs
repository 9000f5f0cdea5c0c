//! One scan, several reports.

use std::io;
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Summary, Unscanned};

use crate::ReportSink;

/// A sink that gives what it gets to several others, in their order.
///
/// The first error ends the scan, and what stands behind it is not told. A `Break` of one is one of all.
pub struct Tee {
    sinks: Vec<ReportSink>,
}

impl Tee {
    /// A sink for all of these. With none of them it takes findings and does nothing.
    pub fn new(sinks: Vec<ReportSink>) -> Self {
        Self { sinks }
    }
}

impl std::fmt::Debug for Tee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tee({} sinks)", self.sinks.len())
    }
}

impl Sink for Tee {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(Sink::begin)
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let mut flow = ControlFlow::Continue(());
        for sink in &mut self.sinks {
            if sink.findings(findings)?.is_break() {
                flow = ControlFlow::Break(());
            }
        }
        Ok(flow)
    }

    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> io::Result<()> {
        self.sinks
            .iter_mut()
            .try_for_each(|sink| sink.dropped(dropped, findings))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.sinks
            .iter_mut()
            .try_for_each(|sink| sink.unscanned(unscanned))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.sinks
            .iter_mut()
            .try_for_each(|sink| sink.finish(summary))
    }
}
