//! What the commands that scan have in common: from arguments to a scanner, and from a summary to an exit code.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use keysift::baseline::Extent;
use keysift::source::Source;
use keysift::{
    FingerprintKey, Histories, HistoryScan, ScanOptions, Scanner, ScannerOptions, Screen, Summary,
};
use keysift_report::Tee;

use crate::args::{EngineArgs, OutputArgs};
use crate::exit::{Exit, Hint};
use crate::progress::{BehindProgress, Display};
use crate::report;
use crate::settings::Settings;

/// Scans a source and reports as the arguments say.
pub(crate) fn scan(
    engine: &EngineArgs,
    output: &OutputArgs,
    settings: &Settings,
    source: &dyn Source,
    looks: Looks,
) -> anyhow::Result<Exit> {
    run(
        engine,
        output,
        settings,
        looks,
        |scanner, sink, options, stop| Ok(keysift::scan(scanner, source, sink, options, stop)?),
    )
}

/// Scans whole histories and reports as the arguments say.
pub(crate) fn scan_histories(
    engine: &EngineArgs,
    output: &OutputArgs,
    settings: &Settings,
    histories: &Histories,
    how: HistoryScan,
    extent: Extent,
) -> anyhow::Result<Exit> {
    let looks = Looks {
        extent,
        nothing: Nothing::IsFine,
    };
    run(
        engine,
        output,
        settings,
        looks,
        |scanner, sink, options, stop| {
            let scan = keysift::scan_histories(scanner, histories, how, sink, options, stop);
            Ok(scan?)
        },
    )
}

type Report = BehindProgress<Tee>;

/// Does `scan` with what the arguments ask for.
fn run(
    engine: &EngineArgs,
    output: &OutputArgs,
    settings: &Settings,
    looks: Looks,
    scan: impl FnOnce(&Scanner, &mut Report, &ScanOptions, &AtomicBool) -> anyhow::Result<Summary>,
) -> anyhow::Result<Exit> {
    let (scanner, screen) = scanner(engine, settings, output.explain)?;
    // What is of less confidence is not there for the baseline to see.
    let extent = match engine.min_confidence {
        Some(_) => Extent::Changes,
        None => looks.extent,
    };
    let screen = settings.with_baseline(screen, &engine.config, extent)?;
    let reports = settings.reports(output)?;
    let sink = report::open(output, &reports)?;
    let should_interrupt = interrupted_by_signals()?;
    let progress = Display::begin(&output.progress)?;
    let options = ScanOptions::default()
        .threads(settings.threads(engine))
        .order(report::order(output, &reports))
        .screen(Some(screen))
        .progress(
            progress
                .as_ref()
                .map(|progress| Arc::clone(&progress.counts)),
        );
    let mut sink = BehindProgress::new(sink, progress);
    let summary = scan(&scanner, &mut sink, &options, &should_interrupt)?;
    settings.others.tell();
    Ok(outcome(
        &summary,
        engine.exit_zero_incomplete,
        looks.nothing,
    ))
}

/// The scanner that the arguments and the configuration ask for, and what checks its findings.
pub(crate) fn scanner(
    engine: &EngineArgs,
    settings: &Settings,
    explain: bool,
) -> anyhow::Result<(Scanner, Arc<dyn Screen>)> {
    let mut options = ScannerOptions {
        prefilter: engine.prefilter.into(),
        fingerprint_key: fingerprint_key(engine.fingerprint_key.as_deref())?,
        explain,
        ..ScannerOptions::default()
    };
    let screen = settings.screen(engine, &mut options);
    Ok((Scanner::new(settings.rules(engine)?, options)?, screen))
}

/// Where a scan looks.
#[derive(Debug)]
pub(crate) struct Looks {
    /// How far.
    pub(crate) extent: Extent,
    /// What it means that nothing was there.
    pub(crate) nothing: Nothing,
}

/// What it means that there was something, and nothing of it was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nothing {
    /// Filters that leave nothing to scan are a mistake far more often than a wish.
    IsAMistake,
    /// A change may consist of nothing but a submodule.
    IsFine,
}

/// How a scan ends the program.
pub(crate) fn outcome(summary: &Summary, exit_zero_incomplete: bool, nothing: Nothing) -> Exit {
    let has_filtered_all = summary.blobs == 0 && summary.skipped.values().any(|count| *count > 0);
    if summary.is_incomplete() && !exit_zero_incomplete {
        Exit::Incomplete
    } else if summary.counters.findings > 0 {
        Exit::Findings
    } else if has_filtered_all && !summary.is_incomplete() && nothing == Nothing::IsAMistake {
        Exit::Usage
    } else {
        Exit::Clean
    }
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

/// A flag that SIGINT and SIGTERM set; a second signal ends the program at once.
pub(crate) fn interrupted_by_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .context("cannot listen for signals")?;
    }
    Ok(flag)
}
