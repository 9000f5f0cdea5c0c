//! What bounds the engine: memory of a stream, odd ends, hostile blobs.

use std::sync::Arc;

use keysift_core::{Blob, Counters, FoundPart, Origin, RuleCost, RuleSet, Scanner, ScannerOptions};
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
        work.windows < bytes.len() as u64,
        "{} searches for {} starts",
        work.windows,
        bytes.len()
    );
}

/// From each start the whole rest of a run was walked, to find nothing behind it.
#[test]
fn a_text_of_nothing_but_beginnings_costs_about_one_way() {
    let rules = rules_of(r"(?P<secret>qway-[a-z0-9-]{100,2000})\.end", "");
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let bytes = "qway-".repeat(20_000);
    let work = work(&scanner, bytes.as_bytes());
    assert!(work.windows > 19_000, "{}", work.windows);
    assert!(
        work.window_bytes < 24 * bytes.len() as u64,
        "{} bytes walked of {}",
        work.window_bytes,
        bytes.len()
    );
}

/// Every start has a match of up to 4,003 bytes.
fn slow_rules() -> RuleSet {
    rules_of("(?P<secret>zqx[a-z]{8,4000})", "")
}

#[test]
fn a_rule_over_its_budget_is_given_up_at_the_same_place_each_time() {
    let scanner = Scanner::new(slow_rules(), ScannerOptions::default()).unwrap();
    let mut scratch = scanner.scratch();
    let bytes = "zqx".repeat(30_000);
    let whole = scanner.matches(&mut scratch, bytes.as_bytes());
    assert_eq!(scratch.given_up().len(), 1);
    assert!(whole.len() > 100 && whole.len() < 20_000, "{}", whole.len());
    assert_eq!(scanner.matches(&mut scratch, bytes.as_bytes()), whole);
    let other = scanner.matches(&mut scratch, b"zqxabcdefghijk");
    assert_eq!((other.len(), scratch.given_up().len()), (1, 0));
}

#[test]
fn a_stream_has_one_budget_whatever_its_batches() {
    let scanner = Scanner::new(slow_rules(), ScannerOptions::default()).unwrap();
    let origin = Arc::new(Origin::Stdin);
    let mut scratch = scanner.scratch();
    let bytes = "zqx".repeat(30_000);
    let mut stream = scanner.stream(&origin).batch_bytes(1000);
    for piece in bytes.as_bytes().chunks(1000) {
        stream.push(&mut scratch, piece, &mut |_| {});
    }
    stream.finish(&mut scratch, &mut |_| {});
    assert_eq!(scratch.given_up().len(), 1);
    assert!(
        scratch.counters.window_bytes < 16 * bytes.len() as u64 + (8 << 20),
        "{}",
        scratch.counters.window_bytes
    );
}

/// A blob of some MB is searched in parts; what is found must not tell where one ends.
#[test]
fn the_parts_of_a_long_blob_leave_no_trace() {
    let scanner = Scanner::new(
        rules_of("(?P<secret>qpart-[0-9]{8,40})", ""),
        ScannerOptions::default(),
    )
    .unwrap();
    let origin = Arc::new(Origin::Stdin);
    let mut scratch = scanner.scratch();
    let secret = b"qpart-0192837465";
    for offset in 0..secret.len() + 2 {
        let mut bytes = vec![b'.'; 9 << 20];
        let places = [
            100,
            (4 << 20) - offset,
            (8 << 20) - offset,
            bytes.len() - 16,
        ];
        for place in places {
            bytes[place - 1] = b'\n';
            bytes[place..place + secret.len()].copy_from_slice(secret);
        }
        let mut found = Vec::new();
        let blob = Blob {
            origin: &origin,
            bytes: &bytes,
            changed: None,
        };
        scanner.scan(&mut scratch, blob, &mut |finding| {
            found.push((
                finding.secret_span.start,
                finding.start.line,
                finding.start.column,
            ));
        });
        let expected: Vec<_> = (2..)
            .zip(places)
            .map(|(line, place)| (place, line, 1))
            .collect();
        assert_eq!(found, expected, "{offset}");
    }
}

#[test]
fn many_matches_of_one_secret_end_the_rule_and_not_the_scan() {
    let rules = rules_of("(?P<secret>qmany-[0-9]{8,40})", "");
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let mut scratch = scanner.scratch();
    let bytes = "qmany-0192837465\n".repeat(100_000);
    let matches = scanner.matches(&mut scratch, bytes.as_bytes());
    assert_eq!(scratch.given_up().len(), 1);
    assert!(
        (5_000..50_000).contains(&matches.len()),
        "{}",
        matches.len()
    );
}

#[test]
fn costs_are_counted_only_where_they_are_asked_for() {
    let bytes = "zzkey=abcdefgh ghp_ qz_0123abcd acmeco 0123456789ab ".repeat(20);
    let of = |measure_costs| {
        let options = ScannerOptions {
            measure_costs,
            ..ScannerOptions::default()
        };
        work(
            &Scanner::new(rules::hard(), options).unwrap(),
            bytes.as_bytes(),
        )
    };
    let (off, on) = (of(false), of(true));
    assert!(off.costs.is_empty());
    let sum = |of: fn(&RuleCost) -> u64| on.costs.iter().map(of).sum::<u64>();
    assert_eq!(sum(|cost| cost.candidates), off.candidates);
    assert_eq!(sum(|cost| cost.windows), off.windows);
    assert_eq!(sum(|cost| cost.window_bytes), off.window_bytes);
    assert_eq!(sum(|cost| cost.looked_bytes), off.looked_bytes);
    assert_eq!(sum(|cost| cost.matches), off.matches);
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

/// A list of accounts is no blob that was made to be slow.
#[test]
fn a_thousand_pairs_in_a_file_are_within_the_budget() {
    const PAIRS: usize = 1000;
    let all = rules::builtin();
    let sample = |id: &str, seed: usize| {
        let secret = all.get(id).unwrap().sample_secret(seed as u64).unwrap();
        String::from_utf8(secret).unwrap()
    };
    let text: String = (0..PAIRS)
        .map(|seed| {
            let id = sample("aws-access-key-id", seed);
            let secret = sample("aws-secret-access-key", seed);
            format!("aws_access_key_id={id}\naws_secret_access_key={secret}\n\n")
        })
        .collect();
    let scanner = Scanner::new(all, ScannerOptions::default()).unwrap();
    let mut scratch = scanner.scratch();
    let origin = Arc::new(Origin::Stdin);
    let blob = Blob {
        origin: &origin,
        bytes: text.as_bytes(),
        changed: None,
    };
    let (mut findings, mut paired) = (0, 0);
    scanner.scan(&mut scratch, blob, &mut |finding| {
        findings += 1;
        let of_the_line_before = |part: &FoundPart| part.line + 1 == finding.start.line;
        paired += usize::from(finding.parts.iter().any(of_the_line_before));
    });
    assert!(scratch.given_up().is_empty());
    // One in a thousand random secrets does not look random.
    assert!(findings > PAIRS - 10, "{findings}");
    assert_eq!(paired, findings);
}
