//! A secret by itself: which rules' form it has, though nothing stands round it.

use std::collections::BTreeSet;
use std::sync::Arc;

use keysift_facts::{Input, Validity};

use crate::blob::{Origin, Span};
use crate::candidate::judged;
use crate::emit::Emitter;
use crate::finding::Finding;
use crate::scanner::{RuleId, Scanner};

/// The longest secret that is tried: more than any rule matches.
const MAX_BYTES: usize = crate::rule::MAX_REACH_BYTES;

/// A rule whose form a secret has.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The secret as a finding of the rule; [`Finding::dropped`] says why it would be dropped, if it would.
    pub finding: Finding,
    /// Whether the form alone tells: it holds a fixed text, or a check proves it. Otherwise many secrets have it, and
    /// the rule needs a keyword beside it.
    pub is_telling: bool,
}

impl Scanner {
    /// The rules whose pattern matches all of `secret`. Neither keywords nor paths nor a least confidence are asked
    /// for.
    ///
    /// The best comes first: one that is not dropped before one that is, one whose checksum or structure is right
    /// before others, one whose form tells before one that needs a keyword. Empty where no pattern matches, or for
    /// more than 64 KiB.
    ///
    /// Every pattern that may match is compiled for it, which takes longer than scanning a small file.
    pub fn recognise(&self, secret: &[u8]) -> Vec<Reading> {
        if secret.is_empty() || secret.len() > MAX_BYTES {
            return Vec::new();
        }
        let origin = Arc::new(Origin::Stdin);
        let mut emitter = Emitter::new(self, &origin, None);
        let mut found: Vec<_> = self
            .rules_that_may_match(secret)
            .into_iter()
            .filter_map(|id| {
                let whole = Span::new(0, secret.len());
                let entry = self.entry(id);
                let program = entry.plan().program(entry.rule());
                let (spans, _) = program.spans(&mut program.new_cache(), secret, whole);
                let spans = spans.filter(|spans| spans.secret == whole)?;
                let (found, _) = judged(entry, id, secret, spans);
                let finding = emitter.finding(secret, &[whole], &found);
                let is_proven = is_proven(&finding, secret);
                let is_telling = is_proven || !entry.plan().anchored_by_keyword;
                let order = (
                    finding.dropped.is_some(),
                    !is_proven,
                    !is_telling,
                    entry.rank,
                );
                Some((
                    order,
                    Reading {
                        finding,
                        is_telling,
                    },
                ))
            })
            .collect();
        found.sort_by_key(|(order, _)| *order);
        found.into_iter().map(|(_, reading)| reading).collect()
    }

    /// Rules one of whose anchors stands in the secret, and those whose anchors are keywords, which need not.
    fn rules_that_may_match(&self, secret: &[u8]) -> BTreeSet<RuleId> {
        let mut rules: BTreeSet<RuleId> = (0..self.rule_count())
            .map(|index| RuleId(index as u32))
            .filter(|id| {
                let plan = self.entry(*id).plan();
                plan.anchored_by_keyword && plan.reads.is_empty()
            })
            .collect();
        self.prefilter
            .find(secret, 0..secret.len(), &mut |literal, _| {
                let (from, end) = self.uses.numbers(literal);
                let uses = (from..end).map(|number| self.uses.get(number as u32));
                rules.extend(uses.map(|used| used.rule));
            });
        rules.retain(|id| self.entry(*id).plan().reads.is_empty());
        rules
    }
}

/// Whether a check of the rule proves the secret.
fn is_proven(finding: &Finding, secret: &[u8]) -> bool {
    finding
        .rule
        .checks
        .iter()
        .any(|format| format.input == Input::Secret && format.check(secret) == Validity::Valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Reason;
    use crate::options::ScannerOptions;
    use crate::rule::RuleSet;

    const RULES: &str = r#"
[[rule]]
id = "acme-api-key"
name = "Acme API key"
description = "A key."
provider = "Acme"
kind = "api-key"
severity = "high"
confidence = "high"
pattern = '\b(?P<secret>acme_(?P<body>[0-9a-z]{24}))\b'
examples.match = ["{{secret}}", "a = {{secret}}"]
examples.reject = ["{{short}}", "{{long}}"]
[rule.remediation]
action = "revoke"
steps = "Delete it."

[[rule]]
id = "beta-key"
name = "Beta key"
description = "A key."
provider = "Beta"
kind = "api-key"
severity = "low"
confidence = "medium"
pattern = '(?:^|[^0-9a-z_])(?P<secret>[0-9a-z_]{29})(?:[^0-9a-z_]|$)'
keywords = ["beta"]
examples.match = ["beta = {{secret}}", "beta: {{secret}}"]
examples.reject = ["{{short}}", "gamma = {{secret}}"]
[rule.remediation]
action = "rotate"
steps = "Make another."
"#;

    fn scanner() -> Scanner {
        let rules = RuleSet::parse("rules.toml", RULES).unwrap();
        Scanner::new(rules, ScannerOptions::default()).unwrap()
    }

    fn ids(found: &[Reading]) -> Vec<(&str, bool)> {
        found
            .iter()
            .map(|reading| (reading.finding.rule.id.as_str(), reading.is_telling))
            .collect()
    }

    #[test]
    fn a_bare_secret_is_known_by_its_form_and_the_tie_is_told() {
        let found = scanner().recognise(b"acme_7f3k9q2m5x8w1z4v6t0r3n8p");
        assert_eq!(ids(&found), [("acme-api-key", true), ("beta-key", false)]);
        assert!(
            found
                .iter()
                .all(|reading| reading.finding.dropped.is_none())
        );
        assert_eq!(found[0].finding.secret.len(), 29);
    }

    #[test]
    fn what_the_checks_drop_comes_last_with_its_reason() {
        let found = scanner().recognise(b"acme_aaaaaaaaaaaaaaaaaaaaaaaa");
        assert!(matches!(
            found[0].finding.dropped,
            Some(Reason::Entropy | Reason::Placeholder)
        ));
    }

    #[test]
    fn a_part_of_the_text_is_not_enough() {
        let scanner = scanner();
        for text in [
            &b""[..],
            b"acme_7f3k9q2m5x8w1z4v6t0r3n8",
            b"x acme_7f3k9q2m5x8w1z4v6t0r3n8p",
            b"acme_7f3k9q2m5x8w1z4v6t0r3n8p\n",
            &[b'a'; MAX_BYTES + 1],
        ] {
            assert!(scanner.recognise(text).is_empty());
        }
    }
}
