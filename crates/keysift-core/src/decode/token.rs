//! What stands for one byte, or for none, in a text that goes on round it: escapes of four kinds, and joints of literals.
//!
//! Whether something is a token, and whether it counts, is told by the few bytes round it.

use super::Encoding;
use crate::blob::Span;

/// How what stands for a byte is written in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    Percent,
    Escapes,
    QuotedPrintable,
    Joined,
}

impl Notation {
    pub(super) const ALL: [Self; 4] = [
        Self::Percent,
        Self::Escapes,
        Self::QuotedPrintable,
        Self::Joined,
    ];
}

impl From<Notation> for Encoding {
    fn from(notation: Notation) -> Self {
        match notation {
            Notation::Percent => Self::Percent,
            Notation::Escapes => Self::Escapes,
            Notation::QuotedPrintable => Self::QuotedPrintable,
            Notation::Joined => Self::Joined,
        }
    }
}

/// No token is longer.
pub(super) const MAX_TOKEN_BYTES: usize = 80;

/// What stands between two literals that are joined, at most.
const MAX_GAP_BYTES: usize = MAX_TOKEN_BYTES - 2;

/// In logs and in JSON within JSON, backslashes are escaped as well. More of them than this stand for themselves.
const MAX_SLASHES: usize = 4;

/// A line of quoted-printable has no more characters, with the `=` that ends it; and one that goes on has hardly fewer.
const MAX_LINE_CHARS: usize = 76;
const MIN_LINE_CHARS: usize = 68;

/// A token counts where so many bytes that secrets are made of stand round it in a row, and a digit is one of them.
/// Few names in source code are that long, and few secrets shorter.
const LEAST_BYTES: usize = 16;

/// So many are looked at on either side: of random letters and digits hardly one in 300 has no digit among them.
const ROW_BYTES: usize = 32;

/// How far they reach, all of them escaped.
pub(super) const LOOK_BYTES: usize = (ROW_BYTES + 1) * (MAX_SLASHES + 5);

/// So far before and behind its first byte a blob decides whether a token begins there and counts.
pub(super) const BEFORE_BYTES: usize = LOOK_BYTES + 16;
pub(super) const BEHIND_BYTES: usize = MAX_TOKEN_BYTES + LOOK_BYTES + 16;

/// Bytes that are looked at together.
const CHUNK: usize = 32;

/// One byte, or none, and what stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) byte: Option<u8>,
}

/// A token that counts, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(super) notation: Notation,
    pub(super) token: Token,
}

impl Counted {
    pub(crate) fn start(&self) -> usize {
        self.token.span.start
    }

    /// The same where its blob stands elsewhere.
    pub(crate) fn moved(mut self, by: isize) -> Self {
        self.token.span = self.token.span.moved(by);
        self
    }
}

impl Token {
    fn new(at: usize, length: usize, byte: Option<u8>) -> Self {
        Self {
            span: Span::new(at, at + length),
            byte,
        }
    }
}

/// The bytes of a blob that may stand for one, at most, by the notation.
pub(super) const fn raw_bytes(notation: Notation) -> usize {
    match notation {
        Notation::Percent => 3,
        Notation::Escapes => MAX_SLASHES + 5,
        // A byte that is encoded, and a soft line break.
        Notation::QuotedPrintable => 6,
        Notation::Joined => MAX_TOKEN_BYTES + 1,
    }
}

/// The token that begins at `at`.
pub(super) fn token_at(notation: Notation, hay: &[u8], at: usize) -> Option<Token> {
    match notation {
        Notation::Percent => percent(hay, at),
        Notation::Escapes => escape(hay, at),
        Notation::QuotedPrintable => printable(hay, at),
        Notation::Joined => joint(hay, at),
    }
}

/// The first byte at `from` or behind it, and before `to`, with which a token may begin.
pub(super) fn next_lead(notation: Notation, hay: &[u8], from: usize, to: usize) -> Option<usize> {
    let range = hay.get(from..to)?;
    let at = match notation {
        Notation::Percent => memchr::memchr(b'%', range),
        Notation::Escapes => memchr::memchr(b'\\', range),
        Notation::QuotedPrintable => memchr::memchr(b'=', range),
        Notation::Joined => memchr::memchr2(b'"', b'\'', range),
    };
    at.map(|at| from + at)
}

fn hex(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0_u8, |sum, digit| {
        let value = char::from(*digit).to_digit(16)?;
        // Beyond ASCII nothing is a part of a secret.
        sum.checked_mul(16)?.checked_add(value as u8)
    })
}

fn percent(hay: &[u8], at: usize) -> Option<Token> {
    let digits = hay.get(at + 1..at + 3)?;
    let byte = hex(digits).filter(|_| hay[at] == b'%')?;
    Some(Token::new(at, 3, Some(byte)))
}

fn escape(hay: &[u8], at: usize) -> Option<Token> {
    let rest = hay.get(at..)?;
    let is_slash = |byte: &&u8| **byte == b'\\';
    let slashes = rest.iter().take(MAX_SLASHES + 1).take_while(is_slash);
    let slashes = slashes.count();
    if !(1..=MAX_SLASHES).contains(&slashes) || (at > 0 && hay[at - 1] == b'\\') {
        return None;
    }
    let rest = &rest[slashes..];
    let (length, byte) = match rest.first()? {
        b'u' => (5, hex(rest.get(1..5)?)?),
        b'x' => (3, hex(rest.get(1..3)?)?),
        b'n' => (1, b'\n'),
        b't' => (1, b'\t'),
        b'r' => (1, b'\r'),
        byte @ (b'/' | b'"' | b'\'') => (1, *byte),
        _ => return None,
    };
    Some(Token::new(at, slashes + length, Some(byte)))
}

fn printable(hay: &[u8], at: usize) -> Option<Token> {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F');
    match hay.get(at..)? {
        [b'=', high, low, ..] if is_digit(high) && is_digit(low) => {
            Some(Token::new(at, 3, hex(&[*high, *low])))
        }
        [b'=', b'\n', ..] if ends_line(hay, at) => Some(Token::new(at, 2, None)),
        [b'=', b'\r', b'\n', ..] if ends_line(hay, at) => Some(Token::new(at, 3, None)),
        _ => None,
    }
}

/// Whether a line of quoted-printable may end with the `=` at `at`. Behind another `=` it is padding.
fn ends_line(hay: &[u8], at: usize) -> bool {
    let before = &hay[at.saturating_sub(MAX_LINE_CHARS)..at];
    let is_part = |byte: &u8| byte.is_ascii_graphic() && *byte != b'=';
    let begins_blob = (before.len() < MAX_LINE_CHARS).then_some(before.len());
    before.last().is_some_and(is_part)
        && (memchr::memrchr(b'\n', before).map(|end| before.len() - end))
            .or(begins_blob)
            .is_some_and(|chars| chars >= MIN_LINE_CHARS)
}

fn joint(hay: &[u8], at: usize) -> Option<Token> {
    let quote = *hay.get(at)?;
    let before = hay.get(at.checked_sub(1)?)?;
    if !matches!(quote, b'"' | b'\'') || !is_part(*before) {
        return None;
    }
    let gap = &hay[at + 1..hay.len().min(at + 1 + MAX_GAP_BYTES)];
    let blanks = |bytes: &[u8]| {
        let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        bytes.iter().take_while(is_blank).count()
    };
    let rest = &gap[blanks(gap)..];
    // Of the languages in use; a backslash goes on with the line.
    let operators: [&[u8]; 8] = [b"++", b"+", b"..", b".", b"||", b"<>", b"&", b"\\\n"];
    let operator = operators.iter().find(|operator| rest.starts_with(operator));
    let rest = &rest[operator.map_or(0, |operator| operator.len())..];
    let rest = &rest[blanks(rest)..];
    let length = gap.len() - rest.len();
    let opens = rest.first() == Some(&quote) && length > 0;
    // A quote before an operator might close this literal: then two tokens would share it.
    let is_next = |byte: &u8| is_part(*byte) && !matches!(byte, b'+' | b'.');
    let goes_on = hay.get(at + length + 2).is_some_and(is_next);
    (opens && goes_on).then(|| Token::new(at, length + 2, None))
}

/// Whether secrets are made of such bytes.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b'~')
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a token may be a part of a secret. Another one can only hide where a secret begins.
pub(super) fn is_in_secret(notation: Notation, token: Token) -> bool {
    token.byte.is_none_or(|byte| is_part_in(notation, byte))
}

/// Whether secrets are made of such bytes, or of what they are encoded in once more.
fn is_part_in(notation: Notation, byte: u8) -> bool {
    is_part(byte) || (notation == Notation::Percent && byte == b'%')
}

/// Whether a token may be in a secret or hide where one begins. A match has to hold one that is.
pub(super) fn counts(notation: Notation, hay: &[u8], token: Token) -> bool {
    let Span { start, end } = token.span;
    let mut seen = Seen::default();
    if is_in_secret(notation, token) {
        row_before(notation, hay, start, &mut seen);
    } else if token.byte.is_some_and(is_word) || !is_word(hay[end - 1]) {
        return false;
    }
    row_behind(notation, hay, end, &mut seen);
    let is_slash = notation == Notation::Escapes && token.byte == Some(b'/');
    // Where JSON is written with `\/`, every path has one.
    let is_mixed = !is_slash || (seen.has_upper && seen.has_lower);
    // A path is no secret that is written in two literals.
    let is_whole = notation != Notation::Joined || !seen.has_path;
    seen.bytes >= LEAST_BYTES
        && seen.has_digit
        && (seen.has_upper || seen.has_lower)
        && is_mixed
        && is_whole
}

/// Adds the bytes that secrets are made of in a row behind `at`, with what stands for them.
fn row_behind(notation: Notation, hay: &[u8], mut at: usize, seen: &mut Seen) {
    let most = seen.bytes + ROW_BYTES;
    while at < hay.len() && seen.bytes < most {
        let token = is_lead(notation, hay[at]).then(|| token_at(notation, hay, at));
        let (byte, next) = match token.flatten() {
            Some(Token {
                span,
                byte: Some(byte),
            }) => (byte, span.end),
            _ => (hay[at], at + 1),
        };
        if !is_part_in(notation, byte) {
            return;
        }
        seen.add(byte);
        at = next;
    }
}

/// The same before `at`.
fn row_before(notation: Notation, hay: &[u8], mut at: usize, seen: &mut Seen) {
    let most = seen.bytes + ROW_BYTES;
    while at > 0 && seen.bytes < most {
        let token = token_before(notation, hay, at);
        let (byte, next) = match token {
            Some(Token {
                span,
                byte: Some(byte),
            }) => (byte, span.start),
            _ => (hay[at - 1], at - 1),
        };
        if !is_part_in(notation, byte) {
            return;
        }
        seen.add(byte);
        at = next;
    }
}

/// The token of one of the notations with a byte of their own that ends at `end`.
fn token_before(notation: Notation, hay: &[u8], end: usize) -> Option<Token> {
    let lengths: &[usize] = match notation {
        Notation::Percent => &[3],
        Notation::Escapes => &[2, 4, 6],
        _ => &[],
    };
    let leads = lengths.iter().filter_map(|length| end.checked_sub(*length));
    let mut leads = leads.filter(|lead| is_lead(notation, hay[*lead]));
    leads.find_map(|lead| {
        let more = hay[..lead].iter().rev().take(MAX_SLASHES);
        let more = match notation {
            Notation::Escapes => more.take_while(|byte| **byte == b'\\').count(),
            _ => 0,
        };
        token_at(notation, hay, lead - more).filter(|token| token.span.end == end)
    })
}

/// Whether a token with a byte of its own may begin with a byte that is a part of no secret.
fn is_lead(notation: Notation, byte: u8) -> bool {
    match notation {
        Notation::Percent => byte == b'%',
        Notation::Escapes => byte == b'\\',
        _ => false,
    }
}

#[derive(Default)]
struct Seen {
    bytes: usize,
    has_digit: bool,
    has_upper: bool,
    has_lower: bool,
    has_path: bool,
}

impl Seen {
    fn add(&mut self, byte: u8) {
        self.bytes += 1;
        self.has_digit |= byte.is_ascii_digit();
        self.has_upper |= byte.is_ascii_uppercase();
        self.has_lower |= byte.is_ascii_lowercase();
        self.has_path |= byte == b'/';
    }
}

/// The tokens that begin in `from..to` and count, in order.
pub(super) fn each_that_counts(hay: &[u8], from: usize, to: usize, on: &mut dyn FnMut(Counted)) {
    let to = to.min(hay.len());
    let mut at = from;
    while at < to {
        // The byte before and the two behind decide, too.
        let chunk = (at.checked_sub(1)).and_then(|before| hay[before..].first_chunk());
        let mut marks = chunk.map_or([u8::MAX; CHUNK], marks);
        let here = CHUNK.min(to - at);
        marks[here..].fill(0);
        for (words, first) in marks.as_chunks().0.iter().zip((at..).step_by(8)) {
            let mut word = u64::from_le_bytes(*words);
            while word != 0 {
                let byte = word.trailing_zeros() as usize / 8;
                word &= !(0xff << (8 * byte));
                that_counts(hay, first + byte, on);
            }
        }
        at += here;
    }
}

/// Gives the token that begins at `at`, if it counts.
fn that_counts(hay: &[u8], at: usize, on: &mut dyn FnMut(Counted)) {
    let notation = match hay[at] {
        b'%' => Notation::Percent,
        b'\\' => Notation::Escapes,
        b'=' => Notation::QuotedPrintable,
        b'"' | b'\'' => Notation::Joined,
        _ => return,
    };
    if let Some(token) = token_at(notation, hay, at)
        && counts(notation, hay, token)
    {
        on(Counted { notation, token });
    }
}

/// For each byte but the first and the last two whether a token that counts may begin with it. Right when it says no;
/// written so that the compiler makes vector instructions of it.
#[inline]
fn marks(bytes: &[u8; CHUNK + 3]) -> [u8; CHUNK] {
    let shifted = |by: usize| bytes[by..].first_chunk::<CHUNK>();
    let mut marks = [0_u8; CHUNK];
    if let (Some(before), Some(byte), Some(next), Some(third)) =
        (shifted(0), shifted(1), shifted(2), shifted(3))
    {
        let neighbours = before.iter().zip(byte).zip(next).zip(third);
        for (mark, (((before, byte), next), third)) in marks.iter_mut().zip(neighbours) {
            *mark = u8::from(may_begin(*before, *byte, *next, *third));
        }
    }
    marks
}

/// Whether a token that counts may begin with `byte`, by its neighbours. Of some punctuation it says so more often.
#[inline(always)]
fn may_begin(before: u8, byte: u8, next: u8, third: u8) -> bool {
    let is_digit = |byte: u8| byte.wrapping_sub(b'0') < 10;
    let is_letter = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_escape = (next == b'u') | (next == b'x') | (next == b'/') | (next == b'\\');
    let is_blank = (next == b'n') | (next == b't') | (next == b'r');
    let ends_line = (before > b' ') & ((next == b'\n') | (next == b'\r'));
    let is_hex = is_digit(next) & (third.wrapping_sub(b'0') < 23);
    // Between literals nothing stands but blanks and an operator.
    let is_gap = (next < b'!') & !is_letter(third)
        | (next == b'+')
        | (next == b'.')
        | (next == b'&')
        | (next == b'|')
        | (next == b'<')
        | (next == b'\\');
    (byte == b'%') & is_digit(next)
        | (byte == b'\\') & (is_escape | is_blank & (third > b'*'))
        | (byte == b'=') & (is_hex | ends_line)
        | ((byte == b'"') | (byte == b'\'')) & (before > b'*') & is_gap
}
