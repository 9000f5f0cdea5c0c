//! Matches that wait until they are certain, so that those of a long blob are given out from its front on.

use crate::blob::Blob;
use crate::emit::Emitter;
use crate::finding::{Excerpt, Finding};
use crate::scanner::{Match, Scanner};
use crate::scratch::Scratch;

/// A blob in memory that is longer than this is searched in parts, so that its matches are never all held at once. The
/// margins are looked at again with each part; this is some hundred times as long.
pub(crate) const PART_BYTES: usize = 4 << 20;

/// Matches that are not given out yet, and those that may still overlap them, in order. Spans are the blob's.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    pub(crate) matches: Vec<Match>,
    /// Matches that start before this were given out.
    given_out: usize,
}

impl Waiting {
    /// Gives out the matches that are certain when all that start before `known` are here, all when it is `None`.
    /// Returns the first offset of the blob at which a match may start that was not given out.
    pub(crate) fn give_out(
        &mut self,
        emitter: &mut Emitter<'_>,
        hay: &[u8],
        known: Option<usize>,
        scratch: &mut Scratch,
        on: &mut dyn FnMut(Finding),
    ) -> usize {
        // A match can be settled when every match that may overlap it is known, and shown when those in its line are.
        let lag = emitter.scanner().margins().max_match + Excerpt::MAX_BYTES;
        let certain = known.map_or(usize::MAX, |known| known.saturating_sub(lag));
        let place = |matches: &[Match], at: usize| {
            matches.partition_point(|found: &Match| found.span.start < at)
        };
        let from = place(&self.matches, self.given_out);
        let to = place(&self.matches, certain);
        if from < to {
            let mut settled = match known {
                Some(_) => self.matches.clone(),
                None => std::mem::take(&mut self.matches),
            };
            emitter.settle(&mut settled);
            emitter.emit(hay, &settled, from..to, &mut scratch.counters, on);
            if known.is_none() {
                self.matches = settled;
            }
        }
        self.given_out = certain;
        self.matches
            .retain(|found| found.span.start.saturating_add(lag) >= certain);
        certain
    }
}

impl Scanner {
    /// Scans a blob that is in memory. `on` is called with each finding, in the order of their places.
    ///
    /// With [`ScannerOptions::explain`](crate::ScannerOptions::explain), dropped matches come too, with
    /// [`Finding::dropped`] set. Memory does not grow with the number of findings.
    pub fn scan(&self, scratch: &mut Scratch, blob: Blob<'_>, on: &mut dyn FnMut(Finding)) {
        if let Some(changed) = blob.changed
            && self.is_clean_where_changed(scratch, blob, changed)
        {
            return;
        }
        let mut waiting = Waiting {
            matches: std::mem::take(&mut scratch.matches),
            given_out: 0,
        };
        waiting.matches.clear();
        scratch.begin(Some(blob.origin));
        let mut emitter = None;
        let mut searched = 0;
        loop {
            let is_last = blob.bytes.len() - searched <= PART_BYTES;
            let to = if is_last {
                blob.bytes.len()
            } else {
                searched + PART_BYTES
            };
            self.matches_in(scratch, blob.bytes, searched..to, &mut waiting.matches);
            searched = to;
            if !waiting.matches.is_empty() {
                let emitter =
                    emitter.get_or_insert_with(|| Emitter::new(self, blob.origin, blob.changed));
                let known = (!is_last).then_some(searched);
                waiting.give_out(emitter, blob.bytes, known, scratch, on);
            }
            if is_last {
                break;
            }
        }
        scratch.matches = waiting.matches;
    }
}
