//! The driver for whole histories: every object once, and where it came in asked afterwards.

mod placed;
mod recorder;
mod state;
mod sweep;
mod sweeper;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use keysift_core::{Origin, Scanner, Sink, Skip, Summary, Unscanned};
use keysift_source::ArchiveOptions;
use keysift_source::git::History;

use self::recorder::Withheld;
use self::sweep::Sweep;
use crate::collector::Collector;
use crate::options::{ScanError, ScanOptions};
use crate::screen::tell_absent;

pub use self::state::{StateFile, StateTrust};

/// How to scan a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HistoryScan {
    /// What of a secret that many versions of a file have is reported; by default where it first came in.
    pub repeats: Repeats,
    /// Whether blobs that are kept as deltas are scanned in full all the same, for tests and reports of faults; the
    /// findings are the same. No by default.
    pub is_whole: bool,
    /// How far archives are opened. `None`, the default, opens none: their bytes are scanned as they are.
    pub archives: Option<ArchiveOptions>,
}

/// What of a secret that many versions of a file have is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Repeats {
    /// Of each secret at each path the earliest place; the others are counted as
    /// [`Reason::Repeated`](keysift_core::Reason::Repeated).
    #[default]
    First,
    /// Every version that has it.
    Every,
    /// Every version that has it, at every path at which that came in.
    Everywhere,
}

impl HistoryScan {
    /// Sets what of a secret in many versions is reported; where it first came in by default.
    #[must_use]
    pub fn repeats(mut self, repeats: Repeats) -> Self {
        self.repeats = repeats;
        self
    }

    /// Sets whether deltas are scanned in full; no by default.
    #[must_use]
    pub fn whole(mut self, is_whole: bool) -> Self {
        self.is_whole = is_whole;
        self
    }

    /// Sets how far archives are opened; none is by default.
    #[must_use]
    pub fn archives(mut self, options: Option<ArchiveOptions>) -> Self {
        self.archives = options;
        self
    }
}

/// A history to scan, one of several.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HistoryTask {
    /// The history.
    pub history: History,
    /// What origins name the repository by; `None`, the default, where it is the only one and need not be named.
    pub name: Option<Arc<str>>,
    /// Where it is remembered what was scanned, so that the next scan need not scan it again; `None`, the default, for
    /// nowhere. Findings of earlier scans are not given again, nor what a screen dropped of them, also if it would not any
    /// more. What a history's options leave out counts as scanned.
    pub state: Option<StateFile>,
}

impl HistoryTask {
    /// All of `history`, which is not named, and not remembered.
    pub const fn new(history: History) -> Self {
        Self {
            history,
            name: None,
            state: None,
        }
    }

    /// Sets what the repository is named by; nothing by default.
    #[must_use]
    pub fn name(mut self, name: Option<Arc<str>>) -> Self {
        self.name = name;
        self
    }

    /// Sets where it is remembered what was scanned; nowhere by default.
    #[must_use]
    pub fn state(mut self, file: Option<StateFile>) -> Self {
        self.state = file;
        self
    }
}

/// Histories to scan.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Histories {
    /// Each history.
    pub tasks: Vec<HistoryTask>,
    /// What is known not to be scanned, such as repositories that cannot be opened; the sink is told of it.
    pub unscanned: Vec<Unscanned>,
}

impl Histories {
    /// These histories, and all that was to be scanned.
    pub const fn new(tasks: Vec<HistoryTask>) -> Self {
        Self {
            tasks,
            unscanned: Vec::new(),
        }
    }

    /// Sets what is known not to be scanned; nothing by default.
    #[must_use]
    pub fn unscanned(mut self, unscanned: Vec<Unscanned>) -> Self {
        self.unscanned = unscanned;
        self
    }
}

/// Scans every object of `history` once into `sink`: blobs, and the messages of commits and annotated tags.
///
/// The sink is given nothing before all objects were scanned, since only then is known where they came in.
///
/// # Errors
/// The source's, if it could not be visited at all, and the sink's. An object that cannot be read is no error: the sink
/// is told and the summary counts it.
pub fn scan_history<S: Sink>(
    scanner: &Scanner,
    history: &History,
    scan: HistoryScan,
    sink: &mut S,
    options: &ScanOptions,
    should_interrupt: &AtomicBool,
) -> Result<Summary, ScanError<S::Error>> {
    let histories = Histories::new(vec![HistoryTask::new(history.clone())]);
    scan_histories(scanner, &histories, scan, sink, options, should_interrupt)
}

/// Scans several histories, one after another, each as [`scan_history`] does.
///
/// Directories of objects that several of them read are visited once: for the repository that they are the own ones of, and
/// otherwise for the first that borrows from them.
///
/// # Errors
/// As of [`scan_history`], and [`ScanError::State`] where nothing can be remembered.
pub fn scan_histories<S: Sink>(
    scanner: &Scanner,
    histories: &Histories,
    scan: HistoryScan,
    sink: &mut S,
    options: &ScanOptions,
    should_interrupt: &AtomicBool,
) -> Result<Summary, ScanError<S::Error>> {
    let started = Instant::now();
    let tasks = &histories.tasks;
    for state in tasks.iter().filter_map(|task| task.state.as_ref()) {
        state.prepare().map_err(|error| ScanError::State {
            path: state.path.clone(),
            error,
        })?;
    }
    let mut collector = Collector::new(sink, options);
    for unscanned in histories.unscanned.clone() {
        *collector.summary.skipped.entry(unscanned.skip).or_default() += 1;
        let _ = collector.take_unscanned(unscanned);
    }
    let mut withheld = Vec::new();
    for task in &without_shared(tasks) {
        if should_interrupt.load(Ordering::Relaxed) {
            break;
        }
        let sweep = Sweep {
            scanner,
            task,
            scan,
            options,
            should_interrupt,
        };
        withheld.extend(sweep.run(&mut collector)?);
    }
    for unscanned in options.screen.iter().flat_map(|it| it.unusable()) {
        *collector.summary.skipped.entry(unscanned.skip).or_default() += 1;
        let _ = collector.take_unscanned(unscanned);
    }
    collector.summary.is_interrupted |= should_interrupt.load(Ordering::Relaxed);
    collector.summary.threads = options.thread_count().get();
    collector.summary.rules = scanner.rule_count();
    tell_absent(&mut collector.summary, scanner, options.screen.as_ref());
    collector.summary.elapsed = started.elapsed();
    let has_given_all = !collector.is_over();
    let summary = collector.finish()?;
    if has_given_all {
        for withheld in withheld {
            remember(withheld)?;
        }
    }
    Ok(summary)
}

fn remember<E>(withheld: Withheld) -> Result<(), ScanError<E>> {
    let path = withheld.file.path.clone();
    withheld
        .store()
        .map_err(|error| ScanError::State { path, error })
}

/// The tasks, each without the directories of objects that another one visits.
fn without_shared(tasks: &[HistoryTask]) -> Vec<HistoryTask> {
    let directories: Vec<_> = tasks
        .iter()
        .map(|task| task.history.object_directories())
        .collect();
    let owned: Vec<_> = directories.iter().map(|all| all.first().cloned()).collect();
    let mut borrowed = std::collections::HashSet::new();
    let tasks = tasks.iter().zip(&directories).enumerate();
    tasks
        .map(|(number, (task, directories))| {
            let others = directories.iter().skip(1);
            let left_out = others.filter(|directory| {
                let is_owned = owned
                    .iter()
                    .enumerate()
                    .any(|(other, owned)| other != number && owned.as_ref() == Some(*directory));
                is_owned || !borrowed.insert((*directory).clone())
            });
            let left_out = left_out.cloned().collect();
            HistoryTask {
                history: task.history.clone().left_out(left_out),
                ..task.clone()
            }
        })
        .collect()
}

/// An origin as one of a repository of this name.
fn within(name: Option<&Arc<str>>, origin: &Arc<Origin>) -> Arc<Origin> {
    match name {
        None => Arc::clone(origin),
        Some(name) => Arc::new(Origin::Within {
            repository: Arc::clone(name),
            origin: Arc::clone(origin),
        }),
    }
}

/// Something unscanned, as of a repository of this name.
fn of_repository(name: Option<&Arc<str>>, mut unscanned: Unscanned) -> Unscanned {
    let is_of_program = matches!(unscanned.skip, Skip::StateUnused);
    if let Some(name) = name.filter(|_| !is_of_program) {
        unscanned.name = format!("{name}: {}", unscanned.name);
    }
    unscanned
}
