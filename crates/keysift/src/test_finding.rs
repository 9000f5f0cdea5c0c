//! Findings for tests, made by a scan of a made-up secret.

use std::sync::Arc;

use keysift_core::{Blob, Finding, Origin, RuleSet, Scanner, ScannerOptions};

/// A rule of our own.
const RULE: &str = r#"
[[rule]]
id = "acme-api-key"
name = "Acme API key"
description = "Gives full access to an Acme account."
provider = "Acme"
kind = "api-key"
severity = "high"
confidence = "high"
pattern = '\b(?P<secret>acme_[0-9a-z]{24})\b'
examples.match = ["key = {{secret}}"]
examples.reject = ["key = {{short}}"]
[rule.remediation]
action = "revoke"
steps = "Account > Keys > delete."
"#;

/// The first finding in a file of this path and text, in which `{secret}` stands for a secret.
pub(crate) fn found(path: &str, text: &str) -> Finding {
    let secret = ["acme", "_7f3k9q2m5x8w1z4v6t0r3n8p"].concat();
    let options = ScannerOptions {
        keep_lines: true,
        ..ScannerOptions::default()
    };
    let rules = RuleSet::parse("acme.toml", RULE).unwrap();
    let scanner = Scanner::new(rules, options).unwrap();
    let origin = Arc::new(Origin::File(path.into()));
    let text = text.replace("{secret}", &secret);
    let mut findings = Vec::new();
    let blob = Blob {
        origin: &origin,
        bytes: text.as_bytes(),
        changed: None,
    };
    scanner.scan(&mut scanner.scratch(), blob, &mut |finding| {
        findings.push(finding)
    });
    findings.swap_remove(0)
}
