//! Hidden secrets against a naive decoder, and the laws of locality for them.

use std::collections::BTreeSet;

use keysift_core::{PrefilterChoice, Scanner, ScannerOptions, Span, Trace};
use keysift_tests::oracle::{self, Oracle};
use keysift_tests::runs::{self, matches_cut, patched, scan, scan_in_pieces};
use keysift_tests::{blobs, rules};
use proptest::prelude::*;

fn scanner(decode_depth: u8) -> Scanner {
    let options = ScannerOptions {
        decode_depth,
        explain: true,
        ..ScannerOptions::default()
    };
    Scanner::new(rules::hard(), options).unwrap()
}

type Told = (String, Span, Span);

/// What a naive decoder finds at one alignment of one run.
fn naive(oracle: &Oracle, (decoded, places): &(Vec<u8>, Vec<Span>)) -> BTreeSet<Told> {
    let outer = |inner: Span| match inner.is_empty() {
        true => None,
        false => Some(Span::new(
            places[inner.start].start,
            places[inner.end - 1].end,
        )),
    };
    let found = oracle.matches(decoded).into_iter();
    found
        .filter_map(|(rule, matched, secret)| Some((rule, outer(matched)?, outer(secret)?)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Of each run at each alignment nothing or all that the naive decoder finds, and nothing else.
    #[test]
    fn what_is_hidden_is_what_a_naive_decoder_finds(bytes in blobs::hidden(&rules::hard(), 8)) {
        let bytes = &bytes[..bytes.len().min(4000)];
        let scanner = scanner(1);
        let oracle = Oracle::new(rules::hard().iter().map(|rule| &**rule));
        let matches = scanner.matches(&mut scanner.scratch(), bytes);
        let mut found: BTreeSet<Told> = matches
            .iter()
            .filter(|found| !found.via().is_empty() && !found.secret.is_empty())
            .map(|found| (scanner.rule(found.rule).id.clone(), found.span, found.secret))
            .collect();
        for group in oracle::decoded(bytes) {
            let group = naive(&oracle, &group);
            if group.iter().any(|told| found.contains(told)) {
                for told in &group {
                    prop_assert!(found.remove(told), "{told:?}");
                }
            }
        }
        prop_assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn pieces_and_parts_have_what_the_whole_has(
        bytes in blobs::hidden(&rules::hard(), 20),
        sizes in prop::collection::vec(1_usize..3000, 1..6),
        batch in 1_usize..5000,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let scanner = scanner(2);
        prop_assert_eq!(scan_in_pieces(&scanner, &bytes, &sizes, batch), scan(&scanner, &bytes));
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        let whole = scanner.matches(&mut scanner.scratch(), &bytes);
        prop_assert_eq!(matches_cut(&scanner, &bytes, &cuts), whole);
    }

    #[test]
    fn a_patch_has_what_the_whole_has(
        base in blobs::hidden(&rules::hard(), 20),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, blobs::hidden(&rules::hard(), 2)), 1..6),
    ) {
        let scanner = scanner(2);
        let mut scratch = scanner.scratch();
        let mut known = runs::trace(&scanner, &mut scratch, &base);
        let mut base = base;
        for (at, removed, insert) in &edits {
            let at = at.index(base.len() + 1);
            let (parts, made) = patched(&base, &[(0, at, insert), (at + removed, base.len(), b"")]);
            let mut trace = Trace::default();
            scanner.trace_patch(&mut scratch, &made, &parts, &known, &mut trace);
            prop_assert_eq!(trace.matches(), scanner.matches(&mut scratch, &made));
            (base, known) = (made, trace);
        }
    }
}

/// A secret of each built-in rule with a literal of its own is found in base64 at each alignment, and in digits.
#[test]
fn secrets_of_built_in_rules_are_found_where_they_are_hidden() {
    let rules = rules::builtin();
    let scanner = runs::scanner(rules.clone(), PrefilterChoice::Fastest).unwrap();
    let mut scratch = scanner.scratch();
    let (mut tried, mut missed) = (0, Vec::new());
    for plan in scanner.explain() {
        let is_telling = !plan.is_anchored_by_keyword
            && plan.rule.reads.is_empty()
            && plan.rule.max_match_bytes < 4096
            && plan.anchors.iter().all(|anchor| anchor.len() >= 4);
        let Some(text) = plan
            .rule
            .expanded_examples()
            .unwrap()
            .r#match
            .into_iter()
            .next()
        else {
            continue;
        };
        let has = |matches: &[keysift_core::Match]| {
            matches
                .iter()
                .any(|found| scanner.rule(found.rule).id == plan.rule.id && !found.via().is_empty())
        };
        if !is_telling || text.len() < 24 {
            continue;
        }
        tried += 1;
        for lead in ["", " ", "  "] {
            let plain = format!("{lead}{text}");
            for hidden in [
                blobs::to_base64(plain.as_bytes()),
                blobs::to_hex(plain.as_bytes()),
            ] {
                if !has(&scanner.matches(&mut scratch, &hidden)) {
                    missed.push((plan.rule.id.clone(), lead.len()));
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(missed.is_empty(), "{} of {tried}: {missed:?}", missed.len());
}
