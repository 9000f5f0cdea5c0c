//! What each format writes of a secret and of what belongs to it.
//!
//! `KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-report --test goldens` writes `tests/pairs/goldens/<format>` anew;
//! read the difference before you commit it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use keysift_core::{RuleSet, Scanner, ScannerOptions};
use keysift_report::{Format, ReportOptions, formats, is_printable};

use crate::common::Scan;
use crate::without_page;

const RULES: &str = r#"
[[rule]]
id = "acme-signing-secret"
name = "Acme signing secret"
description = "Signs requests to Acme."
provider = "Acme"
kind = "api-key"
severity = "high"
confidence = "high"
pattern = '''acme_secret = "(?P<secret>[0-9a-z]{24})"'''
examples.match = ["acme_secret = \"{{secret}}\""]
examples.reject = ["acme_secret = \"{{short}}\""]
remediation.action = "rotate"
remediation.steps = "Account > Keys > replace."

[[rule.companions]]
name = "key {id}"
pattern = '''acme_id = "(?P<value>[^"\n]{1,40})"'''
without = "medium"

[[rule.companions]]
name = "access key id"
pattern = '\b(?P<value>AKIA[A-Z2-7]{16})\b'
checks = ["aws-access-key-id"]
"#;

fn key_id() -> String {
    ["AK", "IA", "QFAKEKEYFAKEKEYA"].concat()
}

/// An id that steers a terminal; the same secret without an id; a secret that stands where an id should.
fn scan() -> Scan {
    let [first, second] = ["7f3k9q2m5x8w1z4v6t0r3n8p", "q8r2t6y1u5i9o3p7a0s4d8f2"];
    let paired = format!(
        "acme_id = \"a\x1b[31m{{0}}](1)\u{202e}<b>|`\"\nacme_secret = \"{first}\"\naws = {}\n",
        key_id()
    );
    let alone = format!("acme_secret = \"{first}\"\n");
    let held = format!("acme_id = \"id-{second}\"\nacme_secret = \"{second}\"\n");
    let rules = RuleSet::parse("rules.toml", RULES).unwrap();
    let scanner = Scanner::new(rules, ScannerOptions::default()).unwrap();
    let files = [
        ("deploy/paired.py", paired),
        ("deploy/alone.py", alone),
        ("deploy/held.py", held),
    ];
    let files = files.map(|(path, text)| (PathBuf::from(path), text.into_bytes()));
    Scan::of(&scanner, files.to_vec())
}

fn render(format: &Format) -> String {
    let options = ReportOptions {
        width: Some(80),
        tool_version: "1.2.3",
        started: SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000),
        ..ReportOptions::default()
    };
    String::from_utf8(scan().render(format, &options)).unwrap()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its own goldens")]
fn each_format_writes_pairs_as_its_golden_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pairs/goldens");
    let is_update = std::env::var_os("KEYSIFT_UPDATE_GOLDENS").is_some();
    for format in formats() {
        let mut written = render(format);
        if format.name == "html" {
            written = without_page(&written);
        }
        // A whole key id in a golden would set off other scanners.
        let written = written.replace(&key_id(), "[key id]");
        let file = folder.join(format.name);
        if is_update {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &written).unwrap();
        } else {
            let golden = std::fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(written, golden, "{}", format.name);
        }
    }
}

#[test]
fn a_part_cannot_steer_a_terminal_or_show_a_secret() {
    for format in formats() {
        let text = render(format).replace("\r\n", "\n");
        let bad = text.chars().find(|c| *c != '\n' && !is_printable(*c));
        assert_eq!(bad, None, "{}", format.name);
        assert!(
            !text.contains("q8r2t6y1u5i9o3p7a0s4d8f2"),
            "{}",
            format.name
        );
    }
}

/// GitHub's annotations and gitleaks' JSON have no place for a part; what it says stands in both.
#[test]
fn a_part_and_what_it_says_stand_in_each_format_that_has_room() {
    for format in formats() {
        let text = render(format);
        let has_room = !matches!(format.name, "github" | "gitleaks");
        assert_eq!(text.contains(&key_id()), has_room, "{}", format.name);
        assert!(text.contains("010758672688"), "{}", format.name);
    }
}
