//! The engine alone: prefilters, windows, checks, building a scanner. Each asserts what it found.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keysift::{Blob, Confidence, Origin, PrefilterChoice, Rule, RuleSet, Scanner, ScannerOptions};
use keysift_benches::{leaky_code, source_code};

const MEGABYTE: usize = 1 << 20;

fn scanner(prefilter: PrefilterChoice) -> Scanner {
    let options = ScannerOptions {
        prefilter,
        min_confidence: Confidence::Medium,
        ..ScannerOptions::default()
    };
    Scanner::new(keysift::builtin_rules().expect("the rules parse"), options)
        .expect("there are rules")
}

fn count(scanner: &Scanner, scratch: &mut keysift::Scratch, bytes: &[u8]) -> usize {
    let origin = Arc::new(Origin::Stdin);
    let mut found = 0;
    scanner.scan(
        scratch,
        Blob {
            origin: &origin,
            bytes,
            changed: None,
        },
        &mut |_| found += 1,
    );
    found
}

/// A rule with a prefix of its own and a checksum.
fn checked_rule() -> Arc<Rule> {
    let rules = keysift::builtin_rules().expect("the rules parse");
    let is_checked =
        |rule: &&Arc<Rule>| rule.checks.iter().any(|format| format.name == "npm-token");
    Arc::clone(
        rules
            .iter()
            .find(is_checked)
            .expect("a rule has the check npm-token"),
    )
}

/// Text without a secret: what the prefilter costs, and the windows that common words open.
fn prefilters(c: &mut Criterion) {
    let text = source_code(8 * MEGABYTE, 1);
    let mut group = c.benchmark_group("prefilter");
    group
        .throughput(Throughput::Bytes(text.len() as u64))
        .sample_size(20);
    for (name, choice) in [
        ("avx2", PrefilterChoice::Avx2),
        ("grams", PrefilterChoice::Grams),
        ("aho-corasick", PrefilterChoice::Automaton),
    ] {
        let scanner = scanner(choice);
        let mut scratch = scanner.scratch();
        group.bench_function(name, |b| {
            b.iter(|| assert_eq!(count(&scanner, &mut scratch, black_box(&text)), 0))
        });
    }
    group.finish();
}

/// Text that is dense with secrets: windows, patterns, checksums, findings.
fn windows(c: &mut Criterion) {
    const SECRETS: usize = 2000;
    let text = leaky_code(MEGABYTE, SECRETS, &checked_rule(), 2);
    let scanner = scanner(PrefilterChoice::Fastest);
    let mut scratch = scanner.scratch();
    let mut group = c.benchmark_group("windows");
    group
        .throughput(Throughput::Elements(SECRETS as u64))
        .sample_size(20);
    group.bench_function("secrets", |b| {
        b.iter(|| assert_eq!(count(&scanner, &mut scratch, black_box(&text)), SECRETS));
    });
    group.finish();
}

/// One match after another that a check drops.
fn checks(c: &mut Criterion) {
    const MATCHES: usize = 2000;
    let text = format!("npm{}{}\n", "_", "x".repeat(36)).repeat(MATCHES);
    let scanner = scanner(PrefilterChoice::Fastest);
    let mut scratch = scanner.scratch();
    let mut group = c.benchmark_group("checks");
    group
        .throughput(Throughput::Elements(MATCHES as u64))
        .sample_size(20);
    group.bench_function("dropped", |b| {
        b.iter(|| assert_eq!(count(&scanner, &mut scratch, black_box(text.as_bytes())), 0));
    });
    assert!(scratch.counters.matches >= MATCHES as u64);
    group.finish();
}

/// What every run pays before its first byte.
fn start_up(c: &mut Criterion) {
    let mut group = c.benchmark_group("start-up");
    group.sample_size(20);
    group.bench_function("parse rules", |b| {
        b.iter(|| black_box(keysift::builtin_rules().expect("the rules parse")))
    });
    let rules: RuleSet = keysift::builtin_rules().expect("the rules parse");
    group.bench_function("build scanner", |b| {
        b.iter(|| {
            black_box(
                Scanner::new(rules.clone(), ScannerOptions::default()).expect("there are rules"),
            )
        });
    });
    group.finish();
}

criterion_group!(engine, prefilters, windows, checks, start_up);
criterion_main!(engine);
