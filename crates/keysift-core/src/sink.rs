//! Where findings go.

use std::ops::ControlFlow;

use crate::finding::Finding;
use crate::summary::{Summary, Unscanned};

/// What takes findings: a format, a baseline, a registry.
///
/// A scan calls [`begin`](Sink::begin) once, then [`findings`](Sink::findings), [`dropped`](Sink::dropped) and
/// [`unscanned`](Sink::unscanned) in any order, then [`finish`](Sink::finish) once. Calls never overlap. An error ends
/// the scan, and `finish` is not called; `Break` ends it too, and `finish` is called.
pub trait Sink: Send {
    /// What can go wrong in this sink.
    type Error: std::error::Error + Send;

    /// The report begins: before the first other call, and only if the source could be visited. An error ends the scan.
    fn begin(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The findings of one blob, in the order of their places; never empty. `Break` ends the scan and `finish` is
    /// still called; an error ends it and `finish` is not.
    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, Self::Error>;

    /// The matches of one blob that checks dropped, with the blob's findings, which were given before; only in a scan
    /// that explains itself. An error ends the scan without `finish`.
    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> Result<(), Self::Error> {
        let _ = (dropped, findings);
        Ok(())
    }

    /// Something was not scanned. It is counted in the summary as well. An error ends the scan without `finish`.
    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Self::Error> {
        let _ = unscanned;
        Ok(())
    }

    /// The scan is over: through, stopped by `Break`, or interrupted. Not called after an error.
    fn finish(&mut self, summary: &Summary) -> Result<(), Self::Error> {
        let _ = summary;
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for Box<S> {
    type Error = S::Error;

    fn begin(&mut self) -> Result<(), Self::Error> {
        (**self).begin()
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, Self::Error> {
        (**self).findings(findings)
    }

    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> Result<(), Self::Error> {
        (**self).dropped(dropped, findings)
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Self::Error> {
        (**self).unscanned(unscanned)
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Self::Error> {
        (**self).finish(summary)
    }
}
