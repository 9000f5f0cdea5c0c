//! What stops a commit or a push says so in few words.
//!
//! `KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-report --test goldens` writes `tests/blocked/goldens/<case>` anew; read the
//! difference before you commit it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysift_core::{Commit, Origin, Skip, Tag, Unscanned};
use keysift_report::{ReportOptions, Stopped, blocked, is_printable};

use crate::common::{Given, Scan, scanner};

const ACME: [&str; 2] = [
    "acme_7f3k9q2m5x8w1z4v6t0r3n8p",
    "acme_q8r2t6y1u5i9o3p7a0s4d8f2",
];

fn given(origin: Origin, secrets: &[&str]) -> Given {
    Given {
        origin,
        bytes: format!("key = {}\n", secrets.join("\nkey = ")).into_bytes(),
        changed: None,
    }
}

fn staged(path: &str, secrets: &[&str]) -> Given {
    let path = PathBuf::from(path);
    given(Origin::Staged { path, stage: 0 }, secrets)
}

fn commit() -> Arc<Commit> {
    Arc::new(Commit {
        date: None,
        id: "0123456789abcdef".repeat(3)[..40].to_owned(),
        author: "A \u{1b}[2J\u{202e}U Thor".to_owned(),
        email: "author@example.org".to_owned(),
    })
}

fn committed() -> Vec<Given> {
    let path = PathBuf::from("deploy/evil\x1b[31m.py");
    let tag = Tag {
        date: None,
        name: "v1.0".to_owned(),
        id: "fedcba9876543210".repeat(3)[..40].to_owned(),
        tagger: String::new(),
        email: String::new(),
    };
    vec![
        given(
            Origin::Committed {
                commit: commit(),
                path,
            },
            &ACME,
        ),
        given(Origin::CommitMessage(commit()), &ACME[1..]),
        given(Origin::TagMessage(Arc::new(tag)), &ACME[..1]),
    ]
}

fn scan_of(blobs: Vec<Given>) -> Scan {
    Scan::of_blobs(&scanner(), blobs)
}

fn unread() -> Scan {
    let mut scan = scan_of(vec![staged("a.txt", &["none"])]);
    let unscanned = Unscanned::new("b\x1b[31m.bin", Skip::MissingObject);
    scan.summary.skipped.insert(unscanned.skip, 1);
    scan.unscanned.push(unscanned);
    scan
}

fn cases() -> Vec<(&'static str, Stopped, Scan)> {
    let many: Vec<Given> = (0..25)
        .map(|number| staged(&format!("keys/{number}.txt"), &ACME[..1]))
        .collect();
    let message = Origin::File(".git/COMMIT_EDITMSG".into());
    vec![
        (
            "clean",
            Stopped::Commit,
            scan_of(vec![staged("a.txt", &["none"])]),
        ),
        (
            "commit",
            Stopped::Commit,
            scan_of(vec![
                staged("deploy/settings.py", &ACME),
                staged("it's \x1b[31m; rm -r.py", &ACME[1..]),
            ]),
        ),
        ("many", Stopped::Commit, scan_of(many)),
        (
            "message",
            Stopped::Message,
            scan_of(vec![given(message, &ACME[..1])]),
        ),
        ("push", Stopped::Push, scan_of(committed())),
        ("receive", Stopped::Receive, scan_of(committed())),
        ("unread", Stopped::Commit, unread()),
    ]
}

fn rendered(stopped: Stopped, scan: &Scan) -> String {
    let options = ReportOptions {
        width: Some(80),
        ..ReportOptions::default()
    };
    let bytes = scan.render_with(|out| blocked(out, stopped, &options));
    String::from_utf8(bytes).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/blocked/goldens")
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its own goldens")]
fn what_is_said_is_what_the_goldens_hold() {
    let is_update = std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some();
    for (name, stopped, scan) in cases() {
        let file = folder().join(name);
        let written = rendered(stopped, &scan);
        if is_update {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&file, &written).unwrap();
            continue;
        }
        let held = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(held, written, "{name}");
    }
    let mut there: Vec<String> = folder()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    let names: Vec<&str> = cases().iter().map(|case| case.0).collect();
    assert_eq!(there, names);
}

#[test]
fn no_secret_and_nothing_that_a_terminal_obeys_is_said() {
    for (name, stopped, scan) in cases() {
        let text = rendered(stopped, &scan);
        let bad = text.chars().find(|c| *c != '\n' && !is_printable(*c));
        assert_eq!(bad, None, "{name}");
        for secret in ACME {
            assert!(!text.contains(&secret[5..20]), "{name}: {text}");
        }
        assert_eq!(text.is_empty(), name == "clean", "{name}: {text}");
    }
}
