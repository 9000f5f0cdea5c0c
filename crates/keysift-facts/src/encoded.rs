//! Encodings of keys that end with a checksum: Base58Check, Bech32, and base 32 with a CRC-16.

use bech32::{Bech32, Hrp};
use data_encoding::BASE32_NOPAD;

use crate::{Failure, Validity};

/// The longest text that is decoded: Base58 takes time that grows with the square of the length.
const MAX_BYTES: usize = 512;

/// What is left of a text after its checksum.
pub(crate) enum Decoded {
    /// The bytes, whose checksum is right.
    Bytes(Vec<u8>),
    /// The text is in the encoding, and its checksum is wrong.
    WrongChecksum,
    /// The text is not in the encoding.
    Other,
}

/// A kind of key that is written in one of these encodings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EncodedKey {
    /// Whether a text has the length and the start of a key, so that a wrong checksum says something.
    pub(crate) is_shaped: fn(&[u8]) -> bool,
    /// Decodes a text and tests its checksum.
    pub(crate) decode: fn(&[u8]) -> Decoded,
    /// Whether decoded bytes are a key of the kind.
    pub(crate) is_key: fn(&[u8]) -> bool,
    /// The text of a key that is made of the letters of a shaped text, for made-up ones.
    pub(crate) make: fn(&[u8]) -> Option<String>,
}

impl EncodedKey {
    /// The bytes of a key whose checksum is right.
    pub(crate) fn bytes(&self, secret: &[u8]) -> Option<Vec<u8>> {
        match (self.decode)(secret) {
            Decoded::Bytes(bytes) if (self.is_key)(&bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn check(&self, secret: &[u8]) -> Validity {
        match (self.decode)(secret) {
            Decoded::Bytes(bytes) if (self.is_key)(&bytes) => Validity::Valid,
            Decoded::WrongChecksum if (self.is_shaped)(secret) => Validity::Invalid(
                Failure::Checksum,
                "the checksum at the end of the key is wrong",
            ),
            _ => Validity::Unknown,
        }
    }

    /// Makes a key of a shaped text that is none.
    pub(crate) fn complete(&self, secret: &mut Vec<u8>) {
        if (self.is_shaped)(secret)
            && self.bytes(secret).is_none()
            && let Some(text) = (self.make)(secret)
        {
            *secret = text.into_bytes();
        }
    }
}

/// Base58Check: the last four bytes are the first of the double SHA-256 of the others.
pub(crate) fn base58check(text: &[u8], alphabet: &bs58::Alphabet) -> Decoded {
    if text.len() > MAX_BYTES {
        return Decoded::Other;
    }
    let decoding = bs58::decode(text).with_alphabet(alphabet);
    match decoding.with_check(None).into_vec() {
        Ok(bytes) => Decoded::Bytes(bytes),
        Err(bs58::decode::Error::InvalidChecksum { .. }) => Decoded::WrongChecksum,
        Err(_) => Decoded::Other,
    }
}

/// `bytes` in Base58Check.
pub(crate) fn to_base58check(bytes: &[u8], alphabet: &bs58::Alphabet) -> String {
    bs58::encode(bytes)
        .with_alphabet(alphabet)
        .with_check()
        .into_string()
}

/// Bech32 (BIP-173) with this human-readable part, in either case.
pub(crate) fn from_bech32(text: &[u8], part: &str) -> Decoded {
    let Some(text) = std::str::from_utf8(text)
        .ok()
        .filter(|text| text.len() <= MAX_BYTES)
    else {
        return Decoded::Other;
    };
    if !text
        .get(..part.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(part))
    {
        return Decoded::Other;
    }
    match bech32::primitives::decode::UncheckedHrpstring::new(text) {
        Ok(unchecked) if unchecked.hrp().to_string().eq_ignore_ascii_case(part) => {
            if !unchecked.has_valid_checksum::<Bech32>() {
                return Decoded::WrongChecksum;
            }
            match bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(text) {
                Ok(checked) => Decoded::Bytes(checked.byte_iter().collect()),
                Err(_) => Decoded::WrongChecksum,
            }
        }
        _ => Decoded::Other,
    }
}

/// A Bech32 text with this human-readable part has this length.
pub(crate) fn is_bech32_of(text: &[u8], part: &str, length: usize) -> bool {
    text.len() == length
        && text
            .get(..part.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(part.as_bytes()))
}

/// `bytes` in Bech32, in lower case. Empty for a part that can't be one, which no caller has.
pub(crate) fn to_bech32(bytes: &[u8], part: &str) -> String {
    Hrp::parse(part)
        .ok()
        .and_then(|part| bech32::encode::<Bech32>(part, bytes).ok())
        .unwrap_or_default()
}

const CRC16: crc::Crc<u16> = crc::Crc::<u16>::new(&crc::CRC_16_XMODEM);

/// Base 32 without padding, the last two bytes the CRC-16 (XMODEM) of the others, lowest byte first.
pub(crate) fn base32_crc16(text: &[u8]) -> Decoded {
    let Ok(mut bytes) = BASE32_NOPAD.decode(text.get(..MAX_BYTES).unwrap_or(text)) else {
        return Decoded::Other;
    };
    let Some(end) = bytes.len().checked_sub(2) else {
        return Decoded::Other;
    };
    let found = bytes.split_off(end);
    if CRC16.checksum(&bytes).to_le_bytes() == found[..] {
        Decoded::Bytes(bytes)
    } else {
        Decoded::WrongChecksum
    }
}

/// `bytes` and their CRC-16 in base 32.
pub(crate) fn to_base32_crc16(bytes: &[u8]) -> String {
    let sum = CRC16.checksum(bytes).to_le_bytes();
    BASE32_NOPAD.encode(&[bytes, &sum].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded_and_a_changed_character_is_found() {
        let bytes = [7; 34];
        let alphabet = bs58::Alphabet::BITCOIN;
        for (text, decode) in [
            (
                to_base58check(&bytes, alphabet),
                (|text| base58check(text, bs58::Alphabet::BITCOIN)) as fn(&[u8]) -> Decoded,
            ),
            (to_bech32(&bytes, "age"), |text| from_bech32(text, "age")),
            (to_base32_crc16(&bytes), base32_crc16),
        ] {
            assert!(matches!(decode(text.as_bytes()), Decoded::Bytes(found) if found == bytes));
            let middle = text.len() / 2;
            let other = if text[middle..].starts_with('q') {
                "p"
            } else {
                "q"
            };
            let other = if text.contains(|c: char| c.is_ascii_lowercase()) {
                other
            } else {
                "Q"
            };
            let wrong = [&text[..middle], other, &text[middle + 1..]].concat();
            assert!(
                matches!(decode(wrong.as_bytes()), Decoded::WrongChecksum),
                "{wrong}"
            );
        }
    }

    #[test]
    fn other_texts_are_told_apart() {
        for text in [&b""[..], b"0", b"a", b"\xff", &[b'2'; 600]] {
            assert!(matches!(
                base58check(text, bs58::Alphabet::BITCOIN),
                Decoded::Other | Decoded::WrongChecksum
            ));
            assert!(matches!(from_bech32(text, "age"), Decoded::Other));
            assert!(!matches!(base32_crc16(text), Decoded::Bytes(_)));
        }
        assert!(matches!(
            from_bech32(b"agent1qqqqqq", "age"),
            Decoded::Other
        ));
    }

    #[test]
    fn the_sum_is_that_of_xmodem() {
        assert_eq!(CRC16.checksum(b"123456789"), 0x31c3);
    }
}
