//! Runs of base64's characters, which those of hexadecimal digits are a part of, and runs that go on over lines.

use std::borrow::Cow;
use std::ops::Range;

use super::RUN_BYTES;
use crate::blob::Span;

/// A shorter stretch of characters is no run: it would hold no more than 24 bytes.
pub(super) const MIN_CHARS: usize = 32;

/// Bytes that are looked at together. Each run of twice as many has such a piece in it.
const CHUNK: usize = 16;

/// Lines of so many characters go on in the next line: as MIME and PEM wrap them.
const LINE_CHARS: [usize; 2] = [64, 76];

/// A line that goes on may be indented by so many blanks.
const MAX_BLANKS: usize = 16;

/// What stands between two lines of a run at most.
pub(super) const MAX_BREAK_BYTES: usize = MAX_BLANKS + 2;

/// Whether a byte is one of the characters of base64, of either alphabet.
#[inline]
pub(super) fn is_char(byte: u8) -> bool {
    (byte | 0x20).wrapping_sub(b'a') < 26
        || byte.wrapping_sub(b'/') < 11
        || matches!(byte, b'+' | b'-' | b'_')
}

/// Whether no run goes across a byte, by it and the one before: it is no character, and does not end or indent a line.
pub(super) fn ends_run(before: u8, byte: u8) -> bool {
    match byte {
        b'\r' | b'\n' => false,
        b' ' | b'\t' => is_char(before),
        _ => !is_char(byte),
    }
}

/// Whether one is below all characters, as a blank, a quote or a bracket is: nearly every piece of source code has such a
/// byte. Written so that the compiler makes vector instructions of it, as of [`are_chars`].
#[inline(always)]
fn has_lower(chunk: &[u8; CHUNK]) -> bool {
    let lower = chunk.iter().map(|byte| u8::from(*byte < b'+'));
    lower.fold(0, |any, is_lower| any | is_lower) != 0
}

/// Whether all are characters.
#[inline]
fn are_chars(chunk: &[u8; CHUNK]) -> bool {
    !has_lower(chunk)
        && chunk.iter().fold(true, |all, byte| {
            let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
            let is_digit = byte.wrapping_sub(b'/') < 11;
            let is_other = (*byte == b'+') | (*byte == b'-') | (*byte == b'_');
            all & (is_letter | is_digit | is_other)
        })
}

/// Whether characters look like an encoding's. Without a digit they do where a quarter is of either case: names in source
/// code have fewer capitals, and of 32 characters of base64 few have neither.
fn may_encode(chars: &[u8]) -> bool {
    if chars.iter().any(u8::is_ascii_digit) {
        return true;
    }
    let count = |is_one: fn(&u8) -> bool| chars.iter().filter(|byte| is_one(byte)).count();
    let least = chars.len() / 4;
    count(u8::is_ascii_uppercase) > least && count(u8::is_ascii_lowercase) > least
}

/// The part of a blob in which runs are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    hay: &'a [u8],
    from: usize,
    to: usize,
}

impl<'a> View<'a> {
    /// What lies within `reach` of `own`.
    pub(super) fn new(hay: &'a [u8], own: &Range<usize>, reach: usize) -> Self {
        Self {
            hay,
            from: own.start.saturating_sub(reach),
            to: own.end.saturating_add(reach).min(hay.len()),
        }
    }

    /// Where the characters before `at` begin.
    fn back(&self, at: usize) -> usize {
        let before = &self.hay[self.from..at];
        at - before
            .iter()
            .rev()
            .take_while(|byte| is_char(**byte))
            .count()
    }

    /// Where the characters from `at` on end.
    fn forth(&self, at: usize) -> usize {
        let behind = &self.hay[at..self.to];
        let (chunks, _) = behind.as_chunks();
        let whole = chunks.iter().take_while(|chunk| are_chars(chunk)).count() * CHUNK;
        let rest = behind[whole..].iter();
        at + whole + rest.take_while(|byte| is_char(**byte)).count()
    }

    /// The first stretch of characters that begins at `from` or behind it, and before `to`.
    fn stretch(&self, from: usize, to: usize) -> Option<Span> {
        let end = to.saturating_add(MIN_CHARS).min(self.to);
        let mut at = from;
        loop {
            let (chunks, _) = self.hay[at..end.max(at)].as_chunks::<CHUNK>();
            let skipped = chunks.iter().take_while(|chunk| has_lower(chunk)).count();
            let chunk = chunks.get(skipped)?;
            at += (skipped + 1) * CHUNK;
            if !are_chars(chunk) {
                continue;
            }
            let start = at
                - CHUNK
                - self.hay[from..at - CHUNK]
                    .iter()
                    .rev()
                    .take_while(|byte| is_char(**byte))
                    .count();
            let stop = self.forth(at);
            if start >= to {
                return None;
            }
            let found = Span::new(start, stop);
            // Of a longer one the view may not hold all.
            let is_judged_later = LINE_CHARS.contains(&found.len()) || found.len() > RUN_BYTES;
            if found.len() >= MIN_CHARS && (is_judged_later || may_encode(&self.hay[start..stop])) {
                return Some(found);
            }
            at = stop;
        }
    }

    /// The stretch whose line goes on at `start`, if there is one.
    fn before(&self, start: usize) -> Option<Span> {
        let blanks = self.hay[self.from..start].iter().rev();
        let blanks = blanks.take_while(|byte| matches!(byte, b' ' | b'\t'));
        let rest = &self.hay[self.from..start - blanks.take(MAX_BLANKS + 1).count()];
        let is_near = start - self.from - rest.len() <= MAX_BLANKS;
        let rest = rest.strip_suffix(b"\n").filter(|_| is_near)?;
        let end = self.from + rest.strip_suffix(b"\r").unwrap_or(rest).len();
        let line = Span::new(self.back(end), end);
        self.goes_on(line).then_some(line)
    }

    /// The stretch in which the line that holds `line` goes on, if it does.
    fn behind(&self, line: Span) -> Option<Span> {
        if !self.goes_on(line) {
            return None;
        }
        let rest = &self.hay[line.end..self.to];
        let rest = rest
            .strip_prefix(b"\r")
            .unwrap_or(rest)
            .strip_prefix(b"\n")?;
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        let blanks = blanks.take(MAX_BLANKS + 1).count();
        let start = self.to - rest.len() + blanks;
        let is_one = blanks <= MAX_BLANKS
            && self.hay[..self.to]
                .get(start)
                .is_some_and(|byte| is_char(*byte));
        is_one.then(|| Span::new(start, self.forth(start)))
    }

    fn goes_on(&self, line: Span) -> bool {
        let is_cut = line.start == self.from && line.start > 0 && is_char(self.hay[line.start - 1]);
        LINE_CHARS.contains(&line.len()) && !is_cut
    }

    /// Where the run begins that `at` lies in, also between two of its lines; `at` itself where there is none.
    pub(super) fn run_start(&self, at: usize) -> usize {
        let is_break = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let behind = self.hay[at..self.to].iter().take(MAX_BREAK_BYTES);
        let mut start = self.back(at + behind.take_while(is_break).count());
        while let Some(line) = self.before(start) {
            start = line.start;
        }
        start.min(at)
    }

    /// The first run that a stretch which begins at `from` or behind it, and before `to`, is a part of.
    pub(super) fn next(&self, from: usize, to: usize) -> Option<Chain<'a>> {
        let stretch = self.stretch(from, to)?;
        let mut lines = vec![stretch];
        while let Some(line) = self.before(lines[lines.len() - 1].start) {
            lines.push(line);
        }
        lines.reverse();
        while let Some(line) = self.behind(lines[lines.len() - 1]) {
            lines.push(line);
        }
        Some(Chain::new(self.hay, lines, (self.from, self.to)))
    }
}

/// A run: stretches of characters, each in a line.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    /// The characters, one behind the other.
    pub(super) chars: Cow<'a, [u8]>,
    lines: Vec<Span>,
    /// For each line the index of its first character.
    firsts: Vec<usize>,
    /// Whether it may go on outside of the view.
    is_cut: bool,
}

impl<'a> Chain<'a> {
    fn new(hay: &'a [u8], lines: Vec<Span>, (from, to): (usize, usize)) -> Self {
        let mut chars = 0;
        let mut firsts = Vec::with_capacity(lines.len());
        for line in &lines {
            firsts.push(chars);
            chars += line.len();
        }
        let mut chain = Self {
            chars: match &lines[..] {
                [line] => Cow::Borrowed(&hay[line.range()]),
                lines => Cow::Owned(
                    lines
                        .iter()
                        .flat_map(|line| &hay[line.range()])
                        .copied()
                        .collect(),
                ),
            },
            firsts,
            is_cut: false,
            lines,
        };
        // A line that goes on cannot be told further than this from the view's edge.
        let edge = LINE_CHARS[1] + MAX_BREAK_BYTES;
        let span = chain.span();
        chain.is_cut =
            (from > 0 && span.start < from + edge) || (to < hay.len() && span.end + edge > to);
        chain
    }

    /// Whether it is decoded as a whole.
    pub(super) fn is_short(&self) -> bool {
        !self.is_cut && self.span().len() <= RUN_BYTES
    }

    /// Whether it may hide anything.
    pub(super) fn may_encode(&self) -> bool {
        !self.is_short() || may_encode(&self.chars)
    }

    /// From its first character to its last.
    pub(super) fn span(&self) -> Span {
        let first = self.lines.first().map_or(0, |line| line.start);
        Span::new(first, self.lines.last().map_or(first, |line| line.end))
    }

    /// Where in the blob a character stands.
    pub(super) fn offset(&self, index: usize) -> usize {
        let line = self
            .firsts
            .partition_point(|first| *first <= index)
            .saturating_sub(1);
        self.lines[line].start + index - self.firsts[line]
    }

    /// The blob's bytes from the first of some characters to the last.
    pub(super) fn outer(&self, chars: Span) -> Span {
        if chars.is_empty() {
            let at = self.offset(chars.start.min(self.chars.len().saturating_sub(1)));
            return Span::new(at, at);
        }
        Span::new(self.offset(chars.start), self.offset(chars.end - 1) + 1)
    }

    /// The index of the first character at `offset` or behind it.
    pub(super) fn index(&self, offset: usize) -> usize {
        let line = self.lines.partition_point(|line| line.end <= offset);
        match self.lines.get(line) {
            Some(span) => self.firsts[line] + offset.saturating_sub(span.start),
            None => self.chars.len(),
        }
    }
}
