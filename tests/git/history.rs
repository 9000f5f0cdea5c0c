//! Whole histories: what is found does not depend on how objects are kept, and each finding is where Git says it came in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use keysift::source::git::{History, HistoryOptions};
use keysift::{
    Blob, Collect, Finding, HistoryScan, Origin, Repeats, RuleSet, ScanOptions, Scanner,
    ScannerOptions,
};

use super::harness::{edited_history, every, open, output, scanner, secrets, sweep, token, told};
use super::{RULES, git};

/// What a scan of every blob tells, read by Git one by one.
fn by_cat_file(path: &Path) -> BTreeSet<(String, usize, usize)> {
    let scanner = scanner();
    let mut scratch = scanner.scratch();
    let origin = Arc::new(Origin::Stdin);
    let mut found = BTreeSet::new();
    let list = output(path, &["cat-file", "--batch-all-objects", "--batch-check"]);
    for line in list.lines().filter(|line| line.contains(" blob ")) {
        let id = line.split(' ').next().unwrap();
        let text = output(path, &["cat-file", "blob", id]);
        let blob = Blob {
            origin: &origin,
            bytes: text.strip_prefix('\u{feff}').unwrap_or(&text).as_bytes(),
            changed: None,
        };
        scanner.scan(&mut scratch, blob, &mut |finding| {
            found.insert((id.to_owned(), finding.span.start, finding.span.end));
        });
    }
    found
}

/// The blob that an origin names.
fn blob_of(path: &Path, finding: &Finding) -> String {
    let commit = finding.origin.commit().unwrap();
    let file = finding.origin.path().unwrap().display();
    let id = output(path, &["rev-parse", &format!("{}:{file}", commit.id)]);
    id.trim().to_owned()
}

#[test]
fn what_is_found_does_not_depend_on_how_objects_are_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 40);
    let expected = by_cat_file(path);
    assert!(expected.len() > 100, "{}", expected.len());
    let (loose, summary) = every(path);
    assert!(!summary.is_incomplete());
    let found: BTreeSet<_> = loose
        .findings
        .iter()
        .map(|finding| (blob_of(path, finding), finding.span.start, finding.span.end))
        .collect();
    assert_eq!(found, expected);
    let loose: Vec<String> = loose.findings.iter().map(told).collect();
    let ways: [&[&str]; 5] = [
        &["repack", "-qadf", "--depth=50", "--window=50"],
        &["repack", "-qadf", "--window=0"],
        &["-c", "repack.useDeltaBaseOffset=false", "repack", "-qadf"],
        &["multi-pack-index", "write"],
        &["repack", "-qadf", "--depth=4000", "--window=10"],
    ];
    for way in ways {
        git(path, way);
        for threads in [1, 2, 8] {
            for is_whole in [false, true] {
                let scan = HistoryScan::default()
                    .repeats(Repeats::Every)
                    .whole(is_whole);
                let (sink, summary) = sweep(path, HistoryOptions::default(), scan, threads);
                let found: Vec<String> = sink.findings.iter().map(told).collect();
                assert_eq!(found, loose, "{way:?} {threads} {is_whole}");
                assert!(!summary.is_incomplete());
            }
        }
    }
}

#[test]
fn each_blob_is_where_git_says_it_came_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 30);
    let (sink, _) = every(path);
    let log = output(
        path,
        &[
            "log",
            "--all",
            "-m",
            "--raw",
            "--no-abbrev",
            "--root",
            "-r",
            "--no-renames",
            "--format=commit %H",
        ],
    );
    let mut added: BTreeSet<(String, String, String)> = BTreeSet::new();
    let mut commit = "";
    for line in log.lines() {
        if let Some(id) = line.strip_prefix("commit ") {
            commit = id;
        } else if let Some((ids, file)) = line.split_once('\t') {
            let blob = ids.split(' ').nth(3).unwrap();
            added.insert((blob.to_owned(), file.to_owned(), commit.to_owned()));
        }
    }
    assert!(sink.findings.len() > 100);
    for finding in &sink.findings {
        let blob = blob_of(path, finding);
        let file = finding.origin.path().unwrap().display().to_string();
        let commit = finding.origin.commit().unwrap().id.clone();
        assert!(
            added.contains(&(blob.clone(), file, commit.clone())),
            "{}",
            finding.origin
        );
        // No older commit has it.
        let parents = output(path, &["rev-list", &format!("{commit}^@")]);
        for parent in parents.lines() {
            let tree = output(path, &["ls-tree", "-r", parent]);
            assert!(!tree.contains(&blob), "{} is older", finding.origin);
        }
    }
}

#[test]
fn a_secret_in_many_versions_is_reported_where_it_came_in() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q"]);
    for number in 0..5 {
        fs::write(path.join("a"), format!("{}\n{number}\n", token(1))).unwrap();
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", "change"]);
    }
    let (sink, summary) = sweep(path, HistoryOptions::default(), HistoryScan::default(), 1);
    assert_eq!(sink.findings.len(), 1);
    let first = output(path, &["rev-list", "--max-parents=0", "HEAD"]);
    assert_eq!(sink.findings[0].origin.commit().unwrap().id, first.trim());
    assert_eq!(summary.counters.dropped(keysift::Reason::Repeated), 4);
    assert_eq!(summary.counters.findings, 1);
    assert_eq!(every(path).0.findings.len(), 5);
}

/// Whatever reaches it, and if nothing does.
#[test]
fn nothing_hides_in_a_repository() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let commit = |file: &str, number: usize, message: &str| {
        fs::write(path.join(file), token(number)).unwrap();
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", message]);
    };
    git(path, &["init", "-q", "-b", "main"]);
    commit("a", 1, "first");
    commit("b", 2, &token(3));
    git(path, &["tag", "-a", "v1", "-m", &token(4)]);
    git(path, &["notes", "add", "-m", &token(5)]);
    git(path, &["checkout", "-q", "-b", "gone"]);
    commit("c", 6, "on a branch");
    git(path, &["checkout", "-q", "main"]);
    git(path, &["branch", "-q", "-D", "gone"]);
    commit("d", 7, "to be amended");
    fs::write(path.join("d"), "nothing").unwrap();
    git(path, &["commit", "-q", "-a", "--amend", "-m", "amended"]);
    fs::write(path.join("a"), token(8)).unwrap();
    git(path, &["stash", "-q"]);
    git(path, &["stash", "drop", "-q"]);
    fs::write(path.join("e"), token(9)).unwrap();
    git(path, &["add", "e"]);
    git(path, &["rm", "-q", "-f", "e"]);
    git(path, &["rm", "-q", "b"]);
    git(path, &["commit", "-q", "-m", "remove b"]);

    let (sink, summary) = every(path);
    assert!(!summary.is_incomplete());
    let mut found: Vec<String> = sink
        .findings
        .iter()
        .map(|finding| {
            let secret = String::from_utf8_lossy(finding.secret.expose()).into_owned();
            let number = (1..10).find(|number| token(*number) == secret).unwrap();
            let name = finding.origin.to_string();
            let name = match finding.origin.commit() {
                Some(commit) => name.replace(commit.short_id(), "ID"),
                None => name.split(' ').next().unwrap().to_owned(),
            };
            let standing = finding.standing.as_ref().unwrap();
            let by = standing.reached_by.as_deref().unwrap_or("nothing");
            let in_head = if standing.is_in_head { ", in HEAD" } else { "" };
            format!("{number} {name} {by}{in_head}")
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "1 ID:a HEAD, in HEAD",
            "2 ID:b HEAD",
            "3 commit ID message HEAD",
            "4 tag refs/tags/v1",
            "5 commit ID note in commits refs/notes/commits",
            "6 ID:c HEAD@{5}",
            "7 ID:d HEAD@{3}",
            "8 ID:a nothing",
            "9 blob nothing",
        ]
    );
    let options = HistoryOptions::default().refs(vec!["refs/heads/*".to_owned()]);
    let (sink, _) = sweep(path, options, HistoryScan::default(), 1);
    let expected: BTreeSet<String> = [1, 2, 3, 4].map(token).into();
    assert_eq!(secrets(&sink), expected);
    let options =
        HistoryOptions::default().exclude_refs(vec!["v1".to_owned(), "refs/tags/*".to_owned()]);
    let (sink, _) = sweep(path, options, HistoryScan::default(), 1);
    assert!(secrets(&sink).is_disjoint(&[1, 2, 3].map(token).into()));
    let options = HistoryOptions::default().since(Some(i64::MAX));
    let (sink, _) = sweep(path, options, HistoryScan::default(), 1);
    assert!(sink.findings.is_empty());
}

/// A path condition decides where a finding is, though the blob is scanned once for all its paths.
#[test]
fn a_blob_at_two_paths_is_found_at_the_one_that_suits() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q"]);
    fs::create_dir_all(path.join("old")).unwrap();
    for file in ["old/a.txt", "z.env"] {
        fs::write(path.join(file), token(1)).unwrap();
        git(path, &["add", "."]);
        git(path, &["commit", "-q", "-m", file]);
    }
    let rules = RULES.replacen("[[rule]]", "[[rule]]\npaths = ['\\.env$']", 1);
    let rules = RuleSet::parse("acme.toml", &rules).unwrap();
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let mut sink = Collect::default();
    keysift::scan_history(
        &scanner,
        &History::new(open(path), HistoryOptions::default()),
        HistoryScan::default(),
        &mut sink,
        &ScanOptions::default(),
        &AtomicBool::new(false),
    )
    .unwrap();
    let paths: Vec<_> = sink
        .findings
        .iter()
        .map(|finding| finding.origin.path())
        .collect();
    assert_eq!(paths, [Some(Path::new("z.env"))]);
}
