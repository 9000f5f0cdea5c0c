//! The house is built as its plan says: which crate may name which, and how long a file may be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::disallowed_methods,
    reason = "it reads the tree that it judges"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The arrows between our crates. Any other is an error.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "keysift",
        &[
            "keysift-core",
            "keysift-facts",
            "keysift-rules",
            "keysift-source",
        ],
    ),
    (
        "keysift-cli",
        &["keysift", "keysift-registry", "keysift-report"],
    ),
    ("keysift-core", &["keysift-facts"]),
    ("keysift-facts", &[]),
    ("keysift-registry", &["keysift-core", "keysift-facts"]),
    ("keysift-report", &["keysift-core", "keysift-facts"]),
    ("keysift-rules", &[]),
    ("keysift-source", &["keysift-core"]),
];

/// Outside crates that only one of ours may name.
const OWNED: &[(&str, &str)] = &[
    ("anyhow", "keysift-cli"),
    ("bzip2", "keysift-source"),
    ("clap", "keysift-cli"),
    ("clap_complete", "keysift-cli"),
    ("clap_mangen", "keysift-cli"),
    ("console", "keysift-cli"),
    ("flate2", "keysift-source"),
    ("gix", "keysift-source"),
    ("ignore", "keysift-source"),
    ("imara-diff", "keysift-source"),
    ("lzma-rust2", "keysift-source"),
    ("memmap2", "keysift-source"),
    ("rusqlite", "keysift-registry"),
    ("rustix", "keysift-source"),
    ("ruzstd", "keysift-source"),
    ("sevenz-rust2", "keysift-source"),
    ("tar", "keysift-source"),
];

/// The most lines of a source file, its tests apart.
const MAX_LINES: usize = 800;

/// Files that may hold `unsafe` code.
const UNSAFE: &[&str] = &[
    "crates/keysift-source/src/files/map.rs",
    "crates/keysift-core/src/prefilter/",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The normal dependencies of each of our crates, by name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.push(root().join("rules"));
    for folder in folders {
        let manifest: toml::Table =
            toml::from_str(&fs::read_to_string(folder.join("Cargo.toml")).unwrap()).unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let mut names = BTreeSet::new();
        for table in ["dependencies", "build-dependencies"] {
            if let Some(table) = manifest.get(table).and_then(toml::Value::as_table) {
                names.extend(table.keys().cloned());
            }
        }
        let targets = manifest.get("target").and_then(toml::Value::as_table);
        for target in targets.into_iter().flat_map(toml::Table::values) {
            if let Some(table) = target.get("dependencies").and_then(toml::Value::as_table) {
                names.extend(table.keys().cloned());
            }
        }
        all.insert(name, names);
    }
    all
}

#[test]
fn our_crates_name_only_those_that_the_design_allows() {
    for (name, dependencies) in dependencies() {
        let (_, allowed) = ARROWS
            .iter()
            .find(|(from, _)| *from == name)
            .unwrap_or_else(|| panic!("{name} is not in the design"));
        let ours = dependencies
            .iter()
            .filter(|dependency| dependency.starts_with("keysift"));
        for to in ours {
            assert!(
                allowed.contains(&to.as_str()),
                "{name} -> {to} is not an arrow of the design"
            );
        }
    }
}

#[test]
fn outside_crates_are_named_where_they_belong() {
    for (name, dependencies) in dependencies() {
        for (dependency, owner) in OWNED {
            assert!(
                !dependencies.contains(*dependency) || name == *owner,
                "{name} names {dependency}, which is {owner}'s"
            );
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&root().join("crates"), &mut found);
    sources(&root().join("rules/src"), &mut found);
    found
}

#[test]
fn no_file_outgrows_its_budget() {
    for path in all_sources() {
        let text = fs::read_to_string(&path).unwrap();
        let code = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let lines = code.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
    }
}

#[test]
fn unsafe_code_stands_only_where_the_design_allows_it() {
    for path in all_sources() {
        let name = path
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        let lifts = text.contains("expect(unsafe_code") || text.contains("allow(unsafe_code");
        assert!(
            !lifts || UNSAFE.iter().any(|allowed| name.starts_with(allowed)),
            "{name} lifts the ban on unsafe code"
        );
    }
}

#[test]
fn the_engine_does_no_input_or_output() {
    let mut files = Vec::new();
    sources(&root().join("crates/keysift-core/src"), &mut files);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for word in [
            "std::fs",
            "std::net",
            "std::thread",
            "std::process",
            "std::env",
            "println!",
            "eprintln!",
        ] {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

/// Backticked paths in the pages must exist, or they rot.
#[test]
fn paths_that_the_pages_name_exist() {
    let folders = ["crates/", "rules/", "benches/", "tests/", ".ci/", "docs/"];
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "benches/compare/README.md",
        "docs/baseline.md",
        "docs/ci.md",
        "docs/configuration.md",
        "docs/hooks.md",
        "docs/inventory.md",
    ] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for name in text.split('`').skip(1).step_by(2) {
            let is_path = folders.iter().any(|folder| name.starts_with(folder))
                && !name.contains(['<', '*', ' ', '…']);
            assert!(
                !is_path || root().join(name).exists(),
                "{page} names {name}, which does not exist"
            );
        }
    }
}
