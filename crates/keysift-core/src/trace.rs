//! What a scan of a blob leaves for the scans of its later versions.

use std::ops::Range;

use crate::candidate;
use crate::decode::{self, Counted};
use crate::scanner::{Match, Scanner};
use crate::scratch::Scratch;

/// The matches of a blob, and the places at which a rule may match, so that a later version of the blob can inherit both.
///
/// See [`Scanner::trace`] and [`Scanner::trace_patch`].
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub(crate) matches: Vec<Match>,
    /// Every anchor that suits, in the order of their places.
    pub(crate) candidates: Vec<Candidate>,
    /// The tokens that may hide a secret, in the order of their places.
    pub(crate) tokens: Vec<Counted>,
    /// The blob's length in bytes.
    pub(crate) bytes: usize,
    /// Whether a rule was given up in the blob, so that not all of its matches are known.
    pub(crate) is_partial: bool,
}

/// An anchor's place, and for which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) at: usize,
    /// The number of the anchor's use.
    pub(crate) number: u32,
}

impl Trace {
    /// Every match of the blob, as [`Scanner::matches`] gives them.
    pub fn matches(&self) -> &[Match] {
        &self.matches
    }

    /// About how much memory it takes, in bytes.
    pub fn memory_usage(&self) -> usize {
        self.matches.capacity() * size_of::<Match>()
            + self.candidates.capacity() * size_of::<Candidate>()
            + self.tokens.capacity() * size_of::<Counted>()
            + self.matches.iter().map(Match::memory_usage).sum::<usize>()
    }

    pub(crate) fn begin(&mut self, bytes: usize) {
        self.matches.clear();
        self.candidates.clear();
        self.tokens.clear();
        self.bytes = bytes;
        self.is_partial = false;
    }
}

impl Scanner {
    /// Scans a blob into `trace`, whose memory is used again.
    ///
    /// What rules cost is not measured here.
    pub fn trace(&self, scratch: &mut Scratch, bytes: &[u8], trace: &mut Trace) {
        trace.begin(bytes.len());
        scratch.begin(None);
        scratch.begin_bytes(bytes.len());
        self.find_candidates(scratch, bytes, 0..bytes.len(), trace);
        let all = 0..bytes.len();
        for candidate in &trace.candidates {
            let anchor = (self.uses.get(candidate.number), candidate.at);
            self.follow(scratch, bytes, anchor, &all, &mut trace.matches);
        }
        self.search_pending(scratch, bytes, &mut trace.matches);
        let depth = self.depth();
        if self.options.decode_depth > 0 {
            decode::tokens_in(bytes, all.clone(), &mut trace.tokens);
        }
        self.hidden_in_runs(scratch, bytes, all.clone(), depth, &mut trace.matches);
        let tokens = (&trace.tokens[..], depth);
        self.hidden_by(scratch, bytes, all, tokens, &mut trace.matches);
        candidate::sort(scratch, 0, &mut trace.matches);
        trace.is_partial = !scratch.given_up().is_empty();
    }

    /// Appends the anchors that begin in `range` and suit, sorted.
    pub(crate) fn find_candidates(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        range: Range<usize>,
        trace: &mut Trace,
    ) {
        let first = trace.candidates.len();
        let to = (range.end + self.margins.longest_anchor.saturating_sub(1)).min(hay.len());
        let mut count = 0;
        self.prefilter
            .find(hay, range.start..to, &mut |literal, at| {
                if at >= range.end {
                    return;
                }
                let (from, end) = self.uses.numbers(literal);
                count += (end - from) as u64;
                for number in from..end {
                    let number = number as u32;
                    if self.suits(&self.uses.get(number), hay, at) {
                        trace.candidates.push(Candidate { at, number });
                    }
                }
            });
        scratch.counters.candidates += count;
        trace.candidates[first..].sort_unstable();
    }
}
