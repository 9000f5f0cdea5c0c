//! The table of formats, one file each.

use crate::{Facts, Validity};

mod github_token;
mod npm_token;

/// One credential format: how it is checked and what it tells.
///
/// A check says [`Validity::Unknown`] of what is not of its shape: which bytes are candidates is for rules to decide.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name that rules use, in kebab case.
    pub name: &'static str,
    /// What is checked and told, in a sentence.
    pub summary: &'static str,
    /// Judges a secret by its checksum or structure.
    pub check: fn(&[u8]) -> Validity,
    /// Tells what the secret says of itself. Empty if it says nothing or is not of this format.
    pub facts: fn(&[u8]) -> Facts,
    /// Writes a valid checksum or structure into a made-up secret of the right shape, for tests and generated
    /// examples. `None` if there is nothing to complete.
    pub complete: Option<fn(&mut Vec<u8>)>,
}

/// Every format, sorted by name. One line, and one file, a format.
static FORMATS: &[Format] = &[github_token::FORMAT, npm_token::FORMAT];

/// The format of this name, if there is one.
pub fn format(name: &str) -> Option<&'static Format> {
    let index = FORMATS
        .binary_search_by(|format| format.name.cmp(name))
        .ok()?;
    FORMATS.get(index)
}

/// Every format, sorted by name.
pub fn formats() -> &'static [Format] {
    FORMATS
}
