//! What stands between a name and its value: the operator, or the form that takes its place.

use super::byte::{has_at, is_name_byte, line_start, skip_blanks, skip_space};
use super::declared;
use super::markup;
use super::name::{self, Name, NameKind};
use super::word::Traits;

/// The most blanks that align an operator or a value.
pub(super) const MAX_BLANKS: usize = 64;

/// How far two attributes or keys may stand apart that tell a name and its value, with the line end between.
const MAX_SPACE: usize = 96;

/// The longest name of a type between a name and its operator.
const MAX_TYPE_BYTES: usize = 32;

/// How a name and its value are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Syntax {
    /// `name = value`, `name := value`, `name <- value`.
    Equals,
    /// `name: value`.
    Colon,
    /// `name => value`.
    Arrow,
    /// `name == value`, `name.equals(value)`.
    Comparison,
    /// `setName(value)`.
    Argument,
    /// `"name", "value"`.
    Pair,
    /// `<name>value</name>`.
    Element,
    /// `name="NAME" value="VALUE"`, and the same in JSON or YAML.
    Attribute,
    /// `--name value`.
    Flag,
    /// `name 'value'`, `name value`, `| name | value |`.
    Apposition,
    /// `?name=value&`.
    Query,
    /// `scheme://user:value@host`.
    Login,
}

/// An operator, read: which, and where what it joins begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator {
    pub(super) syntax: Syntax,
    /// Where the value may begin, blanks included.
    pub(super) end: usize,
    /// How many blanks stand before the operator.
    pub(super) blanks: usize,
    /// Whether the name itself is quoted.
    pub(super) is_name_quoted: bool,
}

/// Reads what follows a name; `None` when no value can.
pub(super) fn read(hay: &[u8], name: &Name) -> Option<Operator> {
    let (closed, is_name_quoted) = close(hay, name.span.end);
    let at = skip_blanks(hay, closed, MAX_BLANKS);
    let blanks = at - closed;
    let (syntax, end) = symbol(hay, name, at, is_name_quoted)
        .or_else(|| apposed(hay, name, (closed, at), is_name_quoted))?;
    let is_query = syntax == Syntax::Equals && is_in_query(hay, name.span.start);
    Some(Operator {
        syntax: if is_query { Syntax::Query } else { syntax },
        end,
        blanks,
        is_name_quoted,
    })
}

/// Whether the name is a parameter of an address: behind `?`, `&`, or the `#` of a fragment, which no blank precedes.
fn is_in_query(hay: &[u8], start: usize) -> bool {
    match &hay[..start] {
        [.., b'?' | b'&'] => true,
        [.., before, b'#'] => is_name_byte(*before) || *before == b'/',
        _ => false,
    }
}

/// Passes what closes a name: quotes, brackets, `?` and `!` of types, `**` of Markdown. Says whether a quote is among it.
fn close(hay: &[u8], from: usize) -> (usize, bool) {
    let mut at = from;
    let mut is_quoted = false;
    while at < hay.len() && at < from + 8 {
        match hay[at] {
            b'"' | b'\'' | b'`' => {
                // The second quote opens a value: `PASSWORD"x"` is no name.
                if is_quoted {
                    break;
                }
                is_quoted = true;
            }
            b'\\' if matches!(hay.get(at + 1), Some(b'"' | b'\'' | b'\\')) => {}
            b'&' if has_at(hay, at, b"&quot;") => {
                is_quoted = true;
                at += 5;
            }
            b'!' if hay.get(at + 1) == Some(&b'=') => break,
            b']' | b'}' | b'?' | b'!' | b'*' => {}
            b'[' if hay.get(at + 1) == Some(&b']') => {}
            _ => break,
        }
        at += 1;
    }
    (at, is_quoted)
}

fn symbol(hay: &[u8], name: &Name, at: usize, is_quoted: bool) -> Option<(Syntax, usize)> {
    let next = hay.get(at + 1).copied();
    match hay.get(at)? {
        b'=' => match next {
            Some(b'=') => Some((
                Syntax::Comparison,
                at + 2 + usize::from(hay.get(at + 2) == Some(&b'=')),
            )),
            Some(b'>') => Some((Syntax::Arrow, at + 2)),
            Some(b'~') => None,
            _ => Some((Syntax::Equals, at + 1)),
        },
        b':' => match next {
            Some(b':') => None,
            Some(b'=') => Some((Syntax::Equals, at + 2)),
            _ if !is_quoted && is_class(hay, name) => None,
            _ => colon(hay, at),
        },
        b'!' if next == Some(b'=') => Some((
            Syntax::Comparison,
            at + 2 + usize::from(hay.get(at + 2) == Some(&b'=')),
        )),
        b'<' if next == Some(b'-') => Some((Syntax::Equals, at + 2)),
        b'<' | b'>' => {
            markup::element(hay, name.span, at, is_quoted).map(|end| (Syntax::Element, end))
        }
        b'{' if is_quoted => declared::default(hay, at + 1).map(|end| (Syntax::Equals, end)),
        b',' if is_quoted || is_symbol(hay, name) => {
            value_key(hay, at + 1).or(Some((Syntax::Pair, at + 1)))
        }
        b'(' if !is_quoted && hay[at - 1] != b' ' => {
            let syntax = if name::meaning(hay, name).tail.has(Traits::COMPARISON) {
                Syntax::Comparison
            } else {
                Syntax::Argument
            };
            let first = declared::second_argument(hay, name, at + 1).unwrap_or(at + 1);
            Some((syntax, first))
        }
        b'|' if next == Some(b' ') => Some((Syntax::Apposition, at + 1)),
        b'\r' | b'\n' => value_key(hay, at),
        _ => None,
    }
}

/// Whether the name is written as Ruby writes symbols, `:name`, or as Erlang writes pairs, `{name,`.
fn is_symbol(hay: &[u8], name: &Name) -> bool {
    matches!(
        &hay[..name.span.start],
        [.., b' ' | b'(' | b'[' | b',' | b'{', b':'] | [.., b'{']
    )
}

/// Whether the name is a class's, so that a colon introduces what it inherits from.
fn is_class(hay: &[u8], name: &Name) -> bool {
    let before = &hay[line_start(hay, name.span.start, 64)..name.span.start];
    [b"class ".as_slice(), b"struct ", b"interface ", b"record "]
        .iter()
        .any(|word| before.ends_with(word))
}

/// A colon, or the type that it introduces and the `=` behind it: `name: String = value`.
fn colon(hay: &[u8], at: usize) -> Option<(Syntax, usize)> {
    let from = skip_blanks(hay, at + 1, MAX_BLANKS);
    Some(typed(hay, from).map_or((Syntax::Colon, at + 1), |end| (Syntax::Equals, end)))
}

/// Where the value begins behind the name of a type and `=`.
fn typed(hay: &[u8], from: usize) -> Option<usize> {
    let limit = hay.len().min(from + MAX_TYPE_BYTES);
    let mut at = from;
    while at < limit
        && (is_name_byte(hay[at])
            || matches!(
                hay[at],
                b'<' | b'>' | b'[' | b']' | b'?' | b'.' | b'&' | b'*'
            ))
    {
        at += 1;
    }
    if at == from || !hay[from].is_ascii_alphabetic() && !matches!(hay[from], b'&' | b'*' | b'[') {
        return None;
    }
    let behind = skip_blanks(hay, at, 4);
    let is_assigned =
        hay.get(behind) == Some(&b'=') && !matches!(hay.get(behind + 1), Some(b'=' | b'>' | b'~'));
    (behind > at && is_assigned).then_some(behind + 1)
}

/// A value that stands behind the name with no operator between.
fn apposed(
    hay: &[u8],
    name: &Name,
    (closed, at): (usize, usize),
    is_quoted: bool,
) -> Option<(Syntax, usize)> {
    let byte = *hay.get(at)?;
    if at == closed {
        return None;
    }
    if matches!(byte, b'"' | b'\'' | b'`') {
        // `pass "x" to y` is a sentence.
        let is_verb = hay[name.span.range()].eq_ignore_ascii_case(b"pass");
        return (!is_verb).then_some((Syntax::Apposition, at));
    }
    if let Some(found) = value_key(hay, at) {
        return Some(found);
    }
    if has_at(hay, at, b"by ") || has_at(hay, at, b"is ") || has_at(hay, at, b"to ") {
        let from = skip_blanks(hay, at + 3, MAX_BLANKS);
        let is_quoted = matches!(hay.get(from), Some(b'"' | b'\'' | b'`'));
        let is_told = name.kind == NameKind::Password && declared::ends_line(hay, from);
        return (is_quoted || is_told).then_some((Syntax::Apposition, from));
    }
    if is_quoted {
        return markup::text_behind_attributes(hay, at).map(|end| (Syntax::Element, end));
    }
    // `Dim name As String = value`.
    let of_type = if has_at(hay, at, b"as ") { at + 3 } else { at };
    if let Some(end) = typed(hay, of_type) {
        return Some((Syntax::Equals, end));
    }
    if name.kind == NameKind::Bearer {
        return Some((Syntax::Apposition, at));
    }
    if name.span.start > 0 && hay[name.span.start - 1] == b'-' {
        return Some((Syntax::Flag, at));
    }
    if declared::is_image_variable(hay, name) {
        return Some((Syntax::Equals, at));
    }
    let is_told = is_login_line(hay, name) || declared::is_directive(hay, name, at);
    is_told.then_some((Syntax::Apposition, at))
}

/// Whether the name is the last of `machine … login … password …`.
fn is_login_line(hay: &[u8], name: &Name) -> bool {
    let start = line_start(hay, name.span.start, 160);
    let before = &hay[start..name.span.start];
    name.kind == NameKind::Password && memchr::memmem::find(before, b"login ").is_some()
}

/// The value's own key, where name and value have one each: `value="…"`, `"value": "…"`, `value: …` on the next line.
pub(super) fn value_key(hay: &[u8], at: usize) -> Option<(Syntax, usize)> {
    const KEYS: [&[u8]; 5] = [b"value", b"content", b"default", b"defaultvalue", b"val"];
    let mut at = skip_space(hay, at, MAX_SPACE);
    if hay.get(at) == Some(&b'\\') {
        at += 1;
    }
    if matches!(hay.get(at), Some(b'"' | b'\'' | b':')) {
        at += 1;
    }
    let key = KEYS.iter().find(|key| {
        has_at(hay, at, key)
            && !hay
                .get(at + key.len())
                .is_some_and(|byte| is_name_byte(*byte))
    })?;
    at += key.len();
    if hay.get(at) == Some(&b'\\') {
        at += 1;
    }
    if matches!(hay.get(at), Some(b'"' | b'\'')) {
        at += 1;
    }
    at = skip_blanks(hay, at, 8);
    match (hay.get(at)?, hay.get(at + 1)) {
        (b'=', Some(b'>')) => Some((Syntax::Attribute, at + 2)),
        (b'=', Some(b'=')) => None,
        (b'=' | b':', _) => Some((Syntax::Attribute, at + 1)),
        _ => None,
    }
}
