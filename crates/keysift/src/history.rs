//! The driver for whole histories: every object once, and where it came in asked afterwards.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use keysift_core::{
    Counters, Finding, Origin, Reason, Scanner, Scratch, Sink, Skip, Summary, Trace, Unplaced,
    Unscanned,
};
use keysift_source::git::{Base, History, Object, ObjectId, ObjectKind, ObjectVisitor, Place};

use crate::collector::Collector;
use crate::options::{ScanError, ScanOptions};
use crate::screen::Screen;

/// How to scan a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct HistoryScan {
    /// What of a secret that many versions of a file have is reported; by default where it first came in.
    pub repeats: Repeats,
    /// Whether blobs that are kept as deltas are scanned in full all the same, for tests and reports of faults; the
    /// findings are the same. No by default.
    pub is_whole: bool,
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
    let started = Instant::now();
    let threads = options.thread_count();
    let found = Mutex::new(Vec::new());
    let make = || Sweeper {
        scanner,
        scratch: scanner.scratch(),
        is_whole: scan.is_whole,
        summary: Summary::default(),
        unscanned: Vec::new(),
        found: &found,
        progress: options.progress.as_deref(),
    };
    let sweepers = history
        .visit(threads, should_interrupt, &make)
        .map_err(ScanError::Source)?;
    let mut collector = Collector::new(sink, options);
    for sweeper in sweepers {
        collector.summary.add(&sweeper.summary);
        collector.summary.counters.add(&sweeper.scratch.counters);
        for unscanned in sweeper.unscanned {
            let _ = collector.take_unscanned(unscanned);
        }
    }
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_unstable_by_key(|found| (found.kind, found.id));
    let objects: Vec<(ObjectKind, ObjectId)> =
        found.iter().map(|found| (found.kind, found.id)).collect();
    let places = history
        .places(&objects, threads, should_interrupt)
        .map_err(ScanError::Source)?;
    for unscanned in places.unscanned {
        *collector.summary.skipped.entry(unscanned.skip).or_default() += 1;
        let _ = collector.take_unscanned(unscanned);
    }
    let mut placed = Placed::default();
    let placing = Placing {
        scanner,
        screen: options.screen.as_deref(),
    };
    for (found, places) in found.iter().zip(&places.of_objects) {
        let counters = &mut collector.summary.counters;
        if scan.repeats == Repeats::Everywhere {
            placed.place_everywhere(&placing, &found.unplaced, places, counters);
        } else {
            placed.place(&placing, &found.unplaced, places, counters);
        }
    }
    for unscanned in options.screen.iter().flat_map(|it| it.unusable()) {
        *collector.summary.skipped.entry(unscanned.skip).or_default() += 1;
        let _ = collector.take_unscanned(unscanned);
    }
    placed.give(scan.repeats, &mut collector);
    collector.summary.is_interrupted |= should_interrupt.load(Ordering::Relaxed);
    collector.summary.threads = threads.get();
    collector.summary.rules = scanner.rule_count();
    collector.summary.elapsed = started.elapsed();
    collector.finish()
}

/// An object with what may be a finding.
struct Found {
    kind: ObjectKind,
    id: ObjectId,
    unplaced: Unplaced,
}

/// One thread's part of a sweep.
struct Sweeper<'s> {
    scanner: &'s Scanner,
    scratch: Scratch,
    is_whole: bool,
    summary: Summary,
    unscanned: Vec<Unscanned>,
    found: &'s Mutex<Vec<Found>>,
    progress: Option<&'s AtomicU64>,
}

impl ObjectVisitor for Sweeper<'_> {
    type Kept = Trace;

    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<Base<'_, Trace>>,
        kept: &mut Trace,
    ) -> ControlFlow<()> {
        let scratch = &mut self.scratch;
        match base.filter(|_| !self.is_whole) {
            Some(base) => {
                self.scanner
                    .trace_patch(scratch, object.text, base.parts, base.kept, kept);
            }
            None => self.scanner.trace(scratch, object.text, kept),
        }
        if object.is_repeated {
            return ControlFlow::Continue(());
        }
        self.summary.blobs += 1;
        self.summary.bytes += object.text.len() as u64;
        if let Some(progress) = self.progress {
            progress.fetch_add(object.text.len() as u64, Ordering::Relaxed);
        }
        let counters = &mut self.scratch.counters;
        let unplaced = self.scanner.unplaced(object.text, kept.matches(), counters);
        if let Some(unplaced) = unplaced {
            let (kind, id) = (object.kind, object.id);
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.push(Found { kind, id, unplaced });
        }
        self.give_up(object)
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        *self.summary.skipped.entry(unscanned.skip).or_default() += 1;
        self.unscanned.push(unscanned);
        ControlFlow::Continue(())
    }
}

impl Sweeper<'_> {
    /// Says which rules were given up in the object that was just scanned.
    fn give_up(&mut self, object: &Object<'_>) -> ControlFlow<()> {
        if self.scratch.given_up().is_empty() {
            return ControlFlow::Continue(());
        }
        let rules = self.scratch.given_up().iter();
        let ids: Vec<&str> = rules.map(|rule| &*self.scanner.rule(*rule).id).collect();
        let name = format!("{} {}", object.kind.as_str(), object.id);
        self.unscanned(Unscanned::new(name, Skip::OverBudget).message(ids.join(", ")))
    }
}

/// What decides on findings at a place.
struct Placing<'s> {
    scanner: &'s Scanner,
    screen: Option<&'s dyn Screen>,
}

impl Placing<'_> {
    /// The findings of an object at one place, and with an explanation what was dropped; and whether the screen dropped any.
    fn at(
        &self,
        unplaced: &Unplaced,
        place: &Place,
        counters: &mut Counters,
    ) -> (Vec<Finding>, bool) {
        let mut findings = Vec::new();
        let mut dropped = Vec::new();
        let explain = self.scanner.options().explain;
        let mut take = |mut finding: Finding| {
            finding.standing = Some(Arc::clone(&place.standing));
            if let (Some(screen), None) = (self.screen, finding.dropped) {
                screen.check(&mut finding);
                dropped.extend(finding.dropped);
            }
            finding.kept_lines = None;
            if finding.dropped.is_none() || explain {
                findings.push(finding);
            }
        };
        self.scanner
            .place(unplaced, &place.origin, counters, &mut take);
        dropped
            .iter()
            .for_each(|reason| counters.drop_finding(*reason));
        (findings, !dropped.is_empty())
    }
}

/// Findings with the numbers of their places.
#[derive(Default)]
struct Placed {
    findings: Vec<(u64, Finding)>,
}

/// A secret of a rule at a path; of what has no path, where it is.
type Repeated = (String, Vec<u8>, String);

impl Placed {
    /// Adds the findings of one object: each at its first place at which it is one.
    fn place(
        &mut self,
        placing: &Placing<'_>,
        unplaced: &Unplaced,
        places: &[Place],
        counters: &mut Counters,
    ) {
        let first = self.findings.len();
        let Some((earliest, later)) = places.split_first() else {
            return;
        };
        let (found, is_screened) = placing.at(unplaced, earliest, counters);
        self.findings
            .extend(found.into_iter().map(|finding| (earliest.order, finding)));
        if !is_screened && !placing.scanner.depends_on_path(unplaced) {
            return;
        }
        for place in later {
            let (found, _) = placing.at(unplaced, place, &mut Counters::default());
            for finding in found.into_iter().filter(|it| it.dropped.is_none()) {
                let known = self.findings[first..].iter_mut().find(|(_, known)| {
                    (&known.rule.id, known.span) == (&finding.rule.id, finding.span)
                });
                match known {
                    Some((_, known)) if known.dropped.is_none() => continue,
                    Some(known) => *known = (place.order, finding),
                    None => self.findings.push((place.order, finding)),
                }
                counters.findings += 1;
            }
        }
    }

    /// Adds the findings of one object at each of its places. What is dropped is counted at the first.
    fn place_everywhere(
        &mut self,
        placing: &Placing<'_>,
        unplaced: &Unplaced,
        places: &[Place],
        counters: &mut Counters,
    ) {
        let Some((earliest, later)) = places.split_first() else {
            return;
        };
        let (found, _) = placing.at(unplaced, earliest, counters);
        self.findings
            .extend(found.into_iter().map(|finding| (earliest.order, finding)));
        for place in later {
            let (found, _) = placing.at(unplaced, place, &mut Counters::default());
            for finding in found.into_iter().filter(|it| it.dropped.is_none()) {
                counters.findings += 1;
                self.findings.push((place.order, finding));
            }
        }
    }

    /// Gives out the findings, those of one origin together.
    fn give<S: Sink>(mut self, repeats: Repeats, collector: &mut Collector<'_, S>) {
        if repeats == Repeats::First {
            self.drop_repeated(&mut collector.summary.counters);
        }
        let mut findings: Vec<Finding> = self
            .findings
            .into_iter()
            .map(|(_, finding)| finding)
            .collect();
        findings.sort_by(|a, b| (&a.origin, a.span).cmp(&(&b.origin, b.span)));
        let mut findings = findings.into_iter().peekable();
        while let Some(first) = findings.next() {
            let origin = Arc::clone(&first.origin);
            let mut of_origin = vec![first];
            while let Some(next) = findings.next_if(|next| next.origin == origin) {
                of_origin.push(next);
            }
            if collector.take_findings(&mut of_origin).is_break() {
                return;
            }
        }
    }

    fn drop_repeated(&mut self, counters: &mut Counters) {
        self.findings.sort_by_key(|(order, _)| *order);
        let mut first: HashMap<Repeated, Arc<Origin>> = HashMap::new();
        self.findings.retain(|(_, finding)| {
            if finding.dropped.is_some() {
                return true;
            }
            let place = match finding.origin.path() {
                Some(path) => path.display().to_string(),
                None => finding.origin.to_string(),
            };
            let key = (
                finding.rule.id.clone(),
                finding.secret.expose().to_vec(),
                place,
            );
            let origin = first
                .entry(key)
                .or_insert_with(|| Arc::clone(&finding.origin));
            let is_first = *origin == finding.origin;
            if !is_first {
                counters.drop_finding(Reason::Repeated);
            }
            is_first
        });
    }
}
