//! Running rules' examples through the whole engine.

use std::fmt;
use std::sync::Arc;

use keysift_core::{
    Blob, Confidence, Finding, Origin, Rule, RuleError, RuleSet, Scanner, ScannerOptions,
};

/// An example that does not do what it is there for.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedExample {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The example as the rule file has it.
    pub text: String,
    /// Whether the rule should have found something in it.
    pub should_match: bool,
    /// What the engine made of it: rules, and reasons of drops.
    pub outcome: String,
}

impl fmt::Display for FailedExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = if self.should_match {
            "should match and does not"
        } else {
            "should not match and does"
        };
        write!(
            f,
            "{}: rule {:?}: {:?} {expected} ({})",
            self.rule.file, self.rule.id, self.text, self.outcome
        )
    }
}

/// Scans every example with all of `rules`, and gives those that fail.
///
/// A rule with path conditions is tried under a path that suits it. A finding of low confidence counts.
///
/// # Errors
/// An empty set, or an example with a placeholder that does not exist.
pub fn failing_examples(rules: RuleSet) -> Result<Vec<FailedExample>, RuleError> {
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        explain: true,
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(rules, options)?;
    let mut scratch = scanner.scratch();
    let mut failed = Vec::new();
    for rule in scanner.rules() {
        let expanded = rule.expanded_examples()?;
        let origin = Arc::new(
            rule.sample_path()
                .map_or(Origin::Stdin, |path| Origin::File(path.into())),
        );
        let cases = (expanded
            .r#match
            .iter()
            .zip(&rule.examples.r#match)
            .map(|texts| (true, texts)))
        .chain(
            expanded
                .reject
                .iter()
                .zip(&rule.examples.reject)
                .map(|texts| (false, texts)),
        );
        for (should_match, (text, written)) in cases {
            let mut found = Vec::new();
            scanner.scan(
                &mut scratch,
                Blob {
                    origin: &origin,
                    bytes: text.as_bytes(),
                    changed: None,
                },
                &mut |finding| found.push(finding),
            );
            let is_found = found
                .iter()
                .any(|finding: &Finding| finding.rule.id == rule.id && finding.dropped.is_none());
            if is_found != should_match {
                failed.push(FailedExample {
                    rule: Arc::clone(rule),
                    text: written.clone(),
                    should_match,
                    outcome: outcome(&found),
                });
            }
        }
    }
    Ok(failed)
}

fn outcome(found: &[Finding]) -> String {
    if found.is_empty() {
        return "no rule matched".to_owned();
    }
    let told: Vec<String> = found
        .iter()
        .map(|finding| match finding.dropped {
            Some(reason) => format!("{} dropped it: {}", finding.rule.id, reason.meaning()),
            None => format!("{} found it", finding.rule.id),
        })
        .collect();
    told.join("; ")
}
