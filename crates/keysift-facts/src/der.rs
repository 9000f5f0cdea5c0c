//! As much of DER as the structures of keys need.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
/// The parameters of a key, in the structure of SEC 1.
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// The public key, in the structure of SEC 1.
pub(crate) const CONTEXT_1: u8 = 0xa1;

/// Reads elements one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next element: its tag and its content.
    fn element(&mut self) -> Option<(u8, &'a [u8])> {
        let [tag, first, rest @ ..] = self.0 else {
            return None;
        };
        let (length, rest) = match usize::from(*first) {
            length @ 0..=0x7f => (length, rest),
            // Longer lengths than four bytes no key has; 0x80 is the indefinite form, which DER does not have.
            form @ 0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(form - 0x80)?;
                (
                    length
                        .iter()
                        .fold(0, |length, byte| length << 8 | usize::from(*byte)),
                    rest,
                )
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The content of the next element, if it has this tag; otherwise nothing is read.
    pub(crate) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        let before = self.0;
        match self.element()? {
            (found, content) if found == tag => Some(content),
            _ => {
                self.0 = before;
                None
            }
        }
    }

    /// A reader of the content of the next element.
    pub(crate) fn enter(&mut self, tag: u8) -> Option<Self> {
        self.read(tag).map(Self)
    }

    /// The size in bits of the next element, a positive integer.
    pub(crate) fn integer_bits(&mut self) -> Option<usize> {
        self.read(INTEGER).map(bits)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The number of bits of a big-endian number.
pub(crate) fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros).map_or(0, |first| {
        (number.len() - zeros) * 8 - first.leading_zeros() as usize
    })
}

/// Writes an element.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut element = vec![tag];
    match length {
        0..0x80 => element.push(length as u8),
        0x80..0x100 => element.extend([0x81, length as u8]),
        _ => element.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    parts
        .iter()
        .for_each(|part| element.extend_from_slice(part));
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 5000] {
            let content = vec![7; length];
            let element = write(OCTET_STRING, &[&content]);
            let mut reader = Reader(&element);
            assert_eq!(reader.read(INTEGER), None);
            assert_eq!(reader.read(OCTET_STRING), Some(content.as_slice()));
            assert!(reader.is_empty());
        }
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for bytes in [
            &[0x30][..],
            &[0x30, 5, 1],
            &[0x30, 0x80, 0],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x30, 0x85],
        ] {
            assert_eq!(Reader(bytes).read(SEQUENCE), None);
        }
    }

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        assert_eq!(bits(&[0, 0x80, 0]), 16);
        assert_eq!(bits(&[1, 0]), 9);
        assert_eq!(bits(&[0, 0]), 0);
    }
}
