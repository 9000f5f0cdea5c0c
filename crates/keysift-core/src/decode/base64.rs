//! Base64: which characters literal bytes become, and back.

use crate::blob::Span;

/// Four characters are three bytes.
pub(super) const UNIT_CHARS: usize = 4;
const UNIT_BYTES: usize = 3;

const CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The characters that `plain` becomes when `lead` bytes of a unit stand before it, without those that hold bits of its
/// neighbours; and how many characters of the unit stand before them.
pub(super) fn encoded(plain: &[u8], lead: usize) -> (Vec<u8>, usize) {
    let bytes: Vec<u8> = [&[0; UNIT_BYTES][..lead], plain, &[0]].concat();
    let first = (8 * lead).div_ceil(6);
    let end = 8 * (lead + plain.len()) / 6;
    let char_at = |index: usize| {
        let bit = 6 * index;
        let two = u16::from_be_bytes([bytes[bit / 8], bytes[bit / 8 + 1]]);
        CHARS[usize::from(two >> (10 - bit % 8) & 0x3f)]
    };
    ((first..end).map(char_at).collect(), first)
}

/// The same characters in the alphabet for URLs.
pub(super) fn for_urls(chars: &[u8]) -> Vec<u8> {
    let other = |char: &u8| match char {
        b'+' => b'-',
        b'/' => b'_',
        char => *char,
    };
    chars.iter().map(other).collect()
}

fn value(char: u8) -> u8 {
    match char {
        b'A'..=b'Z' => char - b'A',
        b'a'..=b'z' => char - b'a' + 26,
        b'0'..=b'9' => char - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    }
}

/// The bytes that characters of either alphabet stand for.
pub(super) fn decode(chars: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chars.len() / UNIT_CHARS * UNIT_BYTES + UNIT_BYTES);
    for unit in chars.chunks(UNIT_CHARS) {
        let mut bits = [0; UNIT_CHARS];
        for (bits, char) in bits.iter_mut().zip(unit) {
            *bits = value(*char);
        }
        let [a, b, c, d] = bits;
        let three = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        bytes.extend_from_slice(&three[..unit.len() * 6 / 8]);
    }
    bytes
}

pub(super) fn chars_of(decoded: Span) -> Span {
    let end = (8 * decoded.end).div_ceil(6);
    Span::new((8 * decoded.start / 6).min(end), end)
}
