//! From the text of a rule file to validated rules.

use std::collections::HashSet;

use keysift_facts::Format;
use serde::Deserialize;
use toml::{Table, Value};

use crate::assign;

use super::companion::{self, COMPANION_KEYS};
use super::error::{RuleError, RuleErrorKind};
use super::pattern::Pattern;
use super::plan::Plan;
use super::schema::{ALLOW_KEYS, EXAMPLES_KEYS, REMEDIATION_KEYS, RULE_KEYS, RawEntropy, RawRule};
use super::{
    DEFAULT_REACH_BYTES, DEFAULT_WITHIN_BYTES, EntropyFloor, MAX_REACH_BYTES, Rule, pattern,
};

/// A keyword shorter than this stands everywhere and would cost more than it tells.
const MIN_KEYWORD_BYTES: usize = 3;

/// The longest keyword, in bytes: a stream keeps as much round a match.
const MAX_KEYWORD_BYTES: usize = 256;

/// The most keywords of a rule. Each is looked for round each match.
const MAX_KEYWORDS: usize = 1000;

/// The most bytes that a match's keywords are looked for in, all words together.
const MAX_KEYWORD_REACH_BYTES: usize = 256 << 10;

/// The most patterns of one allowlist: they are compiled together.
const MAX_ALLOW_PATTERNS: usize = 200;

/// Reads the `[[rule]]` tables of one file.
pub(super) fn parse_file(file: &str, text: &str) -> Result<Vec<(Rule, Plan)>, RuleError> {
    let mut table: Table =
        toml::from_str(text).map_err(|error| syntax(&error, text).in_file(file))?;
    let rules = match table.remove("rule") {
        Some(Value::Array(rules)) => rules,
        Some(_) => {
            return Err(RuleError::new(
                RuleErrorKind::Syntax,
                "\"rule\" must be an array of tables: write [[rule]]",
            )
            .in_file(file));
        }
        None => Vec::new(),
    };
    if let Some(key) = table.keys().next() {
        return Err(unknown_key(key, "the file", &["rule"]).in_file(file));
    }
    let mut valid = HashSet::new();
    rules
        .into_iter()
        .map(|value| {
            let id = value
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            parse_rule(value, file, &mut valid).map_err(|error| error.in_rule(&id).in_file(file))
        })
        .collect()
}

fn syntax(error: &toml::de::Error, text: &str) -> RuleError {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() + 1);
    let message = match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    };
    RuleError::new(RuleErrorKind::Syntax, message)
}

fn unknown_key(key: &str, place: &str, known: &[&str]) -> RuleError {
    RuleError::new(
        RuleErrorKind::UnknownKey,
        format!("unknown key {key:?} in {place}"),
    )
    .near(key, known)
}

fn value_error(message: impl Into<String>) -> RuleError {
    RuleError::new(RuleErrorKind::Value, message)
}

fn check_keys(value: &Value) -> Result<(), RuleError> {
    let Some(rule) = value.as_table() else {
        return Err(RuleError::new(
            RuleErrorKind::Syntax,
            "a rule must be a table",
        ));
    };
    if !rule.contains_key("examples") {
        return Err(RuleError::new(
            RuleErrorKind::Examples,
            "the rule lacks examples",
        ));
    }
    let nested = [
        ("allow", ALLOW_KEYS),
        ("remediation", REMEDIATION_KEYS),
        ("examples", EXAMPLES_KEYS),
    ];
    if let Some(key) = rule.keys().find(|key| !RULE_KEYS.contains(&key.as_str())) {
        return Err(unknown_key(key, "the rule", RULE_KEYS));
    }
    for (name, known) in nested {
        let table = rule.get(name).and_then(Value::as_table);
        if let Some(key) =
            table.and_then(|table| table.keys().find(|key| !known.contains(&key.as_str())))
        {
            return Err(unknown_key(key, name, known));
        }
    }
    let companions = rule.get("companions").and_then(Value::as_array);
    let keys = (companions.into_iter().flatten())
        .filter_map(Value::as_table)
        .flat_map(Table::keys);
    match keys
        .map(String::as_str)
        .find(|key| !COMPANION_KEYS.contains(key))
    {
        Some(key) => Err(unknown_key(key, "a companion", COMPANION_KEYS)),
        None => Ok(()),
    }
}

/// Works a rule out. `valid` holds the allowlists' patterns that are known to parse.
fn parse_rule(
    value: Value,
    file: &str,
    valid: &mut HashSet<String>,
) -> Result<(Rule, Plan), RuleError> {
    check_keys(&value)?;
    let raw = RawRule::deserialize(value)
        .map_err(|error| RuleError::new(RuleErrorKind::Syntax, error.message()))?;
    check_texts(&raw)?;
    check_keywords(&raw)?;
    let checks = raw
        .checks
        .iter()
        .map(|name| named_check(name))
        .collect::<Result<Vec<_>, _>>()?;
    let (text, parsed) = pattern_of(&raw)?;
    let max_match_bytes = if raw.reads.is_empty() {
        max_match_bytes(&raw, parsed.hir.properties().maximum_len())?
    } else {
        assign::REACH_BYTES
    };
    for text in raw
        .paths
        .iter()
        .chain(&raw.allow.paths)
        .chain(&raw.allow.values)
        .chain(&raw.allow.lines)
    {
        // Rules of one file often share a list.
        if !valid.contains(text) {
            pattern::parse_plain(text)?;
            valid.insert(text.clone());
        }
    }
    let lists = [
        &raw.paths,
        &raw.allow.paths,
        &raw.allow.values,
        &raw.allow.lines,
    ];
    if lists.iter().any(|list| list.len() > MAX_ALLOW_PATTERNS) {
        return Err(value_error(format!(
            "a list holds more than {MAX_ALLOW_PATTERNS} patterns"
        )));
    }
    if raw.allow.stop_words.iter().any(String::is_empty) {
        return Err(value_error("an empty stop word would drop every secret"));
    }
    let rule = Rule {
        entropy: if raw.reads.is_empty() {
            entropy_floor(&raw.entropy)?
        } else {
            EntropyFloor::None
        },
        family: raw.family.unwrap_or_else(|| raw.id.clone()),
        within: raw
            .within
            .map_or(DEFAULT_WITHIN_BYTES, |within| within as usize),
        id: raw.id,
        name: raw.name,
        description: raw.description.trim().to_owned(),
        provider: raw.provider,
        kind: raw.kind,
        severity: raw.severity,
        confidence: raw.confidence,
        pattern: text,
        reads: raw.reads,
        keywords: raw.keywords,
        whole_words: raw.whole_words,
        checks,
        companions: companion::companions(raw.companions, raw.confidence)?,
        max_match_bytes,
        paths: raw.paths,
        allow: raw.allow,
        remediation: raw.remediation,
        examples: raw.examples,
        verify: raw.verify,
        file: file.to_owned(),
    };
    let plan = Plan::of(&rule, &parsed)?;
    Ok((rule, plan))
}

/// The rule's pattern; of a rule that reads assignments, one of the stems of the names that it reads.
fn pattern_of(raw: &RawRule) -> Result<(String, Pattern), RuleError> {
    if raw.reads.is_empty() {
        if raw.pattern.is_empty() {
            return Err(RuleError::new(
                RuleErrorKind::Syntax,
                "missing field `pattern`",
            ));
        }
        return Ok((raw.pattern.clone(), pattern::parse(&raw.pattern)?));
    }
    let is_alone = raw.pattern.is_empty()
        && raw.keywords.is_empty()
        && raw.reach.is_none()
        && matches!(raw.entropy, RawEntropy::Absent);
    if !is_alone {
        return Err(value_error(
            "a rule with \"reads\" has no \"pattern\", \"keywords\", \"reach\" or \"entropy\": the reader and the model stand for them",
        ));
    }
    let stems: Vec<&str> = assign::stems()
        .filter(|(_, kind)| raw.reads.contains(kind))
        .map(|(stem, _)| stem)
        .collect();
    let text = format!("(?i:{})", stems.join("|"));
    let hir = pattern::parse_plain(&text)?;
    Ok((text, Pattern { hir }))
}

fn check_texts(raw: &RawRule) -> Result<(), RuleError> {
    let kebab = |id: &str| {
        id.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && id.split('-').all(|part| !part.is_empty())
            && id.contains('-')
    };
    if !kebab(&raw.id) {
        return Err(value_error(format!(
            "the id {:?} is not provider-kind-of-secret in kebab case",
            raw.id
        )));
    }
    let texts = [
        ("name", &raw.name),
        ("description", &raw.description),
        ("provider", &raw.provider),
        ("remediation.steps", &raw.remediation.steps),
    ];
    if let Some((key, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
        return Err(value_error(format!("{key:?} is empty")));
    }
    if raw.examples.r#match.is_empty() || raw.examples.reject.is_empty() {
        return Err(RuleError::new(
            RuleErrorKind::Examples,
            "the rule lacks examples",
        ));
    }
    Ok(())
}

fn check_keywords(raw: &RawRule) -> Result<(), RuleError> {
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

pub(super) fn named_check(name: &str) -> Result<&'static Format, RuleError> {
    keysift_facts::format(name).ok_or_else(|| {
        let known: Vec<&str> = keysift_facts::formats()
            .iter()
            .map(|format| format.name)
            .collect();
        RuleError::new(
            RuleErrorKind::UnknownCheck,
            format!("unknown check {name:?}"),
        )
        .near(name, &known)
    })
}

fn entropy_floor(raw: &RawEntropy) -> Result<EntropyFloor, RuleError> {
    match raw {
        RawEntropy::Absent => Ok(EntropyFloor::Automatic),
        RawEntropy::Bits(bits) if (0.0..=8.0).contains(bits) => Ok(EntropyFloor::Bits(*bits)),
        RawEntropy::Bits(bits) => Err(value_error(format!(
            "entropy {bits} is not between 0 and 8 bits a character"
        ))),
        RawEntropy::Word(word) if word == "none" => Ok(EntropyFloor::None),
        RawEntropy::Word(word) => Err(value_error(format!(
            "entropy {word:?} is neither a number nor \"none\""
        ))),
    }
}

/// The longest match: what the pattern allows, or what the rule declares where the pattern has no bound.
fn max_match_bytes(raw: &RawRule, pattern_max: Option<usize>) -> Result<usize, RuleError> {
    let declared = raw.reach.map(|reach| reach as usize);
    if declared.is_some_and(|reach| reach > MAX_REACH_BYTES || reach == 0) {
        return Err(RuleError::new(
            RuleErrorKind::Reach,
            format!("\"reach\" must lie between 1 and {MAX_REACH_BYTES} bytes"),
        ));
    }
    match (declared, pattern_max) {
        (Some(reach), Some(max)) => Ok(reach.min(max)),
        (Some(reach), None) => Ok(reach),
        (None, None) => Ok(DEFAULT_REACH_BYTES),
        (None, Some(max)) if max <= MAX_REACH_BYTES => Ok(max),
        (None, Some(max)) => Err(pattern::reach_error(&raw.pattern, max)),
    }
}
