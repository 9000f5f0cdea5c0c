//! A progress display for long scans: on a terminal, or as JSON Lines for programs.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use indicatif::{HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use keysift::{Finding, Progress, Sink, Summary, Unscanned};

use crate::args::{ProgressArg, When};

/// A scan that is over sooner shows nothing.
const QUIET: Duration = Duration::from_millis(700);

/// How often the display is refreshed.
const TICK: Duration = Duration::from_millis(100);

/// How often a line is written for a program.
const LINE: Duration = Duration::from_secs(1);

/// The remaining time is told when so much of the work is done: before, it is a guess.
const TOLD_FROM: f64 = 0.02;

/// Shows how far a scan is until it is dropped.
#[derive(Debug)]
pub(crate) struct Display {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Whether it is in the way of a report.
    is_on_terminal: bool,
    /// Where the scan counts.
    pub(crate) counts: Arc<Progress>,
}

impl Display {
    /// Begins a display; `None` when none is wanted.
    pub(crate) fn begin(wanted: &ProgressArg) -> anyhow::Result<Option<Self>> {
        let is_over = Arc::new(AtomicBool::new(false));
        let counts = Arc::new(Progress::default());
        let (over, counted) = (Arc::clone(&is_over), Arc::clone(&counts));
        let thread = match wanted {
            ProgressArg::Shown(When::Never) => return Ok(None),
            ProgressArg::Shown(When::Auto) if !io::stderr().is_terminal() => return Ok(None),
            ProgressArg::Shown(_) => thread::spawn(move || show(&over, &counted)),
            ProgressArg::Json(file) => {
                let out: Box<dyn Write + Send> = match file {
                    None => Box::new(io::stderr()),
                    Some(path) => Box::new(File::create(path).with_context(|| {
                        format!("{}: cannot write the progress", path.display())
                    })?),
                };
                thread::spawn(move || write(out, &over, &counted))
            }
        };
        Ok(Some(Self {
            is_over,
            thread: Some(thread),
            is_on_terminal: matches!(wanted, ProgressArg::Shown(_)),
            counts,
        }))
    }
}

/// How far a scan is at one moment.
#[derive(Debug, Clone, Copy)]
struct Moment {
    elapsed: Duration,
    bytes: u64,
    objects: u64,
    /// 0 where it is not known.
    expected: u64,
    findings: u64,
    is_placing: bool,
}

impl Moment {
    fn of(started: Instant, counts: &Progress) -> Self {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Self {
            elapsed: started.elapsed(),
            bytes: of(&counts.bytes),
            objects: of(&counts.objects),
            expected: of(&counts.expected),
            findings: of(&counts.findings),
            is_placing: counts.is_placing.load(Ordering::Relaxed),
        }
    }

    fn bytes_per_second(&self) -> u64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            (self.bytes as f64 / seconds) as u64
        } else {
            0
        }
    }

    /// The time that the rest takes if it goes on like this; `None` where that cannot be told.
    fn remaining(&self) -> Option<Duration> {
        let done = self.objects as f64 / self.expected as f64;
        let is_known = self.expected >= self.objects && done >= TOLD_FROM && !self.is_placing;
        is_known.then(|| self.elapsed.mul_f64((1.0 - done) / done))
    }

    fn told(&self) -> String {
        if self.is_placing {
            let findings = HumanCount(self.findings);
            return format!("looking where {findings} possible findings came in");
        }
        let mut text = match self.expected {
            0 => "scanned ".to_owned(),
            expected => format!(
                "scanned {} of {} objects, ",
                HumanCount(self.objects),
                HumanCount(expected.max(self.objects))
            ),
        };
        let (bytes, rate) = (HumanBytes(self.bytes), HumanBytes(self.bytes_per_second()));
        text.push_str(&format!("{bytes}, {rate}/s"));
        if self.findings > 0 {
            text.push_str(&format!(
                ", {} possible findings",
                HumanCount(self.findings)
            ));
        }
        if let Some(remaining) = self.remaining() {
            text.push_str(&format!(", {} left", HumanDuration(remaining)));
        }
        text
    }

    /// One line of JSON.
    fn line(&self, is_over: bool) -> String {
        let phase = match (is_over, self.is_placing) {
            (true, _) => "over",
            (false, true) => "placing",
            (false, false) => "scanning",
        };
        let line = serde_json::json!({
            "version": 1,
            "type": "progress",
            "phase": phase,
            "elapsed_seconds": self.elapsed.as_secs_f64(),
            "objects": self.objects,
            "expected_objects": (self.expected > 0).then_some(self.expected),
            "bytes": self.bytes,
            "bytes_per_second": self.bytes_per_second(),
            "findings": self.findings,
            "remaining_seconds": self.remaining().map(|time| time.as_secs_f64()),
        });
        format!("{line}\n")
    }
}

fn show(is_over: &AtomicBool, counts: &Progress) {
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
        bar.set_message(Moment::of(started, counts).told());
        bar.tick();
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

/// Writes a line now and then, and one at the end. A reader that went away is no reason to end the scan.
fn write(mut out: Box<dyn Write + Send>, is_over: &AtomicBool, counts: &Progress) {
    let started = Instant::now();
    let mut told = started;
    loop {
        let is_over = is_over.load(Ordering::Relaxed);
        if is_over || told.elapsed() >= LINE {
            let line = Moment::of(started, counts).line(is_over);
            if out.write_all(line.as_bytes()).is_err() || is_over {
                return;
            }
            told = Instant::now();
        }
        thread::park_timeout(TICK);
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // The display has no outcome that anyone could use.
            let _ = thread.join();
        }
    }
}

/// A sink that takes the display away before anything is written where it is.
pub(crate) struct BehindProgress<S> {
    sink: S,
    display: Option<Display>,
}

impl<S> BehindProgress<S> {
    pub(crate) fn new(sink: S, display: Option<Display>) -> Self {
        Self { sink, display }
    }

    fn give_way(&mut self) {
        if self.display.as_ref().is_some_and(|it| it.is_on_terminal) {
            self.display = None;
        }
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
        self.give_way();
        self.sink.findings(findings)
    }

    fn dropped(&mut self, dropped: &[Finding], findings: &[Finding]) -> Result<(), Self::Error> {
        self.give_way();
        self.sink.dropped(dropped, findings)
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Self::Error> {
        self.sink.unscanned(unscanned)
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Self::Error> {
        self.display = None;
        self.sink.finish(summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(objects: u64, expected: u64) -> Moment {
        Moment {
            elapsed: Duration::from_secs(10),
            bytes: 4096,
            objects,
            expected,
            findings: 3,
            is_placing: false,
        }
    }

    #[test]
    fn the_remaining_time_is_told_when_it_can_be() {
        assert_eq!(moment(25, 100).remaining(), Some(Duration::from_secs(30)));
        for (objects, expected) in [(0, 0), (1, 0), (1, 100), (101, 100), (0, 100)] {
            assert_eq!(moment(objects, expected).remaining(), None);
        }
        assert!(
            moment(25, 100)
                .told()
                .starts_with("scanned 25 of 100 objects, 4.00 KiB, ")
        );
        assert!(moment(25, 0).told().starts_with("scanned 4.00 KiB, "));
    }

    #[test]
    fn a_line_is_one_line_of_json() {
        let line = moment(25, 100).line(false);
        let value: serde_json::Value = serde_json::from_str(line.trim_end()).unwrap();
        assert_eq!(value["remaining_seconds"], 30.0);
        assert_eq!(
            (&value["phase"], line.matches('\n').count()),
            (&"scanning".into(), 1)
        );
    }
}
