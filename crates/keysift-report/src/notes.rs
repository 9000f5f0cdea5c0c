//! What a scan covered, in sentences, for formats that have a place for messages.

use std::time::SystemTime;

use keysift_core::{Reason, Skip, Summary};

use crate::coverage::{Tally, coverage, gone, grouped};
use crate::escape::escape;

/// Something to say about the scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Whether it means that something asked for was not done.
    pub(crate) is_warning: bool,
    /// One line, escaped.
    pub(crate) text: String,
}

impl Note {
    pub(crate) fn warning(text: impl Into<String>) -> Self {
        Self {
            is_warning: true,
            text: text.into(),
        }
    }

    pub(crate) fn info(text: impl Into<String>) -> Self {
        Self {
            is_warning: false,
            text: text.into(),
        }
    }
}

/// What the scan covered and what it did not, worst first. As many of the things that could not be scanned are named
/// as `tally` keeps; the others are counted.
pub(crate) fn notes(summary: &Summary, tally: &Tally) -> Vec<Note> {
    let mut notes = scan_notes(summary);
    let (named, more) = tally.incomplete(summary);
    for unscanned in named {
        let message = match &unscanned.message {
            Some(message) => format!(": {message}"),
            None => String::new(),
        };
        let text = format!("{}: {}{message}", unscanned.name, unscanned.skip.meaning());
        notes.push(Note::warning(escape(text.as_bytes())));
    }
    if more > 0 {
        let text = format!("{} more could not be scanned", grouped(more));
        notes.push(Note::warning(text));
    }
    // Stable: what is worst stands first, otherwise in the order above.
    notes.sort_by_key(|note| !note.is_warning);
    notes
}

/// What the scan covered, without naming what could not be scanned.
pub(crate) fn scan_notes(summary: &Summary) -> Vec<Note> {
    let mut notes = Vec::new();
    if summary.is_interrupted {
        notes.push(Note::warning(
            "the scan was ended before it was through; there may be more to find",
        ));
    }
    // With nothing new since the last sweep there is nothing to warn of.
    if summary.blobs == 0 && !summary.skipped.contains_key(&Skip::Known) {
        notes.push(Note::warning("no files were scanned"));
    }
    if summary.is_unsorted {
        notes.push(Note::info(
            "more was found than can be kept for sorting; findings stand in the order of discovery",
        ));
    }
    notes.push(Note::info(coverage(summary)));
    for (skip, count) in &summary.skipped {
        if *count > 0 && !skip.is_incomplete() {
            let text = format!("skipped {}: {}", grouped(*count), skip.meaning());
            notes.push(Note::info(text));
        }
    }
    for reason in Reason::ALL {
        let count = summary.counters.dropped(*reason);
        if count > 0 {
            let noun = if count == 1 { "match" } else { "matches" };
            let text = format!("dropped {} {noun}: {}", grouped(count), reason.meaning());
            notes.push(Note::info(text));
        }
    }
    notes.extend(gone(summary).map(Note::info));
    notes
}

/// A time as `2026-11-24T10:00:00Z`; before 1970 it is 1970.
pub(crate) fn time(time: SystemTime) -> String {
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    i64::try_from(seconds)
        .ok()
        .and_then(keysift_core::facts::rfc3339)
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}
