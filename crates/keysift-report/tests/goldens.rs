//! What each format writes of the same scans.
//!
//! `KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-report --test goldens` writes `tests/goldens/<format>/<case>` anew;
//! read the difference before you commit it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod blocked;
mod common;
mod hidden;
mod pairs;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use common::{File, Given, Scan, scanner};
use keysift_core::{
    Absent, Commit, CommitDate, Origin, Skip, Span, Standing, Tag, Unscanned, facts,
};
use keysift_report::{Format, ReportOptions, SecretDisplay, formats, is_printable};

const ACME: [&str; 3] = [
    "acme_7f3k9q2m5x8w1z4v6t0r3n8p",
    "acme_q8r2t6y1u5i9o3p7a0s4d8f2",
    "acme_z5x9c1v3b7n2m6k0j4h8g1f5",
];

/// A token that no service accepts, with a valid checksum.
fn github_token() -> String {
    let mut token = ["gh", "p_", "q7RtY2uI9oPa4SdF6gHj8KlZ3xCv5Bn1MwEr"]
        .concat()
        .into_bytes();
    let format = facts::format("github-token").unwrap();
    (format.complete.unwrap())(&mut token);
    String::from_utf8(token).unwrap()
}

fn files() -> Vec<File> {
    let [first, second, third] = ACME;
    let settings = format!(
        "# Settings\r\n\
         \tapi_key = \"{first}\"  # production\r\n\
         copy = \"x{first}\", old = \"{second}\", older = \"{third}\"\r\n\
         GITHUB_TOKEN={}\n\
         globex_password = \"hunter2hunter2\" # for the night run\n\
         {}key = {third};{}\n",
        github_token(),
        "long ".repeat(30),
        " line".repeat(30),
    );
    let key = format!(
        "-----BEGIN INITECH KEY-----\n{}\n{}\n-----END INITECH KEY-----\n",
        "aGVsbG8gd29ybGQs".repeat(4),
        "dGhpcyBpcyBubyBrZXk".repeat(3),
    );
    let hostile = format!(
        "\x1b[2J\x1b]0;owned\x07 \u{202e}txt.\u{2066} {first} \u{200b}\u{9b}31m\x00 日本語\n\
         template = \"acme_xxxxxxxxxxxxxxxxxxxxxxxx\"\n\
         {key}"
    );
    let mut hostile = hostile.into_bytes();
    hostile.extend(b"\xff\xfe globex_password = \"\xffnot\x1butf-8\x9b\"\n");
    vec![
        ("deploy/settings.py".into(), settings.into_bytes()),
        ("evil\x1b[31m\n\u{202e}gpj.\u{7f}.py".into(), hostile),
        ("clean.txt".into(), b"nothing here\n".to_vec()),
    ]
}

/// A scan, and how it is written.
struct Case {
    name: &'static str,
    scan: Scan,
    options: ReportOptions,
}

impl Case {
    fn new(name: &'static str, files: Vec<File>) -> Self {
        Self::of(name, Scan::of(&scanner(), files))
    }

    fn of(name: &'static str, scan: Scan) -> Self {
        Self {
            name,
            scan,
            options: ReportOptions {
                width: Some(80),
                tool_version: "1.2.3",
                started: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000),
                ..ReportOptions::default()
            },
        }
    }

    fn render(&self, format: &Format) -> String {
        String::from_utf8(self.scan.render(format, &self.options)).unwrap()
    }

    /// Adds something that was not scanned, and counts it.
    fn unscanned(&mut self, unscanned: Unscanned) {
        let skipped = &mut self.scan.summary.skipped;
        *skipped.entry(unscanned.skip).or_default() += 1;
        self.scan.unscanned.push(unscanned);
    }
}

fn empty() -> Case {
    let mut case = Case::new("empty", Vec::new());
    case.scan.summary.skipped = [(Skip::Ignored, 12), (Skip::TooLarge, 1)].into();
    case
}

fn incomplete() -> Case {
    let mut case = Case::new("incomplete", files().split_off(2));
    case.scan.summary.skipped = [(Skip::Ignored, 1_204), (Skip::Symlink, 3)].into();
    case.unscanned(Unscanned::new("target", Skip::Ignored));
    case.unscanned(
        Unscanned::new("keys/\x1b[31mroot.pem", Skip::Unreadable)
            .message("Permission denied (os error 13)"),
    );
    for number in 0..21 {
        case.unscanned(Unscanned::new(format!("cache/{number}"), Skip::Vanished));
    }
    case.scan.summary.is_interrupted = true;
    case.scan.summary.is_unsorted = true;
    case
}

fn explained() -> Case {
    let mut case = Case::new("explained", files());
    case.options.explain = true;
    case.unscanned(Unscanned::new("target", Skip::Ignored));
    case.unscanned(Unscanned::new("dump.sql", Skip::TooLarge));
    case
}

fn shown() -> Case {
    // Without the first file: a whole GitHub token in a golden would set off other scanners.
    let mut case = Case::new("shown", files().split_off(1));
    case.options.secrets = SecretDisplay::Shown;
    case.options.width = None;
    case
}

/// What Git holds, by an author whose name does what it can to a terminal.
fn git() -> Case {
    let commit = Arc::new(Commit {
        date: Some(CommitDate {
            seconds: 1_234_567_890,
            offset_minutes: -210,
        }),
        id: "0123456789abcdef".repeat(3)[..40].to_owned(),
        author: "A \u{1b}[2J\u{202e}U \u{9b}Thor".to_owned(),
        email: "author@example.org".to_owned(),
    });
    let tag = Arc::new(Tag {
        date: None,
        name: "v1.\u{1b}[31m0".to_owned(),
        id: "fedcba9876543210".repeat(3)[..40].to_owned(),
        tagger: String::new(),
        email: String::new(),
    });
    let given = |origin: Origin, secrets: &[&str]| Given {
        origin,
        bytes: format!("key = {}\n", secrets.join("\nkey = ")).into_bytes(),
        changed: None,
    };
    let [first, second, third] = ACME;
    let path = PathBuf::from("deploy/evil\x1b[31m.py");
    let mut changed = given(
        Origin::Staged {
            path: path.clone(),
            stage: 0,
        },
        &[first, second, third],
    );
    changed.changed = Some(vec![Span::new(36, 72)]);
    let blobs = vec![
        changed,
        given(
            Origin::Staged {
                path: path.clone(),
                stage: 2,
            },
            &[first],
        ),
        given(
            Origin::Committed {
                commit: Arc::clone(&commit),
                path,
            },
            &[first, second],
        ),
        given(Origin::CommitMessage(Arc::clone(&commit)), &[third]),
        given(Origin::TagMessage(tag), &[third]),
        given(
            Origin::Note {
                commit,
                reference: "commits".to_owned(),
            },
            &[first],
        ),
    ];
    let mut scan = Scan::of_blobs(&scanner(), blobs);
    let standings = [
        Standing::new(Some("refs/heads/a\x1b[31m".into())),
        Standing::new(Some("HEAD".into())).in_head(true),
        Standing::new(None),
    ];
    for (file, standing) in scan.files[2..].iter_mut().zip(standings) {
        let standing = Arc::new(standing);
        let findings = file.iter_mut();
        findings.for_each(|finding| finding.standing = Some(Arc::clone(&standing)));
    }
    let mut case = Case::of("git", scan);
    case.options.explain = true;
    case.unscanned(Unscanned::new("vendor/lib", Skip::Submodule));
    case.unscanned(Unscanned::new("assets/logo.psd", Skip::LfsContent));
    case.unscanned(Unscanned::new("0123456789ab:big.bin", Skip::MissingObject));
    case.unscanned(Unscanned::new("commit 0123456789ab", Skip::Shallow));
    case
}

/// A baseline knew two findings that are gone, one of them by a name and for a reason that do what they can.
fn absent() -> Case {
    let mut case = Case::new("absent", files().split_off(1));
    let known = case.scan.files[0][0].clone();
    let gone = [
        ("deploy/old.py", "made up, for tests"),
        ("deploy/evil\x1b[31m\u{202e}.py", "\u{9b}2J{0} [a](1)"),
    ];
    case.scan.summary.absent = gone
        .map(|(path, reason)| {
            Absent::new(
                Arc::clone(&known.rule),
                path.into(),
                known.fingerprint,
                reason,
            )
        })
        .to_vec();
    case
}

fn cases() -> [Case; 8] {
    [
        empty(),
        Case::new("clean", files().split_off(2)),
        Case::new("findings", files()),
        incomplete(),
        explained(),
        shown(),
        git(),
        absent(),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens")
}

/// A page without what is the same in every one: its style, its script, and their digests.
fn without_page(html: &str) -> String {
    let mut html = html.to_owned();
    for (from, to) in [
        ("script-src '", "'"),
        ("style-src '", "'"),
        ("<style>", "</style>"),
        ("<script>", "</script>"),
    ] {
        let start = html.find(from).unwrap() + from.len();
        let end = start + html[start..].find(to).unwrap();
        html.replace_range(start..end, "[ours]");
    }
    html
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its own goldens")]
fn each_format_writes_what_its_golden_holds() {
    let is_update = std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        for format in formats() {
            let file = folder().join(format.name).join(case.name);
            let mut written = case.render(format);
            if format.name == "html" {
                written = without_page(&written);
            }
            if is_update {
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(&file, &written).unwrap();
            } else if std::fs::read_to_string(&file).ok().as_ref() != Some(&written) {
                wrong.push(format!("{} differs:\n{written}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_goldens_is_a_format_and_holds_every_case() {
    let names = |folder: &Path| {
        let mut names: Vec<String> = folder
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let folders: Vec<&str> = formats().iter().map(|format| format.name).collect();
    assert_eq!(names(&folder()), folders);
    let mut expected: Vec<&str> = cases().iter().map(|case| case.name).collect();
    expected.sort_unstable();
    for format in folders {
        assert_eq!(names(&folder().join(format)), expected, "{format}");
    }
}

#[test]
fn no_format_writes_what_a_terminal_obeys_or_hides() {
    for case in cases() {
        for format in formats() {
            // RFC 4180 ends lines as the web does.
            let text = match format.name {
                "csv" => case.render(format).replace("\r\n", "\n"),
                _ => case.render(format),
            };
            let bad = text.chars().find(|c| *c != '\n' && !is_printable(*c));
            assert_eq!(bad, None, "{} {}", format.name, case.name);
        }
    }
}

#[test]
fn json_is_one_document_and_jsonl_is_one_a_line() {
    for case in cases() {
        let shape = |name: &str| case.render(keysift_report::format(name).unwrap());
        let document: serde_json::Value = serde_json::from_str(&shape("json")).unwrap();
        let lines: Vec<serde_json::Value> = shape("jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for (list, kind) in [
            ("findings", "finding"),
            ("dropped", "dropped"),
            ("unscanned", "unscanned"),
        ] {
            let of_kind: Vec<serde_json::Value> = lines
                .iter()
                .filter(|line| line["type"] == kind)
                .map(|line| {
                    let mut record = line.as_object().unwrap().clone();
                    record.remove("type");
                    record.remove("version");
                    record.into()
                })
                .collect();
            let mut listed = document[list].as_array().cloned().unwrap_or_default();
            for record in &mut listed {
                record.as_object_mut().unwrap().remove("secret_id");
            }
            assert_eq!(listed, of_kind, "{} {list}", case.name);
        }
        assert_eq!(lines.last().unwrap()["type"], "summary");
    }
}
