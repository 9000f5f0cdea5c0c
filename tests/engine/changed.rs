//! Only changes are reported, and nothing else about a blob is different.

use std::sync::Arc;

use keysift_core::facts::Facts;
use keysift_core::{
    Blob, Confidence, Finding, Origin, PrefilterChoice, Reason, Scanner, ScannerOptions, Scratch,
    Span,
};
use keysift_tests::{blobs, rules, runs};
use proptest::prelude::*;

/// What a blob tells of which these places changed; whole, or in pieces of so many bytes.
fn scan(
    scanner: &Scanner,
    bytes: &[u8],
    changed: Option<&[Span]>,
    piece: Option<usize>,
) -> Vec<Finding> {
    let origin = Arc::new(Origin::Stdin);
    let mut scratch = scanner.scratch();
    let mut all = Vec::new();
    let mut on = |finding: Finding| all.push(finding);
    match piece {
        None => {
            let blob = Blob {
                origin: &origin,
                bytes,
                changed,
            };
            scanner.scan(&mut scratch, blob, &mut on);
        }
        Some(piece) => {
            let mut stream = scanner.stream(&origin).changed(changed).batch_bytes(1);
            for part in bytes.chunks(piece) {
                stream.push(&mut scratch, part, &mut on);
            }
            stream.finish(&mut scratch, &mut on);
        }
    }
    let unchanged = all
        .iter()
        .filter(|finding| finding.dropped == Some(Reason::Unchanged));
    assert_eq!(
        scratch.counters.dropped(Reason::Unchanged),
        unchanged.count() as u64
    );
    all
}

/// Disjoint places in order, some of them empty.
fn places(numbers: &[u16], length: usize) -> Vec<Span> {
    let mut ends: Vec<usize> = numbers
        .iter()
        .map(|number| usize::from(*number) % (length + 1))
        .collect();
    ends.sort_unstable();
    ends.chunks_exact(2)
        .map(|pair| Span::new(pair[0], pair[1]))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_finding_is_dropped_where_its_secret_touches_no_change(
        bytes in blobs::blob(&rules::hard(), 30),
        numbers in proptest::collection::vec(any::<u16>(), 0..8),
        piece in 1_usize..3000,
    ) {
        let scanner = runs::scanner(rules::hard(), PrefilterChoice::default()).unwrap();
        let changed = places(&numbers, bytes.len());
        let expected: Vec<String> = scan(&scanner, &bytes, None, None)
            .into_iter()
            .map(|mut finding| {
                let secret = finding.secret_span;
                let is_touched = changed
                    .iter()
                    .any(|span| span.start < secret.end && span.end > secret.start);
                if finding.dropped.is_none() && !is_touched {
                    finding.dropped = Some(Reason::Unchanged);
                    finding.confidence = finding.rule.confidence;
                    finding.facts = Facts::default();
                    finding.parts.clear();
                }
                runs::told(&finding)
            })
            .collect();
        for piece in [None, Some(piece)] {
            let found = scan(&scanner, &bytes, Some(&changed), piece);
            let found: Vec<String> = found.iter().map(runs::told).collect();
            prop_assert_eq!(&found, &expected);
        }
    }
}

/// A scanner that reports findings alone, as a hook's does.
fn reporting(rules: keysift_core::RuleSet) -> Scanner {
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        ..ScannerOptions::default()
    };
    Scanner::new(rules, options).unwrap()
}

fn findings(
    scanner: &Scanner,
    scratch: &mut Scratch,
    bytes: &[u8],
    changed: Option<&[Span]>,
) -> Vec<Finding> {
    let origin = Arc::new(Origin::Stdin);
    let blob = Blob {
        origin: &origin,
        bytes,
        changed,
    };
    let mut all = Vec::new();
    scanner.scan(scratch, blob, &mut |finding| all.push(finding));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Candidates that stand away from what was changed are not followed, and nothing that is reported tells of it.
    #[test]
    fn what_touches_a_change_is_found_without_a_look_at_the_rest(
        bytes in blobs::blob(&rules::hard(), 30),
        numbers in proptest::collection::vec(any::<u16>(), 0..4),
        short in any::<bool>(),
    ) {
        let mut changed = places(&numbers, bytes.len());
        if short {
            changed.iter_mut().for_each(|span| span.end = span.end.min(span.start + 1));
        }
        let scanner = reporting(rules::hard());
        let mut scratch = scanner.scratch();
        let found = findings(&scanner, &mut scratch, &bytes, Some(&changed));
        let counters = scratch.counters.clone();
        prop_assert_eq!(counters.findings, found.len() as u64);
        let dropped: u64 = Reason::ALL.iter().map(|reason| counters.dropped(*reason)).sum();
        prop_assert_eq!(counters.matches, counters.findings + dropped);
        let found: Vec<String> = found.iter().map(runs::told).collect();
        let telling = runs::scanner(rules::hard(), PrefilterChoice::default()).unwrap();
        let expected: Vec<String> = scan(&telling, &bytes, Some(&changed), None)
            .iter()
            .filter(|finding| finding.dropped.is_none())
            .map(runs::told)
            .collect();
        prop_assert_eq!(found, expected);
    }
}

/// Each built-in rule's examples stand in lines that were there before: none of the rules is made ready.
#[test]
fn a_change_far_from_all_candidates_makes_no_rule_ready() {
    let rules = rules::builtin();
    let mut bytes = b"a line that was added\n".to_vec();
    bytes.extend(b"\n".repeat(70_000));
    for rule in rules.iter() {
        let example = rule.expanded_examples().unwrap().r#match.swap_remove(0);
        bytes.extend_from_slice(example.as_bytes());
        bytes.push(b'\n');
    }
    let scanner = reporting(rules);
    let mut scratch = scanner.scratch();
    let changed = [Span::new(0, 22)];
    assert_eq!(
        findings(&scanner, &mut scratch, &bytes, Some(&changed)).len(),
        0
    );
    assert!(scanner.explain().all(|plan| !plan.is_compiled));
    let counters = &scratch.counters;
    assert!(counters.candidates > 3000, "{}", counters.candidates);
    assert_eq!(counters.unchanged_candidates, counters.candidates);
    assert!(findings(&scanner, &mut scratch, &bytes, None).len() > 1000);
}
