//! The driver: blobs from a source, through a scanner, into a sink.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use keysift_core::{
    Blob, Finding, Origin, Reason, Scanner, Scratch, Sink, Skip, Summary, Unscanned,
};
use keysift_source::{Source, Visitor};

use crate::collector::Collector;
use crate::options::{ScanError, ScanOptions};
use crate::progress::Progress;
use crate::screen::{Screen, tell_absent};

/// How much a stream is read at a time, in bytes.
const PIECE_BYTES: usize = 256 << 10;

/// Scans every blob of `source` into `sink`.
///
/// The scan ends early, and says so in the summary, when `should_interrupt` becomes true or the sink breaks.
///
/// # Errors
/// The source's, if it could not be visited at all, and the sink's. A blob that cannot be read is no error: the sink
/// is told and the summary counts it.
pub fn scan<S: Sink>(
    scanner: &Scanner,
    source: &dyn Source,
    sink: &mut S,
    options: &ScanOptions,
    should_interrupt: &AtomicBool,
) -> Result<Summary, ScanError<S::Error>> {
    let started = Instant::now();
    let threads = options.thread_count();
    let collector = Mutex::new(Collector::new(sink, options));
    let make = || -> Box<dyn Visitor + '_> {
        Box::new(Worker {
            scanner,
            scratch: scanner.scratch(),
            found: Vec::new(),
            piece: Vec::new(),
            summary: Summary::default(),
            collector: &collector,
            progress: options.progress.as_deref(),
            screened: Screened::new(scanner, options),
        })
    };
    source
        .visit(threads, should_interrupt, &make)
        .map_err(ScanError::Source)?;
    let mut collector = collector
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    for unscanned in options.screen.iter().flat_map(|it| it.unusable()) {
        *collector.summary.skipped.entry(unscanned.skip).or_default() += 1;
        let _ = collector.take_unscanned(unscanned);
    }
    collector.summary.is_interrupted |= should_interrupt.load(Ordering::Relaxed);
    collector.summary.threads = threads.get();
    collector.summary.rules = scanner.rule_count();
    tell_absent(&mut collector.summary, scanner, options.screen.as_ref());
    collector.summary.elapsed = started.elapsed();
    collector.finish()
}

/// One thread's part of a scan.
struct Worker<'a, 's, S: Sink> {
    scanner: &'a Scanner,
    scratch: Scratch,
    found: Vec<Finding>,
    piece: Vec<u8>,
    summary: Summary,
    collector: &'a Mutex<Collector<'s, S>>,
    progress: Option<&'a Progress>,
    screened: Screened<'a>,
}

/// What checks findings beside the engine, and what it dropped of the blob at hand.
struct Screened<'a> {
    screen: Option<&'a dyn Screen>,
    explain: bool,
    dropped: Vec<Reason>,
}

impl<'a> Screened<'a> {
    fn new(scanner: &Scanner, options: &'a ScanOptions) -> Self {
        Self {
            screen: options.screen.as_deref(),
            explain: scanner.options().explain,
            dropped: Vec::new(),
        }
    }

    /// The finding as it is to be told of; `None` where it is not.
    fn check(&mut self, mut finding: Finding) -> Option<Finding> {
        if let (Some(screen), None) = (self.screen, finding.dropped) {
            screen.check(&mut finding);
            self.dropped.extend(finding.dropped);
        }
        finding.kept_lines = None;
        (finding.dropped.is_none() || self.explain).then_some(finding)
    }
}

impl<S: Sink> Worker<'_, '_, S> {
    /// Says which rules were given up in the blob that was just scanned.
    fn give_up(&mut self, origin: &Origin) -> ControlFlow<()> {
        if self.scratch.given_up().is_empty() {
            return ControlFlow::Continue(());
        }
        let rules = self.scratch.given_up().iter();
        let ids: Vec<&str> = rules
            .map(|rule| self.scanner.given_up_name(*rule))
            .collect();
        let unscanned = Unscanned::new(origin.to_string(), Skip::OverBudget);
        self.unscanned(unscanned.message(ids.join(", ")))
    }

    fn was_scanned(&mut self, bytes: u64) -> ControlFlow<()> {
        self.summary.blobs += 1;
        self.summary.bytes += bytes;
        if let Some(progress) = self.progress {
            progress.was_scanned(bytes);
        }
        self.give_found()
    }

    fn give_found(&mut self) -> ControlFlow<()> {
        for reason in self.screened.dropped.drain(..) {
            self.scratch.counters.drop_finding(reason);
        }
        if self.found.is_empty() {
            return ControlFlow::Continue(());
        }
        if let Some(progress) = self.progress {
            progress.was_found(self.found.len() as u64);
        }
        let mut collector = self
            .collector
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        collector.take_findings(&mut self.found)
    }
}

impl<S: Sink> Visitor for Worker<'_, '_, S> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        let (found, collector) = (&mut self.found, self.collector);
        let screened = &mut self.screened;
        let mut flow = ControlFlow::Continue(());
        self.scanner.scan(&mut self.scratch, blob, &mut |finding| {
            found.extend(screened.check(finding));
            // A long blob may hold more findings than memory does.
            if found.len() >= MAX_HELD_FINDINGS {
                if flow.is_continue() {
                    let mut collector = collector.lock().unwrap_or_else(PoisonError::into_inner);
                    flow = collector.take_findings(found);
                }
                found.clear();
            }
        });
        flow?;
        self.was_scanned(blob.bytes.len() as u64)?;
        self.give_up(blob.origin)
    }

    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>> {
        let mut stream = self.scanner.stream(origin);
        self.piece.resize(PIECE_BYTES, 0);
        let outcome = loop {
            let length = match reader.read(&mut self.piece) {
                Ok(0) => break Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => break Err(error),
            };
            let (found, screened) = (&mut self.found, &mut self.screened);
            stream.push(&mut self.scratch, &self.piece[..length], &mut |finding| {
                found.extend(screened.check(finding));
            });
            // A long stream may hold more findings than memory does.
            if self.found.len() >= MAX_HELD_FINDINGS {
                let mut collector = self
                    .collector
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                if collector.take_findings(&mut self.found).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        };
        let (found, screened) = (&mut self.found, &mut self.screened);
        let bytes = stream.finish(&mut self.scratch, &mut |finding| {
            found.extend(screened.check(finding));
        });
        // What was found before a fault is given out; the blob was not scanned.
        let flow = if outcome.is_ok() {
            self.was_scanned(bytes)
        } else {
            self.give_found()
        };
        let flow = match flow {
            ControlFlow::Continue(()) => self.give_up(origin),
            ControlFlow::Break(()) => flow,
        };
        outcome.map(|()| flow)
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        *self.summary.skipped.entry(unscanned.skip).or_default() += 1;
        self.collector
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take_unscanned(unscanned)
    }
}

/// The findings of one blob are handed on when this many are held.
const MAX_HELD_FINDINGS: usize = 4096;

/// The source drops its visitors when it is through; what a thread counted joins the whole then.
impl<S: Sink> Drop for Worker<'_, '_, S> {
    fn drop(&mut self) {
        self.summary.counters.add(&self.scratch.counters);
        self.collector
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .summary
            .add(&self.summary);
    }
}
