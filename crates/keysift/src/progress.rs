//! How far a scan is.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counts that grow while a scan runs, for a display. None of them is needed by the scan.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes scanned.
    pub bytes: AtomicU64,
    /// Blobs scanned; in a history also the messages of commits and tags.
    pub objects: AtomicU64,
    /// How many [`objects`](Self::objects) there will be in the end; 0 where that is not known.
    pub expected: AtomicU64,
    /// Findings so far. In a history, before places are looked for, all matches that may be one.
    pub findings: AtomicU64,
    /// Whether all objects of a history were scanned, and it is looked for where they came in.
    pub is_placing: AtomicBool,
}

impl Progress {
    pub(crate) fn was_scanned(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.objects.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn was_found(&self, findings: u64) {
        self.findings.fetch_add(findings, Ordering::Relaxed);
    }
}
