//! Base64 of either alphabet.

use super::text;
use crate::blob::Span;

/// Four characters are three bytes.
pub(super) const UNIT_CHARS: usize = 4;
const UNIT_BYTES: usize = 3;

/// By their values. The last two are `-` and `_` in the alphabet for URLs.
const CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What each character stands for.
const VALUES: [u8; 256] = {
    let mut values = [0; 256];
    let mut value = 0;
    while value < 64 {
        values[CHARS[value] as usize] = value as u8;
        value += 1;
    }
    values[b'-' as usize] = 62;
    values[b'_' as usize] = 63;
    values
};

/// The bytes that characters of either alphabet stand for.
pub(super) fn decode(chars: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chars.len() / UNIT_CHARS * UNIT_BYTES + UNIT_BYTES);
    let (units, rest) = chars.as_chunks();
    for chars in units {
        bytes.extend_from_slice(&unit(chars));
    }
    let mut last = [b'A'; UNIT_CHARS];
    last[..rest.len()].copy_from_slice(rest);
    bytes.extend_from_slice(&unit(&last)[..rest.len() * 6 / 8]);
    bytes
}

/// The bytes of a unit.
fn unit(chars: &[u8; UNIT_CHARS]) -> [u8; UNIT_BYTES] {
    let value = |index: usize| VALUES[usize::from(chars[index])];
    let (a, b, c, d) = (value(0), value(1), value(2), value(3));
    [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]
}

/// The characters with which a unit of text can begin.
pub(super) const BEGINS_TEXT: &[bool; 256] = &{
    let mut begins = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        if text::is_text(byte as u8) {
            begins[CHARS[byte >> 2] as usize] = true;
        }
        byte += 1;
    }
    begins
};

/// Whether a unit is text.
pub(super) fn is_text(chars: &[u8; UNIT_CHARS]) -> bool {
    unit(chars).iter().all(|byte| text::is_text(*byte))
}

pub(super) fn chars_of(decoded: Span) -> Span {
    let end = (8 * decoded.end).div_ceil(6);
    Span::new((8 * decoded.start / 6).min(end), end)
}
