//! Records as JSON that a terminal can show.

use std::io::{self, Write};

use serde::ser::Serialize;

use crate::escape::is_printable;

/// What stands before a record of a list.
pub(crate) fn separator(is_first: bool) -> &'static [u8] {
    if is_first { b"\n" } else { b",\n" }
}

/// Appends a record to `out` as compact JSON in which every unprintable character is escaped.
pub(crate) fn append(out: &mut Vec<u8>, record: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Printable);
    record.serialize(&mut serializer)?;
    Ok(())
}

/// Compact JSON that a terminal can show: serde's own escapes stop at ASCII control characters, and leave DEL, C1 and
/// what turns the direction of text.
#[derive(Debug, Clone, Copy)]
struct Printable;

impl serde_json::ser::Formatter for Printable {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| !is_printable(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_characters_are_escaped_as_utf_16() {
        let mut out = Vec::new();
        append(&mut out, &"a\u{202e}\u{7f}\u{e0041}\n\"日").unwrap();
        assert_eq!(out, r#""a\u202e\u007f\udb40\udc41\n\"日""#.as_bytes());
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_shows_itself(text: String) {
            let mut out = Vec::new();
            append(&mut out, &text).unwrap();
            let json = String::from_utf8(out).unwrap();
            prop_assert!(json.chars().all(is_printable));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
