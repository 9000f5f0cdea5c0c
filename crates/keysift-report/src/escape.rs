//! Bytes made safe to look at: what is read from a file, a path or a message passes here before it is written as text.

use std::fmt::Write;
use std::ops::RangeInclusive;

/// How many columns a tab becomes.
const TAB: &str = "    ";

/// Characters besides control characters that are not seen, that turn the text round them, or that mean nothing
/// outside one font. Code points that Unicode has not given out yet are not among them.
const UNSEEN: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    // Zero-width characters and marks of direction.
    '\u{200b}'..='\u{200f}',
    // Line and paragraph separators, embeddings and overrides of direction.
    '\u{2028}'..='\u{202e}',
    // Word joiner, invisible operators, isolates of direction.
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    // Private use.
    '\u{e000}'..='\u{f8ff}',
    // Variation selectors.
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{fffe}'..='\u{ffff}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    // Tags, more variation selectors, and the planes for private use.
    '\u{e0000}'..='\u{10ffff}',
];

/// Whether a character shows itself and nothing else: no control character, none that is invisible or turns the
/// direction of text, none for private use. A tab and a line feed are control characters.
pub fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        _ => !c.is_control() && !UNSEEN.iter().any(|range| range.contains(&c)),
    }
}

/// The bytes as text that is safe on a terminal, on one line.
///
/// Printable UTF-8 stays, a tab becomes four spaces; an ASCII control character, and a byte that is not UTF-8, becomes
/// `\xNN`; another character `\u{…}`. A backslash stays as well, so the text is for people and cannot be turned back.
/// Escaping twice is the same as escaping once.
///
/// # Examples
/// ```
/// assert_eq!(keysift_report::escape(b"na\xc3\xafve\x1b[31m\xff"), r"naïve\x1b[31m\xff");
/// ```
pub fn escape(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push(&mut out, c);
        }
        for byte in chunk.invalid() {
            push_byte(&mut out, *byte);
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    if c == '\t' {
        out.push_str(TAB);
    } else if is_printable(c) {
        out.push(c);
    } else if c.is_ascii() {
        push_byte(out, c as u8);
    } else {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    }
}

fn push_byte(out: &mut String, byte: u8) {
    let _ = write!(out, "\\x{byte:02x}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_shows_itself_stays() {
        for text in ["a \\ b", "日本語", "é…→✓", "\u{a0}", "\u{fffd}"] {
            assert_eq!(escape(text.as_bytes()), text);
        }
    }

    #[test]
    fn what_steers_a_terminal_or_hides_is_written_out() {
        assert_eq!(escape(b"\x1b]0;x\x07"), r"\x1b]0;x\x07");
        assert_eq!(escape(b"a\tb\r\n\x7f"), r"a    b\x0d\x0a\x7f");
        assert_eq!(escape("\u{9b}31m".as_bytes()), r"\u{9b}31m");
        assert_eq!(escape(b"\x9b31m"), r"\x9b31m");
        let hidden = "\u{200b}\u{2028}\u{202e}\u{2066}\u{feff}\u{e000}\u{e0041}\u{10fffd}";
        assert_eq!(
            escape(hidden.as_bytes()),
            r"\u{200b}\u{2028}\u{202e}\u{2066}\u{feff}\u{e000}\u{e0041}\u{10fffd}"
        );
    }

    #[test]
    fn every_character_that_the_invariant_names_is_unprintable() {
        let named = ['\u{0}'..='\u{1f}', '\u{7f}'..='\u{9f}']
            .into_iter()
            .chain(['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'])
            .chain(['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{2029}'])
            .chain(['\u{e000}'..='\u{f8ff}', '\u{f0000}'..='\u{10ffff}']);
        for c in named.flatten().chain(['\u{feff}', '\u{2060}']) {
            assert!(!is_printable(c), "{:x}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn nothing_unprintable_comes_out(bytes: Vec<u8>, text: String) {
            for input in [&*bytes, text.as_bytes()] {
                let out = escape(input);
                prop_assert!(out.chars().all(is_printable));
                prop_assert_eq!(escape(out.as_bytes()), out);
            }
        }
    }
}
