//! What is hidden is found as a naive decoder finds it, and no law of locality is broken by it.

mod forms;

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::ScannerOptions;
use crate::rule::{Confidence, RuleSet};
use crate::scanner::{Match, Scanner};
use crate::{Blob, Finding, Origin, Part, Trace};

const ACME: &str = include_str!("../../tests/acme.toml");

/// Two rules: what one hides in, the other may stand beside.
fn scanner(decode_depth: u8) -> Scanner {
    let mut rules = RuleSet::parse("acme.toml", ACME).unwrap();
    let other = ACME.replace("acme", "zeta").replace("Acme", "Zeta");
    rules
        .merge(RuleSet::parse("zeta.toml", &other).unwrap())
        .unwrap();
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        explain: true,
        keep_lines: true,
        decode_depth,
        ..ScannerOptions::default()
    };
    Scanner::new(rules, options).unwrap()
}

fn secret(seed: usize) -> Vec<u8> {
    let body = b"7f3k9q2m5x8w1z4v6t0r3n8pbd5hj2";
    [&b"acme_"[..], &body[seed % 6..seed % 6 + 24]].concat()
}

/// Another way to base64 than the engine's: bit by bit.
fn to_base64(plain: &[u8]) -> Vec<u8> {
    let table: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(*b"+/")
        .collect();
    let bits: Vec<u8> = plain
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let mut chars: Vec<u8> = bits
        .chunks(6)
        .map(|six| {
            table[(0..6).fold(0, |sum, bit| {
                sum << 1 | usize::from(six.get(bit).copied().unwrap_or(0))
            })]
        })
        .collect();
    while !chars.len().is_multiple_of(4) {
        chars.push(b'=');
    }
    chars
}

/// The same characters in the alphabet for URLs.
fn for_urls(chars: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(chars.to_vec()).unwrap();
    text.replace('+', "-").replace('/', "_").into_bytes()
}

fn from_base64(chars: &[u8]) -> Vec<u8> {
    let table = to_base64_table();
    let bits: Vec<u8> = chars
        .iter()
        .flat_map(|char| {
            let value = table.iter().position(|it| it == char).unwrap();
            (0..6).rev().map(move |bit| (value >> bit & 1) as u8)
        })
        .collect();
    bits.chunks_exact(8)
        .map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit))
        .collect()
}

fn to_base64_table() -> Vec<u8> {
    (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(*b"+/")
        .collect()
}

fn to_hex(plain: &[u8]) -> Vec<u8> {
    plain
        .iter()
        .flat_map(|byte| format!("{byte:02x}").into_bytes())
        .collect()
}

/// The same in lines as MIME has them.
fn wrapped(chars: &[u8], indent: &[u8]) -> Vec<u8> {
    chars
        .chunks(76)
        .collect::<Vec<_>>()
        .join(&[b"\r\n", indent].concat()[..])
}

fn findings(scanner: &Scanner, bytes: &[u8]) -> Vec<Finding> {
    let origin = Arc::new(Origin::Stdin);
    let mut all = Vec::new();
    let blob = Blob {
        origin: &origin,
        bytes,
        changed: None,
    };
    scanner.scan(&mut scanner.scratch(), blob, &mut |finding| {
        all.push(finding)
    });
    all
}

/// The kept ones: rule, secret, and what it is hidden in.
fn kept(scanner: &Scanner, bytes: &[u8]) -> Vec<(Vec<u8>, Vec<Encoding>)> {
    let kept = findings(scanner, bytes)
        .into_iter()
        .filter(|finding| finding.dropped.is_none());
    kept.map(|finding| (finding.secret.expose().to_vec(), finding.via))
        .collect()
}

#[test]
fn a_secret_is_found_in_every_alignment_and_alphabet() {
    let scanner = scanner(2);
    for lead in 0..4 {
        let plain = [&b"k: \xff\xfe?>"[..3 + lead], &secret(1), b"\n \xfb\xff"].concat();
        let standard = to_base64(&plain);
        for chars in [standard.clone(), for_urls(&standard)] {
            let bytes = [b"data: \"", &chars[..], b"\"\n"].concat();
            assert_eq!(
                kept(&scanner, &bytes),
                [(secret(1), vec![Encoding::Base64])],
                "{lead}"
            );
        }
        for digits in [to_hex(&plain), to_hex(&plain).to_ascii_uppercase()] {
            let bytes = [b"x=", &digits[..], b";"].concat();
            assert_eq!(kept(&scanner, &bytes), [(secret(1), vec![Encoding::Hex])]);
        }
    }
}

#[test]
fn what_is_hidden_twice_is_found_to_the_depth_that_is_asked_for() {
    let bytes = to_base64(&to_hex(&[b"a=", &secret(0)[..], b"\n"].concat()));
    assert_eq!(
        kept(&scanner(2), &bytes),
        [(secret(0), vec![Encoding::Base64, Encoding::Hex])]
    );
    assert!(kept(&scanner(1), &bytes).is_empty());
    assert!(kept(&scanner(0), &to_hex(&secret(0))).is_empty());
}

#[test]
fn lines_of_a_wrapped_text_are_one_run() {
    let plain = [
        &b"# nothing of note stands here, nor here "[..],
        &secret(2),
        b" # and more of it behind, for a line",
    ]
    .concat();
    for indent in [&b""[..], b"    "] {
        let bytes = [
            b"data: |\n",
            indent,
            &wrapped(&to_base64(&plain), indent),
            b"\n",
        ]
        .concat();
        assert_eq!(
            kept(&scanner(2), &bytes),
            [(secret(2), vec![Encoding::Base64])]
        );
    }
}

#[test]
fn a_hidden_finding_is_told_at_the_characters_that_encode_it() {
    let scanner = scanner(2);
    let plain = [b": ", &secret(3)[..], b" tail"].concat();
    let chars = to_base64(&plain);
    let bytes = [b"line\nkey: ", &chars[..], b" # end\n"].concat();
    let found = findings(&scanner, &bytes);
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    // Two bytes before it, so that its bits begin in the third character.
    assert_eq!(finding.secret_span.start, 10 + 2);
    assert_eq!(
        finding.secret_span.end,
        10 + (8 * (2 + secret(3).len())).div_ceil(6)
    );
    assert_eq!((finding.start.line, finding.start.column), (2, 8));
    assert_eq!(&*finding.excerpt.before, [b"key: ", &chars[..2]].concat());
    assert_eq!(finding.matched(), Some(&secret(3)[..]));
    // It is the same secret as where it stands plainly.
    let plainly = findings(&scanner, &[b"k = ", &secret(3)[..]].concat());
    assert_eq!(plainly[0].fingerprint, finding.fingerprint);
    assert!(plainly[0].via.is_empty());
}

#[test]
fn a_comment_beside_the_encoded_bytes_allows_what_they_hide() {
    let bytes = [&to_base64(&secret(1))[..], b" # keysift:allow\n"].concat();
    assert!(kept(&scanner(2), &bytes).is_empty());
    assert_eq!(
        findings(&scanner(2), &bytes)[0].dropped,
        Some(crate::Reason::Inline)
    );
}

/// Every maximal run of characters without a line's end in it, decoded at every alignment and searched; as spans. None of
/// those that may be a line of a longer run.
fn naive(scanner: &Scanner, bytes: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    let (mut start, mut may_go_on) = (0, false);
    while start < bytes.len() {
        let run: Vec<u8> = bytes[start..]
            .iter()
            .copied()
            .take_while(|byte| to_base64_table().contains(byte))
            .collect();
        let went_on = may_go_on && !run.is_empty();
        may_go_on = [64, 76].contains(&run.len()) || may_go_on && run.is_empty();
        if run.len() >= 32 && !may_go_on && !went_on {
            for phase in 0..4 {
                let decoded = from_base64(&run[phase..]);
                let found = scanner.matches(&mut scanner.scratch(), &decoded);
                spans.extend(found.iter().map(|found| {
                    let first = 8 * found.secret.start / 6;
                    let last = (8 * found.secret.end).div_ceil(6);
                    Span::new(start + phase + first, start + phase + last)
                }));
            }
        }
        start += run.len() + 1;
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Pieces in which something is hidden, or nearly.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let plain = prop_oneof![
        (0_usize..6).prop_map(secret),
        (0_usize..6).prop_map(|seed| secret(seed)[..20].to_vec()),
        Just(b"acme_".to_vec()),
        Just(b"zeta_".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
        Just(b" keysift:allow\n".to_vec()),
    ];
    let text = prop::collection::vec(plain, 1..5).prop_map(|parts| parts.join(&b" "[..]));
    prop_oneof![
        3 => text.clone().prop_map(|text| to_base64(&text)),
        1 => text.clone().prop_map(|text| to_hex(&text)),
        2 => text.clone().prop_map(|text| to_base64(&[&to_base64(&text)[..], b" ", &to_hex(&text)].concat())),
        1 => text.clone().prop_map(|text| wrapped(&to_base64(&text.repeat(3)), b"  ")),
        1 => (text.clone(), 200_usize..1500).prop_map(|(text, times)| to_base64(&text.repeat(times))),
        1 => text,
        2 => prop::sample::select(vec![&b"\n"[..], b" ", b"\"", b"=", b"\r\n  ", b"A", b"/", b"ab0"]).prop_map(<[u8]>::to_vec),
        1 => (0_usize..3000).prop_map(|length| b"x0Y/".repeat(length)),
        1 => (0_usize..3000).prop_map(|length| b". ".repeat(length)),
    ]
}

fn blob() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![piece(), forms::piece()];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn matches_cut(scanner: &Scanner, bytes: &[u8], cuts: &[usize]) -> Vec<Match> {
    let mut scratch = scanner.scratch();
    cuts.windows(2)
        .flat_map(|cut| scanner.matches_between(&mut scratch, bytes, cut[0]..cut[1]))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_and_pieces_have_what_the_whole_has(bytes in blob(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5), batch in 500_usize..9000) {
        let scanner = scanner(2);
        let whole = scanner.matches(&mut scanner.scratch(), &bytes);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        prop_assert_eq!(matches_cut(&scanner, &bytes, &cuts), whole);

        let told = |finding: &Finding| format!("{:?} {:?} {:?} {} {:?}", finding.span, finding.via, finding.dropped, finding.fingerprint, finding.excerpt);
        let whole: Vec<String> = findings(&scanner, &bytes).iter().map(told).collect();
        let origin = Arc::new(Origin::Stdin);
        let (mut scratch, mut streamed) = (scanner.scratch(), Vec::new());
        let mut stream = scanner.stream(&origin).batch_bytes(batch);
        for piece in bytes.chunks(batch) {
            stream.push(&mut scratch, piece, &mut |finding| streamed.push(told(&finding)));
        }
        stream.finish(&mut scratch, &mut |finding| streamed.push(told(&finding)));
        // Batches that are much shorter than what is decoded round them may exceed the budget.
        prop_assume!(scratch.given_up().is_empty());
        prop_assert_eq!(streamed, whole);
    }

    #[test]
    fn a_patch_has_what_the_whole_has(base in blob(), edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, prop_oneof![piece(), forms::piece()]), 1..4)) {
        let scanner = scanner(2);
        let mut scratch = scanner.scratch();
        let (mut base, mut known) = (base, Trace::default());
        scanner.trace(&mut scratch, &base, &mut known);
        for (at, removed, insert) in &edits {
            let at = at.index(base.len() + 1);
            let behind = (at + removed).min(base.len());
            let made = [&base[..at], insert, &base[behind..]].concat();
            let parts = [Part::Copy(Span::new(0, at)), Part::Insert(insert.len()), Part::Copy(Span::new(behind, base.len()))];
            let mut trace = Trace::default();
            scanner.trace_patch(&mut scratch, &made, &parts, &known, &mut trace);
            prop_assert_eq!(trace.matches(), scanner.matches(&mut scratch, &made));
            (base, known) = (made, trace);
        }
    }

    #[test]
    fn what_is_told_of_a_change_is_what_of_the_whole_touches_it(bytes in blob(), at in any::<prop::sample::Index>(), lengths in (1_usize..60, 0_usize..3000, 1_usize..60)) {
        let mut scanner = scanner(2);
        scanner.options.explain = false;
        let start = at.index(bytes.len() + 1);
        let ends = [start + lengths.0, start + lengths.0 + lengths.1, start + lengths.0 + lengths.1 + lengths.2];
        let ends = ends.map(|end| end.min(bytes.len()));
        let changed = [Span::new(start, ends[0]), Span::new(ends[1], ends[2])];
        let changed: Vec<Span> = changed.into_iter().filter(|span| !span.is_empty()).collect();
        let origin = Arc::new(Origin::Stdin);
        let blob = Blob { origin: &origin, bytes: &bytes, changed: Some(&changed) };
        let mut told = Vec::new();
        scanner.scan(&mut scanner.scratch(), blob, &mut |finding| told.push(finding.secret_span));
        let mut expected: Vec<Span> = findings(&scanner, &bytes).iter().map(|finding| finding.secret_span).collect();
        expected.retain(|span| crate::blob::touches(&changed, *span));
        prop_assert_eq!(told, expected);
    }

    #[test]
    fn what_a_naive_decoder_finds_is_found(bytes in blob()) {
        let (once, plain) = (scanner(1), scanner(0));
        let found = once.matches(&mut once.scratch(), &bytes);
        let found: Vec<Span> = found.iter().filter(|found| found.hidden.is_some()).map(|found| found.secret).collect();
        for span in naive(&plain, &bytes) {
            prop_assert!(found.contains(&span), "{span:?} of {found:?}");
        }
    }
}

/// A patch far from what is hidden inherits it.
#[test]
fn hidden_matches_far_from_a_seam_are_not_decoded_again() {
    let scanner = scanner(2);
    let mut scratch = scanner.scratch();
    let filler = b"some words and no more\n".repeat(20_000);
    let base = [&filler[..], b" ", &to_base64(&secret(0)), b"\n", &filler].concat();
    let mut known = Trace::default();
    scanner.trace(&mut scratch, &base, &mut known);
    assert_eq!(known.matches().len(), 1);
    let made = [b"new", &base[..]].concat();
    let parts = [Part::Insert(3), Part::Copy(Span::new(0, base.len()))];
    scratch.counters = crate::Counters::default();
    let mut trace = Trace::default();
    scanner.trace_patch(&mut scratch, &made, &parts, &known, &mut trace);
    assert_eq!(scratch.counters.decoded_bytes, 0);
    assert_eq!(trace.matches(), scanner.matches(&mut scratch, &made));
}

/// Work is bounded: one run made of anchors alone, and one in which each decoding leads to another.
#[test]
fn runs_made_of_anchors_are_scanned_in_linear_work() {
    let scanner = scanner(2);
    for unit in [&b"acme_"[..], b"acme_7f3k9q2m5x8w1z4v6t0r3n8p ", b"YWNtZV"] {
        let mut works = Vec::new();
        for times in [100_000, 200_000] {
            let bytes = to_base64(&unit.repeat(times));
            let mut scratch = scanner.scratch();
            scanner.matches(&mut scratch, &bytes);
            works.push(scratch.counters.decoded_bytes as f64 / bytes.len() as f64);
        }
        assert!(
            works[1] < 8.0 && works[1] < 1.2 * works[0].max(0.1),
            "{works:?}"
        );
    }
}
