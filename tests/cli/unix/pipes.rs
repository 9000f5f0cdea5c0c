//! A reader that goes away is no error.

use std::io::Write;
use std::process::Stdio;

use crate::harness::{Outcome, Place, npm_token};

/// Runs the program with a standard output whose reader is gone before it begins.
fn run_unread(place: &Place, arguments: &[&str]) -> Outcome {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = place.command(arguments.iter().copied());
    let child = command.stdout(writer).spawn().unwrap();
    place.outcome(child)
}

#[test]
fn a_closed_standard_output_is_a_quiet_success() {
    let place = Place::new();
    place.write("a.txt", npm_token(1));
    for arguments in [
        &["scan"][..],
        &["scan", "--format", "json"],
        &["scan", "--format", "jsonl"],
        &["scan", "--explain", "--threads", "3"],
        &["rules", "list", "--format", "json"],
        &["rules", "show", "npm-access-token"],
        &["rules", "check"],
        &["rules", "checks"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
    ] {
        let outcome = run_unread(&place, arguments);
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:#?}");
        assert_eq!(outcome.stderr, "", "{arguments:?}");
    }
}

#[test]
fn a_reader_that_goes_away_during_a_scan_ends_it_quietly() {
    let place = Place::new();
    for format in ["text", "json", "jsonl"] {
        let mut child = place
            .command(["scan", "--format", format, "-"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut input = child.stdin.take().unwrap();
        for seed in 0..300 {
            let text = format!("{}\n{}", npm_token(seed), "line\n".repeat(1000));
            // The scan may be over already.
            if input.write_all(text.as_bytes()).is_err() {
                break;
            }
        }
        drop(input);
        let outcome = place.outcome(child).exits(0);
        assert_eq!(outcome.stderr, "", "{format}");
    }
}

#[test]
fn a_closed_standard_error_changes_nothing() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = place.command(["scan", "no/such"]);
    let outcome = place.outcome(command.stderr(writer).spawn().unwrap());
    outcome.exits(2);
}
