//! Bytes as the reader sees them: what names are made of, and the ends of lines.

/// Whether a byte can be a part of a name.
#[inline]
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a byte can join two parts of a name.
#[inline]
pub(super) fn is_name_joint(byte: u8) -> bool {
    matches!(byte, b'-' | b'.')
}

/// Where spaces and tabs end that begin at `at`, at most `most` of them.
#[inline]
pub(super) fn skip_blanks(hay: &[u8], at: usize, most: usize) -> usize {
    let end = hay.len().min(at.saturating_add(most));
    let mut at = at;
    while at < end && matches!(hay[at], b' ' | b'\t') {
        at += 1;
    }
    at
}

/// Where blanks and line ends end that begin at `at`, at most `most` of them.
pub(super) fn skip_space(hay: &[u8], at: usize, most: usize) -> usize {
    let end = hay.len().min(at.saturating_add(most));
    let mut at = at;
    while at < end && matches!(hay[at], b' ' | b'\t' | b'\r' | b'\n') {
        at += 1;
    }
    at
}

/// The start of the line that `at` stands in, looking back at most `most` bytes.
pub(super) fn line_start(hay: &[u8], at: usize, most: usize) -> usize {
    let floor = at.saturating_sub(most);
    memchr::memrchr(b'\n', &hay[floor..at]).map_or(floor, |found| floor + found + 1)
}

/// The end of the line that `at` stands in, looking at most `most` bytes on.
pub(super) fn line_end(hay: &[u8], at: usize, most: usize) -> usize {
    let end = hay.len().min(at.saturating_add(most));
    memchr::memchr(b'\n', &hay[at.min(end)..end]).map_or(end, |found| at + found)
}

/// Whether `hay` has `wanted` at `at`, in any case.
pub(super) fn has_at(hay: &[u8], at: usize, wanted: &[u8]) -> bool {
    hay.get(at..at.saturating_add(wanted.len()))
        .is_some_and(|bytes| bytes.eq_ignore_ascii_case(wanted))
}

/// A text in which several others are sought. Most are ruled out by the bytes that stand in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'a> {
    text: &'a [u8],
    /// A bit for each ASCII byte that stands in the text.
    ascii: u128,
}

impl<'a> Sought<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let ascii = text.iter().filter(|byte| byte.is_ascii());
        Self {
            text,
            ascii: ascii.fold(0, |bits, byte| bits | 1 << byte),
        }
    }

    /// Whether `wanted` stands in the text.
    #[inline]
    pub(super) fn has(&self, wanted: &[u8]) -> bool {
        let may_stand = |byte: &u8| !byte.is_ascii() || self.ascii >> byte & 1 != 0;
        wanted.iter().all(may_stand) && memchr::memmem::find(self.text, wanted).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Sought;

    #[test]
    fn what_stands_in_a_text_is_found_and_nothing_else() {
        let sought = Sought::new("a${b} … \u{7f}".as_bytes());
        for wanted in ["${", "}", "a${b}", "…", " ", "\u{7f}", ""] {
            assert!(sought.has(wanted.as_bytes()), "{wanted}");
        }
        for wanted in ["$b", "{{", "\0", "ab", "é"] {
            assert!(!sought.has(wanted.as_bytes()), "{wanted}");
        }
        assert!(!Sought::new(b"").has(b"a"));
    }
}
