//! The four laws of locality, each bit for bit.

use keysift_core::{Part, PrefilterChoice, RuleSet, Scanner, Span, Trace};
use keysift_tests::runs::{self, matches_cut, named, patched, scan, scan_in_pieces};
use keysift_tests::{blobs, oracle::Oracle, rules};
use proptest::prelude::*;

fn scanner(rules: RuleSet, prefilter: PrefilterChoice) -> Scanner {
    runs::scanner(rules, prefilter).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn law_1_every_prefilter_finds_what_the_oracle_finds(bytes in blobs::blob(&rules::hard(), 40)) {
        let expected = Oracle::new(rules::hard().iter().map(|rule| &**rule)).matches(&bytes);
        let mut verdicts = Vec::new();
        for prefilter in [PrefilterChoice::Grams, PrefilterChoice::Automaton, PrefilterChoice::Avx2, PrefilterChoice::Avx512, PrefilterChoice::Neon] {
            let scanner = scanner(rules::hard(), prefilter);
            let matches = scanner.matches(&mut scanner.scratch(), &bytes);
            prop_assert_eq!(&named(&scanner, &matches), &expected);
            verdicts.push(scan(&scanner, &bytes));
        }
        for verdict in &verdicts {
            prop_assert_eq!(&verdicts[0], verdict);
        }
    }

    #[test]
    fn law_2_pieces_of_any_size_give_the_findings_of_the_whole(
        bytes in blobs::blob(&rules::hard(), 60),
        sizes in prop::collection::vec(1_usize..3000, 1..6),
        batch in 1_usize..5000,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let scanner = scanner(rules::hard(), PrefilterChoice::Fastest);
        let whole = scan(&scanner, &bytes);
        prop_assert_eq!(&scan_in_pieces(&scanner, &bytes, &sizes, batch), &whole);

        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        let whole = scanner.matches(&mut scanner.scratch(), &bytes);
        prop_assert_eq!(matches_cut(&scanner, &bytes, &cuts), whole);
    }

    #[test]
    fn law_3_a_patch_of_a_patch_gives_the_matches_of_the_whole(
        base in blobs::blob(&rules::hard(), 60),
        versions in prop::collection::vec(
            prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), blobs::blob(&rules::hard(), 3)), 1..6),
            1..4,
        ),
    ) {
        let scanner = scanner(rules::hard(), PrefilterChoice::Fastest);
        let mut scratch = scanner.scratch();
        let mut known = runs::trace(&scanner, &mut scratch, &base);
        let mut base = base;
        for cuts in &versions {
            let copies: Vec<(usize, usize, &[u8])> = cuts
                .iter()
                .map(|(from, length, insert)| {
                    let from = from.index(base.len() + 1);
                    (from, length.index(base.len() - from + 1), &**insert)
                })
                .collect();
            let (parts, made) = patched(&base, &copies);
            let mut trace = Trace::default();
            scanner.trace_patch(&mut scratch, &made, &parts, &known, &mut trace);
            prop_assert_eq!(trace.matches(), scanner.matches(&mut scratch, &made));
            (base, known) = (made, trace);
        }
    }

    /// As an editor changes a file: most of it stays as it is, from its first byte to its last.
    #[test]
    fn law_3_holds_for_edits(
        base in blobs::blob(&rules::hard(), 200),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, blobs::blob(&rules::hard(), 2)), 1..12),
    ) {
        let scanner = scanner(rules::hard(), PrefilterChoice::Fastest);
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

/// The built-in rules' anchors, tails and windows lose nothing that their patterns match anywhere.
#[test]
fn law_1_holds_for_the_built_in_rules() {
    let rules = rules::builtin();
    let oracle = Oracle::new(rules.iter().map(|rule| &**rule));
    let scanner = scanner(rules.clone(), PrefilterChoice::Fastest);
    let mut scratch = scanner.scratch();
    let config = ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(bytes in blobs::blob(&rules, 12))| {
        let bytes = &bytes[..bytes.len().min(4000)];
        let matches = scanner.matches(&mut scanner.scratch(), bytes);
        prop_assert_eq!(named(&scanner, &matches), oracle.matches(bytes));
    });
    // Each rule's own examples, one by one: random blobs would take long to meet them all.
    for rule in rules.iter() {
        for text in rule.expanded_examples().unwrap().r#match {
            let found = scanner.matches(&mut scratch, text.as_bytes());
            let own = Oracle::new([&**rule]).matches(text.as_bytes());
            let found: Vec<_> = named(&scanner, &found)
                .into_iter()
                .filter(|(id, ..)| *id == rule.id)
                .collect();
            assert_eq!(found, own, "{}: {text:?}", rule.id);
        }
    }
}

/// A blob of several batches, so that a stream really advances and leaves bytes behind.
#[test]
fn law_2_holds_over_several_batches() {
    let rules = rules::hard();
    let secrets: Vec<Vec<u8>> = rules
        .iter()
        .filter_map(|rule| rule.sample_secret(1))
        .collect();
    let mut bytes = Vec::new();
    let mut number = 1_usize;
    while bytes.len() < 5 << 20 {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&secrets[(number >> 33) % secrets.len()]);
        bytes.extend(std::iter::repeat_n(
            b" \nx="[(number >> 40) % 4],
            (number >> 45) % 700,
        ));
    }
    let scanner = scanner(rules, PrefilterChoice::Fastest);
    let whole = scan(&scanner, &bytes);
    assert!(whole.len() > 1000, "{}", whole.len());
    for sizes in [&[1 << 20][..], &[65_536, 1, 4099], &[3 << 20]] {
        let pieces = scan_in_pieces(&scanner, &bytes, sizes, 1 << 20);
        assert!(pieces == whole, "pieces of {sizes:?} differ from the whole");
    }
}

#[test]
fn law_3_scans_less_than_the_whole() {
    let scanner = scanner(rules::hard(), PrefilterChoice::Fastest);
    let mut scratch = scanner.scratch();
    let unit = b"qz_0123abcd zzkey=abcdefgh\n".as_slice();
    let base = unit.repeat(4000);
    let known = runs::trace(&scanner, &mut scratch, &base);
    let middle = base.len() / 2;
    let parts = [
        Part::Copy(Span::new(0, middle)),
        Part::Insert(4),
        Part::Copy(Span::new(middle, base.len())),
    ];
    let made = [&base[..middle], b"new\n", &base[middle..]].concat();
    scratch.counters = keysift_core::Counters::default();
    let by_patch = runs::matches_of_patch(&scanner, &mut scratch, (&made, &parts), &known);
    let candidates = scratch.counters.candidates;
    assert_eq!(by_patch, scanner.matches(&mut scratch, &made));
    assert!(
        candidates * 5 < known.matches().len() as u64,
        "{candidates} candidates for {} matches",
        known.matches().len()
    );
}
