//! How many keywords a rule may have, how long, and how far away.

use super::error::{RuleError, RuleErrorKind};
use super::parse::value_error;
use super::schema::RawRule;
use super::{DEFAULT_WITHIN_BYTES, MAX_REACH_BYTES};

/// A keyword shorter than this stands everywhere and would cost more than it tells.
pub(super) const MIN_KEYWORD_BYTES: usize = 3;

/// The longest keyword, in bytes: a stream keeps as much round a match.
pub(super) const MAX_KEYWORD_BYTES: usize = 256;

/// The most keywords of a rule. Each is looked for round each match.
pub(super) const MAX_KEYWORDS: usize = 1000;

/// The most bytes that a match's keywords are looked for in, all words together.
pub(super) const MAX_KEYWORD_REACH_BYTES: usize = 256 << 10;

/// Whether the keywords can be looked for, and near enough.
pub(super) fn check(raw: &RawRule) -> Result<(), RuleError> {
    if let Some(word) = raw
        .keywords
        .iter()
        .find(|word| word.len() < MIN_KEYWORD_BYTES)
    {
        return Err(value_error(format!(
            "the keyword {word:?} is shorter than {MIN_KEYWORD_BYTES} bytes"
        )));
    }
    if raw.keywords.len() > MAX_KEYWORDS {
        return Err(value_error(format!(
            "the rule has more than {MAX_KEYWORDS} keywords"
        )));
    }
    if raw
        .keywords
        .iter()
        .any(|word| word.len() > MAX_KEYWORD_BYTES)
    {
        return Err(value_error(format!(
            "a keyword is longer than {MAX_KEYWORD_BYTES} bytes"
        )));
    }
    if raw.keywords.is_empty() && (raw.within.is_some() || raw.whole_words) {
        return Err(value_error(
            "\"within\" and \"whole_words\" say something of keywords, and the rule has none",
        ));
    }
    let within = raw
        .within
        .map_or(DEFAULT_WITHIN_BYTES, |within| within as usize);
    if raw.keywords.len().saturating_mul(within) > MAX_KEYWORD_REACH_BYTES {
        return Err(value_error(format!(
            "{} keywords within {within} bytes are more than {MAX_KEYWORD_REACH_BYTES} to look through for each match",
            raw.keywords.len()
        )));
    }
    if raw
        .within
        .is_some_and(|within| within as usize > MAX_REACH_BYTES)
    {
        return Err(RuleError::new(
            RuleErrorKind::Reach,
            format!("\"within\" is over {MAX_REACH_BYTES} bytes"),
        ));
    }
    Ok(())
}
