//! Every way in which a blob can be scanned.

use std::fmt;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use keysift::source::{FileOptions, Files, Source, Stdin, UserExcludes};
use keysift::{
    Blob, Collect, Confidence, Finding, Origin, PrefilterChoice, RuleSet, ScanOptions, Scanner,
    ScannerOptions,
};

use crate::case::{Case, Encoding, Told};

const PREFILTERS: [PrefilterChoice; 3] = [
    PrefilterChoice::Fastest,
    PrefilterChoice::Grams,
    PrefilterChoice::Automaton,
];

/// How many bytes a stream gathers, and is given at a time.
const BATCHES: [usize; 3] = [1, 7, 4096];

/// Each batch looks at the margins again, so a long blob comes in large batches alone.
const MOST_BYTES_IN_SMALL_BATCHES: usize = 16 << 10;

/// How many files hold the blob, so that threads have something to share.
const COPIES: usize = 4;

/// What one configuration tells of a blob, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) findings: Vec<Told>,
    pub(crate) dropped: Vec<Told>,
}

impl Report {
    fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut report = Self::default();
        findings.into_iter().for_each(|finding| report.add(finding));
        report
    }

    fn add(&mut self, finding: &Finding) {
        let told = Told::of(finding);
        match told.reason {
            None => self.findings.push(told),
            Some(_) => self.dropped.push(told),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.findings.is_empty() && self.dropped.is_empty() {
            f.write_str("  nothing")?;
        }
        let mut all = self.findings.iter().chain(&self.dropped);
        all.try_for_each(|told| write!(f, "\n  {told}"))
    }
}

/// Scanners for the same rules.
pub(crate) struct Bench {
    /// One for each prefilter; they explain themselves.
    explaining: Vec<Scanner>,
    silent: Scanner,
}

impl Bench {
    pub(crate) fn new(rules: &RuleSet, min_confidence: &str) -> Self {
        let scanner = |prefilter, explain| {
            let options = ScannerOptions {
                prefilter,
                explain,
                min_confidence: Confidence::from_name(min_confidence).unwrap(),
                ..ScannerOptions::default()
            };
            Scanner::new(rules.clone(), options).unwrap()
        };
        Self {
            explaining: PREFILTERS
                .iter()
                .map(|prefilter| scanner(*prefilter, true))
                .collect(),
            silent: scanner(PrefilterChoice::Fastest, false),
        }
    }

    /// What each configuration tells of the text, with its name.
    pub(crate) fn reports(&self, case: &Case, text: &[u8]) -> Vec<(String, Report)> {
        let mut reports = Vec::new();
        for scanner in &self.explaining {
            let name = format!("prefilter {}", scanner.prefilter_name());
            if case.encoding.is_none() {
                reports.push((format!("{name}, whole"), whole(scanner, case, text)));
                for size in BATCHES {
                    if size > 7 || text.len() <= MOST_BYTES_IN_SMALL_BATCHES {
                        let name = format!("{name}, batches of {size}");
                        reports.push((name, in_batches(scanner, case, text, size)));
                    }
                }
            }
            let bytes = encoded(case.encoding, text);
            for threads in [1, 3] {
                for report in from_files(scanner, case, &bytes, threads) {
                    reports.push((format!("{name}, files, {threads} threads"), report));
                }
            }
            if case.path.is_none() {
                let report = from_stdin(scanner, &bytes);
                reports.push((format!("{name}, standard input"), report));
            }
        }
        let explained = reports[0].1.clone();
        let bytes = encoded(case.encoding, text);
        for report in from_files(&self.silent, case, &bytes, 1) {
            assert!(report.dropped.is_empty());
            let dropped = explained.dropped.clone();
            let report = Report { dropped, ..report };
            reports.push(("without explanation".to_owned(), report));
        }
        reports
    }
}

fn origin(case: &Case) -> Arc<Origin> {
    let path = case.path.as_ref();
    Arc::new(path.map_or(Origin::Stdin, |path| Origin::File(path.into())))
}

fn whole(scanner: &Scanner, case: &Case, text: &[u8]) -> Report {
    let origin = origin(case);
    let blob = Blob {
        origin: &origin,
        bytes: text,
        changed: None,
    };
    let mut report = Report::default();
    scanner.scan(&mut scanner.scratch(), blob, &mut |finding| {
        report.add(&finding);
    });
    report
}

fn in_batches(scanner: &Scanner, case: &Case, text: &[u8], size: usize) -> Report {
    let origin = origin(case);
    let mut scratch = scanner.scratch();
    let mut stream = scanner.stream(&origin).batch_bytes(size);
    let mut report = Report::default();
    for piece in text.chunks(size) {
        stream.push(&mut scratch, piece, &mut |finding| report.add(&finding));
    }
    let length = stream.finish(&mut scratch, &mut |finding| report.add(&finding));
    assert_eq!(length, text.len() as u64);
    report
}

fn scan(scanner: &Scanner, source: &dyn Source, threads: usize) -> Vec<Finding> {
    let mut sink = Collect::default();
    let options = ScanOptions::default().threads(NonZeroUsize::new(threads));
    let go_on = AtomicBool::new(false);
    let summary = keysift::scan(scanner, source, &mut sink, &options, &go_on).unwrap();
    assert!(!summary.is_incomplete());
    assert_eq!(summary.counters.findings, sink.findings.len() as u64);
    [sink.findings, sink.dropped].concat()
}

/// The report of each of several files with the same bytes.
fn from_files(scanner: &Scanner, case: &Case, bytes: &[u8], threads: usize) -> Vec<Report> {
    let directory = tempfile::tempdir().unwrap();
    let name = case.path.as_deref().unwrap_or("blob");
    let paths: Vec<PathBuf> = (0..COPIES)
        .map(|number| directory.path().join(number.to_string()).join(name))
        .collect();
    for path in &paths {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let options = FileOptions {
        user_excludes: UserExcludes::None,
        ..FileOptions::default()
    };
    let files = Files::new(vec![directory.path().to_owned()], options);
    let found = scan(scanner, &files, threads);
    let of = |path: &PathBuf| {
        let found = found.iter();
        Report::of(found.filter(|finding| finding.origin.path() == Some(path)))
    };
    paths.iter().map(of).collect()
}

fn from_stdin(scanner: &Scanner, bytes: &[u8]) -> Report {
    /// Gives some bytes at a time, as a pipe may.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let length = to.len().min(1021);
            self.0.read(&mut to[..length])
        }
    }
    Report::of(&scan(scanner, &Stdin::new(Slow(bytes)), 3))
}

fn encoded(encoding: Option<Encoding>, text: &[u8]) -> Vec<u8> {
    let units = || {
        let text = std::str::from_utf8(text).unwrap();
        std::iter::once(0xFEFF).chain(text.encode_utf16())
    };
    match encoding {
        None => text.to_vec(),
        Some(Encoding::Utf8) => [b"\xEF\xBB\xBF", text].concat(),
        Some(Encoding::Utf16Le) => units().flat_map(u16::to_le_bytes).collect(),
        Some(Encoding::Utf16Be) => units().flat_map(u16::to_be_bytes).collect(),
    }
}
