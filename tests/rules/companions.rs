//! What each rule's companions describe is found beside the rule's secret, and is a part of its finding alone.

use keysift_core::{Rule, Scanner};

use crate::{findings, scanner};

/// Different values of each companion.
const VALUES: u64 = 4;

/// The first example of a rule with a made-up secret in it.
fn example(rule: &Rule) -> Option<String> {
    let examples = rule.expanded_examples().unwrap().r#match;
    let mut written = rule.examples.r#match.iter().zip(examples);
    let (_, text) = written.find(|(text, _)| text.contains("{{secret}}"))?;
    Some(text)
}

/// The names of the parts of the rule's findings in a text.
fn parts(scanner: &Scanner, rule: &Rule, text: &str) -> Vec<String> {
    let own = |finding: &keysift_core::Finding| finding.rule.id == rule.id;
    let found = findings(scanner, rule, text);
    let parts = found.iter().filter(|finding| own(finding));
    parts
        .flat_map(|finding| finding.parts.iter().map(|part| part.name.clone()))
        .collect()
}

#[test]
fn each_companion_is_found_beside_its_secret() {
    let scanner = scanner();
    let (mut tried, mut missed) = (0, Vec::new());
    for rule in scanner.rules().filter(|rule| !rule.companions.is_empty()) {
        let example = example(rule).unwrap_or_else(|| panic!("{} has no example", rule.id));
        for companion in &rule.companions {
            for seed in 0..VALUES {
                let sample = companion.sample(seed).unwrap();
                if sample.len() >= companion.within {
                    continue;
                }
                tried += 1;
                let beside = format!("{}\n{example}", String::from_utf8_lossy(&sample));
                if !parts(&scanner, rule, &beside).contains(&companion.name) {
                    missed.push(format!("{} {}: {beside:?}", rule.id, companion.name));
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(
        missed.is_empty(),
        "{} missed:\n{}",
        missed.len(),
        missed.join("\n")
    );
}

#[test]
fn a_companion_alone_is_no_finding() {
    let scanner = scanner();
    for rule in scanner.rules().filter(|rule| !rule.companions.is_empty()) {
        for companion in &rule.companions {
            let sample = companion.sample(1).unwrap();
            let alone = format!("{}\n", String::from_utf8_lossy(&sample));
            let found = findings(&scanner, rule, &alone);
            let own: Vec<_> = found
                .iter()
                .filter(|finding| finding.rule.id == rule.id && finding.dropped.is_none())
                .collect();
            assert!(own.is_empty(), "{}: {alone:?}", rule.id);
        }
    }
}
