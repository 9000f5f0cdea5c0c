//! One thread's part of a sweep.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use keysift_core::{Scanner, Scratch, Skip, Summary, Trace, Unplaced, Unscanned};
use keysift_source::git::{Base, Object, ObjectId, ObjectKind, ObjectVisitor};

use super::HistoryScan;
use super::recorder::{self, Recorder};
use crate::progress::Progress;

/// An object with what may be a finding.
pub(super) struct Found {
    pub(super) kind: ObjectKind,
    pub(super) id: ObjectId,
    pub(super) unplaced: Unplaced,
    pub(super) mark: u64,
}

/// What threads found.
#[derive(Default)]
pub(super) struct AllFound {
    pub(super) found: Vec<Found>,
    /// Blobs that can only be scanned under their names, or piece by piece.
    pub(super) aside: Vec<ObjectId>,
}

/// So many objects are handed on to be remembered at once.
const RECORDED_AT_ONCE: usize = 1024;

/// One thread's part of a sweep.
pub(super) struct Sweeper<'s> {
    scanner: &'s Scanner,
    pub(super) scratch: Scratch,
    scan: HistoryScan,
    pub(super) summary: Summary,
    pub(super) unscanned: Vec<Unscanned>,
    found: &'s Mutex<AllFound>,
    recorder: Option<&'s Recorder>,
    scanned: Vec<(ObjectId, u64)>,
    progress: Option<&'s Progress>,
    /// How many objects were scanned before this sweep began, for the progress alone.
    before: u64,
}

/// What a blob leaves for those that are told by it.
#[derive(Debug, Default)]
pub(super) struct Kept {
    trace: Trace,
    /// It was not scanned: there is nothing to inherit.
    is_aside: bool,
}

impl<'s> Sweeper<'s> {
    pub(super) fn new(
        scanner: &'s Scanner,
        scan: HistoryScan,
        found: &'s Mutex<AllFound>,
        recorder: Option<&'s Recorder>,
        progress: Option<&'s Progress>,
    ) -> Self {
        Self {
            scanner,
            scratch: scanner.scratch(),
            scan,
            summary: Summary::default(),
            unscanned: Vec::new(),
            found,
            recorder,
            scanned: Vec::new(),
            progress,
            before: progress.map_or(0, |progress| progress.objects.load(Ordering::Relaxed)),
        }
    }

    /// Hands on what was scanned and is not remembered yet.
    pub(super) fn hand_on(&mut self) {
        if let Some(recorder) = self.recorder {
            recorder.add(&mut self.scanned);
        }
    }

    fn record(&mut self, id: ObjectId, mark: u64) {
        if self.recorder.is_none() {
            return;
        }
        self.scanned.push((id, mark));
        if self.scanned.len() >= RECORDED_AT_ONCE {
            self.hand_on();
        }
    }

    fn put_aside(&mut self, id: ObjectId) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.aside.push(id);
    }

    /// Says which rules were given up in the object that was just scanned; whether none was.
    fn has_all(&mut self, object: &Object<'_>) -> bool {
        if self.scratch.given_up().is_empty() {
            return true;
        }
        let rules = self.scratch.given_up().iter();
        let ids: Vec<&str> = rules
            .map(|rule| self.scanner.given_up_name(*rule))
            .collect();
        let name = format!("{} {}", object.kind.as_str(), object.id);
        self.tell(Unscanned::new(name, Skip::OverBudget).message(ids.join(", ")));
        false
    }

    fn tell(&mut self, unscanned: Unscanned) {
        *self.summary.skipped.entry(unscanned.skip).or_default() += 1;
        self.unscanned.push(unscanned);
    }

    /// Takes what an object holds.
    fn take(&mut self, object: &Object<'_>, kept: &Trace) {
        self.summary.blobs += 1;
        self.summary.bytes += object.text.len() as u64;
        if let Some(progress) = self.progress {
            progress.was_scanned(object.text.len() as u64);
        }
        let counters = &mut self.scratch.counters;
        let unplaced = self.scanner.unplaced(object.text, kept.matches(), counters);
        let mark = match (self.recorder, &unplaced) {
            (Some(_), Some(unplaced)) => recorder::mark(unplaced.candidates()),
            _ => 0,
        };
        if let Some(mismatch) = self.recorder.and_then(|it| it.mismatch(&object.id, mark)) {
            self.tell(mismatch);
        }
        let has_all = self.has_all(object);
        match unplaced {
            None if has_all => self.record(object.id, 0),
            None => {}
            Some(unplaced) => {
                if let Some(progress) = self.progress {
                    progress.was_found(unplaced.candidates().count() as u64);
                }
                let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                all.found.push(Found {
                    kind: object.kind,
                    id: object.id,
                    unplaced,
                    // What is not known in full is not remembered.
                    mark: if has_all { mark } else { 0 },
                });
            }
        }
    }
}

impl ObjectVisitor for Sweeper<'_> {
    type Kept = Kept;

    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<Base<'_, Kept>>,
        kept: &mut Kept,
    ) -> ControlFlow<()> {
        kept.is_aside = object.kind == ObjectKind::Blob
            && self.scan.archives.is_some()
            && keysift_source::is_archive(object.bytes);
        if kept.is_aside {
            if !object.is_repeated {
                self.put_aside(object.id);
            }
            return ControlFlow::Continue(());
        }
        let scratch = &mut self.scratch;
        match base.filter(|base| !self.scan.is_whole && !base.kept.is_aside) {
            Some(base) => {
                let (trace, of_base) = (&mut kept.trace, &base.kept.trace);
                self.scanner
                    .trace_patch(scratch, object.text, base.parts, of_base, trace);
            }
            None => self.scanner.trace(scratch, object.text, &mut kept.trace),
        }
        if !object.is_repeated {
            self.take(object, &kept.trace);
        }
        ControlFlow::Continue(())
    }

    fn large(&mut self, id: ObjectId, _: u64) -> ControlFlow<()> {
        self.put_aside(id);
        ControlFlow::Continue(())
    }

    fn known(&mut self, id: &ObjectId) {
        *self.summary.skipped.entry(Skip::Known).or_default() += 1;
        if let Some(mark) = self.recorder.and_then(|it| it.earlier_mark(id)) {
            self.record(*id, mark);
        }
    }

    fn expects(&mut self, objects: u64) {
        if let Some(progress) = self.progress {
            progress
                .expected
                .store(self.before + objects, Ordering::Relaxed);
        }
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        self.tell(unscanned);
        ControlFlow::Continue(())
    }
}
