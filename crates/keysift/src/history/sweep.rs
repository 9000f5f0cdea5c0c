//! The sweep of one history.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use keysift_core::{Finding, Origin, Scanner, Sink, Span, Summary, Unscanned};
use keysift_source::Archives;
use keysift_source::git::{ChosenBlobs, KnownObjects, ObjectId, ObjectKind, Place};

use super::placed::{Placed, Placing};
use super::recorder::{self, Recorder, Withheld};
use super::sweeper::{AllFound, Found, Sweeper};
use super::{HistoryScan, HistoryTask, Repeats, of_repository};
use crate::collect::Collect;
use crate::collector::Collector;
use crate::options::{Order, ScanError, ScanOptions};
use crate::screen::Screen;

/// The sweep of one history.
pub(super) struct Sweep<'s> {
    pub(super) scanner: &'s Scanner,
    pub(super) task: &'s HistoryTask,
    pub(super) scan: HistoryScan,
    pub(super) options: &'s ScanOptions,
    pub(super) should_interrupt: &'s AtomicBool,
}

impl Sweep<'_> {
    /// Scans, and gives findings to the collector; what can be remembered once they are out.
    pub(super) fn run<S: Sink>(
        &self,
        collector: &mut Collector<'_, S>,
    ) -> Result<Option<Withheld>, ScanError<S::Error>> {
        let digest = self.digest().map_err(ScanError::Rules)?;
        let (recorder, unused) = match &self.task.state {
            Some(file) => {
                let (recorder, unused) = Recorder::open(file, digest);
                (Some(recorder), unused)
            }
            None => (None, None),
        };
        self.tell(collector, unused.into_iter().collect());
        let mut all = self.visit(recorder.as_ref(), collector)?;
        if let Some(progress) = &self.options.progress {
            progress.is_placing.store(true, Ordering::Relaxed);
        }
        let placed = self.place(&mut all, recorder.as_ref(), collector);
        if let Some(progress) = &self.options.progress {
            progress.is_placing.store(false, Ordering::Relaxed);
        }
        let marks = placed?;
        let is_interrupted = self.is_interrupted();
        let failure = recorder.and_then(|recorder| recorder.finish(is_interrupted));
        let is_stored = failure.is_none();
        self.tell(collector, failure.into_iter().collect());
        // Without places, findings were told in part.
        let may_withhold = is_stored && !is_interrupted;
        Ok(self
            .task
            .state
            .clone()
            .filter(|_| may_withhold)
            .map(|file| Withheld {
                file,
                digest,
                objects: marks,
            }))
    }

    /// A digest of all that decides what is found in an object.
    fn digest(&self) -> Result<[u8; 32], keysift_core::RuleError> {
        if self.task.state.is_none() {
            return Ok([0; 32]);
        }
        let max_blob_bytes = self.task.history.options().max_blob_bytes;
        let how = format!("{:?} {max_blob_bytes:?}", self.scan.archives);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.scanner.digest()?);
        hasher.update(how.as_bytes());
        Ok(hasher.finalize().into())
    }

    fn is_interrupted(&self) -> bool {
        self.should_interrupt.load(Ordering::Relaxed)
    }

    fn tell<S: Sink>(&self, collector: &mut Collector<'_, S>, unscanned: Vec<Unscanned>) {
        for unscanned in unscanned {
            *collector.summary.skipped.entry(unscanned.skip).or_default() += 1;
            self.pass_on(collector, unscanned);
        }
    }

    /// Tells of something that is counted already.
    fn pass_on<S: Sink>(&self, collector: &mut Collector<'_, S>, unscanned: Unscanned) {
        let unscanned = of_repository(self.task.name.as_ref(), unscanned);
        // That the sink wants no more is known when findings are given.
        let _ = collector.take_unscanned(unscanned);
    }

    /// Scans all objects.
    fn visit<S: Sink>(
        &self,
        recorder: Option<&Recorder>,
        collector: &mut Collector<'_, S>,
    ) -> Result<AllFound, ScanError<S::Error>> {
        let history = self.task.history.clone();
        let history = history.known(recorder.and_then(Recorder::known));
        let all = Mutex::new(AllFound::default());
        let progress = self.options.progress.as_deref();
        let make = || Sweeper::new(self.scanner, self.scan, &all, recorder, progress);
        let sweepers = history
            .visit(self.options.thread_count(), self.should_interrupt, &make)
            .map_err(ScanError::Source)?;
        for mut sweeper in sweepers {
            sweeper.hand_on();
            collector.summary.add(&sweeper.summary);
            collector.summary.counters.add(&sweeper.scratch.counters);
            for unscanned in std::mem::take(&mut sweeper.unscanned) {
                self.pass_on(collector, unscanned);
            }
        }
        let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        all.found
            .sort_unstable_by_key(|found| (found.kind, found.id));
        all.aside.sort_unstable();
        Ok(all)
    }

    /// Finds where things came in, scans what needs its name for that, and gives out all findings. Gives the marks of
    /// the objects whose findings these are.
    fn place<S: Sink>(
        &self,
        all: &mut AllFound,
        recorder: Option<&Recorder>,
        collector: &mut Collector<'_, S>,
    ) -> Result<KnownObjects, ScanError<S::Error>> {
        let mut objects: Vec<(ObjectKind, ObjectId)> = all
            .found
            .iter()
            .map(|found| (found.kind, found.id))
            .collect();
        objects.extend(all.aside.iter().map(|id| (ObjectKind::Blob, *id)));
        let mut placed = Placed::new(self.task.name.as_ref());
        let mut marks = KnownObjects::default();
        if self.is_interrupted() {
            self.place_nowhere(&all.found, &mut placed, collector);
        } else {
            let places = self
                .task
                .history
                .places(&objects, self.options.thread_count(), self.should_interrupt)
                .map_err(ScanError::Source)?;
            self.tell(collector, places.unscanned);
            let (of_found, of_aside) = places.of_objects.split_at(all.found.len());
            for (found, places) in all.found.iter().zip(of_found) {
                let counters = &mut collector.summary.counters;
                if self.scan.repeats == Repeats::Everywhere {
                    placed.place_everywhere(&self.placing(), &found.unplaced, places, counters);
                } else {
                    placed.place(&self.placing(), &found.unplaced, places, counters);
                }
                if found.mark != 0 {
                    marks.insert(found.id, found.mark);
                }
            }
            let aside: Vec<_> = all.aside.iter().copied().zip(of_aside).collect();
            self.scan_aside(&aside, &mut placed, (recorder, &mut marks), collector)?;
        }
        placed.give(self.scan.repeats, collector);
        Ok(marks)
    }

    fn placing(&self) -> Placing<'_> {
        Placing {
            scanner: self.scanner,
            screen: self.options.screen.as_deref(),
        }
    }

    /// Names what was found before an interrupt by its object: to look for places takes too long then.
    fn place_nowhere<S: Sink>(
        &self,
        found: &[Found],
        placed: &mut Placed<'_>,
        collector: &mut Collector<'_, S>,
    ) {
        for found in found {
            let origin = Origin::Object {
                kind: found.kind.as_str(),
                id: found.id.to_string(),
            };
            let counters = &mut collector.summary.counters;
            placed.place_nowhere(
                &self.placing(),
                &found.unplaced,
                &Arc::new(origin),
                counters,
            );
        }
    }

    /// Scans archives and what is too large for memory, each at its first place.
    fn scan_aside<S: Sink>(
        &self,
        aside: &[(ObjectId, &Vec<Place>)],
        placed: &mut Placed<'_>,
        (recorder, marks): (Option<&Recorder>, &mut KnownObjects),
        collector: &mut Collector<'_, S>,
    ) -> Result<(), ScanError<S::Error>> {
        let first = |(id, places): &(ObjectId, &Vec<Place>)| {
            let place = places.first().cloned()?;
            Some((*id, place))
        };
        let aside: Vec<(ObjectId, Place)> = aside.iter().filter_map(first).collect();
        if aside.is_empty() {
            return Ok(());
        }
        let (summary, found) = self.scan_blobs(&aside)?;
        let by_origin: HashMap<&Origin, (ObjectId, &Place)> = aside
            .iter()
            .map(|(id, place)| (&*place.origin, (*id, place)))
            .collect();
        let is_incomplete = summary.is_incomplete();
        let mut matches: HashMap<ObjectId, Vec<(&str, Span)>> = HashMap::new();
        for finding in found.findings.iter().chain(&found.dropped) {
            if let Some((id, place)) = by_origin.get(outermost(&finding.origin)) {
                if finding.dropped.is_none() {
                    let of_blob = matches.entry(*id).or_default();
                    of_blob.push((&*finding.rule.id, finding.span));
                }
                placed.add(place, Finding::clone(finding));
            }
        }
        for (id, _) in &aside {
            let mut of_blob = matches.remove(id).unwrap_or_default();
            of_blob.sort_unstable();
            let mark = recorder::mark(of_blob.into_iter());
            let mismatch = recorder.and_then(|recorder| recorder.mismatch(id, mark));
            self.tell(collector, mismatch.into_iter().collect());
            // Which of them was not read in full is not known here.
            if !is_incomplete {
                marks.insert(*id, mark);
            }
        }
        collector.summary.add(&summary);
        for unscanned in found.unscanned {
            self.pass_on(collector, unscanned);
        }
        Ok(())
    }

    fn scan_blobs<E>(
        &self,
        blobs: &[(ObjectId, Place)],
    ) -> Result<(Summary, Collect), ScanError<E>> {
        let named = blobs
            .iter()
            .map(|(id, place)| (*id, Arc::clone(&place.origin)));
        let source = ChosenBlobs::new(self.task.history.repository().clone(), named.collect());
        let mut found = Collect::default();
        let screen = self.options.screen.clone();
        let mut options = self.options.clone().order(Order::AsFound);
        options.screen = screen.map(|screen| Arc::new(Quiet(screen)) as Arc<dyn Screen>);
        let (scanner, stop) = (self.scanner, self.should_interrupt);
        let scanned = match self.scan.archives {
            Some(archives) => {
                let source = Archives::new(source, archives);
                crate::scan(scanner, &source, &mut found, &options, stop)
            }
            None => crate::scan(scanner, &source, &mut found, &options, stop),
        };
        match scanned {
            Ok(summary) => Ok((summary, found)),
            Err(ScanError::Source(error)) => Err(ScanError::Source(error)),
            Err(ScanError::Rules(error)) => Err(ScanError::Rules(error)),
            Err(ScanError::State { path, error }) => Err(ScanError::State { path, error }),
            Err(ScanError::Sink(never)) => match never {},
        }
    }
}

/// A screen that says what could not be used when the whole scan is over, and not before.
#[derive(Debug)]
struct Quiet(Arc<dyn Screen>);

impl Screen for Quiet {
    fn check(&self, finding: &mut Finding) {
        self.0.check(finding);
    }
}

/// The blob of a history that something lies in.
fn outermost(mut origin: &Origin) -> &Origin {
    while let Origin::Member { archive, .. } = origin {
        origin = archive;
    }
    origin
}
