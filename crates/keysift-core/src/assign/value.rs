//! The value behind an operator: its span, how it is quoted, and what it is wrapped in.

use super::byte::{has_at, is_name_byte, skip_blanks, skip_space};
use super::call;
use super::name::NameKind;
use super::operator::{MAX_BLANKS, Operator, Syntax};
use crate::blob::Span;

/// The longest value, in bytes. What is longer is a document.
pub(super) const MAX_VALUE_BYTES: usize = 1024;

/// The shortest value that could be a secret, in bytes.
const MIN_VALUE_BYTES: usize = 3;

/// A line of so many bytes without a blank is the first of a longer value, where a quote does not end on it.
const MIN_FIRST_LINE_BYTES: usize = 40;

/// How many wrappings round a value are passed: a call in a call in a list.
const MAX_WRAPPINGS: usize = 4;

/// How a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Quote {
    /// Not at all.
    None,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
    /// `` `…` ``.
    Back,
    /// `\"…\"`, `\'…\'`, `&quot;…&quot;`: a text in a text.
    Escaped,
    /// `"""…"""`, `'''…'''`.
    Triple,
}

/// What a value stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Wrapping {
    /// Nothing.
    None,
    /// A call or a conversion: `bytes("…")`, `b"…"`.
    Call,
    /// A list or a block: `["…"]`.
    List,
    /// What holds when a look-up finds nothing: `env.X || "…"`.
    Fallback,
}

/// A value, read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) span: Span,
    pub(super) quote: Quote,
    pub(super) wrapping: Wrapping,
    /// Whether the scheme of a header stands before it: `Bearer`, `Basic`.
    pub(super) has_scheme: bool,
    /// Where what closes the value ends.
    pub(super) end: usize,
}

/// Reads the value behind an operator; `None` when none stands there that is a literal by its form. The bytes among which
/// its end was sought are added to `looked_bytes`.
pub(super) fn read(
    hay: &[u8],
    operator: &Operator,
    kind: NameKind,
    looked_bytes: &mut usize,
) -> Option<Value> {
    let mut at = begin(hay, operator)?;
    let mut wrapping = Wrapping::None;
    for _ in 0..MAX_WRAPPINGS {
        if let Some(open) = Open::at(hay, at) {
            return quoted(hay, &open, wrapping, looked_bytes);
        }
        let Some((inner, inside)) = unwrap(hay, at, operator.syntax) else {
            break;
        };
        wrapping = inside;
        at = inner;
    }
    if wrapping != Wrapping::None || Open::at(hay, at).is_some() {
        return None;
    }
    bare(hay, (at, operator, kind), looked_bytes)
}

/// The first byte of the value or of its wrapping, on this line or, where the syntax has that, on the next.
fn begin(hay: &[u8], operator: &Operator) -> Option<usize> {
    let at = skip_blanks(hay, operator.end, MAX_BLANKS);
    let byte = *hay.get(at)?;
    if !matches!(byte, b'\r' | b'\n' | b'|' | b'>') {
        return Some(at);
    }
    if operator.syntax == Syntax::Element {
        return Some(skip_space(hay, at, 2 * MAX_BLANKS));
    }
    if matches!(byte, b'|' | b'>') {
        return block(hay, at, operator);
    }
    let next = skip_space(hay, at, 2 * MAX_BLANKS);
    Open::at(hay, next).map(|_| next)
}

/// The first line of a YAML block: `name: |`.
fn block(hay: &[u8], at: usize, operator: &Operator) -> Option<usize> {
    let end = at + 1 + usize::from(matches!(hay.get(at + 1), Some(b'-' | b'+')));
    let is_block = operator.syntax == Syntax::Colon && matches!(hay.get(end), Some(b'\r' | b'\n'));
    is_block.then(|| skip_space(hay, end, 2 * MAX_BLANKS))
}

/// Passes one wrapping round a value.
fn unwrap(hay: &[u8], at: usize, syntax: Syntax) -> Option<(usize, Wrapping)> {
    match hay.get(at)? {
        b'[' if hay.get(at + 1) == Some(&b']') => call::unwrap(hay, at, syntax),
        b'[' | b'{' | b'(' => {
            let inner = skip_space(hay, at + 1, MAX_BLANKS);
            let inner = super::operator::value_key(hay, inner)
                .map_or(inner, |(_, end)| skip_blanks(hay, end, MAX_BLANKS));
            Open::at(hay, inner).map(|_| (inner, Wrapping::List))
        }
        b'@' | b'$' if matches!(hay.get(at + 1), Some(b'"' | b'\'')) => {
            Some((at + 1, Wrapping::Call))
        }
        byte if byte.is_ascii_alphabetic() || matches!(byte, b'[' | b'$' | b'&' | b'_') => {
            call::unwrap(hay, at, syntax)
        }
        _ => None,
    }
}

/// The quote that opens a value.
struct Open {
    /// The first byte behind it.
    inner: usize,
    byte: u8,
    /// How many backslashes stand before the quote.
    backslashes: usize,
    is_triple: bool,
    is_entity: bool,
}

impl Open {
    fn at(hay: &[u8], at: usize) -> Option<Self> {
        let backslashes = hay
            .get(at..)?
            .iter()
            .take(7)
            .take_while(|byte| **byte == b'\\')
            .count();
        let quote = at + backslashes;
        let byte = *hay.get(quote)?;
        if backslashes == 0 && byte == b'&' && has_at(hay, at, b"&quot;") {
            return Some(Self {
                inner: at + 6,
                byte,
                backslashes,
                is_triple: false,
                is_entity: true,
            });
        }
        if !matches!(byte, b'"' | b'\'' | b'`') {
            return None;
        }
        let is_triple = backslashes == 0
            && byte != b'`'
            && hay.get(quote + 1) == Some(&byte)
            && hay.get(quote + 2) == Some(&byte);
        Some(Self {
            inner: quote + if is_triple { 3 } else { 1 },
            byte,
            backslashes,
            is_triple,
            is_entity: false,
        })
    }

    fn quote(&self) -> Quote {
        match (self.backslashes, self.is_triple, self.byte) {
            _ if self.is_entity => Quote::Escaped,
            (0, true, _) => Quote::Triple,
            (0, false, b'\'') => Quote::Single,
            (0, false, b'"') => Quote::Double,
            (0, false, _) => Quote::Back,
            _ => Quote::Escaped,
        }
    }
}

/// Reads on from an opening quote to the one that closes it. A line's end closes nothing, except three quotes.
fn quoted(hay: &[u8], open: &Open, wrapping: Wrapping, looked_bytes: &mut usize) -> Option<Value> {
    let limit = hay.len().min(open.inner + MAX_VALUE_BYTES);
    let mut at = open.inner;
    let mut backslashes = 0;
    let close = loop {
        if at >= limit {
            return None;
        }
        *looked_bytes += 1;
        match hay[at] {
            b'\n' | b'\r' if !open.is_triple => {
                // A key in many lines is known by its first.
                let is_long =
                    at >= open.inner + MIN_FIRST_LINE_BYTES && !hay[open.inner..at].contains(&b' ');
                return is_long.then_some(Value {
                    span: Span::new(open.inner, at),
                    quote: open.quote(),
                    wrapping,
                    has_scheme: false,
                    end: at,
                });
            }
            b'&' if open.is_entity && has_at(hay, at, b"&quot;") => break at,
            byte if byte == open.byte && !open.is_entity => {
                if backslashes == open.backslashes || open.backslashes == 0 && backslashes % 2 == 0
                {
                    break at - backslashes.min(open.backslashes);
                }
                if open.backslashes > backslashes {
                    return None;
                }
            }
            _ => {}
        }
        backslashes = if hay[at] == b'\\' { backslashes + 1 } else { 0 };
        at += 1;
    };
    let end = at
        + if open.is_entity {
            6
        } else if open.is_triple {
            3
        } else {
            1
        };
    let (start, has_scheme) = pass_scheme(hay, open.inner, close);
    value(
        hay,
        Span::new(start, close),
        open.quote(),
        wrapping,
        has_scheme,
        end,
    )
}

fn value(
    hay: &[u8],
    span: Span,
    quote: Quote,
    wrapping: Wrapping,
    has_scheme: bool,
    end: usize,
) -> Option<Value> {
    let span = trimmed(hay, span);
    (span.end >= span.start + MIN_VALUE_BYTES).then_some(Value {
        span,
        quote,
        wrapping,
        has_scheme,
        end,
    })
}

fn trimmed(hay: &[u8], span: Span) -> Span {
    let bytes = &hay[span.range()];
    let before = bytes.len() - bytes.trim_ascii_start().len();
    let length = bytes.trim_ascii().len();
    Span::new(span.start + before, span.start + before + length)
}

/// Reads a value without quotes.
fn bare(
    hay: &[u8],
    (at, operator, kind): (usize, &Operator, NameKind),
    looked_bytes: &mut usize,
) -> Option<Value> {
    let ends: fn(u8) -> bool = match operator.syntax {
        Syntax::Element => |byte| matches!(byte, b'<' | b'\n' | b'\r'),
        Syntax::Query => |byte| {
            byte.is_ascii_whitespace()
                || matches!(
                    byte,
                    b'&' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b')' | b'\\' | b'}'
                )
        },
        Syntax::Equals | Syntax::Colon | Syntax::Attribute | Syntax::Flag | Syntax::Apposition => {
            |byte| {
                byte.is_ascii_whitespace()
                    || matches!(byte, b';' | b'"' | b'\'' | b'`' | b'<' | b'>' | b',')
            }
        }
        Syntax::Arrow | Syntax::Comparison | Syntax::Argument | Syntax::Pair | Syntax::Login => {
            return None;
        }
    };
    let limit = hay.len().min(at + MAX_VALUE_BYTES);
    let (start, has_scheme) = pass_scheme(hay, at, limit);
    let is_scheme_wanted = matches!(kind, NameKind::Bearer);
    let ends = if has_scheme || is_scheme_wanted {
        ends_token
    } else {
        ends
    };
    let length = hay[start..limit]
        .iter()
        .position(|byte| ends(*byte))
        .unwrap_or(limit - start);
    *looked_bytes += length;
    if length == MAX_VALUE_BYTES {
        return None;
    }
    let mut end = start + length;
    if operator.syntax == Syntax::Element
        && hay.get(skip_space(hay, end, MAX_BLANKS)) != Some(&b'<')
    {
        return None;
    }
    while end > start && matches!(hay[end - 1], b'\\' | b',' | b'|' | b'*') {
        end -= 1;
    }
    if hay[start..end].ends_with(b"]]>") {
        end -= 3;
    }
    for (open, close) in [(b'(', b')'), (b'[', b']'), (b'{', b'}')] {
        if end > start && hay[end - 1] == close && !hay[start..end].contains(&open) {
            end -= 1;
        }
    }
    if operator.syntax == Syntax::Apposition && is_scheme_wanted && end < start + 8 {
        return None;
    }
    value(
        hay,
        Span::new(start, end),
        Quote::None,
        Wrapping::None,
        has_scheme,
        end,
    )
}

/// What cannot stand in the credentials of a header.
fn ends_token(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
}

/// Passes the scheme that a header's value begins with, and says whether there is one.
fn pass_scheme(hay: &[u8], start: usize, end: usize) -> (usize, bool) {
    const SCHEMES: [&[u8]; 8] = [
        b"bearer ",
        b"basic ",
        b"token ",
        b"oauth ",
        b"ntlm ",
        b"apikey ",
        b"negotiate ",
        b"sharedkey ",
    ];
    let found = SCHEMES
        .iter()
        .find(|scheme| start + scheme.len() < end && has_at(hay, start, scheme));
    match found {
        Some(scheme) => (
            skip_blanks(hay, start + scheme.len(), MAX_BLANKS).min(end),
            true,
        ),
        None => (start, false),
    }
}

/// Whether a value that ends at `end` is itself a name: `"a": …`, `"a" => …`.
pub(super) fn is_key(hay: &[u8], value: &Value, syntax: Syntax) -> bool {
    // The colon behind a condition opens its block.
    if syntax == Syntax::Comparison {
        return false;
    }
    let at = skip_blanks(hay, value.end, 8);
    match value.quote {
        Quote::None => false,
        _ => {
            let is_colon = hay.get(at) == Some(&b':') && hay.get(at + 1) != Some(&b':');
            let is_arrow = has_at(hay, at, b"=>");
            let is_member = hay.get(at) == Some(&b'.')
                && hay.get(at + 1).is_some_and(|byte| is_name_byte(*byte));
            let is_assigned = hay.get(at) == Some(&b']')
                && hay
                    .get(at + 1)
                    .is_some_and(|byte| matches!(byte, b'[' | b'.'));
            is_colon || is_arrow || is_member && wraps_names(value) || is_assigned
        }
    }
}

fn wraps_names(value: &Value) -> bool {
    value.wrapping == Wrapping::List
}
