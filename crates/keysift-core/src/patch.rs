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

    /// Inherits the hidden matches that do not depend on what lies outside of a copy, and looks for the others.
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
        let depth = self.depth();
        let in_run = |found: &Match| matches!(found.via(), [outermost, ..] if outermost.has_runs());
        let in_text = |found: &Match| found.hidden.is_some() && !in_run(found);
        tokens_again(bytes, copies, base, &mut trace.tokens);
        let tokens = &trace.tokens[..];
        let matches = &mut trace.matches;
        let known = |copy: &Placed| copy.starts_in_runs(bytes);
        for other in inherit_hidden(copies, bytes.len(), known, (base, in_run), matches) {
            self.hidden_in_runs(scratch, bytes, other, depth, matches);
        }
        for other in inherit_hidden(
            copies,
            bytes.len(),
            Placed::starts_in_text,
            (base, in_text),
            matches,
        ) {
            self.hidden_by(scratch, bytes, other, (tokens, depth), matches);
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

/// Appends the tokens that count: those of the base where a copy has all that decides it, and what the others have.
fn tokens_again(bytes: &[u8], copies: &[Placed], base: &Trace, tokens: &mut Vec<Counted>) {
    let (before, behind) = decode::TOKEN_BYTES;
    let mut searched_to = 0;
    for copy in copies {
        let known = copy.starts(before, behind);
        if known.is_empty() {
            continue;
        }
        decode::tokens_in(bytes, searched_to..known.start, tokens);
        searched_to = known.end;
        let moved = copy.at.wrapping_sub(copy.from.start);
        let place = |at: usize| {
            let at = at.wrapping_sub(moved);
            (base.tokens).partition_point(|counted| counted.start() < at)
        };
        let inherited = &base.tokens[place(known.start)..place(known.end)];
        tokens.extend(
            inherited
                .iter()
                .map(|counted| counted.moved(moved as isize)),
        );
    }
    decode::tokens_in(bytes, searched_to..bytes.len(), tokens);
}

/// Appends the base's matches that `are_such` and start where a copy has what is `known` of them, moved. Gives where else
/// one may start.
fn inherit_hidden(
    copies: &[Placed],
    bytes: usize,
    known: impl Fn(&Placed) -> Range<usize>,
    (base, are_such): (&Trace, impl Fn(&Match) -> bool),
    matches: &mut Vec<Match>,
) -> Vec<Range<usize>> {
    let mut others = Vec::new();
    let mut searched_to = 0;
    for copy in copies {
        let known = known(copy);
        if known.is_empty() {
            continue;
        }
        others.push(searched_to..known.start);
        searched_to = known.end;
        let moved = copy.at.wrapping_sub(copy.from.start);
        let at = |place: usize| place.wrapping_sub(moved);
        let place = |at: usize| (base.matches).partition_point(|found| found.span.start < at);
        let inherited = &base.matches[place(at(known.start))..place(at(known.end))];
        let hidden = inherited.iter().filter(|found| are_such(found));
        matches.extend(hidden.map(|found| found.moved(moved as isize)));
    }
    others.push(searched_to..bytes);
    others
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
