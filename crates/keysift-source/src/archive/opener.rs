//! A visitor that opens archives before another one.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use keysift_core::{Blob, Origin, Unscanned};

use super::budget::{Budget, Counted};
use super::input::Input;
use super::options::ArchiveOptions;
use super::walk::{self, Memory, Place, Walk};
use super::{Kind, SIGN_BYTES, kind};
use crate::Visitor;
use crate::interrupt::Interrupt;

/// Gives a visitor what it is given, and the members of archives instead of the archives.
pub(super) struct Opener<'o, 'v> {
    visitor: Box<dyn Visitor + 'v>,
    options: &'o ArchiveOptions,
    interrupt: &'o Interrupt<'o>,
    memory: Memory,
}

impl<'o, 'v> Opener<'o, 'v> {
    pub(super) fn new(
        visitor: Box<dyn Visitor + 'v>,
        options: &'o ArchiveOptions,
        interrupt: &'o Interrupt<'o>,
    ) -> Self {
        Self {
            visitor,
            options,
            interrupt,
            memory: Memory::default(),
        }
    }

    /// Opens an outermost archive, and says what limit it exceeded.
    fn open(
        &mut self,
        kind: &Kind,
        origin: &Arc<Origin>,
        budget: &Budget<'_>,
        input: &mut Input<'_>,
    ) -> ControlFlow<()> {
        let mut walk = Walk::new(&mut *self.visitor, budget, &mut self.memory);
        let walked = walk.open(kind, &Place::outermost(Arc::clone(origin)), input);
        if walked.is_ok() {
            return ControlFlow::Continue(());
        }
        let flow = match budget.exceeded() {
            Some((skip, message)) if !self.interrupt.is_set() => self
                .visitor
                .unscanned(Unscanned::new(origin.to_string(), skip).message(message)),
            _ => ControlFlow::Break(()),
        };
        if flow.is_break() {
            self.interrupt.set();
        }
        flow
    }
}

impl Visitor for Opener<'_, '_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        let Some(kind) = kind(blob.bytes) else {
            return self.visitor.blob(blob);
        };
        let budget = Budget::new(self.options, self.interrupt);
        budget.was_read(blob.bytes.len());
        let mut rest = io::empty();
        let mut input = Input::new(blob.bytes, &mut rest);
        self.open(kind, blob.origin, &budget, &mut input)
    }

    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>> {
        let mut head = [0; SIGN_BYTES];
        let (length, failure) = walk::fill(reader, &mut head);
        let head = &head[..length];
        if let Some(failure) = failure {
            // What came before the fault is scanned, and then the fault is met.
            return self
                .visitor
                .stream(origin, &mut head.chain(Failing(Some(failure))));
        }
        let Some(kind) = kind(head) else {
            return self.visitor.stream(origin, &mut head.chain(reader));
        };
        let budget = Budget::new(self.options, self.interrupt);
        budget.was_read(length);
        let mut counted = Counted {
            reader,
            budget: &budget,
        };
        let mut input = Input::new(head, &mut counted);
        let flow = self.open(kind, origin, &budget, &mut input);
        match input.take_failure() {
            Some(failure) => Err(failure),
            None => Ok(flow),
        }
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        self.visitor.unscanned(unscanned)
    }
}

/// Gives an error that was met before.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
