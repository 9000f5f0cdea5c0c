//! Archives of any bytes, opened within small limits.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use keysift::source::{ArchiveOptions, Archives, Source, Stdin, Visitor};
use keysift_core::{Blob, Origin, Unscanned};

use crate::input::Input;

const MAX_BLOB_BYTES: usize = 300 << 10;

const LIMITS: ArchiveOptions = ArchiveOptions {
    max_depth: 4,
    max_members: 100,
    max_bytes: 4 << 20,
    max_ratio: 250,
};

/// How far beyond a limit the piece reaches that was being decompressed.
const PIECES_BYTES: u64 = 2 << 20;

/// Counts what it is given.
#[derive(Debug, Default)]
struct Count {
    bytes: AtomicU64,
}

impl Visitor for &Count {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        self.add(blob.bytes.len() as u64)
    }

    fn stream(&mut self, _: &Arc<Origin>, reader: &mut dyn Read) -> io::Result<ControlFlow<()>> {
        Ok(self.add(io::copy(reader, &mut io::sink())?))
    }

    fn unscanned(&mut self, _: Unscanned) -> ControlFlow<()> {
        self.add(0)
    }
}

impl Count {
    fn add(&self, bytes: u64) -> ControlFlow<()> {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        ControlFlow::Continue(())
    }
}

/// Any bytes, opened as archives in one another.
///
/// # Panics
/// If more is given than the limits allow.
pub fn archive(bytes: &[u8]) {
    let blob = Input::new(bytes).rest(MAX_BLOB_BYTES);
    let count = Count::default();
    let source = Archives::new(Stdin::new(blob), LIMITS);
    source
        .visit(NonZeroUsize::MIN, &AtomicBool::new(false), &|| {
            Box::new(&count)
        })
        .expect("because memory can be read");
    let given = count.bytes.into_inner();
    let lies = (LIMITS.max_depth as u64 + 2) * blob.len() as u64;
    // Text in UTF-16 grows by half when it is decoded.
    let most = (LIMITS.max_bytes + PIECES_BYTES + lies) * 3 / 2;
    assert!(given <= most, "{given} bytes of {}", blob.len());
}
