//! The worst that a blob can be: how fast each kind is scanned, beside ordinary source code. Each asserts what it found.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use keysift::{Blob, Origin, Scanner, ScannerOptions};
use keysift_benches::{hostile, source_code};

const MEGABYTE: usize = 1 << 20;

/// A blob and its name.
type Case = (&'static str, Vec<u8>);

fn cases(scanner: &Scanner) -> Vec<Case> {
    let bytes = 8 * MEGABYTE;
    let rules = || scanner.rules().map(|rule| &**rule);
    let repeated = |unit: &[u8]| hostile::repeated(unit, bytes);
    let examples = hostile::examples(rules());
    let example = |id: &str| {
        let rule = rules().find(|rule| rule.id == id);
        let example = rule.and_then(|rule| hostile::examples([rule].into_iter()).pop());
        example.expect("the rule has an example")
    };
    vec![
        ("ordinary", source_code(bytes, 1)),
        ("one line of 64 MiB", hostile::one_line(64 * MEGABYTE)),
        ("token=", repeated(b"token=")),
        ("password: ", repeated(b"password: ")),
        ("AKIA", repeated(b"AKIA")),
        ("eyJ-", repeated(b"eyJ-")),
        ("https://a:a/", repeated(b"https://a:a/")),
        ("-----BEGIN", repeated(b"-----BEGIN RSA PRIVATE KEY-----\n")),
        ("quotes and brackets", repeated(b"\"'`[{(<>)}]\"\\")),
        ("minified", hostile::minified(bytes)),
        ("base64", hostile::base64_dump(bytes)),
        ("hexadecimal", hostile::hex_dump(bytes)),
        ("encoded anchors", hostile::encoded_anchors(scanner, bytes)),
        ("token chains", hostile::token_chains(bytes)),
        ("anchors in turn", hostile::anchors(scanner, bytes)),
        ("prefixes in turn", hostile::prefixes(rules(), bytes)),
        ("near misses in turn", hostile::near_misses(rules(), bytes)),
        ("long runs in turn", hostile::long_runs(rules(), bytes)),
        ("$5$", repeated(b"$5$")),
        (
            "one match",
            repeated(&example("github-personal-access-token")),
        ),
        ("one long match", repeated(&example("hash-netntlmv2"))),
        (
            "matches in turn",
            hostile::repeated(&examples.concat(), bytes),
        ),
    ]
}

/// Cases that hold findings by chance or on purpose, with their number.
const FINDINGS: [(&str, usize); 5] = [
    ("encoded anchors", 222),
    ("anchors in turn", 246),
    ("near misses in turn", 3116),
    // Given up where the budget ends.
    ("one match", 11_119),
    ("matches in turn", 18_165),
];

fn worst(c: &mut Criterion) {
    let rules = keysift::builtin_rules().expect("the rules parse");
    let scanner = Scanner::new(rules, ScannerOptions::default()).expect("there are rules");
    let mut scratch = scanner.scratch();
    let origin = Arc::new(Origin::Stdin);
    let mut group = c.benchmark_group("worst");
    group.sample_size(10);
    for (name, bytes) in cases(&scanner) {
        let expected = FINDINGS.iter().find(|(case, _)| *case == name);
        let expected = expected.map_or(0, |(_, count)| *count);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut found = 0;
                let blob = Blob {
                    changed: None,
                    origin: &origin,
                    bytes: black_box(&bytes),
                };
                scanner.scan(&mut scratch, blob, &mut |_| found += 1);
                assert_eq!(found, expected, "{name}");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, worst);
criterion_main!(benches);
