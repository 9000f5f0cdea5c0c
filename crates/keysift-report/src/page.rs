//! Text for people as it grows: escaped, coloured and fitted to a width.
//!
//! A page is the only way in which text is written. All of it is escaped, ours too; line feeds and colours are the
//! page's own. So nothing that was read can steer a terminal.

use std::io::{self, Write};

use crate::escape::escape;
use crate::{Color, ReportOptions};

/// Text is not squeezed into fewer columns than this, however narrow the terminal.
const MIN_TEXT_COLUMNS: usize = 24;

/// How a piece of text looks where colours are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Strong,
    Faint,
    Secret,
    Critical,
    High,
    Medium,
    Low,
}

impl Style {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\x1b[1m",
            Self::Faint => "\x1b[2m",
            Self::Secret => "\x1b[1;33m",
            Self::Critical => "\x1b[1;31m",
            Self::High => "\x1b[31m",
            Self::Medium => "\x1b[33m",
            Self::Low => "\x1b[36m",
        }
    }
}

const RESET: &str = "\x1b[0m";

/// Text that was not written out yet.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    column: usize,
    color: Color,
    width: Option<usize>,
}

impl Page {
    pub(crate) fn new(options: &ReportOptions) -> Self {
        Self {
            text: String::new(),
            column: 0,
            color: options.color,
            width: options.width,
        }
    }

    /// Adds text to the line, escaped.
    pub(crate) fn put(&mut self, style: Style, text: impl AsRef<[u8]>) -> &mut Self {
        let text = escape(text.as_ref());
        if text.is_empty() {
            return self;
        }
        let is_styled = self.color == Color::Always && style != Style::Plain;
        if is_styled {
            self.text.push_str(style.sequence());
        }
        self.text.push_str(&text);
        self.column += columns(&text);
        if is_styled {
            self.text.push_str(RESET);
        }
        self
    }

    /// Adds spaces up to a column; columns count from 0.
    pub(crate) fn pad_to(&mut self, column: usize) -> &mut Self {
        while self.column < column {
            self.text.push(' ');
            self.column += 1;
        }
        self
    }

    /// Ends the line.
    pub(crate) fn end_line(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }

    /// Adds prose, broken between words where the width asks for it, and ends the line. Further lines begin where the
    /// first did.
    pub(crate) fn prose(&mut self, text: &str) {
        self.hanging(self.column, text);
    }

    /// Adds prose as [`prose`](Self::prose) does; further lines begin at `margin`.
    pub(crate) fn hanging(&mut self, margin: usize, text: &str) {
        let limit = self
            .width
            .map_or(usize::MAX, |width| width.max(margin + MIN_TEXT_COLUMNS));
        let mut is_first = true;
        for word in text.split_whitespace() {
            let needed = columns(&escape(word.as_bytes())) + usize::from(!is_first);
            if !is_first && self.column + needed > limit {
                self.end_line();
                self.pad_to(margin);
            } else if !is_first {
                self.put(Style::Plain, " ");
            }
            self.put(Style::Plain, word);
            is_first = false;
        }
        self.end_line();
    }

    /// The columns that are left in the line; `None` when there is no limit.
    pub(crate) fn room(&self) -> Option<usize> {
        let width = self.width?;
        Some(width.saturating_sub(self.column).max(MIN_TEXT_COLUMNS))
    }

    /// Writes the text out and begins anew.
    pub(crate) fn write_to(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// The columns that escaped text takes: two for East Asian wide characters and pictures, one for others. Combining
/// marks count as well, so that a line may be shorter than it could be and is never longer.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(column_count).sum()
}

fn column_count(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97c}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{16fe0}'..='\u{18dff}'
        | '\u{1b000}'..='\u{1b2ff}'
        | '\u{1f004}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The longest head of `text` that takes at most `room` columns.
pub(crate) fn head(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        taken += column_count(c);
        if taken > room {
            return &text[..at];
        }
    }
    text
}

/// The longest tail of `text` that takes at most `room` columns.
pub(crate) fn tail(text: &str, room: usize) -> &str {
    let mut taken = 0;
    for (at, c) in text.char_indices().rev() {
        taken += column_count(c);
        if taken > room {
            return &text[at + c.len_utf8()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: Option<usize>) -> Page {
        Page::new(&ReportOptions {
            width,
            ..ReportOptions::default()
        })
    }

    #[test]
    fn prose_is_broken_between_words_and_keeps_its_margin() {
        let mut page = page(Some(30));
        page.put(Style::Plain, "why   ")
            .prose("one two three four five six seven");
        assert_eq!(
            page.text,
            "why   one two three four five\n      six seven\n"
        );
    }

    #[test]
    fn a_word_that_is_too_long_is_not_broken() {
        let mut page = page(Some(10));
        page.prose("see https://acme.example/docs/security/revoke-a-key now");
        assert_eq!(
            page.text,
            "see\nhttps://acme.example/docs/security/revoke-a-key\nnow\n"
        );
    }

    #[test]
    fn without_a_width_nothing_is_broken() {
        let mut page = page(None);
        page.prose(&"word ".repeat(100));
        assert_eq!(page.text.lines().count(), 1);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("a日本"), 5);
        assert_eq!(head("日本語", 5), "日本");
        assert_eq!(tail("日本語", 4), "本語");
        assert_eq!(tail("abc", 9), "abc");
    }
}
