//! Hexadecimal digits of either case.

use super::text;
use crate::blob::Span;

/// Two digits are a byte.
pub(super) const UNIT_CHARS: usize = 2;

fn value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// The bytes that digits stand for.
pub(super) fn decode(digits: &[u8]) -> Vec<u8> {
    let (pairs, _) = digits.as_chunks();
    pairs
        .iter()
        .map(|[high, low]| value(*high) << 4 | value(*low))
        .collect()
}

/// The digits with which a pair that is text can begin.
pub(super) const BEGINS_TEXT: &[bool; 256] = &text::table(b"0234567");

/// Whether a pair is text.
pub(super) fn is_text([high, low]: &[u8; UNIT_CHARS]) -> bool {
    high.is_ascii_hexdigit()
        && low.is_ascii_hexdigit()
        && text::is_text(value(*high) << 4 | value(*low))
}

pub(super) fn chars_of(decoded: Span) -> Span {
    Span::new(UNIT_CHARS * decoded.start, UNIT_CHARS * decoded.end)
}
