//! Only changes are reported, and nothing else about a blob is different.

use std::sync::Arc;

use keysift_core::facts::Facts;
use keysift_core::{Blob, Finding, Origin, PrefilterChoice, Reason, Scanner, Span};
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
