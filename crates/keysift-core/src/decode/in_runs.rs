//! From encoded text to the matches in it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::chain::{Chain, View};
use super::stretch::Stretch;
use super::text::{Text, texts};
use super::{Alphabet, Depth, Encoding, Hidden, NEAR_BYTES};
use crate::blob::Span;
use crate::check::{Subject, Verdict};
use crate::scanner::{Match, Scanner};
use crate::scratch::Scratch;

/// What it costs to decode a byte and to look for anchors in it, in steps of an automaton.
pub(super) const BYTE_COST: u64 = 2;

/// Characters that are decoded together: where they start, and which of their bytes are to be searched.
#[derive(Debug)]
struct Segment {
    chars: Range<usize>,
    /// Disjoint and in order.
    near: Vec<Range<usize>>,
}

/// A part of a run that has been decoded.
struct Decoded<'a> {
    chain: &'a Chain<'a>,
    alphabet: Alphabet,
    /// The first character that was decoded.
    first: usize,
    bytes: Vec<u8>,
}

impl Scanner {
    /// Appends the matches hidden in encoded bytes that start in `own`, where so many encodings may be decoded. `hay`
    /// reaches far enough round `own`, or to its ends.
    pub(crate) fn hidden_in(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        own: Range<usize>,
        depth: Depth<'_>,
        out: &mut Vec<Match>,
    ) {
        self.hidden_in_runs(scratch, hay, own.clone(), depth, out);
        self.hidden_in_text(scratch, hay, own, depth, out);
    }

    /// The same for what is hidden in runs of characters alone.
    pub(crate) fn hidden_in_runs(
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
        let view = View::new(hay, &own, self.hidden_reach);
        let mut from = view.run_start(own.start);
        while let Some(chain) = view.next(from, own.end) {
            from = chain.span().end;
            // Of bytes that are known in part only, a run must be known as a whole.
            let is_known = |outer: &Stretch<'_>| chain.is_short() && outer.holds(chain.span());
            if from > own.start && chain.may_encode() && depth.outer.is_none_or(is_known) {
                self.hidden_in_chain(scratch, (hay, &chain), &own, depth.left, out);
            }
        }
    }

    fn hidden_in_chain(
        &self,
        scratch: &mut Scratch,
        (hay, chain): (&[u8], &Chain<'_>),
        own: &Range<usize>,
        depth: u8,
        out: &mut Vec<Match>,
    ) {
        let texts = texts(&chain.chars);
        // What is hidden in a long run is decoded once: the reach of more would have no bound.
        let (depth, reach) = if chain.is_short() {
            (Depth::new(depth - 1), chain.chars.len())
        } else {
            (Depth::new(0), self.plain_reach() + 1)
        };
        for ((alphabet, _), segment) in segments(chain, own, &texts) {
            for near in segment.near {
                if scratch.budget.left(self.decoding()).is_none() {
                    return;
                }
                let (decoded, inner_own) = decode(chain, alphabet, &segment.chars, (near, reach));
                let cost = BYTE_COST * decoded.bytes.len() as u64;
                scratch.budget.spend(self.decoding(), cost);
                scratch.counters.decoded_bytes += decoded.bytes.len() as u64;
                let mut found = Vec::new();
                scratch.begin_decoded();
                self.matches_to_depth(scratch, &decoded.bytes, inner_own, depth, &mut found);
                scratch.begin_decoded();
                scratch.counters.matches -= found.len() as u64;
                let found = found.iter().map(|found| {
                    let spans = (decoded.outer(found.span), decoded.outer(found.secret));
                    self.told_outside((hay, &decoded.bytes), alphabet.into(), spans, found)
                });
                out.extend(found.filter(|found| own.contains(&found.span.start)));
            }
        }
    }

    /// A match among decoded bytes, told at the bytes of `hay` that encode it and its secret.
    pub(super) fn told_outside(
        &self,
        (hay, decoded): (&[u8], &[u8]),
        encoding: Encoding,
        (span, secret): (Span, Span),
        found: &Match,
    ) -> Match {
        let hidden = match &found.hidden {
            Some(hidden) => hidden.within(encoding),
            None => Hidden::new(encoding, decoded, found.span, found.secret),
        };
        let entry = self.entry(found.rule);
        let subject = Subject {
            rule: entry.rule(),
            hay,
            matched: span,
            secret,
            body: secret,
        };
        let verdict = match found.verdict {
            Verdict::Keep(confidence) => match entry.allowlist.check_comments(&subject) {
                Some(reason) => Verdict::Drop(reason),
                None => Verdict::Keep(confidence),
            },
            dropped => dropped,
        };
        Match {
            span,
            secret,
            verdict,
            hidden: Some(Arc::new(hidden)),
            ..found.clone()
        }
    }
}

impl Decoded<'_> {
    fn outer(&self, inner: Span) -> Span {
        let chars = self.alphabet.chars_of(inner);
        self.chain.outer(chars.moved(self.first as isize))
    }
}

/// Which characters of a run are decoded, and where in it: by alphabet and the first character of the first unit.
fn segments(
    chain: &Chain<'_>,
    own: &Range<usize>,
    texts: &[Text],
) -> BTreeMap<(Alphabet, usize), Segment> {
    let mut segments: BTreeMap<(Alphabet, usize), Segment> = BTreeMap::new();
    let (own_from, own_to) = (chain.index(own.start), chain.index(own.end));
    let mut digits = 0..0;
    for Text {
        alphabet,
        chars: text,
    } in texts
    {
        let alphabet = *alphabet;
        let extent = match alphabet {
            Alphabet::Base64 => 0..chain.chars.len(),
            _ => {
                if !digits.contains(&text.start) {
                    digits = extent(alphabet, &chain.chars, text.start);
                }
                digits.clone()
            }
        };
        let first = extent.start + (text.start - extent.start) % alphabet.unit_chars();
        let segment = segments
            .entry((alphabet, first))
            .or_insert_with(|| Segment {
                chars: first..extent.end,
                near: Vec::new(),
            });
        let byte_at = |index: usize| alphabet.byte_at(index.saturating_sub(first));
        let all = byte_at(extent.end);
        if chain.is_short() {
            if segment.near.is_empty() {
                segment.near.push(0..all);
            }
            continue;
        }
        // One unit more on either side, since a character holds bits of two bytes.
        let unit = alphabet.unit_chars();
        let own = byte_at(own_from).saturating_sub(unit)..byte_at(own_to) + unit;
        let from = byte_at(text.start)
            .saturating_sub(NEAR_BYTES)
            .max(own.start);
        let to = (byte_at(text.end) + NEAR_BYTES).min(own.end).min(all);
        match segment.near.last_mut() {
            _ if from >= to => {}
            Some(last) if last.end >= from => last.end = last.end.max(to),
            _ => segment.near.push(from..to),
        }
    }
    segments
}

/// The characters of an alphabet round one of them.
fn extent(alphabet: Alphabet, chars: &[u8], at: usize) -> Range<usize> {
    let is_char = |byte: &&u8| alphabet.is_char(**byte);
    let before = chars[..at].iter().rev().take_while(is_char).count();
    let behind = chars[at..].iter().take_while(is_char).count();
    at - before..at + behind
}

/// Decodes the bytes `near` of what starts with the first of `chars`, with `reach` more on either side; and where they
/// are among what was decoded.
fn decode<'a>(
    chain: &'a Chain<'a>,
    alphabet: Alphabet,
    chars: &Range<usize>,
    (near, reach): (Range<usize>, usize),
) -> (Decoded<'a>, Range<usize>) {
    let unit = alphabet.unit_chars();
    let unit_bytes = alphabet.byte_at(unit);
    let from_unit = near.start.saturating_sub(reach) / unit_bytes;
    let to_unit = near.end.saturating_add(reach).div_ceil(unit_bytes);
    let first = chars.start + from_unit * unit;
    let last = (chars.start + to_unit * unit).min(chars.end);
    let bytes = alphabet.decode(&chain.chars[first..last]);
    let own =
        near.start - from_unit * unit_bytes..(near.end - from_unit * unit_bytes).min(bytes.len());
    let decoded = Decoded {
        chain,
        alphabet,
        first,
        bytes,
    };
    (decoded, own)
}
