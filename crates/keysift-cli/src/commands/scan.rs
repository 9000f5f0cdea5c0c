//! `keysift scan`: files, directories, standard input.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use anyhow::Context as _;
use keysift::source::{FileOptions, Files, Source, Stdin};
use keysift::{
    Confidence, FingerprintKey, Order, ScanOptions, Scanner, ScannerOptions, Sink, Summary,
};
use keysift_report::{Color, ReportOptions, SecretDisplay};

use crate::args::{OutputArgs, ScanArgs, When};
use crate::exit::{Exit, Hint};
use crate::progress::{BehindProgress, Progress};
use crate::rules;

pub(crate) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let scanner = Scanner::new(rules::chosen(&args.rules)?, scanner_options(&args)?)?;
    let source = source(&args)?;
    let sink = open_sink(&args.output)?;
    let should_interrupt = interrupted_by_signals()?;
    let progress = Progress::begin(args.output.progress);
    let options = ScanOptions::default()
        .threads(args.threads)
        .order(order(&args.output))
        .progress(
            progress
                .as_ref()
                .map(|progress| Arc::clone(&progress.bytes)),
        );
    let mut sink = BehindProgress::new(sink, progress);
    let summary = keysift::scan(&scanner, &*source, &mut sink, &options, &should_interrupt)?;
    Ok(outcome(&summary, args.exit_zero_incomplete))
}

fn outcome(summary: &Summary, exit_zero_incomplete: bool) -> Exit {
    let has_filtered_all = summary.blobs == 0 && summary.skipped.values().any(|count| *count > 0);
    if summary.is_incomplete() && !exit_zero_incomplete {
        Exit::Incomplete
    } else if summary.counters.findings > 0 {
        Exit::Findings
    } else if has_filtered_all && !summary.is_incomplete() {
        // Filters that leave nothing to scan are a mistake far more often than a wish.
        Exit::Usage
    } else {
        Exit::Clean
    }
}

fn scanner_options(args: &ScanArgs) -> anyhow::Result<ScannerOptions> {
    Ok(ScannerOptions {
        prefilter: args.prefilter.into(),
        min_confidence: Confidence::from_name(&args.min_confidence).unwrap_or(Confidence::Medium),
        fingerprint_key: fingerprint_key(args.fingerprint_key.as_deref())?,
        explain: args.output.explain,
    })
}

fn fingerprint_key(path: Option<&Path>) -> anyhow::Result<FingerprintKey> {
    let Some(path) = path else {
        return Ok(FingerprintKey::default());
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the key is the program's own file"
    )]
    let material = std::fs::read(path)
        .with_context(|| format!("{}: cannot read the fingerprint key", path.display()))?;
    if material.len() < 16 {
        let message = format!(
            "{}: a fingerprint key of {} bytes can be guessed",
            path.display(),
            material.len()
        );
        return Err(Hint::new(message, "make one with `head -c 32 /dev/urandom > FILE`").into());
    }
    Ok(FingerprintKey::from_material(&material))
}

fn source(args: &ScanArgs) -> anyhow::Result<Box<dyn Source>> {
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if args.paths.iter().any(is_stdin) {
        if args.paths.len() > 1 {
            return Err(Hint::new(
                "-: standard input cannot be scanned beside paths",
                "run keysift once for each",
            )
            .into());
        }
        return Ok(Box::new(Stdin::new(io::stdin())));
    }
    let options = FileOptions {
        respect_ignore_files: !args.files.ignored,
        max_file_bytes: args.files.max_file_size,
        exclude: args.files.exclude.clone(),
        ..FileOptions::default()
    };
    Ok(Box::new(Files::new(args.paths.clone(), options)))
}

fn order(args: &OutputArgs) -> Order {
    match args.order {
        Some(order) => order.into(),
        // A stream of lines is there to be read while the scan runs.
        None if args.format == "jsonl" => Order::AsFound,
        None => Order::ByOrigin,
    }
}

fn open_sink(args: &OutputArgs) -> anyhow::Result<Box<dyn Sink<Error = io::Error>>> {
    let format = keysift_report::format(&args.format)
        .with_context(|| format!("{}: no such format", args.format))?;
    let is_terminal = args.output.is_none() && io::stdout().is_terminal();
    let out: Box<dyn Write + Send> = match &args.output {
        Some(path) => Box::new(BufWriter::new(ReportFile::open(path)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let has_color = match args.color {
        When::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
        When::Always => true,
        When::Never => false,
    };
    let options = ReportOptions {
        secrets: if args.show_secrets {
            SecretDisplay::Shown
        } else {
            SecretDisplay::Redacted
        },
        color: if has_color {
            Color::Always
        } else {
            Color::Never
        },
        width: if is_terminal {
            terminal_size::terminal_size().map(|(width, _)| width.0.into())
        } else {
            None
        },
        explain: args.explain,
        tool_version: env!("CARGO_PKG_VERSION"),
        started: SystemTime::now(),
    };
    Ok((format.open)(out, &options))
}

/// A report's file. What was in it stays until there is something to write: a scan that cannot begin spoils nothing.
struct ReportFile {
    file: File,
    is_emptied: bool,
}

impl ReportFile {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("{}: cannot write the report", path.display()))?;
        Ok(Self {
            file,
            is_emptied: false,
        })
    }
}

impl Write for ReportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A pipe or a terminal has nothing in it.
        if !std::mem::replace(&mut self.is_emptied, true) && self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A flag that SIGINT and SIGTERM set; a second signal ends the program at once.
fn interrupted_by_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .context("cannot listen for signals")?;
    }
    Ok(flag)
}
