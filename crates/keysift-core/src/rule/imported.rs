//! What is different about a rule that was written for another scanner.
//!
//! It keeps the meaning that it has there. Its keywords are a prefilter and no more: where every match contains one they
//! say nothing, and where not, they are looked for as far as the engine's reach goes. Nobody wrote examples for it.

use regex_syntax::hir::Hir;

use super::error::{RuleError, RuleErrorKind};
use super::keywords::{
    MAX_KEYWORD_BYTES, MAX_KEYWORD_REACH_BYTES, MAX_KEYWORDS, MIN_KEYWORD_BYTES,
};
use super::schema::RawRule;
use super::{EntropyFloor, MAX_REACH_BYTES, Rule, SecretGroup, anchor};

/// The longest id, in bytes: it stands in every line of a report.
const MAX_ID_BYTES: usize = 200;

/// An imported rule's texts may be in any form, as long as there is an id of one line.
pub(super) fn check_texts(raw: &RawRule) -> Result<(), RuleError> {
    let is_one_line = !raw.id.trim().is_empty() && !raw.id.contains(char::is_control);
    if is_one_line && raw.id.len() <= MAX_ID_BYTES {
        return Ok(());
    }
    Err(RuleError::new(
        RuleErrorKind::Value,
        format!("an id is one line of at most {MAX_ID_BYTES} bytes"),
    ))
}

/// Whether an imported rule leaves what another found to that one; `None` for a rule of our own.
pub(super) fn is_generic(rule: &Rule) -> Option<bool> {
    let tool = rule.imported?;
    Some(tool.yields_when_generic() && rule.id.to_ascii_lowercase().contains("generic"))
}

/// Zero stands for no floor.
pub(super) fn entropy_floor(bits: f64) -> EntropyFloor {
    if bits > 0.0 {
        EntropyFloor::Above(bits)
    } else {
        EntropyFloor::None
    }
}

/// Leaves out keywords that say nothing, and has the others looked for as far as may be.
pub(super) fn fit_keywords(raw: &mut RawRule, hir: &Hir) {
    if raw.imported.is_none() || raw.keywords.is_empty() {
        return;
    }
    // A rule with a short word would be looked at everywhere.
    let lengths = MIN_KEYWORD_BYTES..=MAX_KEYWORD_BYTES;
    let can_be_looked_for = raw.keywords.len() <= MAX_KEYWORDS
        && raw
            .keywords
            .iter()
            .all(|word| lengths.contains(&word.len()));
    if !can_be_looked_for || anchor::always_holds(hir, &raw.keywords) {
        raw.keywords.clear();
        raw.within = None;
        return;
    }
    let within = (MAX_KEYWORD_REACH_BYTES / raw.keywords.len()).min(MAX_REACH_BYTES);
    raw.within.get_or_insert(within as u32);
}

/// Where the secret is.
///
/// # Errors
/// A group that the pattern does not have, or a group for a rule of our own.
pub(super) fn secret_group(raw: &RawRule, hir: &Hir) -> Result<SecretGroup, RuleError> {
    let groups = hir.properties().explicit_captures_len();
    match (raw.imported, raw.secret_group) {
        (None, None) => Ok(SecretGroup::Named),
        (None, Some(_)) => Err(RuleError::new(
            RuleErrorKind::Value,
            "\"secret_group\" is for imported rules: name the group \"secret\"",
        )),
        (Some(_), None | Some(0)) => Ok(SecretGroup::First),
        (Some(_), Some(index)) if index as usize <= groups => Ok(SecretGroup::Index(index)),
        (Some(_), Some(index)) => Err(RuleError::new(
            RuleErrorKind::Value,
            format!("\"secret_group\" is {index}, and the pattern has {groups} groups"),
        )),
    }
}
