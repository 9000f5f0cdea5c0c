//! The four laws of locality, each bit for bit.

use std::sync::Arc;

use keysift_core::{
    Blob, Confidence, Finding, Match, Origin, Part, PrefilterChoice, RuleSet, Scanner,
    ScannerOptions, Span,
};
use keysift_tests::{blobs, oracle::Oracle, rules};
use proptest::prelude::*;

fn scanner(rules: RuleSet, prefilter: PrefilterChoice) -> Scanner {
    let options = ScannerOptions {
        prefilter,
        min_confidence: Confidence::Low,
        explain: true,
        ..ScannerOptions::default()
    };
    Scanner::new(rules, options).unwrap()
}

/// A finding, without what never differs.
fn told(finding: &Finding) -> String {
    format!(
        "{} {:?} {:?} {:?}-{:?} {:?} {} {:?} {:?}",
        finding.rule.id,
        finding.span,
        finding.secret_span,
        finding.start,
        finding.end,
        finding.dropped,
        finding.fingerprint,
        finding.excerpt,
        finding.confidence
    )
}

fn scan(scanner: &Scanner, bytes: &[u8]) -> Vec<String> {
    let origin = Arc::new(Origin::Stdin);
    let mut all = Vec::new();
    scanner.scan(
        &mut scanner.scratch(),
        Blob {
            origin: &origin,
            bytes,
        },
        &mut |finding| all.push(told(&finding)),
    );
    all
}

fn scan_in_pieces(
    scanner: &Scanner,
    bytes: &[u8],
    sizes: &[usize],
    batch_bytes: usize,
) -> Vec<String> {
    let origin = Arc::new(Origin::Stdin);
    let mut all = Vec::new();
    let mut scratch = scanner.scratch();
    let mut stream = scanner.stream(&origin).batch_bytes(batch_bytes);
    let mut rest = bytes;
    let mut sizes = sizes.iter().copied().cycle();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(1).clamp(1, rest.len());
        stream.push(&mut scratch, &rest[..size], &mut |finding| {
            all.push(told(&finding))
        });
        rest = &rest[size..];
    }
    let length = stream.finish(&mut scratch, &mut |finding| all.push(told(&finding)));
    assert_eq!(length, bytes.len() as u64);
    all
}

fn named(scanner: &Scanner, matches: &[Match]) -> Vec<(String, Span, Span)> {
    matches
        .iter()
        .map(|found| {
            (
                scanner.rule(found.rule).id.clone(),
                found.span,
                found.secret,
            )
        })
        .collect()
}

/// A patch and the blob that it makes of `base`.
fn patched(
    base: &[u8],
    cuts: &[(prop::sample::Index, prop::sample::Index, Vec<u8>)],
) -> (Vec<Part>, Vec<u8>) {
    let mut parts = Vec::new();
    let mut made = Vec::new();
    for (from, length, insert) in cuts {
        let from = from.index(base.len() + 1);
        let length = length.index(base.len() - from + 1);
        parts.push(Part::Copy(Span::new(from, from + length)));
        made.extend_from_slice(&base[from..from + length]);
        parts.push(Part::Insert(insert.len()));
        made.extend_from_slice(insert);
    }
    (parts, made)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn law_1_every_prefilter_finds_what_the_oracle_finds(bytes in blobs::blob(&rules::hard(), 40)) {
        let expected = Oracle::new(rules::hard().iter().map(|rule| &**rule)).matches(&bytes);
        let mut verdicts = Vec::new();
        for prefilter in [PrefilterChoice::Grams, PrefilterChoice::Automaton, PrefilterChoice::Avx2] {
            let scanner = scanner(rules::hard(), prefilter);
            let matches = scanner.matches(&mut scanner.scratch(), &bytes);
            prop_assert_eq!(&named(&scanner, &matches), &expected);
            verdicts.push(scan(&scanner, &bytes));
        }
        prop_assert_eq!(&verdicts[0], &verdicts[1]);
        prop_assert_eq!(&verdicts[0], &verdicts[2]);
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

        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let mut scratch = scanner.scratch();
        let split: Vec<Match> = cuts.windows(2).flat_map(|cut| scanner.matches_between(&mut scratch, &bytes, cut[0]..cut[1])).collect();
        prop_assert_eq!(split, scanner.matches(&mut scratch, &bytes));
    }

    #[test]
    fn law_3_a_patch_gives_the_matches_of_the_whole(
        base in blobs::blob(&rules::hard(), 60),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), blobs::blob(&rules::hard(), 3)), 1..6),
    ) {
        let scanner = scanner(rules::hard(), PrefilterChoice::Fastest);
        let mut scratch = scanner.scratch();
        let known = scanner.matches(&mut scratch, &base);
        let (parts, made) = patched(&base, &cuts);
        let by_patch = scanner.matches_of_patch(&mut scratch, &made, &parts, &known);
        prop_assert_eq!(by_patch, scanner.matches(&mut scratch, &made));
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
    let known = scanner.matches(&mut scratch, &base);
    let middle = base.len() / 2;
    let parts = [
        Part::Copy(Span::new(0, middle)),
        Part::Insert(4),
        Part::Copy(Span::new(middle, base.len())),
    ];
    let made = [&base[..middle], b"new\n", &base[middle..]].concat();
    scratch.counters = keysift_core::Counters::default();
    let by_patch = scanner.matches_of_patch(&mut scratch, &made, &parts, &known);
    let candidates = scratch.counters.candidates;
    assert_eq!(by_patch, scanner.matches(&mut scratch, &made));
    assert!(
        candidates * 5 < known.len() as u64,
        "{candidates} candidates for {} matches",
        known.len()
    );
}
