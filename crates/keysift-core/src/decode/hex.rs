//! Hexadecimal digits: which of them literal bytes become, and back.

use crate::blob::Span;

/// Two digits are a byte.
pub(super) const UNIT_CHARS: usize = 2;

/// The digits of `plain`, lower case.
pub(super) fn encoded(plain: &[u8]) -> Vec<u8> {
    let digit = |value: u8| {
        if value < 10 {
            b'0' + value
        } else {
            b'a' + value - 10
        }
    };
    let digits = |byte: &u8| [digit(byte >> 4), digit(byte & 0xf)];
    plain.iter().flat_map(digits).collect()
}

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

pub(super) fn chars_of(decoded: Span) -> Span {
    Span::new(UNIT_CHARS * decoded.start, UNIT_CHARS * decoded.end)
}
