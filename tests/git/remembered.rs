//! What a sweep remembers for the next one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use keysift::source::git::{History, HistoryOptions};
use keysift::{
    Collect, Confidence, Finding, Histories, HistoryScan, HistoryTask, RuleSet, ScanError,
    ScanOptions, Scanner, ScannerOptions, Sink, Skip, StateFile, StateTrust, Summary,
};

use super::harness::{edited_history, every, open, scanner, secrets, token};
use super::{RULES, git};

fn remembering(path: &Path, state: &StateFile, scanner: &Scanner) -> (Collect, Summary) {
    let mut sink = Collect::default();
    let summary = keysift::scan_histories(
        scanner,
        &histories(path, state),
        HistoryScan::default(),
        &mut sink,
        &ScanOptions::default(),
        &AtomicBool::new(false),
    );
    (sink, summary.unwrap())
}

fn histories(path: &Path, state: &StateFile) -> Histories {
    let history = History::new(open(path), HistoryOptions::default());
    Histories::new(vec![HistoryTask::new(history).state(Some(state.clone()))])
}

fn commit(path: &Path, file: &str, text: &str) {
    fs::write(path.join(file), text).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "change"]);
}

#[test]
fn what_was_scanned_is_not_scanned_again_and_what_is_new_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let (path, scanner) = (directory.path(), scanner());
    edited_history(path, 20);
    let outside = tempfile::tempdir().unwrap();
    let state = StateFile::new(outside.path().join("a/b/state"));
    let (first, whole) = remembering(path, &state, &scanner);
    assert!(!first.findings.is_empty());
    assert_eq!(whole.skipped.get(&Skip::Known), None);
    let (second, nothing) = remembering(path, &state, &scanner);
    assert!(second.findings.is_empty());
    assert_eq!(nothing.blobs, 0);
    assert_eq!(nothing.skipped.get(&Skip::Known), Some(&whole.blobs));
    assert!(!nothing.is_incomplete());
    commit(path, "new.txt", &token(500));
    for way in [&["repack", "-qd"][..], &["repack", "-qadf"]] {
        commit(path, "dir1/file1.py", &format!("{}\n{way:?}", token(501)));
        git(path, way);
        let (third, some) = remembering(path, &state, &scanner);
        let is_second = way.len() == 2 && way[1] == "-qadf";
        let expected: BTreeSet<String> = if is_second {
            // It came in with another version, which is the only one that is known here.
            [501].map(token).into()
        } else {
            [500, 501].map(token).into()
        };
        assert_eq!(secrets(&third), expected);
        assert!(some.blobs <= 4, "{}", some.blobs);
    }
    // Nothing is written into the repository.
    assert!(!path.join(".git/keysift").exists());
}

#[test]
fn other_rules_or_a_damaged_state_mean_that_everything_is_scanned_and_that_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q"]);
    commit(path, "a", &token(1));
    let outside = tempfile::tempdir().unwrap();
    let state = StateFile::new(outside.path().join("state"));
    remembering(path, &state, &scanner());
    let others = [
        Scanner::new(
            RuleSet::parse("acme.toml", &RULES.replacen("Acme", "Ajax", 1)).unwrap(),
            ScannerOptions::default(),
        ),
        Scanner::new(
            RuleSet::parse("acme.toml", RULES).unwrap(),
            ScannerOptions {
                min_confidence: Confidence::Low,
                ..ScannerOptions::default()
            },
        ),
    ];
    for other in others {
        let (sink, summary) = remembering(path, &state, &other.unwrap());
        assert_eq!(sink.findings.len(), 1);
        assert_eq!(summary.skipped.get(&Skip::StateUnused), Some(&1));
        assert!(!summary.is_incomplete());
    }
    fs::write(&state.path, "nothing of ours").unwrap();
    let (sink, summary) = remembering(path, &state, &scanner());
    assert_eq!(sink.findings.len(), 1);
    assert_eq!(summary.skipped.get(&Skip::StateUnused), Some(&1));
    let (sink, _) = remembering(path, &state, &scanner());
    assert!(sink.findings.is_empty());
}

/// A state is a file that anyone may have written: a sweep that compares finds out what it hides.
#[test]
fn a_state_that_hides_something_is_found_out() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for path in [directory.path(), other.path()] {
        git(path, &["init", "-q"]);
        commit(path, "a", "harmless");
    }
    let outside = tempfile::tempdir().unwrap();
    let state = StateFile::new(outside.path().join("state"));
    // The same object without the rule that finds it.
    let blind = RULES.replace("acme_", "bcme_");
    let blind = Scanner::new(
        RuleSet::parse("acme.toml", &blind).unwrap(),
        ScannerOptions::default(),
    );
    commit(directory.path(), "b", &token(1));
    remembering(directory.path(), &state, &blind.unwrap());
    let seeing = StateFile::new(outside.path().join("seeing"));
    commit(other.path(), "c", "nothing");
    remembering(other.path(), &seeing, &scanner());
    forge(&state.path, &seeing.path);
    let (sink, _) = remembering(directory.path(), &state, &scanner());
    assert!(sink.findings.is_empty(), "the forged state hides it");
    let verifying = state.clone().trust(StateTrust::Verified);
    let (sink, summary) = remembering(directory.path(), &verifying, &scanner());
    assert_eq!(sink.findings.len(), 1);
    assert_eq!(summary.skipped.get(&Skip::StateMismatch), Some(&1));
    assert!(summary.is_incomplete());
    // From then on it is right.
    let (sink, summary) = remembering(directory.path(), &verifying, &scanner());
    assert_eq!(sink.findings.len(), 1);
    assert!(!summary.is_incomplete());
}

/// Makes a state one of the rules of another.
#[expect(clippy::disallowed_methods, reason = "a test forges its own file")]
fn forge(path: &Path, of: &Path) {
    const MAGIC: usize = 18;
    let mut bytes = fs::read(path).unwrap();
    let other = fs::read(of).unwrap();
    bytes[MAGIC..MAGIC + 32].copy_from_slice(&other[MAGIC..MAGIC + 32]);
    let end = bytes.len() - 32;
    let sum = blake3::hash(&bytes[..end]);
    bytes[end..].copy_from_slice(sum.as_bytes());
    fs::write(path, bytes).unwrap();
}

/// A sink that ends as the power does.
#[derive(Default)]
struct Failing {
    findings: usize,
}

impl Sink for Failing {
    type Error = std::io::Error;

    fn findings(
        &mut self,
        findings: &[Finding],
    ) -> Result<std::ops::ControlFlow<()>, std::io::Error> {
        self.findings += findings.len();
        Err(std::io::Error::other("the disk is full"))
    }
}

#[test]
fn findings_that_were_not_given_out_are_not_lost() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 10);
    let outside = tempfile::tempdir().unwrap();
    let state = StateFile::new(outside.path().join("state"));
    let failed = keysift::scan_histories(
        &scanner(),
        &histories(path, &state),
        HistoryScan::default(),
        &mut Failing::default(),
        &ScanOptions::default(),
        &AtomicBool::new(false),
    );
    assert!(matches!(failed, Err(ScanError::Sink(_))));
    let (sink, summary) = remembering(path, &state, &scanner());
    assert_eq!(secrets(&sink), secrets(&every(path).0));
    // What holds nothing was remembered all the same.
    assert!(
        summary
            .skipped
            .get(&Skip::Known)
            .is_some_and(|known| *known > 0)
    );
}

#[test]
fn an_interrupted_sweep_goes_on_where_it_ended() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    edited_history(path, 20);
    let expected = secrets(&every(path).0);
    let outside = tempfile::tempdir().unwrap();
    let state = StateFile::new(outside.path().join("state"));
    let scanner = scanner();
    let stop = AtomicBool::new(false);
    let progress = std::sync::Arc::new(keysift::Progress::default());
    let mut first = Collect::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while progress.objects.load(Ordering::Relaxed) < 10 {
                std::hint::spin_loop();
            }
            stop.store(true, Ordering::Relaxed);
        });
        let summary = keysift::scan_histories(
            &scanner,
            &histories(path, &state),
            HistoryScan::default(),
            &mut first,
            &ScanOptions::default().progress(Some(std::sync::Arc::clone(&progress))),
            &stop,
        );
        summary.unwrap();
    });
    let (sink, summary) = remembering(path, &state, &scanner);
    // How far it came, nobody knows; what it gave out without places is given out once more.
    let all: BTreeSet<String> = secrets(&first).union(&secrets(&sink)).cloned().collect();
    assert_eq!(all, expected);
    assert!(
        summary
            .skipped
            .get(&Skip::Known)
            .is_some_and(|known| *known > 0)
    );
}

#[test]
fn a_state_that_cannot_be_written_is_an_error_before_anything_is_scanned() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    git(path, &["init", "-q"]);
    commit(path, "a", &token(1));
    let state = StateFile::new(path.join("a/state"));
    let failed = keysift::scan_histories(
        &scanner(),
        &histories(path, &state),
        HistoryScan::default(),
        &mut Collect::default(),
        &ScanOptions::default(),
        &AtomicBool::new(false),
    );
    assert!(matches!(failed, Err(ScanError::State { .. })));
}
