//! A stretch of a blob with its tokens replaced by what they stand for.

use std::cmp::Ordering;
use std::ops::Range;

use super::token::{self, MAX_TOKEN_BYTES, Notation, Token};
use crate::blob::Span;
use crate::check::CONTEXT_BYTES;

/// How far before and behind its start, in bytes of the blob, what a match among tokens depends on may reach. A run that
/// is decoded as a whole, and most rules with all of their bytes escaped, fit in.
pub(super) const REACH_BYTES: usize = 24 << 10;

/// The first token that counts begins no further behind the start of a match that has one: in a longer one another line
/// ends before that.
pub(super) const FIRST_TOKEN_BYTES: usize = 256;

/// Bytes with their tokens replaced, and where in the blob each stood.
#[derive(Debug)]
pub(crate) struct Stretch<'a> {
    pub(super) hay: &'a [u8],
    pub(super) notation: Notation,
    /// What was decoded begins here in `hay`.
    from: usize,
    pub(super) bytes: Vec<u8>,
    tokens: Vec<Placed>,
    /// What `hay` was decoded from, where that is known in part only.
    outer: Option<&'a Self>,
}

/// A token and where in what was decoded its byte stands, or none.
#[derive(Debug, Clone, Copy)]
struct Placed {
    at: usize,
    token: Token,
}

impl Placed {
    fn end(&self) -> usize {
        self.at + usize::from(self.token.byte.is_some())
    }
}

impl<'a> Stretch<'a> {
    /// Decodes the tokens that begin in `range`.
    pub(super) fn decode(
        hay: &'a [u8],
        notation: Notation,
        range: Range<usize>,
        outer: Option<&'a Self>,
    ) -> Self {
        let end = range.end.min(hay.len());
        let from = range.start.min(end);
        let mut bytes = Vec::with_capacity(end - from);
        let mut tokens = Vec::new();
        let (mut copied, mut at) = (from, from);
        while let Some(lead) = token::next_lead(notation, hay, at, end) {
            let Some(token) = token::token_at(notation, hay, lead) else {
                at = lead + 1;
                continue;
            };
            bytes.extend_from_slice(&hay[copied..lead]);
            let at_byte = bytes.len();
            bytes.extend(token.byte);
            tokens.push(Placed { at: at_byte, token });
            // The quote that opens the next literal does not close one.
            copied = token.span.end;
            at = copied;
            if at >= end {
                break;
            }
        }
        bytes.extend_from_slice(&hay[copied.min(end)..end]);
        Self {
            hay,
            notation,
            from,
            bytes,
            tokens,
            outer,
        }
    }

    /// Where in `hay` a byte begins, and the end of what was decoded where there is none.
    pub(super) fn start(&self, index: usize) -> usize {
        let behind = self.tokens.partition_point(|placed| placed.end() <= index);
        match behind.checked_sub(1).map(|last| self.tokens[last]) {
            Some(last) => last.token.span.end + index - last.end(),
            None => self.from + index,
        }
    }

    /// Where in `hay` the byte before `index` ends.
    fn end(&self, index: usize) -> usize {
        let Some(last) = index.checked_sub(1) else {
            return self.start(0);
        };
        let place = self.tokens.partition_point(|placed| placed.at < last);
        let of_token = self.tokens[place..]
            .iter()
            .take_while(|placed| placed.at == last)
            .find(|placed| placed.token.byte.is_some());
        of_token.map_or_else(|| self.start(last) + 1, |placed| placed.token.span.end)
    }

    /// The bytes of `hay` from the first of some to the last.
    pub(super) fn outer(&self, inner: Span) -> Span {
        let start = self.start(inner.start);
        let end = if inner.is_empty() {
            start
        } else {
            self.end(inner.end)
        };
        Span::new(start, end.max(start))
    }

    /// The first byte that begins at `offset` of `hay` or behind it.
    pub(super) fn index(&self, offset: usize) -> usize {
        let behind = (self.tokens).partition_point(|placed| placed.token.span.start < offset);
        match behind.checked_sub(1).map(|last| self.tokens[last]) {
            Some(last) => last.end() + offset.saturating_sub(last.token.span.end),
            None => offset.saturating_sub(self.from),
        }
        .min(self.bytes.len())
    }

    /// Whether a match is what it is because of a token that counts: it holds one near its start, or begins behind one
    /// that hides that a word begins.
    pub(super) fn needs_token(&self, matched: Span) -> bool {
        let near = self.start(matched.start) + FIRST_TOKEN_BYTES;
        let first = (self.tokens).partition_point(|placed| placed.end() < matched.start);
        let mut candidates = self.tokens[first..]
            .iter()
            .take_while(|placed| placed.at < matched.end && placed.token.span.start <= near);
        candidates.any(|placed| {
            let token = placed.token;
            let is_in_secret = token::is_in_secret(self.notation, token);
            let hides = token.byte.is_some_and(|byte| !token::is_word(byte))
                && token::is_word(self.hay[token.span.end - 1]);
            let is_in = match placed.at.cmp(&matched.start) {
                Ordering::Less => hides,
                // A match may hold the byte before its secret.
                Ordering::Equal => token.byte.is_some() && (is_in_secret || hides),
                Ordering::Greater => is_in_secret,
            };
            is_in && token::counts(self.notation, self.hay, token)
        })
    }

    /// Whether all that lies so far before and behind `start` is within reach of it, so that it is the same whatever
    /// else of the blob is decoded.
    pub(super) fn is_within_reach(&self, start: usize, before: usize, behind: usize) -> bool {
        let near = self.start(start);
        let seen = self.seen(start.checked_sub(before), start.saturating_add(behind));
        near - seen.start.min(near) <= REACH_BYTES - MAX_TOKEN_BYTES
            && seen.end.saturating_sub(near) <= REACH_BYTES
            && self.is_seen(seen)
    }

    /// Whether all of `span`, and what checks see round it, is within reach of each of its bytes.
    pub(super) fn holds(&self, span: Span) -> bool {
        let more = CONTEXT_BYTES + 1;
        let seen = self.seen(span.start.checked_sub(more), span.end.saturating_add(more));
        seen.len() <= REACH_BYTES - MAX_TOKEN_BYTES && self.is_seen(seen)
    }

    /// What stands for the bytes from `start` to `end`; all of `hay` on a side on which there are fewer.
    fn seen(&self, start: Option<usize>, end: usize) -> Span {
        let start = start.map_or(0, |start| self.start(start));
        let is_inside = end <= self.bytes.len();
        Span::new(
            start,
            if is_inside {
                self.end(end)
            } else {
                self.hay.len()
            },
        )
    }

    fn is_seen(&self, seen: Span) -> bool {
        self.outer.is_none_or(|outer| outer.holds(seen))
    }
}
