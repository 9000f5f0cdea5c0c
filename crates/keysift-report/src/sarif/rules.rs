//! The rules of a run, with what GitHub shows of them.

use std::collections::HashMap;

use keysift_core::{Confidence, Rule, Severity};
use serde_json::{Value, json};

use super::message;
use crate::place::head;

/// How long a rule's descriptions may be for GitHub, in characters.
const MAX_DESCRIPTION_CHARS: usize = 1_024;

/// The rules that found something, or whose accepted findings are gone, in the order in which they first did.
#[derive(Default)]
pub(super) struct Rules {
    indices: HashMap<String, usize>,
    pub(super) descriptors: Vec<Value>,
}

impl Rules {
    pub(super) fn index(&mut self, rule: &Rule) -> usize {
        if let Some(index) = self.indices.get(&rule.id) {
            return *index;
        }
        let index = self.descriptors.len();
        self.descriptors.push(descriptor(rule));
        self.indices.insert(rule.id.clone(), index);
        index
    }
}

fn descriptor(rule: &Rule) -> Value {
    let remedy = &rule.remediation;
    let steps = remedy.steps.trim();
    let link = remedy.link.as_deref();
    let text = match link {
        Some(link) => format!("{}\n\n{steps}\n\n{link}", rule.description),
        None => format!("{}\n\n{steps}", rule.description),
    };
    let markdown = match link {
        Some(link) => format!(
            "{}\n\n**What to do: {} it.** {steps}\n\n[How to {} it]({link})",
            rule.description, remedy.action, remedy.action
        ),
        None => format!(
            "{}\n\n**What to do: {} it.** {steps}",
            rule.description, remedy.action
        ),
    };
    let mut descriptor = json!({
        "id": rule.id,
        "name": pascal_case(&rule.id),
        "shortDescription": {"text": message(&head(&rule.name, MAX_DESCRIPTION_CHARS))},
        "fullDescription": {"text": message(&head(&rule.description, MAX_DESCRIPTION_CHARS))},
        "help": {"text": message(&text), "markdown": message(&markdown)},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "kind": rule.kind.as_str(),
            "provider": rule.provider,
            "precision": precision(rule.confidence),
            "security-severity": score(rule.severity),
            "tags": ["security", "secret", "external/cwe/cwe-798"],
        },
    });
    if let Some(link) = link {
        descriptor["helpUri"] = link.into();
    }
    descriptor
}

fn pascal_case(id: &str) -> String {
    id.split('-')
        .map(|word| {
            let mut word = word.to_owned();
            if let Some(first) = word.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            word
        })
        .collect()
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        _ => "note",
    }
}

/// The middle of GitHub's range for a severity.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        _ => "2.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "medium",
        _ => "low",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_a_name_in_pascal_case() {
        assert_eq!(pascal_case("acme-api-key"), "AcmeApiKey");
    }
}
