//! A blob told as copies and inserts of another blob: what of it must be scanned again.
//!
//! Two distances count. An anchor is found by the few bytes that it and the look at it take, so that anchors are looked
//! for only that near to an insert or a seam; those that lie inside a copy are the base's, moved. A rule is run again only
//! at starts from which a match and its keyword may cross a seam; otherwise its matches are the base's, moved, and are
//! looked at again if their checks may see a seam.

use std::ops::Range;

use crate::anchors::AnchorUse;
use crate::blob::Span;
use crate::candidate;
use crate::check::CONTEXT_BYTES;
use crate::decode::{self, Counted};
use crate::scanner::{Match, RuleId, Scanner};
use crate::scratch::Scratch;
use crate::trace::{Candidate, Trace};

/// A copy that is shorter than this is scanned like an insert: it costs less than another search.
const SHORT_COPY_BYTES: usize = 128;

/// A part of a blob, in order: copied from its base, or new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// These bytes of the base.
    Copy(Span),
    /// This many bytes that the base does not give.
    Insert(usize),
}

impl Scanner {
    /// Scans a blob that `parts` tell as a patch of `base` into `trace`, whose memory is used again.
    ///
    /// The trace is the same as [`Scanner::trace`] gives, for every rule that stays within its budget of work; only what
    /// lies within reach of an insert or a seam is scanned.
    ///
    /// # Panics
    /// If `parts` are not as long as `bytes` together, or copy what the base does not have.
    pub fn trace_patch(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        parts: &[Part],
        base: &Trace,
        trace: &mut Trace,
    ) {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        assert_eq!(length, bytes.len(), "a patch must tell the whole blob");
        if base.is_partial {
            return self.trace(scratch, bytes, trace);
        }
        trace.begin(bytes.len());
        scratch.begin(None);
        scratch.begin_bytes(bytes.len());
        let copies = join(parts, (base.bytes, bytes.len()));
        let mut searched_to = 0;
        for copy in &copies {
            // The base's anchors whose look lies inside the copy are the blob's.
            let end = copy.at + copy.from.len();
            let end = if copy.ends_both {
                end
            } else {
                (end + 1).saturating_sub(self.margins.look)
            };
            if end <= copy.at {
                continue;
            }
            self.search_again(scratch, bytes, searched_to..copy.at, trace);
            self.inherit(scratch, bytes, (copy, end), base, trace);
            searched_to = end;
        }
        self.search_again(scratch, bytes, searched_to..bytes.len(), trace);
        self.search_pending(scratch, bytes, &mut trace.matches);
        self.hidden_again(scratch, bytes, &copies, base, trace);
        candidate::sort(scratch, 0, &mut trace.matches);
        if !scratch.given_up().is_empty() {
            self.trace(scratch, bytes, trace);
        }
    }

    /// Looks for the anchors that begin in `range`, and follows each.
    fn search_again(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        range: Range<usize>,
        trace: &mut Trace,
    ) {
        let first = trace.candidates.len();
        self.find_candidates(scratch, bytes, range, trace);
        let all = 0..bytes.len();
        for candidate in &trace.candidates[first..] {
            let anchor = (self.uses.get(candidate.number), candidate.at);
            self.follow(scratch, bytes, anchor, &all, &mut trace.matches);
        }
    }

    /// Inherits the anchors that begin in the copy before `end`, and the matches that do not depend on what lies outside.
    fn inherit(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        (copy, end): (&Placed, usize),
        base: &Trace,
        trace: &mut Trace,
    ) {
        let moved = copy.at.wrapping_sub(copy.from.start);
        let first = base
            .candidates
            .partition_point(|candidate| candidate.at < copy.from.start);
        for candidate in &base.candidates[first..] {
            let at = candidate.at.wrapping_add(moved);
            if candidate.at >= copy.from.end || at >= end {
                break;
            }
            let number = candidate.number;
            trace.candidates.push(Candidate { at, number });
            self.follow_again(scratch, bytes, (copy, at), self.uses.get(number), trace);
        }
        let first = base
            .matches
            .partition_point(|found| found.span.start < copy.from.start);
        let plain = |found: &&Match| found.hidden.is_none();
        for found in base.matches[first..].iter().filter(plain) {
            if found.span.start >= copy.from.end {
                break;
            }
            let start = found.span.start.wrapping_add(moved);
            if self.judged_starts(copy, found.rule).contains(&start) {
                trace.matches.push(found.moved(moved as isize));
            } else if self.known_starts(copy, found.rule).contains(&start) {
                let again = start..start + 1;
                self.search(scratch, bytes, found.rule, again, &mut trace.matches);
            }
        }
    }

    /// Inherits tokens and hidden matches that do not depend on what lies outside of a copy, and looks for the others.
    fn hidden_again(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        copies: &[Placed],
        base: &Trace,
        trace: &mut Trace,
    ) {
        if self.options.decode_depth == 0 {
            return;
        }
        let (before, behind) = decode::TOKEN_BYTES;
        let tokens = (&base.tokens[..], Counted::start as fn(&_) -> _);
        let known = |copy: &Placed| copy.starts(before, behind);
        let (inherited, others) = inherit(copies, bytes.len(), known, tokens);
        let inherited = inherited.map(|(token, moved)| token.moved(moved));
        trace.tokens.extend(inherited);
        for other in others {
            decode::tokens_in(bytes, other, &mut trace.tokens);
        }
        trace.tokens.sort_unstable_by_key(Counted::start);

        let depth = self.depth();
        let start = |found: &Match| found.span.start;
        let matches = (&base.matches[..], start as fn(&Match) -> usize);
        let in_run = |found: &Match| matches!(found.via(), [outermost, ..] if outermost.has_runs());
        let in_text = |found: &Match| found.hidden.is_some() && !in_run(found);

        let known = |copy: &Placed| copy.starts_in_runs(bytes);
        let (inherited, others) = inherit(copies, bytes.len(), known, matches);
        let inherited = inherited.filter(|(found, _)| in_run(found));
        (trace.matches).extend(inherited.map(|(found, moved)| found.moved(moved)));
        for other in others {
            self.hidden_in_runs(scratch, bytes, other, depth, &mut trace.matches);
        }

        let (inherited, others) = inherit(copies, bytes.len(), Placed::starts_in_text, matches);
        let inherited = inherited.filter(|(found, _)| in_text(found));
        (trace.matches).extend(inherited.map(|(found, moved)| found.moved(moved)));
        for other in others {
            let tokens = (&trace.tokens[..], depth);
            self.hidden_by(scratch, bytes, other, tokens, &mut trace.matches);
        }
    }

    /// Searches the starts of an inherited anchor that may have other matches than in the base.
    fn follow_again(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        (copy, at): (&Placed, usize),
        anchor: AnchorUse,
        trace: &mut Trace,
    ) {
        let reads = !self.entry(anchor.rule).plan().reads.is_empty();
        let starts = if reads {
            at..at + 1
        } else {
            candidate::starts(&anchor, at, &(0..bytes.len()))
        };
        let known = self.known_starts(copy, anchor.rule);
        let parts = if known.is_empty() {
            [starts, 0..0]
        } else {
            let before = starts.start..starts.end.min(known.start);
            let behind = starts.start.max(known.end)..starts.end;
            [before, behind]
        };
        for part in parts {
            if !part.is_empty() {
                self.follow(scratch, bytes, (anchor, at), &part, &mut trace.matches);
            }
        }
    }

    /// The starts that have a match exactly if the base has it.
    fn known_starts(&self, copy: &Placed, rule: RuleId) -> Range<usize> {
        let plan = self.entry(rule).plan();
        if !plan.reads.is_empty() {
            return self.judged_starts(copy, rule);
        }
        // One byte more on either side: a word boundary looks at its neighbour.
        let near = plan.near_bytes + 1;
        copy.starts(near, plan.max_match_bytes + near)
    }

    /// The starts of matches of which the checks, too, see nothing outside the copy.
    fn judged_starts(&self, copy: &Placed, rule: RuleId) -> Range<usize> {
        let plan = self.entry(rule).plan();
        copy.starts(plan.before_bytes, plan.after_bytes)
    }
}

/// A copied stretch and where it stands in the new blob.
#[derive(Debug, Clone, Copy)]
struct Placed {
    at: usize,
    from: Span,
    /// Whether it begins where both blobs begin, so that there is no seam.
    begins_both: bool,
    /// Whether it ends where both end.
    ends_both: bool,
}

impl Placed {
    /// The starts that have a match among escapes and joints exactly if the base has it.
    fn starts_in_text(&self) -> Range<usize> {
        self.starts(decode::TEXT_REACH_BYTES, decode::TEXT_REACH_BYTES)
    }

    /// The starts that have a match hidden in a run exactly if the base has it: their runs lie in the copy, with all that
    /// checks see round them.
    fn starts_in_runs(&self, bytes: &[u8]) -> Range<usize> {
        let seen = self.starts(CONTEXT_BYTES + 1, CONTEXT_BYTES + 1);
        if self.begins_both && self.ends_both {
            return seen;
        }
        let Some((first, last)) = decode::apart(bytes, seen.clone()) else {
            return 0..0;
        };
        let start = if self.begins_both { seen.start } else { first };
        let end = if self.ends_both { seen.end } else { last };
        start..end.max(start)
    }

    /// The starts in the copy that have so many bytes of it before and behind them, or the ends of both blobs.
    fn starts(&self, before: usize, behind: usize) -> Range<usize> {
        let before = if self.begins_both { 0 } else { before };
        let behind = if self.ends_both { 0 } else { behind };
        self.at + before..(self.at + self.from.len()).saturating_sub(behind)
    }
}

/// What the base has where a copy has what is `known` of it, with how far it moved; and where else there may be more.
/// `items` are in the order of their starts.
fn inherit<'b, T>(
    copies: &[Placed],
    bytes: usize,
    known: impl Fn(&Placed) -> Range<usize>,
    (items, start): (&'b [T], fn(&T) -> usize),
) -> (impl Iterator<Item = (&'b T, isize)>, Vec<Range<usize>>) {
    let (mut inherited, mut others) = (Vec::new(), Vec::new());
    let mut searched_to = 0;
    for copy in copies {
        let known = known(copy);
        if known.is_empty() {
            continue;
        }
        others.push(searched_to..known.start);
        searched_to = known.end;
        let moved = copy.at.wrapping_sub(copy.from.start);
        let place = |at: usize| {
            let at = at.wrapping_sub(moved);
            items.partition_point(|item| start(item) < at)
        };
        inherited.push((&items[place(known.start)..place(known.end)], moved as isize));
    }
    others.push(searched_to..bytes);
    let inherited = inherited.into_iter();
    let inherited =
        inherited.flat_map(|(items, moved)| items.iter().map(move |item| (item, moved)));
    (inherited, others)
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Copy(from) => from.len(),
            Self::Insert(length) => *length,
        }
    }
}

/// The copies in order, neighbours joined that were neighbours in the base, without the short ones.
fn join(parts: &[Part], (base_bytes, bytes): (usize, usize)) -> Vec<Placed> {
    let mut copies: Vec<Placed> = Vec::new();
    let mut at = 0;
    for part in parts {
        if let Part::Copy(from) = *part {
            assert!(from.end <= base_bytes, "a patch copies what the base has");
            match copies.last_mut() {
                Some(last) if last.at + last.from.len() == at && last.from.end == from.start => {
                    last.from.end = from.end
                }
                _ => {
                    copies.push(Placed {
                        at,
                        from,
                        begins_both: at == 0 && from.start == 0,
                        ends_both: false,
                    });
                }
            }
        }
        at += part.len();
    }
    copies.retain(|copy| copy.from.len() >= SHORT_COPY_BYTES);
    if let Some(last) = copies.last_mut() {
        let end = last.at + last.from.len();
        last.ends_both = end == bytes && last.from.end == base_bytes;
    }
    copies
}
