//! A rule's pattern, parsed once: its syntax, its length, the group that holds the secret.

use std::ops::Range;

use regex_syntax::ast::{self, Ast};
use regex_syntax::hir::{Class, Hir, HirKind, translate::TranslatorBuilder};

use super::MAX_REACH_BYTES;
use super::error::{RuleError, RuleErrorKind};

/// The most automaton states that a pattern may unfold to. A thousand repetitions of a class are well below;
/// nested repetitions that would take seconds to compile are above.
const MAX_STATES: usize = 40_000;

/// A class of more ranges than this counts as more than one state: each range is a transition of the automaton.
const RANGES_PER_STATE: usize = 8;

/// The longest text of a pattern, in bytes. Parsing takes some hundred times as much memory.
const MAX_PATTERN_BYTES: usize = 64 << 10;

/// The most groups of a pattern, without those that do not capture. The engine keeps each group's place in each state.
const MAX_GROUPS: usize = 100;

/// Groups nest no deeper than this.
const NEST_LIMIT: u32 = 50;

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) hir: Hir,
}

/// Parses `text` as the engine reads it: bytes, Unicode off.
///
/// # Errors
/// A syntax error with its place; no group `secret`; a pattern that can match nothing; one that unfolds to too many states.
pub(super) fn parse(text: &str) -> Result<Pattern, RuleError> {
    let pattern = parse_unnamed(text)?;
    let Some(secret) = secret_group(&pattern.hir) else {
        return Err(pattern_error(
            "the pattern has no group named \"secret\": write (?P<secret>…) round what is to be revoked",
        ));
    };
    if secret.properties().minimum_len().unwrap_or(0) == 0 {
        return Err(pattern_error("the group \"secret\" can be empty"));
    }
    Ok(pattern)
}

/// Parses the pattern of an imported rule, whose secret is in no group of that name.
///
/// # Errors
/// As [`parse`], but for the group.
pub(super) fn parse_unnamed(text: &str) -> Result<Pattern, RuleError> {
    let ast = parse_ast(text)?;
    let hir = translate(text, &ast)?;
    if hir.properties().minimum_len() == Some(0) {
        return Err(pattern_error("the pattern matches the empty string"));
    }
    check_size(text, &ast, &hir)?;
    if let Some(place) = leading_unbounded(&ast) {
        return Err(RuleError::new(
            RuleErrorKind::Unbounded,
            "the pattern starts with an unbounded repetition, so every byte could start a match",
        )
        .at(text, place));
    }
    Ok(Pattern { hir })
}

/// Whether a pattern can stand in an allowlist or a path condition.
///
/// # Errors
/// What is wrong with it, and where: its syntax, its size, or that it matches everything.
pub fn check_plain_pattern(text: &str) -> Result<(), RuleError> {
    parse_plain(text).map(|_| ())
}

/// Parses a pattern that is only searched for: an allowlist's or a path's.
pub(super) fn parse_plain(text: &str) -> Result<Hir, RuleError> {
    let ast = parse_ast(text)?;
    let hir = translate(text, &ast)?;
    check_size(text, &ast, &hir)?;
    if hir.properties().minimum_len() == Some(0) && hir.properties().look_set().is_empty() {
        return Err(
            pattern_error("the pattern matches the empty string, and so everything")
                .at(text, 0..text.len()),
        );
    }
    Ok(hir)
}

/// Parses what [`Hir`]'s `Display` wrote; `None` if that is not to be read again.
pub(super) fn parse_written(text: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(text)
        .ok()
}

/// Refuses a pattern that would take long to compile.
fn check_size(text: &str, ast: &Ast, hir: &Hir) -> Result<(), RuleError> {
    if hir.properties().explicit_captures_len() > MAX_GROUPS {
        return Err(pattern_error(format!(
            "the pattern has more than {MAX_GROUPS} groups: write (?:…) for those without a name"
        )));
    }
    if states(hir) <= MAX_STATES {
        return Ok(());
    }
    let error = match hir.properties().maximum_len() {
        Some(max) if max > MAX_REACH_BYTES => too_long(max),
        _ => pattern_error(format!(
            "the pattern unfolds to more than {MAX_STATES} states"
        )),
    };
    Err(error.at(text, widest_repetition(ast)))
}

fn too_long(max: usize) -> RuleError {
    let message = format!(
        "a match can be {max} bytes long, and the engine's reach ends at {MAX_REACH_BYTES}"
    );
    RuleError::new(RuleErrorKind::Reach, message)
}

/// The error for a match that could be longer than the engine's reach, with the repetition to bound.
pub(super) fn reach_error(text: &str, max: usize) -> RuleError {
    match parse_ast(text) {
        Ok(ast) => too_long(max).at(text, widest_repetition(&ast)),
        Err(_) => too_long(max),
    }
}

fn pattern_error(message: impl Into<String>) -> RuleError {
    RuleError::new(RuleErrorKind::Pattern, message)
}

fn parse_ast(text: &str) -> Result<Ast, RuleError> {
    if text.len() > MAX_PATTERN_BYTES {
        return Err(pattern_error(format!(
            "the pattern is longer than {MAX_PATTERN_BYTES} bytes"
        )));
    }
    let ast = ast::parse::ParserBuilder::new()
        .nest_limit(NEST_LIMIT)
        .build()
        .parse(text)
        .map_err(|error| {
            let span = error.span();
            pattern_error(format!("the pattern does not parse: {}", error.kind()))
                .at(text, span.start.offset..span.end.offset)
        })?;
    match unicode_flag(&ast) {
        Some(place) => Err(pattern_error(
            "the pattern turns Unicode on, and patterns are run on bytes",
        )
        .at(text, place)),
        None => Ok(ast),
    }
}

/// Where the pattern turns Unicode on. Its word boundaries and classes need tables that the engine is built without.
fn unicode_flag(ast: &Ast) -> Option<Range<usize>> {
    let mut found = None;
    visit(ast, &mut |node| {
        let flags = match node {
            Ast::Flags(set) => &set.flags,
            Ast::Group(group) => match &group.kind {
                ast::GroupKind::NonCapturing(flags) => flags,
                _ => return,
            },
            _ => return,
        };
        if flags.flag_state(ast::Flag::Unicode) == Some(true) {
            found.get_or_insert(flags.span.start.offset..flags.span.end.offset);
        }
    });
    found
}

fn translate(text: &str, ast: &Ast) -> Result<Hir, RuleError> {
    TranslatorBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .translate(text, ast)
        .map_err(|error| {
            let span = error.span();
            pattern_error(format!(
                "the pattern cannot be used on bytes: {}",
                error.kind()
            ))
            .at(text, span.start.offset..span.end.offset)
        })
}

/// The part of the pattern in the group named `secret`.
pub(super) fn secret_group(hir: &Hir) -> Option<&Hir> {
    group(hir, "secret")
}

/// The part of a pattern in the group of this name.
pub(super) fn group<'a>(hir: &'a Hir, name: &str) -> Option<&'a Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some(name) => Some(&capture.sub),
        HirKind::Capture(capture) => group(&capture.sub, name),
        HirKind::Repetition(repetition) => group(&repetition.sub, name),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().find_map(|part| group(part, name))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// About how many automaton states the pattern unfolds to.
fn states(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Class(Class::Bytes(class)) => 1 + class.ranges().len() / RANGES_PER_STATE,
        HirKind::Class(Class::Unicode(class)) => 1 + class.ranges().len(),
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Repetition(repetition) => {
            let times = repetition
                .max
                .unwrap_or(repetition.min.saturating_add(1))
                .max(1);
            states(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(states).fold(1, usize::saturating_add)
        }
    }
}

/// The repetition that lengthens a match most: the first unbounded one, or the one with the highest bound.
fn widest_repetition(ast: &Ast) -> Range<usize> {
    let mut widest = (0u64, 0..0);
    visit(ast, &mut |node| {
        if let Ast::Repetition(repetition) = node {
            let bound = upper_bound(repetition);
            if bound > widest.0 {
                widest = (
                    bound,
                    repetition.span.start.offset..repetition.span.end.offset,
                );
            }
        }
    });
    widest.1
}

fn upper_bound(repetition: &ast::Repetition) -> u64 {
    use ast::{RepetitionKind, RepetitionRange};
    match &repetition.op.kind {
        RepetitionKind::ZeroOrOne => 1,
        RepetitionKind::ZeroOrMore | RepetitionKind::OneOrMore => u64::MAX,
        RepetitionKind::Range(RepetitionRange::Exactly(n)) => u64::from(*n),
        RepetitionKind::Range(RepetitionRange::AtLeast(_)) => u64::MAX,
        RepetitionKind::Range(RepetitionRange::Bounded(_, n)) => u64::from(*n),
    }
}

fn visit(ast: &Ast, on: &mut impl FnMut(&Ast)) {
    on(ast);
    match ast {
        Ast::Repetition(repetition) => visit(&repetition.ast, on),
        Ast::Group(group) => visit(&group.ast, on),
        Ast::Alternation(alternation) => alternation.asts.iter().for_each(|part| visit(part, on)),
        Ast::Concat(concat) => concat.asts.iter().for_each(|part| visit(part, on)),
        _ => {}
    }
}

/// Whether a part can match nothing, so that the next may start the match. An assertion can, but not everywhere.
fn may_be_empty(ast: &Ast) -> bool {
    match ast {
        Ast::Empty(_) | Ast::Flags(_) => true,
        Ast::Repetition(repetition) => match &repetition.op.kind {
            ast::RepetitionKind::ZeroOrOne | ast::RepetitionKind::ZeroOrMore => true,
            ast::RepetitionKind::OneOrMore => false,
            ast::RepetitionKind::Range(range) => matches!(
                range,
                ast::RepetitionRange::Exactly(0)
                    | ast::RepetitionRange::AtLeast(0)
                    | ast::RepetitionRange::Bounded(0, _)
            ),
        },
        Ast::Group(group) => may_be_empty(&group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter().any(may_be_empty),
        Ast::Concat(concat) => concat.asts.iter().all(may_be_empty),
        _ => false,
    }
}

/// The repetition without a bound that the pattern starts with, if it does.
fn leading_unbounded(ast: &Ast) -> Option<Range<usize>> {
    match ast {
        Ast::Repetition(repetition) if upper_bound(repetition) > MAX_REACH_BYTES as u64 => {
            Some(repetition.span.start.offset..repetition.span.end.offset)
        }
        Ast::Repetition(repetition) => leading_unbounded(&repetition.ast),
        Ast::Group(group) => leading_unbounded(&group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter().find_map(leading_unbounded),
        Ast::Concat(concat) => {
            let last = concat
                .asts
                .iter()
                .position(|part| !may_be_empty(part))
                .unwrap_or(concat.asts.len());
            concat
                .asts
                .iter()
                .take(last + 1)
                .find_map(leading_unbounded)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_pattern_that_would_unfold_to_too_much_is_refused() {
        let every_other = (0..=255).step_by(2).map(|byte| format!("\\x{byte:02x}"));
        let class: String = every_other.collect();
        assert!(parse("abcd(?P<secret>((a{1000}){1000}){1000})").is_err());
        assert!(message(&format!("abcd(?P<secret>[{class}]{{39000}})")).contains("states"));
        let groups = format!("abcd(?P<secret>x){}", "()".repeat(MAX_GROUPS));
        assert!(message(&groups).contains("groups"));
        let long = format!("abcd(?P<secret>{}b)", "a|".repeat(MAX_PATTERN_BYTES / 2));
        assert!(message(&long).contains("longer"));
    }

    #[test]
    fn a_pattern_that_matches_nothing_at_all_is_refused() {
        assert!(message("(?P<secret>[0-9a-f]{32})?").contains("empty string"));
    }

    #[test]
    fn unicode_stays_off() {
        for text in [r"(?u:\b)(?P<secret>abcd)", "(?P<secret>(?i)abcd(?u).)"] {
            let error = parse(text).unwrap_err();
            assert!(error.to_string().contains("Unicode"), "{error}");
            assert!(error.place().is_some());
        }
        assert!(parse_plain(r"(?u:\bx)").is_err());
        assert!(parse(r"(?-u:\b)(?P<secret>abcd)").is_ok());
    }
}
