//! A look for what may be reported where only changes are: by the law of locality a match touches a change only if its
//! start lies near one, so that no other candidate is followed and no other rule is made ready.

use std::ops::Range;

use crate::anchors::AnchorUse;
use crate::blob::{self, Blob, Span};
use crate::candidate;
use crate::check::Verdict;
use crate::decode;
use crate::scanner::Scanner;
use crate::scratch::Scratch;
use crate::waiting::PART_BYTES;

impl Scanner {
    /// Whether nothing of a blob can be reported, by what may touch one of the places `changed`. Right when it says yes;
    /// then all is counted, and the blob need not be scanned.
    ///
    /// What touches a change is all settled alone only where nothing of it passed its checks: otherwise a match that
    /// overlaps it may stand elsewhere, and so may one in its line that has to be masked.
    pub(crate) fn is_clean_where_changed(
        &self,
        scratch: &mut Scratch,
        blob: Blob<'_>,
        changed: &[Span],
    ) -> bool {
        let is_told_all = self.options.explain || self.options.measure_costs;
        if is_told_all || blob.bytes.len() > PART_BYTES {
            return false;
        }
        let before = scratch.counters.clone();
        let mut matches = std::mem::take(&mut scratch.matches);
        matches.clear();
        scratch.begin(Some(blob.origin));
        scratch.begin_bytes(blob.bytes.len());
        let all = 0..blob.bytes.len();
        self.prefilter
            .find(blob.bytes, all.clone(), &mut |literal, at| {
                for anchor in self.uses.of(literal) {
                    if self.may_touch(anchor, at, &all, changed) {
                        self.candidate(scratch, blob.bytes, (*anchor, at), &all, &mut matches);
                    } else {
                        scratch.counters.candidates += 1;
                        scratch.counters.unchanged_candidates += 1;
                    }
                }
            });
        self.search_pending(scratch, blob.bytes, &mut matches);
        let depth = self.depth();
        for own in decode::runs_near(blob.bytes, changed) {
            self.hidden_in_runs(scratch, blob.bytes, own, depth, &mut matches);
        }
        for own in decode::text_starts(blob.bytes, changed) {
            self.hidden_in_text(scratch, blob.bytes, own, depth, &mut matches);
        }
        candidate::sort(scratch, 0, &mut matches);
        matches.retain(|found| blob::touches(changed, found.secret));
        let is_dropped = |verdict| matches!(verdict, Verdict::Drop(_));
        let is_clean =
            scratch.given_up().is_empty() && matches.iter().all(|found| is_dropped(found.verdict));
        if is_clean {
            self.settle(&mut matches, blob.origin);
            scratch.counters.matches = before.matches + matches.len() as u64;
            for found in &matches {
                found.count(&mut scratch.counters);
            }
        } else {
            scratch.counters = before;
        }
        scratch.matches = matches;
        is_clean
    }

    /// Whether a match of an anchor at `at` may have its secret where something was changed.
    fn may_touch(
        &self,
        anchor: &AnchorUse,
        at: usize,
        all: &Range<usize>,
        changed: &[Span],
    ) -> bool {
        let plan = self.entry(anchor.rule).plan();
        let starts = if plan.reads.is_empty() {
            candidate::starts(anchor, at, all)
        } else {
            at..at + 1
        };
        let end = starts.end.saturating_add(plan.max_match_bytes);
        !starts.is_empty() && blob::touches(changed, Span::new(starts.start, end))
    }
}
