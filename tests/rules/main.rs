//! The registry of built-in rules: every rule documented, named by the convention, proven by its examples.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod companions;
mod contexts;
mod default_tier;
mod facts;
mod near_misses;
mod page;

use std::collections::BTreeMap;
use std::sync::Arc;

use keysift_core::{Blob, Confidence, Finding, Origin, Rule, RuleSet, Scanner, ScannerOptions};
use keysift_tests::rules;

/// Scans a text as a file that the rule applies to.
fn findings(scanner: &Scanner, rule: &Rule, text: &str) -> Vec<Finding> {
    let origin = Arc::new(
        rule.sample_path()
            .map_or(Origin::Stdin, |path| Origin::File(path.into())),
    );
    let mut all = Vec::new();
    scanner.scan(
        &mut scanner.scratch(),
        Blob {
            origin: &origin,
            bytes: text.as_bytes(),
            changed: None,
        },
        &mut |finding| all.push(finding),
    );
    all
}

fn scanner() -> Scanner {
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        explain: true,
        ..ScannerOptions::default()
    };
    Scanner::new(rules::builtin(), options).unwrap()
}

#[test]
fn there_are_at_least_150_rules() {
    assert!(rules::builtin().len() >= 150, "{}", rules::builtin().len());
}

/// The built-in rules as the program's build has not touched them.
fn parsed() -> RuleSet {
    let mut rules = RuleSet::new();
    for (file, text) in keysift_rules::FILES {
        rules.merge(RuleSet::parse(file, text).unwrap()).unwrap();
    }
    rules
}

#[test]
fn the_rules_in_the_program_are_those_of_the_files() {
    let texts = |rules: &RuleSet| rules.iter().map(|rule| format!("{rule:#?}")).collect();
    let (carried, parsed): (Vec<String>, Vec<String>) =
        (texts(&rules::builtin()), texts(&parsed()));
    assert_eq!(carried, parsed);
}

#[test]
fn the_plans_in_the_program_are_those_of_the_files() {
    let plans = |rules: RuleSet| -> Vec<String> {
        let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
        let plans = scanner.explain().map(|plan| {
            let anchors = plan.anchors;
            let reach = (plan.before_bytes, plan.after_bytes);
            format!("{} {anchors:?} {reach:?}", plan.rule.id)
        });
        plans.collect()
    };
    assert_eq!(plans(rules::builtin()), plans(parsed()));
}

#[test]
fn every_example_holds_in_the_whole_engine() {
    let failed: Vec<String> = keysift::failing_examples(rules::builtin())
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        failed.is_empty(),
        "{} examples fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn rules_that_are_not_built_in_hold_their_examples_beside_the_others() {
    let text = include_str!("../../rules/optional/generic-random-literal.toml");
    let optional = RuleSet::parse("generic-random-literal.toml", text).unwrap();
    let ids: Vec<String> = optional.iter().map(|rule| rule.id.clone()).collect();
    assert_eq!(ids, ["generic-random-literal"]);
    assert!(rules::builtin().get("generic-random-literal").is_none());
    let mut all = rules::builtin();
    all.merge(optional).unwrap();
    all.retain(|rule| rule.id.starts_with("generic-"));
    let failed = keysift::failing_examples(all).unwrap();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_rule_has_two_reject_examples_and_speaks_to_its_user() {
    for rule in rules::builtin().iter() {
        assert!(
            rule.examples.reject.len() >= 2,
            "{} has one reject example",
            rule.id
        );
        assert!(
            rule.description.trim_end().ends_with('.'),
            "{}: the description is no sentence",
            rule.id
        );
        assert!(
            rule.remediation.steps.trim_end().ends_with('.'),
            "{}: the steps are no sentence",
            rule.id
        );
        if let Some(link) = &rule.remediation.link {
            assert!(link.starts_with("https://"), "{}: {link}", rule.id);
        }
    }
}

#[test]
fn rules_stand_in_their_file_in_order() {
    for (file, text) in keysift_rules::FILES {
        let table: toml::Table = toml::from_str(text).unwrap();
        let ids: Vec<&str> = table["rule"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| rule["id"].as_str().unwrap())
            .collect();
        assert!(
            ids.is_sorted(),
            "{file}: rules are not sorted by id: {ids:?}"
        );
    }
}

#[test]
fn file_names_are_kebab_case() {
    for (file, _) in keysift_rules::FILES {
        let name = file.rsplit('/').next().unwrap().trim_end_matches(".toml");
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{file}"
        );
    }
}

/// Random secrets of a form are found in the contexts in which people write them.
#[test]
fn random_secrets_of_each_form_are_found() {
    let scanner = scanner();
    let mut missed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    const SECRETS: u64 = 20;
    // Rules for secrets that people choose take words of letters alone for names; one in twenty random ones is.
    const ALLOWED: usize = 2;
    for rule in scanner.rules() {
        // The first example is the rule's natural context; its secret is replaced by ever new ones.
        let Some(context) = rule
            .examples
            .r#match
            .iter()
            .find(|text| text.contains("{{secret}}"))
        else {
            continue;
        };
        for seed in 0..SECRETS {
            let Some(secret) = rule
                .sample_secret(100 + seed)
                .and_then(|secret| String::from_utf8(secret).ok())
            else {
                continue;
            };
            let text = context.replace("{{secret}}", &secret);
            let found = findings(&scanner, rule, &text);
            if !found.iter().any(|finding| finding.dropped.is_none()) {
                let told = found
                    .iter()
                    .map(|finding| format!("{} {:?}", finding.rule.id, finding.dropped));
                missed
                    .entry(rule.id.clone())
                    .or_default()
                    .push(told.collect::<Vec<_>>().join(", "));
            }
        }
    }
    let often: Vec<_> = missed
        .iter()
        .filter(|(_, outcomes)| outcomes.len() > ALLOWED)
        .collect();
    assert!(
        often.is_empty(),
        "of {SECRETS} random secrets of each form, missed: {often:?}"
    );
}

/// No rule file holds text that a provider's push protection would take for a real secret.
#[test]
fn rule_files_hold_no_secrets_themselves() {
    let options = ScannerOptions {
        min_confidence: Confidence::High,
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(rules::builtin(), options).unwrap();
    for (file, text) in keysift_rules::FILES {
        let origin = Arc::new(Origin::File(file.into()));
        scanner.scan(
            &mut scanner.scratch(),
            Blob {
                origin: &origin,
                bytes: text.as_bytes(),
                changed: None,
            },
            &mut |finding| {
                panic!(
                    "{file}:{}: {} finds a secret in the rule's own text",
                    finding.start.line, finding.rule.id
                );
            },
        );
    }
}

#[test]
fn a_set_is_sorted_by_id() {
    let ids: Vec<String> = RuleSet::iter(&rules::builtin())
        .map(|rule| rule.id.clone())
        .collect();
    assert!(ids.is_sorted());
}
