//! Git scanned with the library, from the repository to the findings.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod damaged;
mod harness;
mod history;
mod hostile_pack;
mod large;
mod many;
mod opened;
mod remembered;
mod standing;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use keysift::source::Source;
use keysift::source::git::{
    self, ChangeOptions, Environment, Range, Repository, RepositoryOptions, Revisions, Staged,
};
use keysift::{
    Collect, PrefilterChoice, Reason, RuleSet, ScanOptions, Scanner, ScannerOptions, Summary,
};

const RULES: &str = include_str!("../../crates/keysift-core/tests/acme.toml");

/// Tokens that no service knows.
fn token(seed: char) -> String {
    format!("{}_{}", "acme", "7f3k9q2m5x8w1z4v6t0r3n8p").replace('x', &seed.to_string())
}

fn git(path: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .current_dir(path)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args([
            "-c",
            "user.name=A U Thor",
            "-c",
            "user.email=author@example.org",
        ])
        .args(arguments)
        .status();
    assert!(status.unwrap().success(), "git {arguments:?}");
}

/// A repository with one token committed and another staged in the same file.
fn repository(path: &Path) -> Repository {
    let file = path.join("settings.py");
    let old = format!("key = \"{}\"\n", token('a'));
    git(path, &["init", "-q"]);
    std::fs::write(&file, &old).unwrap();
    git(path, &["add", "."]);
    git(
        path,
        &["commit", "-q", "-m", &format!("use {}", token('c'))],
    );
    std::fs::write(&file, format!("{old}other = \"{}\"\n", token('b'))).unwrap();
    git(path, &["add", "."]);
    let options = RepositoryOptions::default().environment(Environment::Ignored);
    git::open(path, &options).unwrap()
}

fn scan(source: &dyn Source) -> (Collect, Summary) {
    let rules = RuleSet::parse("acme.toml", RULES).unwrap();
    let options = ScannerOptions {
        prefilter: PrefilterChoice::default(),
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(rules, options).unwrap();
    let mut sink = Collect::default();
    let options = ScanOptions::default();
    let summary = keysift::scan(
        &scanner,
        source,
        &mut sink,
        &options,
        &AtomicBool::new(false),
    )
    .unwrap();
    (sink, summary)
}

#[test]
fn of_what_is_staged_the_new_secret_is_found_and_the_old_one_counted() {
    let directory = tempfile::tempdir().unwrap();
    let repository = repository(directory.path());
    let (sink, summary) = scan(&Staged::new(repository, ChangeOptions::default()));
    let found = &sink.findings;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].secret.expose(), token('b').as_bytes());
    assert_eq!(found[0].start.line, 2);
    assert_eq!(found[0].origin.to_string(), "settings.py");
    assert_eq!(summary.counters.dropped(Reason::Unchanged), 1);
    assert!(!summary.is_incomplete());
}

#[test]
fn a_commit_is_named_at_what_it_brought_in() {
    let directory = tempfile::tempdir().unwrap();
    let repository = repository(directory.path());
    let revisions = Revisions::Spec("HEAD".to_owned());
    let (sink, _) = scan(&Range::new(repository, revisions, ChangeOptions::default()));
    let found: Vec<(String, Vec<u8>)> = sink
        .findings
        .iter()
        .map(|finding| {
            let commit = finding.origin.commit().unwrap();
            assert_eq!(commit.author, "A U Thor");
            let name = finding.origin.to_string();
            let name = name.replace(commit.short_id(), "ID");
            (name, finding.secret.expose().to_vec())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("ID:settings.py".to_owned(), token('a').into_bytes()),
            ("commit ID message".to_owned(), token('c').into_bytes())
        ]
    );
}
