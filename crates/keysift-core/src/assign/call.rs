//! Calls and look-ups round a value: `bytes("…")`, `new Key("…")`, `env("X") || "…"`, `getenv("X", "…")`.

use super::byte::{has_at, is_name_byte, skip_blanks, skip_space};
use super::name::Words;
use super::operator::{MAX_BLANKS, Syntax};
use super::value::Wrapping;

/// The longest path of names that is called, in bytes.
const MAX_PATH_BYTES: usize = 64;

/// How far a look-up's end is sought, in bytes.
const MAX_LOOKUP_BYTES: usize = 128;

/// Passes what begins with a name at `at` and wraps a value: a prefix of a text, a call, a look-up with a fallback.
pub(super) fn unwrap(hay: &[u8], at: usize, syntax: Syntax) -> Option<(usize, Wrapping)> {
    let end = path_end(hay, at);
    let path = &hay[at..end];
    let next = hay.get(end).copied();
    if path.len() <= 2 && matches!(next, Some(b'"' | b'\'')) {
        return Some((end, Wrapping::Call));
    }
    let behind = skip_blanks(hay, end, MAX_BLANKS);
    if next == Some(b'(') && !path.is_empty() {
        let inner = skip_space(hay, end + 1, MAX_BLANKS);
        if looks_up(path) {
            return fallback_argument(hay, inner);
        }
        return Some((inner, Wrapping::Call));
    }
    if has_at(hay, at, b"new ") || has_at(hay, at, b"await ") {
        let inner = skip_blanks(hay, end, MAX_BLANKS);
        return Some((inner, Wrapping::Call));
    }
    if has_at(hay, at, b"convertto-securestring") {
        let text = skip_blanks(hay, at + b"convertto-securestring".len(), 8);
        let is_named = has_at(hay, text, b"-string ");
        return Some((if is_named { text + 8 } else { text }, Wrapping::Call));
    }
    if matches!(syntax, Syntax::Element | Syntax::Query) {
        return None;
    }
    after_look_up(hay, end, behind)
}

/// Where a path of names ends: `a.b->c::d`, `[]byte`, `$this->x`.
fn path_end(hay: &[u8], at: usize) -> usize {
    let limit = hay.len().min(at + MAX_PATH_BYTES);
    let mut end = at;
    while end < limit
        && (is_name_byte(hay[end])
            || matches!(hay[end], b'.' | b':' | b'$' | b'&' | b'[' | b']')
            || hay[end] == b'-' && hay.get(end + 1) == Some(&b'>')
            || hay[end] == b'>' && end > at && hay[end - 1] == b'-')
    {
        end += 1;
    }
    end
}

/// Whether a call finds its value elsewhere, so that its first argument is a name.
fn looks_up(path: &[u8]) -> bool {
    const WORDS: [&[u8]; 11] = [
        b"env", b"getenv", b"get", b"fetch", b"lookup", b"config", b"param", b"environ", b"read",
        b"find", b"t",
    ];
    Words::new(path).any(|(from, to)| {
        WORDS
            .iter()
            .any(|word| path[from..to].eq_ignore_ascii_case(word))
    })
}

/// The second argument of a look-up whose first begins at `at`.
fn fallback_argument(hay: &[u8], at: usize) -> Option<(usize, Wrapping)> {
    let quote = *hay.get(at)?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let limit = hay.len().min(at + MAX_LOOKUP_BYTES);
    let close = at + 1 + memchr::memchr(quote, &hay[at + 1..limit])?;
    let comma = skip_blanks(hay, close + 1, 4);
    if hay.get(comma) == Some(&b',') {
        return Some((skip_space(hay, comma + 1, MAX_BLANKS), Wrapping::Fallback));
    }
    let closed = comma + usize::from(hay.get(comma) == Some(&b')'));
    after_look_up(hay, closed, skip_blanks(hay, closed, 4))
}

/// What stands behind `||`, `??`, `?:` or `or`; the look-up itself may end in `["X"]`.
fn after_look_up(hay: &[u8], end: usize, behind: usize) -> Option<(usize, Wrapping)> {
    let mut at = behind;
    if hay
        .get(end)
        .is_some_and(|byte| matches!(byte, b'\'' | b'"'))
        && end > 0
        && hay[end - 1] == b'['
    {
        let limit = hay.len().min(end + MAX_LOOKUP_BYTES);
        let close = end + 1 + memchr::memchr(b']', &hay[end + 1..limit])?;
        at = skip_blanks(hay, close + 1, 4);
    }
    for joint in [b"||".as_slice(), b"??", b"?:", b"or "] {
        if at > end && has_at(hay, at, joint) {
            let inner = skip_blanks(hay, at + joint.len(), MAX_BLANKS);
            return Some((inner, Wrapping::Fallback));
        }
    }
    None
}
