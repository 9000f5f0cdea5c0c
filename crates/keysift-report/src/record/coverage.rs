//! What a scan covered, and what it did not.

use std::num::NonZeroU64;

use keysift_core::{Reason, Skip, Summary, Unscanned};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Something that was not scanned.
#[derive(Debug, serde::Serialize)]
pub(crate) struct UnscannedRecord<'a> {
    path: &'a str,
    reason: &'static str,
    meaning: &'static str,
    incomplete: bool,
    message: Option<&'a str>,
}

impl<'a> UnscannedRecord<'a> {
    pub(crate) fn new(unscanned: &'a Unscanned) -> Self {
        Self {
            path: &unscanned.name,
            reason: unscanned.skip.as_str(),
            meaning: unscanned.skip.meaning(),
            incomplete: unscanned.skip.is_incomplete(),
            message: unscanned.message.as_deref(),
        }
    }
}

/// What the scan covered.
#[derive(Debug, serde::Serialize)]
pub(crate) struct SummaryRecord<'a> {
    blobs: u64,
    bytes: u64,
    elapsed_seconds: f64,
    threads: usize,
    rules: usize,
    findings: u64,
    skipped: SkippedRecord<'a>,
    dropped: DroppedCounts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    absent: Option<NonZeroU64>,
    candidates: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged_candidates: Option<NonZeroU64>,
    windows: u64,
    window_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    decoded_bytes: Option<NonZeroU64>,
    matches: u64,
    incomplete: bool,
    interrupted: bool,
    unsorted: bool,
}

impl<'a> SummaryRecord<'a> {
    /// `findings` were written.
    pub(crate) fn new(summary: &'a Summary, findings: u64) -> Self {
        let counters = &summary.counters;
        Self {
            blobs: summary.blobs,
            bytes: summary.bytes,
            elapsed_seconds: summary.elapsed.as_secs_f64(),
            threads: summary.threads,
            rules: summary.rules,
            findings,
            skipped: SkippedRecord(summary),
            dropped: DroppedCounts(summary),
            absent: NonZeroU64::new(summary.absent.len() as u64),
            candidates: counters.candidates,
            unchanged_candidates: NonZeroU64::new(counters.unchanged_candidates),
            windows: counters.windows,
            window_bytes: counters.window_bytes,
            decoded_bytes: NonZeroU64::new(counters.decoded_bytes),
            matches: counters.matches,
            incomplete: summary.is_incomplete(),
            interrupted: summary.is_interrupted,
            unsorted: summary.is_unsorted,
        }
    }
}

#[derive(Debug)]
struct SkippedRecord<'a>(&'a Summary);

impl Serialize for SkippedRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.0.skipped.iter();
        serialize_counts(
            serializer,
            counts.map(|(skip, n)| (Skip::as_str(*skip), *n)),
        )
    }
}

#[derive(Debug)]
struct DroppedCounts<'a>(&'a Summary);

impl Serialize for DroppedCounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = Reason::ALL
            .iter()
            .map(|reason| (reason.as_str(), self.0.counters.dropped(*reason)));
        serialize_counts(serializer, counts)
    }
}

/// An object of the counts that are not zero.
fn serialize_counts<S: Serializer>(
    serializer: S,
    counts: impl Iterator<Item = (&'static str, u64)>,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (name, count) in counts.filter(|(_, count)| *count > 0) {
        map.serialize_entry(name, &count)?;
    }
    map.end()
}
