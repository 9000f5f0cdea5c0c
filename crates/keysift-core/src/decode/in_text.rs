//! From tokens in a text to the matches that they hide.

use std::ops::Range;

use super::Depth;
use super::chain;
use super::in_runs::BYTE_COST;
use super::stretch::{FIRST_TOKEN_BYTES, REACH_BYTES, Stretch};
use super::token::{self, Counted, LOOK_BYTES, MAX_TOKEN_BYTES, Notation};
use crate::candidate;
use crate::scanner::{Match, Scanner};
use crate::scratch::Scratch;

/// So many starts are looked at together at most, and so many bytes decoded together, but for what must be seen round
/// them.
const STRETCH_BYTES: usize = 64 << 10;

impl Scanner {
    /// Appends the matches hidden by tokens in a text that start in `own`. `hay` reaches far enough round `own`, or to its
    /// ends.
    pub(crate) fn hidden_in_text(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        own: Range<usize>,
        depth: Depth<'_>,
        out: &mut Vec<Match>,
    ) {
        if depth.left == 0 || own.is_empty() {
            return;
        }
        let mut tokens = Vec::new();
        super::tokens_in(hay, near_starts(&own), &mut tokens);
        self.hidden_by(scratch, hay, own, (&tokens, depth), out);
    }

    /// The same where all tokens that count are known, in order.
    pub(crate) fn hidden_by(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        own: Range<usize>,
        (tokens, depth): (&[Counted], Depth<'_>),
        out: &mut Vec<Match>,
    ) {
        let near = near_starts(&own);
        let from = tokens.partition_point(|counted| counted.start() < near.start);
        let to = tokens.partition_point(|counted| counted.start() < near.end);
        let mut nears: [Vec<Range<usize>>; Notation::ALL.len()] = Default::default();
        starts_near(&tokens[from..to.max(from)], &own, &mut nears);
        for (notation, nears) in Notation::ALL.into_iter().zip(&nears) {
            if nears.is_empty() {
                continue;
            }
            let nears = self.that_may_match(scratch, (hay, notation), nears, depth.left);
            for nears in groups(&nears, 2 * REACH_BYTES) {
                self.hidden_in_stretch(scratch, (hay, notation), nears, depth, out);
            }
        }
    }

    /// Appends the matches with tokens of one notation that start in `nears`.
    fn hidden_in_stretch(
        &self,
        scratch: &mut Scratch,
        (hay, notation): (&[u8], Notation),
        nears: &[Range<usize>],
        depth: Depth<'_>,
        out: &mut Vec<Match>,
    ) {
        let (Some(first), Some(last)) = (nears.first(), nears.last()) else {
            return;
        };
        if scratch.budget.left(self.decoding()).is_none() {
            return;
        }
        let range = first.start.saturating_sub(REACH_BYTES)..last.end + REACH_BYTES;
        let stretch = Stretch::decode(hay, notation, range, depth.outer);
        let decoded = stretch.bytes.len() as u64;
        scratch.budget.spend(self.decoding(), BYTE_COST * decoded);
        scratch.counters.decoded_bytes += decoded;
        let mut found = Vec::new();
        scratch.begin_decoded();
        let inner = depth.within(&stretch);
        for near in nears {
            let own = stretch.index(near.start)..stretch.index(near.end);
            self.matches_to_depth(scratch, &stretch.bytes, own, inner, &mut found);
        }
        scratch.begin_decoded();
        scratch.counters.matches -= found.len() as u64;
        let found = found
            .iter()
            .filter(|found| self.is_hidden_by(&stretch, found));
        out.extend(found.map(|found| {
            let spans = (stretch.outer(found.span), stretch.outer(found.secret));
            self.told_outside((hay, &stretch.bytes), notation.into(), spans, found)
        }));
    }

    /// Whether a match of what was decoded is there whatever else is decoded, and is not there without its tokens.
    fn is_hidden_by(&self, stretch: &Stretch<'_>, found: &Match) -> bool {
        let plan = self.entry(found.rule).plan();
        let (before, behind) = (plan.before_bytes, plan.after_bytes);
        // What is hidden once more was looked at when it was found.
        stretch.needs_token(found.span)
            && (found.hidden.is_some() || stretch.is_within_reach(found.span.start, before, behind))
    }

    /// Those of `nears` in which a match may start once tokens are replaced. Right in what it leaves out.
    fn that_may_match(
        &self,
        scratch: &mut Scratch,
        (hay, notation): (&[u8], Notation),
        nears: &[Range<usize>],
        left: u8,
    ) -> Vec<Range<usize>> {
        let margins = &self.margins;
        let before = margins.anchor_before.max(MAX_TOKEN_BYTES + LOOK_BYTES);
        let behind = (margins.anchor_after + margins.look).max(FIRST_TOKEN_BYTES + MAX_TOKEN_BYTES);
        let worst = token::raw_bytes(notation).saturating_mul(before.max(behind) + LOOK_BYTES);
        let worst = worst.min(REACH_BYTES);
        let mut kept = Vec::new();
        for nears in groups(nears, before + behind) {
            let (Some(first), Some(last)) = (nears.first(), nears.last()) else {
                continue;
            };
            if scratch.budget.left(self.decoding()).is_none() {
                break;
            }
            // Few bytes are behind tokens, so that what must be seen is hardly ever much longer than it is decoded.
            let mut raw = before.max(behind) + LOOK_BYTES;
            let stretch = loop {
                raw = (2 * raw).min(worst);
                let range = first.start.saturating_sub(raw)..last.end + raw;
                let stretch = Stretch::decode(hay, notation, range, None);
                scratch
                    .budget
                    .spend(self.decoding(), stretch.bytes.len() as u64);
                let has_before =
                    stretch.index(first.start) >= before + LOOK_BYTES || first.start <= raw;
                let has_behind = stretch.bytes.len() - stretch.index(last.end)
                    >= behind + LOOK_BYTES
                    || last.end + raw >= hay.len();
                if raw == worst || (has_before && has_behind) {
                    break stretch;
                }
            };
            let bytes = &stretch.bytes[..];
            let may_match = |near: &&Range<usize>| {
                let own = stretch.index(near.start)..stretch.index(near.end);
                left > 1 && may_hide(bytes, &own) || self.may_begin_in(bytes, &own)
            };
            kept.extend(nears.iter().filter(may_match).cloned());
        }
        kept
    }

    /// Whether a match may start in `own`, by the anchors. Right when it says no.
    fn may_begin_in(&self, bytes: &[u8], own: &Range<usize>) -> bool {
        let from = own.start.saturating_sub(self.margins.anchor_before);
        let to = bytes.len().min(own.end + self.margins.anchor_after);
        let mut may = false;
        self.prefilter.find(bytes, from..to, &mut |literal, at| {
            may = may
                || self.uses.of(literal).iter().any(|anchor| {
                    let reads = !self.entry(anchor.rule).plan().reads.is_empty();
                    let is_own = match reads {
                        true => own.contains(&at),
                        false => !candidate::starts(anchor, at, own).is_empty(),
                    };
                    is_own && self.suits(anchor, bytes, at)
                });
        });
        may
    }
}

/// The ranges, which are in order, in groups that lie no further apart than `gap` and are not too long together.
fn groups(ranges: &[Range<usize>], gap: usize) -> impl Iterator<Item = &[Range<usize>]> {
    let mut rest = ranges;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let is_together = |pair: &&[Range<usize>]| {
            pair[1].start - pair[0].end <= gap && pair[1].end - first.start <= STRETCH_BYTES
        };
        let (group, behind) = rest.split_at(1 + rest.windows(2).take_while(is_together).count());
        rest = behind;
        Some(group)
    })
}

/// Whether something may be hidden once more that starts in `own`. Right when it says no.
fn may_hide(bytes: &[u8], own: &Range<usize>) -> bool {
    let mut tokens = 0;
    let from = own.start.saturating_sub(MAX_TOKEN_BYTES);
    token::each_that_counts(bytes, from, own.end + FIRST_TOKEN_BYTES, &mut |_| {
        tokens += 1
    });
    // A line of a run may be broken right beside `own`, and its rest be too short to be a run.
    let from = own
        .start
        .saturating_sub(chain::MIN_CHARS + 2 * chain::MAX_BREAK_BYTES);
    let to = bytes
        .len()
        .min(own.end + chain::MIN_CHARS + 2 * chain::MAX_BREAK_BYTES);
    let mut runs = bytes[from..to].split(|byte| !chain::is_char(*byte));
    tokens > 0 || runs.any(|run| run.len() >= chain::MIN_CHARS)
}

/// Where the tokens begin that a match which starts in `own` may hold near its start, or begin behind.
fn near_starts(own: &Range<usize>) -> Range<usize> {
    own.start.saturating_sub(MAX_TOKEN_BYTES)..own.end.saturating_add(FIRST_TOKEN_BYTES)
}

/// Adds where a match may start that holds one of `tokens`, by notations: disjoint, in order, and not too long.
fn starts_near(
    tokens: &[Counted],
    own: &Range<usize>,
    nears: &mut [Vec<Range<usize>>; Notation::ALL.len()],
) {
    for Counted { notation, token } in tokens {
        let Some(number) = Notation::ALL.iter().position(|it| it == notation) else {
            continue;
        };
        let nears = &mut nears[number];
        let known = nears.last().map_or(0, |near| near.end);
        let start = if token::is_in_secret(*notation, *token) {
            token.span.start.saturating_sub(FIRST_TOKEN_BYTES)
        } else {
            token.span.start
        };
        // What begins right behind it may do so because of it.
        let end = (token.span.end + 1).min(own.end);
        let start = start.max(own.start).max(known);
        match nears.last_mut() {
            _ if start >= end => {}
            Some(last) if last.end == start && end - last.start <= STRETCH_BYTES => last.end = end,
            _ => nears.push(start..end),
        }
    }
}
