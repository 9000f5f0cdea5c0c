//! A sink for embedders that keeps what it is given.

use std::convert::Infallible;
use std::ops::ControlFlow;

use keysift_core::{Finding, Sink, Unscanned};

/// Keeps every finding in memory.
#[derive(Debug, Default)]
pub struct Collect {
    /// The findings, in their order.
    pub findings: Vec<Finding>,
    /// Matches that checks dropped, when the scanner explains itself.
    pub dropped: Vec<Finding>,
    /// What was not scanned.
    pub unscanned: Vec<Unscanned>,
}

impl Sink for Collect {
    type Error = Infallible;

    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, Infallible> {
        self.findings.extend_from_slice(findings);
        Ok(ControlFlow::Continue(()))
    }

    fn dropped(&mut self, dropped: &[Finding], _: &[Finding]) -> Result<(), Infallible> {
        self.dropped.extend_from_slice(dropped);
        Ok(())
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Infallible> {
        self.unscanned.push(unscanned.clone());
        Ok(())
    }
}
