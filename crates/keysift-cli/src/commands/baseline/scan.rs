//! The scan behind `keysift baseline`: as `keysift scan` or `keysift git` would do it, without a report.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use keysift::baseline::{Baseline, Entry, Places, Recorder, Scanned};
use keysift::source::git::{self, History, HistoryOptions, RepositoryOptions};
use keysift::{Finding, HistoryScan, ScanOptions, Screen, Screens, Sink, Summary, Unscanned};

use crate::args::{ArchiveArgs, BaselineScanArgs};
use crate::commands::engine::{interrupted_by_signals, scanner};
use crate::commands::scan::source;
use crate::say;
use crate::settings::Settings;

/// What a scan gave for a baseline.
pub(super) struct Outcome {
    /// What was found, as entries without a reason.
    pub(super) found: Vec<Entry>,
    /// The findings; empty unless they were to be kept.
    pub(super) findings: Vec<(Entry, Finding)>,
    pub(super) summary: Summary,
}

/// The settings for what is scanned.
pub(super) fn settings(args: &BaselineScanArgs, scanned: Scanned) -> anyhow::Result<Settings> {
    match scanned {
        Scanned::Files => Settings::of_paths(&args.engine.config, &args.paths),
        Scanned::History => {
            let repository = git::open(repository(args), &RepositoryOptions::default())?;
            Settings::of_repository(&args.engine.config, &repository)
        }
    }
}

fn repository(args: &BaselineScanArgs) -> &Path {
    args.paths.first().map_or(Path::new("."), |path| path)
}

/// Scans for `baseline`, which is or will be at `path`.
pub(super) fn run(
    args: &BaselineScanArgs,
    settings: &Settings,
    baseline: &Baseline,
    path: &Path,
    keep: bool,
) -> anyhow::Result<Outcome> {
    let places = Places::new(Arc::clone(&settings.configuration), path);
    let recorder = Arc::new(Recorder::new(baseline, places));
    let (scanner, screen) = scanner(&args.engine, settings, false)?;
    let screens = Screens(vec![screen, Arc::clone(&recorder) as Arc<dyn Screen>]);
    let options = ScanOptions::default()
        .threads(settings.threads(&args.engine))
        .screen(Some(Arc::new(screens)));
    let should_interrupt = interrupted_by_signals()?;
    let mut sink = Keep {
        findings: Vec::new(),
        is_on: keep,
    };
    let summary = match baseline.scanned {
        Scanned::Files => {
            let files = settings.files(&args.files);
            let archives = settings.archives(&ArchiveArgs::default());
            let source = source(&args.paths, files, archives)?;
            keysift::scan(&scanner, &*source, &mut sink, &options, &should_interrupt)?
        }
        Scanned::History => {
            let repository = git::open(repository(args), &RepositoryOptions::default())?;
            let limit = settings.max_blob_bytes(None);
            let history = History::new(repository, HistoryOptions::default().max_blob_bytes(limit));
            let how = HistoryScan::default();
            keysift::scan_history(
                &scanner,
                &history,
                how,
                &mut sink,
                &options,
                &should_interrupt,
            )?
        }
    };
    let found = sink.findings.into_iter();
    Ok(Outcome {
        findings: found.map(|it| (recorder.entry(&it), it)).collect(),
        found: recorder.found(),
        summary,
    })
}

/// A sink that keeps findings if it is asked to, and says what could not be scanned.
struct Keep {
    findings: Vec<Finding>,
    is_on: bool,
}

impl Sink for Keep {
    type Error = Infallible;

    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, Infallible> {
        if self.is_on {
            self.findings.extend_from_slice(findings);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> Result<(), Infallible> {
        if unscanned.skip.is_incomplete() {
            let name = keysift_report::escape(unscanned.name.as_bytes());
            let meaning = unscanned.skip.meaning();
            let message = unscanned.message.as_deref().unwrap_or_default();
            let message = keysift_report::escape(message.as_bytes());
            say(&format!("{name}: {meaning} {message}\n"));
        }
        Ok(())
    }
}
