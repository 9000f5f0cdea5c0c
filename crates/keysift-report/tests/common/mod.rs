//! Scans for the tests of every format.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keysift_core::{
    Blob, Confidence, Finding, Origin, RuleSet, Scanner, ScannerOptions, Sink, Span, Summary,
    Unscanned,
};
use keysift_report::{Format, ReportOptions, ReportSink};

/// A scanner with the rules of the tests. It gives dropped matches as well.
pub(crate) fn scanner() -> Scanner {
    let rules = RuleSet::parse("rules.toml", include_str!("../rules.toml"))
        .unwrap_or_else(|error| panic!("{error}"));
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        explain: true,
        ..ScannerOptions::default()
    };
    Scanner::new(rules, options).unwrap()
}

/// A file's path and bytes.
pub(crate) type File = (PathBuf, Vec<u8>);

/// A blob with its origin, and the places of it that are reported.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) origin: Origin,
    pub(crate) bytes: Vec<u8>,
    pub(crate) changed: Option<Vec<Span>>,
}

/// What a scan tells its sink.
#[derive(Debug)]
pub(crate) struct Scan {
    /// For each file what was found and what was dropped.
    pub(crate) files: Vec<Vec<Finding>>,
    pub(crate) unscanned: Vec<Unscanned>,
    pub(crate) summary: Summary,
}

impl Scan {
    /// A scan of these files.
    pub(crate) fn of(scanner: &Scanner, files: Vec<File>) -> Self {
        let given = files.into_iter().map(|(path, bytes)| Given {
            origin: Origin::File(path),
            bytes,
            changed: None,
        });
        Self::of_blobs(scanner, given.collect())
    }

    /// A scan of these blobs.
    pub(crate) fn of_blobs(scanner: &Scanner, blobs: Vec<Given>) -> Self {
        let mut scratch = scanner.scratch();
        let mut summary = Summary::default();
        let mut found = Vec::new();
        for given in blobs {
            let bytes = given.bytes;
            let origin = Arc::new(given.origin);
            let blob = Blob {
                origin: &origin,
                bytes: &bytes,
                changed: given.changed.as_deref(),
            };
            let mut findings = Vec::new();
            scanner.scan(&mut scratch, blob, &mut |finding| findings.push(finding));
            found.push(findings);
            summary.blobs += 1;
            summary.bytes += bytes.len() as u64;
        }
        summary.counters = scratch.counters;
        summary.elapsed = Duration::from_millis(250);
        summary.threads = 2;
        summary.rules = scanner.rule_count();
        Self {
            files: found,
            unscanned: Vec::new(),
            summary,
        }
    }

    /// What a format writes of it.
    pub(crate) fn render(&self, format: &Format, options: &ReportOptions) -> Vec<u8> {
        self.render_with(|out| (format.open)(out, options))
    }

    /// What a sink writes of it.
    pub(crate) fn render_with(
        &self,
        open: impl FnOnce(Box<dyn Write + Send>) -> ReportSink,
    ) -> Vec<u8> {
        let out = Shared::default();
        let mut sink = open(Box::new(out.clone()));
        sink.begin().unwrap();
        for file in &self.files {
            let (dropped, findings): (Vec<_>, Vec<_>) = file
                .iter()
                .cloned()
                .partition(|finding| finding.dropped.is_some());
            if !findings.is_empty() {
                assert_eq!(sink.findings(&findings).unwrap(), ControlFlow::Continue(()));
            }
            if !dropped.is_empty() {
                sink.dropped(&dropped, &findings).unwrap();
            }
        }
        for unscanned in &self.unscanned {
            sink.unscanned(unscanned).unwrap();
        }
        sink.finish(&self.summary).unwrap();
        out.take()
    }
}

/// A writer whose bytes can be taken from outside the sink that owns it.
#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
