//! Text in UTF-16 and UTF-32, told by its byte-order mark, decoded to UTF-8.
//!
//! Decoding is lossy and never fails: what is no character becomes U+FFFD. The mark itself is dropped, that of UTF-8 too:
//! it is no part of the text's first line.

use std::io::{self, Read};

/// The length of the longest byte-order mark.
pub(crate) const BOM_BYTES: usize = 4;

/// How many bytes of input a [`Decoder`] takes at a time; it keeps them and at most one and a half times as many of output.
const PIECE_BYTES: usize = 64 << 10;

/// An encoding that is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// The length of the mark of UTF-8 that `bytes` begin with; 0 without one.
pub(crate) fn utf8_mark_bytes(bytes: &[u8]) -> usize {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        3
    } else {
        0
    }
}

impl Encoding {
    /// The encoding whose byte-order mark stands at the beginning of `bytes`. It suffices to give the first
    /// [`BOM_BYTES`].
    ///
    /// The mark of UTF-32 LE is also what UTF-16 LE looks like if its first character is U+0000; text does not begin so.
    pub(crate) fn detect(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xFE, 0, 0, ..] => Some(Self::Utf32Le),
            [0, 0, 0xFE, 0xFF, ..] => Some(Self::Utf32Be),
            [0xFF, 0xFE, ..] => Some(Self::Utf16Le),
            [0xFE, 0xFF, ..] => Some(Self::Utf16Be),
            _ => None,
        }
    }

    /// The number of bytes in a unit, which is also the length of the mark.
    const fn unit_bytes(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }

    const fn unit(self, bytes: [u8; 4]) -> u32 {
        let [a, b, _, _] = bytes;
        match self {
            Self::Utf16Le => u16::from_le_bytes([a, b]) as u32,
            Self::Utf16Be => u16::from_be_bytes([a, b]) as u32,
            Self::Utf32Le => u32::from_le_bytes(bytes),
            Self::Utf32Be => u32::from_be_bytes(bytes),
        }
    }
}

/// Appends `bytes`, which begin with the mark of `encoding`, to `out` as UTF-8.
pub(crate) fn decode(encoding: Encoding, bytes: &[u8], out: &mut Vec<u8>) {
    let mut units = Units::new(encoding);
    units.push(bytes, out);
    units.finish(out);
}

/// What `bytes` are as text in UTF-8, without a mark: a part of them, or `decoded`, to which it was appended.
pub(crate) fn text<'a>(bytes: &'a [u8], decoded: &'a mut Vec<u8>) -> &'a [u8] {
    match Encoding::detect(bytes) {
        None => &bytes[utf8_mark_bytes(bytes)..],
        Some(encoding) => {
            let first = decoded.len();
            decode(encoding, bytes, decoded);
            &decoded[first..]
        }
    }
}

/// The decoding of text that comes in pieces.
#[derive(Debug)]
struct Units {
    encoding: Encoding,
    /// The first bytes of a unit that is not complete.
    partial: [u8; 4],
    partial_bytes: usize,
    /// The first half of a surrogate pair.
    high: Option<u32>,
    is_past_mark: bool,
}

impl Units {
    const fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            partial: [0; 4],
            partial_bytes: 0,
            high: None,
            is_past_mark: false,
        }
    }

    fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        let unit_bytes = self.encoding.unit_bytes();
        if self.partial_bytes > 0 {
            let taken = bytes.len().min(unit_bytes - self.partial_bytes);
            self.partial[self.partial_bytes..self.partial_bytes + taken]
                .copy_from_slice(&bytes[..taken]);
            self.partial_bytes += taken;
            bytes = &bytes[taken..];
            if self.partial_bytes < unit_bytes {
                return;
            }
            self.unit(self.encoding.unit(self.partial), out);
            self.partial_bytes = 0;
        }
        let units = bytes.chunks_exact(unit_bytes);
        let rest = units.remainder();
        for unit in units {
            let mut padded = [0; 4];
            padded[..unit_bytes].copy_from_slice(unit);
            self.unit(self.encoding.unit(padded), out);
        }
        self.partial[..rest.len()].copy_from_slice(rest);
        self.partial_bytes = rest.len();
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if self.high.take().is_some() {
            encode(char::REPLACEMENT_CHARACTER, out);
        }
        if self.partial_bytes > 0 {
            encode(char::REPLACEMENT_CHARACTER, out);
            self.partial_bytes = 0;
        }
    }

    fn unit(&mut self, unit: u32, out: &mut Vec<u8>) {
        if !self.is_past_mark {
            self.is_past_mark = true;
            return;
        }
        if self.encoding.unit_bytes() == 4 {
            encode(or_replacement(char::from_u32(unit)), out);
            return;
        }
        if let Some(high) = self.high.take() {
            if let 0xDC00..=0xDFFF = unit {
                let pair = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
                encode(or_replacement(char::from_u32(pair)), out);
                return;
            }
            encode(char::REPLACEMENT_CHARACTER, out);
        }
        match unit {
            0..0x80 => out.push(unit as u8),
            0xD800..=0xDBFF => self.high = Some(unit),
            _ => encode(or_replacement(char::from_u32(unit)), out),
        }
    }
}

fn or_replacement(character: Option<char>) -> char {
    character.unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn encode(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// A reader that decodes what another reader gives, which begins with the mark of the encoding.
#[derive(Debug)]
pub(crate) struct Decoder<R> {
    reader: R,
    units: Units,
    piece: Vec<u8>,
    decoded: Vec<u8>,
    /// Where in `decoded` the bytes begin that were not given out yet.
    given: usize,
    is_at_end: bool,
}

impl<R: Read> Decoder<R> {
    pub(crate) fn new(encoding: Encoding, reader: R) -> Self {
        Self {
            reader,
            units: Units::new(encoding),
            piece: vec![0; PIECE_BYTES],
            decoded: Vec::new(),
            given: 0,
            is_at_end: false,
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() && !self.is_at_end && !to.is_empty() {
            let read = self.reader.read(&mut self.piece)?;
            self.decoded.clear();
            self.given = 0;
            if read == 0 {
                self.is_at_end = true;
                self.units.finish(&mut self.decoded);
            } else {
                self.units.push(&self.piece[..read], &mut self.decoded);
            }
        }
        let left = &self.decoded[self.given..];
        let length = left.len().min(to.len());
        to[..length].copy_from_slice(&left[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives its bytes in pieces of the given lengths, over and over.
    struct Pieces<'a> {
        bytes: &'a [u8],
        lengths: &'a [usize],
        next: usize,
    }

    impl Read for Pieces<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let length = self.lengths[self.next % self.lengths.len()].max(1);
            self.next += 1;
            let length = length.min(to.len()).min(self.bytes.len());
            to[..length].copy_from_slice(&self.bytes[..length]);
            self.bytes = &self.bytes[length..];
            Ok(length)
        }
    }

    fn marked(encoding: Encoding, body: &[u8]) -> Vec<u8> {
        let mark: &[u8] = match encoding {
            Encoding::Utf16Le => &[0xFF, 0xFE],
            Encoding::Utf16Be => &[0xFE, 0xFF],
            Encoding::Utf32Le => &[0xFF, 0xFE, 0, 0],
            Encoding::Utf32Be => &[0, 0, 0xFE, 0xFF],
        };
        [mark, body].concat()
    }

    fn oracle(encoding: Encoding, body: &[u8]) -> String {
        let replacement = char::REPLACEMENT_CHARACTER;
        let utf16 = |unit: fn([u8; 2]) -> u16| {
            let units = body.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
            char::decode_utf16(units)
                .map(|character| character.unwrap_or(replacement))
                .collect::<String>()
        };
        let utf32 = |unit: fn([u8; 4]) -> u32| {
            body.chunks_exact(4)
                .map(|four| char::from_u32(unit(four.try_into().unwrap())).unwrap_or(replacement))
                .collect::<String>()
        };
        let mut text = match encoding {
            Encoding::Utf16Le => utf16(u16::from_le_bytes),
            Encoding::Utf16Be => utf16(u16::from_be_bytes),
            Encoding::Utf32Le => utf32(u32::from_le_bytes),
            Encoding::Utf32Be => utf32(u32::from_be_bytes),
        };
        if !body.len().is_multiple_of(encoding.unit_bytes()) {
            text.push(replacement);
        }
        text
    }

    fn encodings() -> impl Strategy<Value = Encoding> {
        prop::sample::select(vec![
            Encoding::Utf16Le,
            Encoding::Utf16Be,
            Encoding::Utf32Le,
            Encoding::Utf32Be,
        ])
    }

    /// Bytes among which surrogates, lone and in pairs, and valid units of four bytes are frequent.
    fn bodies() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            Just(0),
            Just(1),
            Just(0xD8),
            Just(0xDC),
            Just(b'a'),
            any::<u8>()
        ];
        prop::collection::vec(byte, 0..64)
    }

    proptest! {
        #[test]
        fn whole_and_in_pieces_it_decodes_as_the_standard_library_does(
            encoding in encodings(),
            body in bodies(),
            lengths in prop::collection::vec(1_usize..9, 1..6),
            out_length in 1_usize..9,
        ) {
            // Two zeros after the mark of UTF-16 LE are the mark of UTF-32 LE.
            prop_assume!(encoding != Encoding::Utf16Le || !body.starts_with(&[0, 0]));
            let bytes = marked(encoding, &body);
            prop_assert_eq!(Encoding::detect(&bytes), Some(encoding));
            let expected = oracle(encoding, &body);

            let mut whole = Vec::new();
            decode(encoding, &bytes, &mut whole);
            prop_assert_eq!(std::str::from_utf8(&whole).unwrap(), &expected);

            let pieces = Pieces { bytes: &bytes, lengths: &lengths, next: 0 };
            let mut decoder = Decoder::new(encoding, pieces);
            let mut streamed = Vec::new();
            let mut out = vec![0; out_length];
            loop {
                let read = decoder.read(&mut out).unwrap();
                if read == 0 {
                    break;
                }
                streamed.extend_from_slice(&out[..read]);
            }
            prop_assert_eq!(streamed, whole);
        }
    }

    #[test]
    fn the_mark_of_utf_8_is_left_alone() {
        assert_eq!(Encoding::detect(b"\xEF\xBB\xBFkey"), None);
        assert_eq!(Encoding::detect(b""), None);
        assert_eq!(Encoding::detect(b"\xFF"), None);
    }

    #[test]
    fn an_odd_trailing_byte_is_not_lost() {
        let mut out = Vec::new();
        decode(Encoding::Utf16Le, b"\xFF\xFEk\0e", &mut out);
        assert_eq!(out, "k\u{FFFD}".as_bytes());
    }
}
