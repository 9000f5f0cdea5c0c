//! Cases about matching, written as data and run in every configuration: all must agree.
//!
//! A file `tests/suite/*.toml` holds rules and cases; `case.rs` says what a case may hold.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its own files"
)]

mod case;
mod configuration;
mod rules;
mod template;

use std::path::Path;

use keysift::RuleSet;

use crate::case::{Case, File};
use crate::configuration::Bench;

/// The files, each a test of its own below.
const FILES: [&str; 11] = [
    "allowlists",
    "blobs",
    "boundaries",
    "comments",
    "encodings",
    "imported",
    "keywords",
    "lines",
    "overlaps",
    "pairs",
    "values",
];

/// Runs the cases of a file; each failure is told, not the first alone.
fn run(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("suite/{name}.toml"));
    let file: File = toml::from_str(&std::fs::read_to_string(path).unwrap())
        .unwrap_or_else(|error| panic!("{name}.toml: {error}"));
    let own = rules::parse(name, &file.rule);
    let builtin = file
        .case
        .iter()
        .any(|case| case.builtin)
        .then(|| keysift::builtin_rules().unwrap());
    let mut benches: Vec<(Vec<String>, Bench)> = Vec::new();
    let mut failures = Vec::new();
    for case in &file.case {
        let all = if case.builtin {
            builtin.as_ref().unwrap()
        } else {
            &own
        };
        let key = case.key();
        if !benches.iter().any(|(known, _)| *known == key) {
            let bench = Bench::new(&chosen(all, case), &case.min_confidence);
            benches.push((key.clone(), bench));
        }
        let bench = &benches.iter().find(|(known, _)| *known == key).unwrap().1;
        let text = template::expand(&case.text, &file.texts, all);
        let expand = |text: &str| template::expand(text, &file.texts, all);
        failures.extend(
            failure(bench, case, &text, &expand)
                .map(|failure| format!("{name}.toml: {}: {failure}", case.name)),
        );
    }
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// The rules that a case names, or all.
fn chosen(all: &RuleSet, case: &Case) -> RuleSet {
    let mut rules = all.clone();
    if !case.rules.is_empty() {
        rules.retain(|rule| case.rules.contains(&rule.id));
        assert_eq!(
            rules.len(),
            case.rules.len(),
            "{}: {:?}",
            case.name,
            case.rules
        );
    }
    rules
}

/// What is wrong: a configuration that differs from the first, or the first from what is expected.
fn failure(
    bench: &Bench,
    case: &Case,
    text: &[u8],
    expand: &dyn Fn(&str) -> Vec<u8>,
) -> Option<String> {
    let mut reports = bench.reports(case, text).into_iter();
    let (first_name, first) = reports.next().unwrap();
    for (name, report) in reports {
        if report != first {
            return Some(format!(
                "{name} differs from {first_name}:{report}\nand{first}"
            ));
        }
    }
    case.difference(&first, expand)
        .map(|difference| format!("{difference}; told was{first}"))
}

#[test]
fn every_file_is_run() {
    let mut names: Vec<String> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("suite"))
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
    names.sort();
    assert_eq!(names, FILES);
}

macro_rules! tests {
    ($($test:ident = $file:literal,)+) => {
        $(
            #[test]
            fn $test() {
                assert!(FILES.contains(&$file));
                run($file);
            }
        )+
    };
}

tests! {
    rules_allow_values_lines_and_paths = "allowlists",
    blobs_may_hold_anything = "blobs",
    secrets_stand_at_any_boundary = "boundaries",
    comments_allow_what_stands_beside_them = "comments",
    text_is_scanned_in_its_encoding = "encodings",
    rules_of_other_scanners_keep_their_meaning = "imported",
    keywords_stand_near = "keywords",
    lines_and_columns_are_counted = "lines",
    of_overlapping_rules_the_better_one_stands = "overlaps",
    what_belongs_to_a_secret_is_a_part_of_its_finding = "pairs",
    values_that_are_no_secrets_are_dropped = "values",
}
