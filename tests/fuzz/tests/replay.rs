//! Every target on what was found before, on its seeds, and on a bounded number of inputs made from them.

#![expect(clippy::disallowed_methods, reason = "regressions are files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use keysift_fuzz::{FACTS, Mutator, TARGETS, Target, seeds::seeds};

/// What was found: target or format of facts, file in `regressions/<target>/`, and what it was.
const REGRESSIONS: &[(&str, &str, &str)] = &[
    (
        "gitlab-token",
        "prefix-behind-payload",
        "Completing a token sliced from behind the payload to its end, where a token's prefix stood behind it.",
    ),
    (
        "rule_parse",
        "empty-match",
        "A rule whose pattern matches the empty string had a finding at each byte near its keyword.",
    ),
    (
        "rule_parse",
        "many-groups",
        "Thousands of groups took seconds to parse, and a place in memory for each group in each state.",
    ),
    (
        "rule_parse",
        "nested-unbounded-repetitions",
        "A made-up secret grew by some times with each level of nesting, to 67 MB here.",
    ),
    (
        "rule_parse",
        "unicode-word-boundary",
        "Parsed, but did not compile without Unicode's tables: a panic at the first candidate.",
    ),
];

/// How many inputs each target is given beside its seeds: cheap ones more.
fn rounds(target: &str) -> usize {
    match target {
        "archive" => 5000,
        "delta" | "pack" => 400,
        "encoding" => 500,
        "report" | "scan" => 1000,
        "rule_match" => 1000,
        "rule_parse" => 200,
        "scan_builtin" => 20,
        _ => 2000,
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions")
}

fn target(name: &str) -> Target {
    TARGETS
        .iter()
        .chain(FACTS)
        .find(|(known, _)| *known == name)
        .unwrap_or_else(|| panic!("{name} is no target"))
        .1
}

/// Runs a target, and says on what it failed.
fn run(name: &str, target: Target, bytes: &[u8]) {
    if std::panic::catch_unwind(|| target(bytes)).is_err() {
        panic!("the target {name} fails on b\"{}\"", bytes.escape_ascii());
    }
}

#[test]
fn what_was_found_stays_found_out() {
    for (name, file, what) in REGRESSIONS {
        let bytes = fs::read(folder().join(name).join(file)).unwrap();
        assert!(what.ends_with('.'), "{file}: {what}");
        run(name, target(name), &bytes);
    }
}

#[test]
fn every_regression_is_in_the_table() {
    let told: BTreeSet<PathBuf> = REGRESSIONS
        .iter()
        .map(|(name, file, _)| folder().join(name).join(file))
        .collect();
    let mut there = BTreeSet::new();
    for target in fs::read_dir(folder()).unwrap() {
        let target = target.unwrap().path();
        if target.is_dir() {
            there.extend(
                fs::read_dir(target)
                    .unwrap()
                    .map(|file| file.unwrap().path()),
            );
        }
    }
    assert_eq!(told, there);
}

#[test]
fn targets_are_sorted_and_each_has_its_program() {
    assert!(TARGETS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let manifest = fs::read_to_string(folder().with_file_name("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
        let program = folder()
            .with_file_name("fuzz_targets")
            .join(format!("{name}.rs"));
        let text = fs::read_to_string(program).unwrap();
        assert!(
            text.contains(&format!("keysift_fuzz::{name}(bytes)")),
            "{name}"
        );
    }
}

fn fuzz_a_little(name: &str, target: Target) {
    let seeds = seeds(name);
    for seed in &seeds {
        run(name, target, seed);
    }
    let mut mutator = Mutator::new(seeds.len() as u64);
    for _ in 0..rounds(name) {
        run(name, target, &mutator.mutated(&seeds));
    }
}

#[test]
fn archive() {
    fuzz_a_little("archive", keysift_fuzz::archive);
}

#[test]
fn delta() {
    fuzz_a_little("delta", keysift_fuzz::delta);
}

#[test]
fn pack() {
    fuzz_a_little("pack", keysift_fuzz::pack);
}

#[test]
fn encoding() {
    fuzz_a_little("encoding", keysift_fuzz::encoding);
}

#[test]
fn facts() {
    for (name, target) in FACTS {
        fuzz_a_little(name, *target);
    }
}

#[test]
fn report() {
    fuzz_a_little("report", keysift_fuzz::report);
}

#[test]
fn rule_match() {
    fuzz_a_little("rule_match", keysift_fuzz::rule_match);
}

#[test]
fn rule_parse() {
    fuzz_a_little("rule_parse", keysift_fuzz::rule_parse);
}

#[test]
fn scan() {
    fuzz_a_little("scan", keysift_fuzz::scan);
}

#[test]
fn scan_builtin() {
    fuzz_a_little("scan_builtin", keysift_fuzz::scan_builtin);
}
