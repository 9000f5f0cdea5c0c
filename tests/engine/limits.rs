//! What bounds the engine: memory of a stream, odd ends, hostile blobs.

use std::sync::Arc;

use keysift_core::{Blob, Origin, Scanner, ScannerOptions};
use keysift_tests::rules;

fn count(scanner: &Scanner, bytes: &[u8]) -> usize {
    let origin = Arc::new(Origin::Stdin);
    let mut found = 0;
    scanner.scan(
        &mut scanner.scratch(),
        Blob {
            origin: &origin,
            bytes,
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
