//! A lenient Base64 decoder: secrets are pasted with and without padding, in either alphabet.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

/// The value of a digit in either alphabet.
pub(crate) fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Decodes `text` in the standard or the URL-safe alphabet, with or without padding.
///
/// Bits that are left over at the end may have any value. `None` for any other byte, or a length that can't be.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = text.get(..text.len() - padding)?;
    if padding > 2 || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(decoded_bytes(digits.len()));
    let (mut bits, mut count) = (0_u32, 0);
    for byte in digits {
        bits = (bits << 6) | u32::from(digit(*byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

/// The number of bytes that this many digits hold.
pub(crate) fn decoded_bytes(digits: usize) -> usize {
    digits / 4 * 3 + digits % 4 * 3 / 4
}

/// Encodes in the standard alphabet, without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    BASE64_NOPAD.encode(bytes)
}

/// Encodes in the URL-safe alphabet, without padding.
pub(crate) fn encode_url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded() {
        let bytes: Vec<u8> = (0..=255).collect();
        for length in 0..bytes.len() {
            let part = &bytes[length..];
            assert_eq!(decode(encode(part).as_bytes()).unwrap(), part);
            assert_eq!(decode(encode_url(part).as_bytes()).unwrap(), part);
            assert_eq!(decoded_bytes(encode(part).len()), part.len());
        }
    }

    #[test]
    fn padding_and_bits_left_over_do_not_matter() {
        assert_eq!(decode(b"YQ==").unwrap(), b"a");
        assert_eq!(decode(b"YQ").unwrap(), b"a");
        assert_eq!(decode(b"YR").unwrap(), b"a");
    }

    #[test]
    fn other_bytes_and_lengths_are_not_decoded() {
        for text in [&b"Y"[..], b"YWJj\n", b"Y Q", b"YQ===", b"=YQ="] {
            assert_eq!(decode(text), None);
        }
    }
}
