//! Counts what is staged, or what a range of commits brings in.
//!
//! `cargo run --release -p keysift-source --example git-changes -- PATH [REVISIONS]`

use std::io::{self, Read, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use keysift_core::{Blob, Origin, Span, Unscanned};
use keysift_source::git::{self, ChangeOptions, Range, RepositoryOptions, Revisions, Staged};
use keysift_source::{Source, Visitor};

#[derive(Default)]
struct Counts {
    blobs: AtomicU64,
    bytes: AtomicU64,
    changed_bytes: AtomicU64,
    unscanned: AtomicU64,
}

struct Count<'a>(&'a Counts);

impl Count<'_> {
    fn add(&self, bytes: u64, changed: u64) {
        self.0.blobs.fetch_add(1, Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.0.changed_bytes.fetch_add(changed, Ordering::Relaxed);
    }
}

impl Visitor for Count<'_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        let bytes = blob.bytes.len();
        let changed = blob.changed.map_or(bytes, |spans| {
            spans.iter().map(|span| Span::len(*span)).sum()
        });
        self.add(bytes as u64, changed as u64);
        ControlFlow::Continue(())
    }

    fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        let bytes = io::copy(reader, &mut io::sink())?;
        self.add(bytes, bytes);
        Ok(ControlFlow::Continue(()))
    }

    fn unscanned(&mut self, _: Unscanned) -> ControlFlow<()> {
        self.0.unscanned.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next().unwrap_or_else(|| ".".into());
    let repository = git::open(Path::new(&path), &RepositoryOptions::default())?;
    let source: Box<dyn Source> = match arguments.next() {
        None => Box::new(Staged::new(repository, ChangeOptions::default())),
        Some(revisions) => {
            let revisions = Revisions::Spec(revisions.to_string_lossy().into_owned());
            Box::new(Range::new(repository, revisions, ChangeOptions::default()))
        }
    };
    let counts = Counts::default();
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    source.visit(threads, &AtomicBool::new(false), &|| {
        Box::new(Count(&counts))
    })?;
    writeln!(
        io::stdout(),
        "{} blobs, {} bytes, {} of them changed, {} not scanned",
        counts.blobs.into_inner(),
        counts.bytes.into_inner(),
        counts.changed_bytes.into_inner(),
        counts.unscanned.into_inner()
    )?;
    Ok(())
}
