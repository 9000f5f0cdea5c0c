//! Bytes hidden in bytes: secrets in base64 and in hexadecimal digits, among escapes of characters and in literals that a
//! program joins, also in one another.
//!
//! Of a run of base64's characters only what encodes text is decoded, and of a text only what stands round escapes and
//! joints that a secret may hold. What was decoded is scanned like a blob, and its matches are told at the outer bytes
//! that encode them.
//!
//! **Locality.** A run of at most [`RUN_BYTES`] is decoded as a whole, and what is hidden in it once more. Of a longer
//! one, what starts within [`NEAR_BYTES`] of encoded text is found, and decoded once only. Among escapes and joints a match
//! is found if it holds one, and if all that it depends on lies within [`stretch::REACH_BYTES`]. So a hidden match depends
//! on no more than [`reach_bytes`] round it.

mod base64;
mod chain;
mod hex;
mod in_runs;
mod in_text;
mod stretch;
mod text;
mod token;

use std::ops::Range;

use self::stretch::Stretch;
pub(crate) use self::token::Counted;
use crate::blob::Span;
use crate::check::CONTEXT_BYTES;

/// A run that is longer than this is decoded in parts, round its texts.
pub(crate) const RUN_BYTES: usize = 16 << 10;

/// How far from encoded text, in decoded bytes, a match may start in a run that is decoded in parts.
const NEAR_BYTES: usize = 2 << 10;

/// How far round its start a match among escapes and joints may depend on the blob.
pub(crate) const TEXT_REACH_BYTES: usize =
    stretch::REACH_BYTES + CONTEXT_BYTES + token::MAX_TOKEN_BYTES;

/// How bytes are hidden in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// Base64 of either alphabet, padded or not, also in lines of 64 or 76 characters.
    Base64,
    /// Hexadecimal digits of either case.
    Hex,
    /// Percent-encoding, as in URLs and forms: `%41`.
    Percent,
    /// Escapes in strings: `\u0041`, `\x41`, `\/`, `\n`.
    Escapes,
    /// Quoted-printable: `=41`, and lines that end with `=`.
    QuotedPrintable,
    /// String literals that a program joins: `"a" + "b"`.
    Joined,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: &'static [Self] = &[
        Self::Base64,
        Self::Hex,
        Self::Percent,
        Self::Escapes,
        Self::QuotedPrintable,
        Self::Joined,
    ];

    /// Whether it is decoded in runs of its characters, and not token by token in a text.
    pub(crate) const fn has_runs(self) -> bool {
        matches!(self, Self::Base64 | Self::Hex)
    }

    /// The name used in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Percent => "percent",
            Self::Escapes => "escapes",
            Self::QuotedPrintable => "quoted-printable",
            Self::Joined => "joined",
        }
    }
}

/// The characters that bytes are written in, one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alphabet {
    Base64,
    Hex,
}

impl From<Alphabet> for Encoding {
    fn from(alphabet: Alphabet) -> Self {
        match alphabet {
            Alphabet::Base64 => Self::Base64,
            Alphabet::Hex => Self::Hex,
        }
    }
}

impl Alphabet {
    /// Whether a byte is one of its characters.
    fn is_char(self, byte: u8) -> bool {
        match self {
            Self::Base64 => chain::is_char(byte),
            Self::Hex => byte.is_ascii_hexdigit(),
        }
    }

    /// So many characters stand for a whole number of bytes.
    const fn unit_chars(self) -> usize {
        match self {
            Self::Base64 => base64::UNIT_CHARS,
            Self::Hex => hex::UNIT_CHARS,
        }
    }

    /// The bytes that `chars` stand for; what is left of a unit at the end gives the bytes that are whole.
    fn decode(self, chars: &[u8]) -> Vec<u8> {
        match self {
            Self::Base64 => base64::decode(chars),
            Self::Hex => hex::decode(chars),
        }
    }

    /// The characters that hold bits of the bytes `decoded`.
    fn chars_of(self, decoded: Span) -> Span {
        match self {
            Self::Base64 => base64::chars_of(decoded),
            Self::Hex => hex::chars_of(decoded),
        }
    }

    /// The first byte that begins in or behind a character.
    const fn byte_at(self, char_index: usize) -> usize {
        match self {
            Self::Base64 => (char_index * 6).div_ceil(8),
            Self::Hex => char_index.div_ceil(2),
        }
    }
}

/// Appends the tokens that begin in `range` and count.
pub(crate) fn tokens_in(hay: &[u8], range: Range<usize>, tokens: &mut Vec<Counted>) {
    token::each_that_counts(hay, range.start, range.end, &mut |counted| {
        tokens.push(counted)
    });
}

/// So far before and behind its first byte a blob decides whether a token begins there and counts.
pub(crate) const TOKEN_BYTES: (usize, usize) = (token::BEFORE_BYTES, token::BEHIND_BYTES);

/// How often may still be decoded, and in what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth<'a> {
    left: u8,
    /// What the bytes at hand were decoded from, where they are a part of all that could be.
    outer: Option<&'a Stretch<'a>>,
}

impl<'a> Depth<'a> {
    /// So many times, in bytes that are all there is.
    pub(crate) const fn new(left: u8) -> Self {
        Self { left, outer: None }
    }

    /// Once less, in what `outer` has decoded.
    fn within<'b>(self, outer: &'b Stretch<'b>) -> Depth<'b> {
        Depth {
            left: self.left.saturating_sub(1),
            outer: Some(outer),
        }
    }
}

/// What a match is in the bytes that were decoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hidden {
    /// The encodings, the outermost first.
    pub(crate) via: Vec<Encoding>,
    /// The match among the innermost bytes, with what its checks and companions may see.
    pub(crate) bytes: Box<[u8]>,
    /// The match in `bytes`.
    pub(crate) matched: Span,
    /// The secret in `bytes`.
    pub(crate) secret: Span,
}

impl Hidden {
    /// The match `matched` of `decoded`.
    fn new(encoding: Encoding, decoded: &[u8], matched: Span, secret: Span) -> Self {
        let (first, last) = (matched.start.min(secret.start), matched.end.max(secret.end));
        let from = first.saturating_sub(CONTEXT_BYTES);
        let to = (last + CONTEXT_BYTES).min(decoded.len());
        let back = -(from as isize);
        Self {
            via: vec![encoding],
            bytes: decoded[from..to].into(),
            matched: matched.moved(back),
            secret: secret.moved(back),
        }
    }

    /// The same, hidden once more.
    fn within(&self, encoding: Encoding) -> Self {
        let mut outer = self.clone();
        outer.via.insert(0, encoding);
        outer
    }

    /// The bytes it occupies.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of::<Self>() + self.bytes.len() + self.via.len()
    }
}

/// The first place in `range` that no run goes across, and the last one; `None` where there is none.
pub(crate) fn apart(bytes: &[u8], range: Range<usize>) -> Option<(usize, usize)> {
    let inside = bytes.get(range.clone())?;
    let ends_run = |pair: &[u8]| matches!(pair, [before, byte] if chain::ends_run(*before, *byte));
    let first = inside.windows(2).position(ends_run)?;
    let last = inside.windows(2).rposition(ends_run)?;
    Some((range.start + first + 1, range.start + last + 1))
}

/// The ranges in which all matches among escapes and joints start that may touch one of `places`; disjoint, as the places
/// are in order.
pub(crate) fn text_starts(bytes: &[u8], places: &[Span]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for place in places {
        let known = ranges.last().map_or(0, |range| range.end);
        let start = place.start.saturating_sub(stretch::REACH_BYTES).max(known);
        let end = (place.end + 1).min(bytes.len());
        match ranges.last_mut() {
            _ if start >= end => {}
            Some(last) if last.end == start => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}

/// The ranges that hold all runs which may touch one of `places`; disjoint, as the places are in order.
pub(crate) fn runs_near(bytes: &[u8], places: &[Span]) -> Vec<Range<usize>> {
    let is_apart = |at: &usize| chain::ends_run(bytes[at - 1], bytes[*at]);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for place in places {
        let end = (place.end + 1).min(bytes.len());
        let from = place.start.saturating_sub(1).min(end);
        let known = ranges.last().map_or(0, |range| range.end);
        if end <= known {
            continue;
        }
        let start = (known + 1..from).rev().find(is_apart).unwrap_or(known);
        let end = (end.max(1)..bytes.len())
            .find(is_apart)
            .unwrap_or(bytes.len());
        match ranges.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}

/// How far round its start a hidden match may depend on the blob, where a plain one may on `plain_bytes`.
pub(crate) fn reach_bytes(plain_bytes: usize) -> usize {
    // Two characters a byte at most, and in wrapped lines up to a third more for what ends and indents them.
    let decoded = NEAR_BYTES + plain_bytes + text::TEXT_BYTES;
    let of_runs = 2 * RUN_BYTES + decoded * 2 + decoded * 2 / 3 + chain::MAX_BREAK_BYTES;
    of_runs.max(TEXT_REACH_BYTES)
}

#[cfg(test)]
mod tests;
