//! What bounds the engine: memory of a stream, odd ends, hostile blobs.

use std::sync::Arc;

use keysift_core::{Blob, Counters, Origin, RuleSet, Scanner, ScannerOptions};
use keysift_tests::rules;

fn count(scanner: &Scanner, bytes: &[u8]) -> usize {
    let origin = Arc::new(Origin::Stdin);
    let mut found = 0;
    scanner.scan(
        &mut scanner.scratch(),
        Blob {
            origin: &origin,
            bytes,
            changed: None,
        },
        &mut |_| found += 1,
    );
    found
}

#[test]
fn an_empty_blob_has_no_finding() {
    let scanner = Scanner::new(rules::hard(), ScannerOptions::default()).unwrap();
    assert_eq!(count(&scanner, b""), 0);
}

#[test]
fn a_blob_of_nothing_but_one_anchor_is_no_trouble() {
    let scanner = Scanner::new(rules::hard(), ScannerOptions::default()).unwrap();
    for anchor in [
        "zzkey=", "aba", "<q>", "acmeco", "qpass=", "@qqhost", "ghp_",
    ] {
        let bytes = anchor.repeat(20_000);
        count(&scanner, bytes.as_bytes());
    }
}

#[test]
fn patterns_are_compiled_only_when_a_candidate_needs_them() {
    let scanner = Scanner::new(rules::builtin(), ScannerOptions::default()).unwrap();
    count(&scanner, b"nothing to see here");
    assert!(
        scanner.explain().all(|plan| !plan.is_compiled),
        "a pattern was compiled without a candidate"
    );
    let before = scanner.memory_usage();
    let rule = scanner
        .rules()
        .find(|rule| !rule.pattern.is_empty())
        .cloned()
        .unwrap();
    for example in rule.expanded_examples().unwrap().r#match {
        count(&scanner, example.as_bytes());
    }
    assert!(scanner.explain().any(|plan| plan.is_compiled));
    assert!(scanner.memory_usage() > before);
}

/// A rule of its own.
fn rules_of(pattern: &str, rest: &str) -> RuleSet {
    let text = format!(
        r#"
[[rule]]
id = "limits-rule"
name = "limits-rule"
description = "A rule."
provider = "Test"
kind = "api-key"
severity = "low"
confidence = "high"
pattern = '''{pattern}'''
entropy = "none"
examples.match = ["{{{{secret}}}}"]
examples.reject = ["nothing"]
remediation.action = "revoke"
remediation.steps = "None: it is made up."
{rest}
"#
    );
    RuleSet::parse("limits.toml", &text).unwrap()
}

/// The work of a scan.
fn work(scanner: &Scanner, bytes: &[u8]) -> Counters {
    let origin = Arc::new(Origin::Stdin);
    let mut scratch = scanner.scratch();
    let blob = Blob {
        origin: &origin,
        bytes,
        changed: None,
    };
    scanner.scan(&mut scratch, blob, &mut |_| {});
    scratch.counters
}

/// Each start was searched once for each of the wide windows over it, and its matches kept until the end.
#[test]
fn anchors_far_apart_in_a_match_have_no_start_searched_again_and_again() {
    let rules = rules_of(
        "(?P<secret>(?:qaa-|[a-z0-9-]{0,500}qbbb-)[0-9]+)",
        "reach = 600",
    );
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let bytes = "qaa-1qbbb-1 ".repeat(2000);
    let work = work(&scanner, bytes.as_bytes());
    assert!(work.matches > 0);
    assert!(
        work.window_bytes < 4 * bytes.len() as u64,
        "{} bytes searched of {}",
        work.window_bytes,
        bytes.len()
    );
}

#[test]
fn a_scratch_forgets_the_blob_before() {
    let rules = rules_of("(?P<secret>qpath[0-9]{6})", "paths = ['\\.env$']");
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let mut scratch = scanner.scratch();
    let bytes = b"qpath012945".as_slice();
    for (path, expected) in [("a.txt", 0), ("a.env", 1), ("b.txt", 0), ("b.env", 1)] {
        let origin = Arc::new(Origin::File(path.into()));
        let mut found = 0;
        scanner.scan(
            &mut scratch,
            Blob {
                origin: &origin,
                bytes,
                changed: None,
            },
            &mut |_| found += 1,
        );
        assert_eq!(found, expected, "{path}");
        // Without a path there is none that does not suit.
        assert_eq!(scanner.matches(&mut scratch, bytes).len(), 1, "{path}");
    }
}

#[test]
fn a_batch_of_any_size_can_be_asked_for() {
    let scanner = Scanner::new(rules::hard(), ScannerOptions::default()).unwrap();
    let origin = Arc::new(Origin::Stdin);
    let mut scratch = scanner.scratch();
    for batch_bytes in [0, usize::MAX] {
        let mut stream = scanner.stream(&origin).batch_bytes(batch_bytes);
        stream.push(&mut scratch, b"nothing", &mut |_| {});
        stream.push(&mut scratch, b" at all", &mut |_| {});
        assert_eq!(stream.finish(&mut scratch, &mut |_| {}), 14);
    }
}
