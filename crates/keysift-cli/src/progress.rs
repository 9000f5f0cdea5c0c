//! A progress display for long scans, on a terminal.

use std::io::{self, IsTerminal as _};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use keysift::{Finding, Sink, Summary, Unscanned};

use crate::args::When;

/// A scan that is over sooner shows nothing.
const QUIET: Duration = Duration::from_millis(700);

/// How often the display is refreshed.
const TICK: Duration = Duration::from_millis(100);

/// Shows how far a scan is until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Where the scan counts its bytes.
    pub(crate) bytes: Arc<AtomicU64>,
}

impl Progress {
    /// Begins a display; `None` when none is wanted.
    pub(crate) fn begin(when: When) -> Option<Self> {
        let is_wanted = match when {
            When::Auto => io::stderr().is_terminal(),
            When::Always => true,
            When::Never => false,
        };
        if !is_wanted {
            return None;
        }
        let (is_over, bytes) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (over, counted) = (Arc::clone(&is_over), Arc::clone(&bytes));
        let thread = thread::spawn(move || show(&over, &counted));
        Some(Self {
            is_over,
            thread: Some(thread),
            bytes,
        })
    }
}

fn show(is_over: &AtomicBool, bytes: &AtomicU64) {
    let started = Instant::now();
    while started.elapsed() < QUIET {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        thread::park_timeout(TICK);
    }
    let style = ProgressStyle::with_template("{spinner} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style);
    while !is_over.load(Ordering::Relaxed) {
        let done = bytes.load(Ordering::Relaxed);
        let rate = done as f64 / started.elapsed().as_secs_f64();
        bar.set_message(format!(
            "scanned {}, {}/s",
            HumanBytes(done),
            HumanBytes(rate as u64)
        ));
        bar.tick();
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // The display has no outcome that anyone could use.
            let _ = thread.join();
        }
    }
}

/// A sink that takes the display away before anything is written.
pub(crate) struct BehindProgress<S> {
    sink: S,
    progress: Option<Progress>,
}

impl<S> BehindProgress<S> {
    pub(crate) fn new(sink: S, progress: Option<Progress>) -> Self {
        Self { sink, progress }
    }

    /// The sink behind it.
    pub(crate) fn into_inner(self) -> S {
        self.sink
    }
}

impl<S: Sink> Sink for BehindProgress<S> {
    type Error = S::Error;

    fn begin(&mut self) -> Result<(), Self::Error> {
        self.sink.begin()
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, Self::Error> {
        self.progress = None;
        self.sink.findings(findings)
    }

    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> Result<(), Self::Error> {
        self.progress = None;
        self.sink.dropped(dropped, findings)
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Self::Error> {
        self.sink.unscanned(unscanned)
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Self::Error> {
        self.progress = None;
        self.sink.finish(summary)
    }
}
