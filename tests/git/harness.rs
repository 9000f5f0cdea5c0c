//! Histories to scan, and ways to scan them.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use keysift::source::git::{Environment, History, HistoryOptions, Repository, RepositoryOptions};
use keysift::{
    Collect, Finding, HistoryScan, Repeats, RuleSet, ScanOptions, Scanner, ScannerOptions, Summary,
};

use super::{RULES, git};

/// One of many tokens that no service knows.
pub(super) fn token(number: usize) -> String {
    let mut body = "7f3k9q2m5x8w1z4v6t0r3n8p".to_owned().into_bytes();
    body.rotate_left(number % 24);
    body[number / 24 % 24] = b'a' + (number / 576 % 26) as u8;
    format!("{}_{}", "acme", String::from_utf8(body).unwrap())
}

pub(super) fn output(path: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(path)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(super) fn scanner() -> Scanner {
    let rules = RuleSet::parse("acme.toml", RULES).unwrap();
    Scanner::new(rules, ScannerOptions::default()).unwrap()
}

pub(super) fn open(path: &Path) -> Repository {
    let options = RepositoryOptions::default().environment(Environment::Ignored);
    git::open(path, &options).unwrap()
}

pub(super) fn sweep(
    path: &Path,
    options: HistoryOptions,
    scan: HistoryScan,
    threads: usize,
) -> (Collect, Summary) {
    let mut sink = Collect::default();
    let summary = keysift::scan_history(
        &scanner(),
        &History::new(open(path), options),
        scan,
        &mut sink,
        &ScanOptions::default().threads(NonZeroUsize::new(threads)),
        &AtomicBool::new(false),
    )
    .unwrap();
    (sink, summary)
}

pub(super) fn every(path: &Path) -> (Collect, Summary) {
    let scan = HistoryScan::default().repeats(Repeats::Every);
    sweep(path, HistoryOptions::default(), scan, 2)
}

/// All that a finding tells.
pub(super) fn told(finding: &Finding) -> String {
    format!(
        "{} {} {:?} {:?} {:?} {:?} {:?}",
        finding.origin,
        finding.rule.id,
        finding.secret_span,
        finding.start,
        finding.excerpt,
        finding.fingerprint,
        finding.standing
    )
}

pub(super) fn secrets(sink: &Collect) -> BTreeSet<String> {
    let secrets = sink.findings.iter().map(|finding| finding.secret.expose());
    secrets
        .map(|secret| String::from_utf8_lossy(secret).into_owned())
        .collect()
}

/// A number that looks random and is the same each time.
pub(super) fn next(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// Files that are edited here and there over many commits, in two branches that are merged now and then.
pub(super) fn edited_history(path: &Path, commits: usize) {
    git(path, &["init", "-q", "-b", "main"]);
    let mut state = 7;
    let mut files: Vec<Vec<String>> = (0..4)
        .map(|file| {
            (0..300)
                .map(|line| format!("line {line} of file {file} is not long\n"))
                .collect()
        })
        .collect();
    for number in 0..commits {
        let file = next(&mut state) % files.len();
        for _ in 0..1 + next(&mut state) % 3 {
            let lines = &mut files[file];
            let at = next(&mut state) % lines.len();
            match next(&mut state) % 4 {
                0 => lines.insert(at, format!("key_{number} = \"{}\"\n", token(number))),
                1 => lines[at] = format!("changed in {number} {}\n", token(number % 7)),
                2 => drop(lines.remove(at)),
                _ => lines[at].push_str("# and more\n"),
            }
        }
        let name = format!("dir{}/file{file}.py", file % 2);
        fs::create_dir_all(path.join(format!("dir{}", file % 2))).unwrap();
        // One of the files begins with a byte-order mark now and then.
        let mark = if file == 3 && number % 3 == 0 {
            "\u{feff}"
        } else {
            ""
        };
        fs::write(path.join(&name), format!("{mark}{}", files[file].concat())).unwrap();
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", &format!("commit {number}")]);
        if number % 10 == 4 {
            git(
                path,
                &["checkout", "-q", "-b", &format!("branch{number}"), "HEAD~2"],
            );
            fs::write(path.join(format!("side{number}")), token(1000 + number)).unwrap();
            git(path, &["add", "."]);
            git(path, &["commit", "-q", "-m", "on the side"]);
            git(path, &["checkout", "-q", "main"]);
            git(
                path,
                &["merge", "-q", "--no-edit", &format!("branch{number}")],
            );
        }
    }
}
