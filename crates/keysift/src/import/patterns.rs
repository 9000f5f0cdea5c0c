//! Rule files in YAML: kingfisher's and noseyparker's, which share their form.

use keysift_core::Tool;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::difference::Differences;
use super::regex::{Dialect, escaped};
use super::rule::{Lists, RuleTable, place};
use super::{Import, ImportError};

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Table { rules: Vec<Rule> },
    List(Vec<Rule>),
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    id: String,
    pattern: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    min_entropy: f64,
    #[serde(default)]
    confidence: String,
    #[serde(default = "yes")]
    visible: bool,
    pattern_requirements: Option<Requirements>,
    depends_on_rule: Option<IgnoredAny>,
    validation: Option<IgnoredAny>,
    revocation: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Requirements {
    #[serde(default)]
    min_digits: usize,
    #[serde(default)]
    min_uppercase: usize,
    #[serde(default)]
    min_lowercase: usize,
    #[serde(default)]
    min_special_chars: usize,
    special_chars: Option<String>,
    #[serde(default)]
    ignore_if_contains: Vec<String>,
    checksum: Option<IgnoredAny>,
}

fn yes() -> bool {
    true
}

/// What kingfisher takes for special characters.
const SPECIAL: &str = "!@#$%^&*()_+-=[]{}|;:'\",.<>?/\\`~";

pub(super) fn import(import: &mut Import, text: &str, tool: Tool) -> Result<(), ImportError> {
    let file: File =
        super::yaml(text).map_err(|message| ImportError::new(&import.differences.file, message))?;
    let (File::Table { rules } | File::List(rules)) = file;
    for rule in rules {
        let here = place(&rule.id);
        match converted(&rule, tool, &mut import.differences) {
            Ok(table) => import.rules.extend(table),
            Err(why) => {
                import
                    .differences
                    .error(&here, "pattern", format!("{why}; the rule is left out"))
            }
        }
    }
    Ok(())
}

fn converted(
    rule: &Rule,
    tool: Tool,
    differences: &mut Differences,
) -> Result<Option<RuleTable>, String> {
    let here = place(&rule.id);
    if !rule.visible {
        differences.note(
            &here,
            "visible",
            "a rule that only serves others is left out",
        );
        return Ok(None);
    }
    let mut table = RuleTable::new(tool, &rule.id, &rule.pattern, Dialect::Rust, differences)?;
    table.name.clone_from(&rule.name);
    if !rule.description.trim().is_empty() {
        table.description.clone_from(&rule.description);
    }
    table.entropy = Some(rule.min_entropy).filter(|bits| *bits > 0.0);
    table.confidence = match rule.confidence.to_ascii_lowercase().as_str() {
        "low" => "low",
        "high" => "high",
        _ => "medium",
    };
    if let Some(requirements) = &rule.pattern_requirements {
        require(requirements, &here, &mut table, differences);
    }
    let unheard = [
        (
            "depends_on_rule",
            rule.depends_on_rule.is_some(),
            "it serves validation alone",
        ),
        (
            "validation",
            rule.validation.is_some(),
            "a scan never asks the network whether a secret is live",
        ),
        (
            "revocation",
            rule.revocation.is_some(),
            "keysift revokes nothing by itself",
        ),
    ];
    for (key, _, message) in unheard.into_iter().filter(|(_, is_there, _)| *is_there) {
        differences.note(&here, key, message);
    }
    table.fit(differences)?;
    Ok(Some(table))
}

fn require(
    requirements: &Requirements,
    here: &str,
    table: &mut RuleTable,
    differences: &mut Differences,
) {
    let special = requirements.special_chars.as_deref().unwrap_or(SPECIAL);
    let special: String = special
        .chars()
        .filter(char::is_ascii)
        .map(|it| escaped(it.encode_utf8(&mut [0; 4])))
        .collect();
    let counts = [
        (requirements.min_digits, "0-9"),
        (requirements.min_uppercase, "A-Z"),
        (requirements.min_lowercase, "a-z"),
        (requirements.min_special_chars, special.as_str()),
    ];
    let values = counts
        .into_iter()
        .filter(|(least, class)| *least > 0 && !class.is_empty())
        .map(|(least, class)| fewer_than(least, class));
    let contained = requirements
        .ignore_if_contains
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty());
    let lists = Lists {
        values: values.collect(),
        matches: contained
            .map(|text| format!("(?i){}", escaped(text)))
            .collect(),
        ..Lists::default()
    };
    table.allow.add(lists, false);
    if requirements.checksum.is_some() {
        differences.warn(
            here,
            "pattern_requirements.checksum",
            "is not verified: an imported rule has no checksums",
        );
    }
}

/// A pattern for values that hold fewer than so many characters of a class.
pub(super) fn fewer_than(least: usize, class: &str) -> String {
    format!(
        r"\A(?s:[^{class}]*[{class}]){{0,{}}}[^{class}]*\z",
        least - 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_so_many_of_a_class_is_a_pattern() {
        assert_eq!(fewer_than(2, "0-9"), r"\A(?s:[^0-9]*[0-9]){0,1}[^0-9]*\z");
        keysift_core::check_plain_pattern(&fewer_than(3, "A-Z")).unwrap();
    }
}
