//! Bytes of scanned files, and of their names, never steer a terminal.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use crate::harness::{ACME, Place};

/// Names with a line feed, an ANSI escape, a turn of direction, a C1 control in UTF-8, and bytes that are not UTF-8.
const NAMES: [&[u8]; 5] = [
    b"line\nfeed.py",
    b"ansi\x1b[31m\x1b]0;owned\x07.py",
    "bidi\u{202e}yp.\u{2066}exe".as_bytes(),
    "c1\u{9b}31m.py".as_bytes(),
    b"latin-\xff\x9b31m.py",
];

fn is_steering(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Asserts that nothing steers a terminal, colours apart where they were asked for.
#[track_caller]
fn is_harmless(text: &str, has_colors: bool) {
    let mut rest = text;
    while let Some(at) = rest.find(is_steering) {
        let sequence: String = rest[at..].chars().take_while(|c| *c != 'm').collect();
        let is_color = sequence.strip_prefix("\u{1b}[").is_some_and(|numbers| {
            numbers
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b';')
        });
        assert!(has_colors && is_color, "{sequence:?} in {text:?}");
        rest = &rest[at + sequence.len()..];
    }
}

/// A tree of files with names, and content round a secret, that would steer a terminal.
fn place() -> Place {
    let place = Place::with_acme_rules();
    let content = format!(
        "\x1b[2J\x1b]0;owned\x07 \u{202e}key\u{2066} = {}\u{9b}31m\x00\x08\r\x7f\n",
        ACME[0]
    );
    for name in NAMES {
        place.write(OsStr::from_bytes(name), &content);
    }
    let mut latin = content.into_bytes();
    latin.extend(b"\x9b31m key = acme_xxxxxxxxxxxxxxxxxxxxxxxx \xff\xfe\n");
    place.write("content.py", latin);
    place
}

#[test]
fn no_control_character_reaches_the_output() {
    let place = place();
    for format in ["text", "json", "jsonl"] {
        for arguments in [
            &[][..],
            &["--explain"],
            &["--show-secrets", "--exclude", "*\n*"],
            &["--explain", "--exclude", "*"],
        ] {
            let outcome = place.scan_acme(&[&["--format", format], arguments].concat());
            is_harmless(&outcome.stdout, false);
            assert_eq!(outcome.stderr, "");
        }
    }
    let colored = place
        .scan_acme(&["--explain", "--color", "always"])
        .exits(1);
    is_harmless(&colored.stdout, true);
}

#[test]
fn names_are_escaped_and_told_apart() {
    let outcome = place().scan_acme(&[]).exits(1);
    let shown: Vec<&str> = outcome
        .stdout
        .lines()
        .filter(|line| line.ends_with(".py") || line.ends_with("exe"))
        .collect();
    assert_eq!(
        shown,
        [
            r"ansi\x1b[31m\x1b]0;owned\x07.py",
            r"bidi\u{202e}yp.\u{2066}exe",
            r"c1\u{9b}31m.py",
            "content.py",
            r"latin-\xff\x9b31m.py",
            r"line\x0afeed.py",
        ]
    );
}

#[test]
fn json_gives_the_bytes_of_a_name_that_is_not_utf_8() {
    let document = place().scan_acme(&["--format", "json"]).exits(1).json();
    let findings = document["findings"].as_array().unwrap();
    let by_name = |name: &str| {
        findings
            .iter()
            .find(|finding| finding["path"] == name)
            .unwrap()
    };
    by_name("line\nfeed.py");
    let latin = by_name("latin-\u{fffd}\u{fffd}31m.py");
    assert_eq!(latin["path_bytes_hex"], "6c6174696e2dff9b33316d2e7079");
}

#[test]
fn a_line_round_a_secret_is_escaped() {
    place().scan_acme(&["content.py"]).exits(1).says(
        r"    | \x1b[2J\x1b]0;owned\x07 \u{202e}key\u{2066} = acme_…3n8p\u{9b}31m\x00\x08\x0d\x7f",
    );
}

#[test]
fn names_in_errors_are_escaped() {
    let place = place();
    for name in NAMES {
        let mut command = place.command(["scan"]);
        let missing = [b"no-such-".as_slice(), name].concat();
        command
            .arg(OsStr::from_bytes(&missing))
            .stdin(Stdio::null());
        let outcome = place.outcome(command.spawn().unwrap()).exits(2);
        let lines = outcome.stderr.lines().count();
        assert_eq!(lines, 2, "an error and a hint: {outcome:#?}");
        is_harmless(&outcome.stderr, false);
    }
}
