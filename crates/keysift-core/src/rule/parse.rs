//! From the text of a rule file to validated rules.

use std::collections::HashSet;

use keysift_facts::Format;
use serde::Deserialize;
use toml::{Table, Value};

use crate::assign;

use super::companion::{self, COMPANION_KEYS};
use super::error::{RuleError, RuleErrorKind};
use super::keywords;
use super::pattern::Pattern;
use super::plan::Plan;
use super::schema::{
    ALLOW_ALL_KEYS, ALLOW_KEYS, AllowAll, EXAMPLES_KEYS, REMEDIATION_KEYS, RULE_KEYS, RawEntropy,
    RawRule,
};
use super::{
    Allow, DEFAULT_REACH_BYTES, DEFAULT_WITHIN_BYTES, EntropyFloor, MAX_REACH_BYTES, Rule,
    imported, pattern,
};

/// The most patterns of one allowlist: they are compiled together.
const MAX_ALLOW_PATTERNS: usize = 200;

/// The most tables of `allow.all`: a match keeps a bit for each.
const MAX_ALLOW_ALL: usize = u32::BITS as usize;

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
    let shared = shared_allow(table.remove("allow")).map_err(|error| error.in_file(file))?;
    if let Some(key) = table.keys().next() {
        return Err(unknown_key(key, "the file", &["rule", "allow"]).in_file(file));
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
            parse_rule(value, &shared, file, &mut valid)
                .map_err(|error| error.in_rule(&id).in_file(file))
        })
        .collect()
}

/// What a file's own `allow` table allows for each of its rules.
fn shared_allow(value: Option<Value>) -> Result<Allow, RuleError> {
    let Some(value) = value else {
        return Ok(Allow::default());
    };
    check_allow_keys(&value)?;
    Allow::deserialize(value)
        .map_err(|error| RuleError::new(RuleErrorKind::Syntax, error.message()))
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

pub(super) fn value_error(message: impl Into<String>) -> RuleError {
    RuleError::new(RuleErrorKind::Value, message)
}

fn check_keys(value: &Value) -> Result<(), RuleError> {
    let Some(rule) = value.as_table() else {
        return Err(RuleError::new(
            RuleErrorKind::Syntax,
            "a rule must be a table",
        ));
    };
    if !rule.contains_key("examples") && !rule.contains_key("imported") {
        return Err(RuleError::new(
            RuleErrorKind::Examples,
            "the rule lacks examples",
        ));
    }
    let nested = [
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
    check_companion_keys(rule)?;
    rule.get("allow").map_or(Ok(()), check_allow_keys)
}

fn check_companion_keys(rule: &Table) -> Result<(), RuleError> {
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

fn check_allow_keys(allow: &Value) -> Result<(), RuleError> {
    let check = |value: &Value, name: &str, known: &[&str]| {
        let keys = value.as_table().into_iter().flat_map(Table::keys);
        let mut unknown = keys.filter(|key| !known.contains(&key.as_str()));
        unknown
            .next()
            .map_or(Ok(()), |key| Err(unknown_key(key, name, known)))
    };
    check(allow, "allow", ALLOW_KEYS)?;
    let all = allow.get("all").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .try_for_each(|all| check(all, "allow.all", ALLOW_ALL_KEYS))
}

/// Works a rule out. `valid` holds the allowlists' patterns that are known to parse.
fn parse_rule(
    value: Value,
    shared: &Allow,
    file: &str,
    valid: &mut HashSet<String>,
) -> Result<(Rule, Plan), RuleError> {
    check_keys(&value)?;
    let mut raw = RawRule::deserialize(value)
        .map_err(|error| RuleError::new(RuleErrorKind::Syntax, error.message()))?;
    raw.allow.add(shared);
    check_texts(&raw)?;
    let (text, parsed) = pattern_of(&raw)?;
    imported::fit_keywords(&mut raw, &parsed.hir);
    keywords::check(&raw)?;
    let checks = raw
        .checks
        .iter()
        .map(|name| named_check(name))
        .collect::<Result<Vec<_>, _>>()?;
    let max_match_bytes = if raw.reads.is_empty() {
        max_match_bytes(&raw, parsed.hir.properties().maximum_len())?
    } else {
        assign::REACH_BYTES
    };
    check_allow(&raw, valid)?;
    let rule = Rule {
        entropy: entropy_floor(&raw)?,
        secret_group: imported::secret_group(&raw, &parsed.hir)?,
        imported: raw.imported,
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
        let parsed = match raw.imported {
            Some(_) => pattern::parse_unnamed(&raw.pattern)?,
            None => pattern::parse(&raw.pattern)?,
        };
        return Ok((raw.pattern.clone(), parsed));
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

/// The patterns, the stop words and the number of a rule's allowlists.
fn check_allow(raw: &RawRule, valid: &mut HashSet<String>) -> Result<(), RuleError> {
    let lists = || std::iter::once(&raw.paths).chain(raw.allow.pattern_lists());
    for text in lists().flatten() {
        // Rules of one file often share a list.
        if !valid.contains(text) {
            pattern::parse_plain(text)?;
            valid.insert(text.clone());
        }
    }
    if lists().any(|list| list.len() > MAX_ALLOW_PATTERNS) {
        return Err(value_error(format!(
            "a list holds more than {MAX_ALLOW_PATTERNS} patterns"
        )));
    }
    if raw.allow.stop_word_lists().flatten().any(String::is_empty) {
        return Err(value_error("an empty stop word would drop every secret"));
    }
    if raw.allow.all.iter().any(AllowAll::is_empty) {
        return Err(value_error(
            "a table of \"allow.all\" without a list would drop every secret",
        ));
    }
    if raw.allow.all.len() > MAX_ALLOW_ALL {
        return Err(value_error(format!(
            "\"allow.all\" holds more than {MAX_ALLOW_ALL} tables"
        )));
    }
    Ok(())
}

fn check_texts(raw: &RawRule) -> Result<(), RuleError> {
    if raw.imported.is_some() {
        return imported::check_texts(raw);
    }
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

fn entropy_floor(raw: &RawRule) -> Result<EntropyFloor, RuleError> {
    let is_imported = raw.imported.is_some();
    match &raw.entropy {
        RawEntropy::Absent if is_imported || !raw.reads.is_empty() => Ok(EntropyFloor::None),
        RawEntropy::Absent => Ok(EntropyFloor::Automatic),
        RawEntropy::Bits(bits) if is_imported => Ok(imported::entropy_floor(*bits)),
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
