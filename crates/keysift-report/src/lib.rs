//! Where findings go: one file a format, each a [`Sink`].
//!
//! A format writes what it is told at once and keeps no finding. It ends with what the scan covered, so that a report
//! of nothing can be told from a scan of nothing.
//!
//! **Invariant:** no secret leaves unless [`SecretDisplay::Shown`] asks for it, and no byte of a scanned file, of a
//! path or of a message reaches a terminal unescaped. What is left of a secret otherwise is its redacted text and its
//! fingerprint; copies of it in the line round it, or in a fact, are blotted out. A path is written as it is, since a
//! finding that nobody can find is of no use.
//!
//! # Examples
//! ```
//! use std::ops::ControlFlow;
//! use keysift_core::{Sink, Summary};
//! use keysift_report::{ReportOptions, format};
//!
//! let jsonl = format("jsonl").expect("the format is built in");
//! let mut sink = (jsonl.open)(Box::new(std::io::sink()), &ReportOptions::default());
//! sink.begin()?;
//! assert_eq!(sink.findings(&[])?, ControlFlow::Continue(()));
//! sink.finish(&Summary::default())?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod blocked;
mod card;
mod closing;
mod coverage;
mod csv;
mod document;
mod escape;
mod github;
mod gitlab;
mod gitleaks;
mod group;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod markup;
mod mask;
mod notes;
mod page;
mod part;
mod place;
mod record;
mod sarif;
mod tee;
mod text;

use std::io::{self, Write};
use std::time::SystemTime;

use keysift_core::Sink;

pub use self::blocked::{Stopped, blocked};
pub use self::card::{Card, write_cards, write_cards_json};
pub use self::closing::coverage;
pub use self::document::{Bar, Block, Cell, Document, Plot, Section, Table, write_document};
pub use self::escape::{escape, is_printable};
pub use self::tee::Tee;

/// One way to write findings.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Format {
    /// The name that users give, in kebab case.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub summary: &'static str,
    /// Whether a report says itself what the scan covered; otherwise whoever opens it has to say so elsewhere.
    pub has_coverage: bool,
    /// Makes a sink that writes to the given writer and flushes it in [`Sink::finish`]. Writes are many and small
    /// against a system call: hand in a buffered writer.
    pub open: fn(Box<dyn Write + Send>, &ReportOptions) -> ReportSink,
}

/// A sink that writes a format.
pub type ReportSink = Box<dyn Sink<Error = io::Error>>;

/// Every format, sorted by name. One line, and one file, a format.
static FORMATS: &[Format] = &[
    csv::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
    gitleaks::FORMAT,
    html::FORMAT,
    json::FORMAT,
    jsonl::FORMAT,
    junit::FORMAT,
    markdown::FORMAT,
    sarif::FORMAT,
    text::FORMAT,
];

/// Every format, sorted by name.
pub fn formats() -> &'static [Format] {
    FORMATS
}

/// The format of this name, if there is one.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// How findings are written.
#[derive(Debug, Clone)]
pub struct ReportOptions {
    /// Whether secrets are written in full; redacted by default.
    pub secrets: SecretDisplay,
    /// Whether text is coloured; never by default.
    pub color: Color,
    /// The columns that text is fitted to; `None`, the default, fits nothing.
    pub width: Option<usize>,
    /// Whether dropped matches, and everything that a filter left out, are written as well; no by default.
    pub explain: bool,
    /// The version of the program, as reports tell it; this crate's by default.
    pub tool_version: &'static str,
    /// When the scan was started; by default when the options were made.
    pub started: SystemTime,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            secrets: SecretDisplay::default(),
            color: Color::default(),
            width: None,
            explain: false,
            tool_version: env!("CARGO_PKG_VERSION"),
            started: SystemTime::now(),
        }
    }
}

/// How much of a secret is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecretDisplay {
    /// Its prefix and its last characters where it is long enough, otherwise its length alone.
    #[default]
    Redacted,
    /// All of it.
    Shown,
}

/// Whether text is coloured. Whether a writer is a terminal is for the caller to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// Plain text.
    #[default]
    Never,
    /// With ANSI colours.
    Always,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_sorted_and_documented() {
        assert!(formats().windows(2).all(|pair| pair[0].name < pair[1].name));
        for format in formats() {
            assert!(format.summary.ends_with('.'), "{}", format.name);
            assert!(format.name.bytes().all(|byte| byte.is_ascii_lowercase()));
            assert!(super::format(format.name).is_some());
        }
        assert!(format("yaml").is_none());
    }
}
