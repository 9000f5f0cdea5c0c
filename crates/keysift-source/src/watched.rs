//! A source whose blobs somebody else looks at as well.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use keysift_core::{Blob, Origin, Unscanned};

use crate::{Error, MakeVisitor, Source, Visitor};

/// A source that shows each blob that is in memory to `watch`, from any of its threads, before the visitor takes it.
///
/// What comes as a stream is not shown: `watch_streams` is told its origin.
#[derive(Debug)]
pub struct Watched<S, W, T> {
    source: S,
    watch: W,
    watch_streams: T,
}

impl<S, W, T> Watched<S, W, T>
where
    S: Source,
    W: Fn(&Blob<'_>) + Sync,
    T: Fn(&Origin) + Sync,
{
    /// Watches the blobs of `source`.
    pub fn new(source: S, watch: W, watch_streams: T) -> Self {
        Self {
            source,
            watch,
            watch_streams,
        }
    }
}

impl<S, W, T> Source for Watched<S, W, T>
where
    S: Source,
    W: Fn(&Blob<'_>) + Sync,
    T: Fn(&Origin) + Sync,
{
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let (watch, watch_streams) = (&self.watch, &self.watch_streams);
        let make = || -> Box<dyn Visitor + '_> {
            Box::new(Watching {
                visitor: make(),
                watch,
                watch_streams,
            })
        };
        self.source.visit(threads, should_interrupt, &make)
    }
}

struct Watching<'a, W, T> {
    visitor: Box<dyn Visitor + 'a>,
    watch: &'a W,
    watch_streams: &'a T,
}

impl<W, T> Visitor for Watching<'_, W, T>
where
    W: Fn(&Blob<'_>) + Sync,
    T: Fn(&Origin) + Sync,
{
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        (self.watch)(&blob);
        self.visitor.blob(blob)
    }

    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>> {
        (self.watch_streams)(origin);
        self.visitor.stream(origin, reader)
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        self.visitor.unscanned(unscanned)
    }
}
