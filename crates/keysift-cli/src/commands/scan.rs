//! `keysift scan`: files, directories, standard input.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use keysift::source::{FileOptions, Files, Source, Stdin};
use keysift::{Confidence, FingerprintKey, ScanOptions, Scanner, ScannerOptions, Summary};

use crate::args::ScanArgs;
use crate::exit::{Exit, Hint};
use crate::progress::{BehindProgress, Progress};
use crate::{report, rules};

pub(crate) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let scanner = Scanner::new(rules::chosen(&args.rules)?, scanner_options(&args)?)?;
    let source = source(&args)?;
    let sink = report::open(&args.output)?;
    let should_interrupt = interrupted_by_signals()?;
    let progress = Progress::begin(args.output.progress);
    let options = ScanOptions::default()
        .threads(args.threads)
        .order(report::order(&args.output))
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
