//! How what was found can still be reached, and when it went.

use std::fs;
use std::path::Path;

use keysift::source::git::HistoryOptions;
use keysift::{Collect, HistoryScan, Standing};

use super::git;
use super::harness::{output, sweep, token};

fn commit(path: &Path, file: &str, text: &str) -> String {
    fs::create_dir_all(path.join(file).parent().unwrap()).unwrap();
    fs::write(path.join(file), text).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "change"]);
    head(path)
}

fn head(path: &Path) -> String {
    output(path, &["rev-parse", "HEAD"]).trim().to_owned()
}

fn first(path: &Path) -> Collect {
    sweep(path, HistoryOptions::default(), HistoryScan::default(), 1).0
}

fn standing(sink: &Collect, number: usize) -> Standing {
    let secret = token(number);
    let mut found = sink.findings.iter();
    let finding = found.find(|it| it.secret.expose() == secret.as_bytes());
    Standing::clone(finding.unwrap().standing.as_ref().unwrap())
}

fn removed_by(sink: &Collect, number: usize) -> Option<String> {
    standing(sink, number)
        .removed_by
        .map(|commit| commit.id.clone())
}

#[test]
fn the_commit_that_took_a_secret_away_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    commit(path, "deep/er/a", &token(1));
    // Another version of the file has it still.
    commit(path, "deep/er/a", &format!("{}\nmore", token(1)));
    commit(path, "kept", &token(2));
    commit(path, "kept", &format!("{}\nmore", token(2)));
    let gone = commit(path, "deep/er/a", "nothing");
    commit(path, "b", &token(3));
    fs::remove_file(path.join("b")).unwrap();
    let gone_b = commit(path, "c", "nothing");
    // Away, and back again.
    commit(path, "d", &token(4));
    commit(path, "d", "nothing");
    commit(path, "d", &token(4));
    let sink = first(path);
    assert_eq!(removed_by(&sink, 1), Some(gone));
    assert_eq!(removed_by(&sink, 3), Some(gone_b));
    for number in [2, 4] {
        assert_eq!(removed_by(&sink, number), None);
        assert!(standing(&sink, number).is_in_head, "{number}");
    }
    assert!(!standing(&sink, 1).is_in_head);
}

#[test]
fn what_came_and_went_on_a_branch_went_with_no_commit_of_the_main_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    commit(path, "a", "one");
    git(path, &["checkout", "-q", "-b", "side"]);
    commit(path, "b", &token(1));
    commit(path, "b", "nothing");
    commit(path, "c", &token(2));
    git(path, &["checkout", "-q", "main"]);
    git(path, &["merge", "-q", "--no-ff", "--no-edit", "side"]);
    let gone = commit(path, "c", "nothing");
    let sink = first(path);
    assert_eq!(removed_by(&sink, 1), None);
    assert_eq!(standing(&sink, 1).reached_by.as_deref(), Some("HEAD"));
    assert_eq!(removed_by(&sink, 2), Some(gone));
}

#[test]
fn what_only_a_reflog_or_a_stash_reaches_is_called_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q", "-b", "main"]);
    commit(path, "a", "one");
    commit(path, "a", &token(1));
    git(path, &["reset", "-q", "--hard", "HEAD~1"]);
    for number in [2, 3] {
        fs::write(path.join("a"), token(number)).unwrap();
        git(path, &["stash", "-q"]);
    }
    let sink = first(path);
    let by = |number| standing(&sink, number).reached_by.unwrap().to_string();
    assert!(by(1).starts_with("HEAD@{"), "{}", by(1));
    assert_eq!(by(2), "refs/stash@{1}");
    assert_eq!(by(3), "refs/stash");
    git(path, &["reflog", "expire", "--expire=now", "--all"]);
    let sink = first(path);
    assert_eq!(standing(&sink, 1).reached_by, None);
    // Who asks for references does not ask for what they once were.
    let options = HistoryOptions::default().refs(vec!["HEAD*".to_owned()]);
    let (sink, _) = sweep(path, options, HistoryScan::default(), 1);
    assert!(sink.findings.is_empty());
}
