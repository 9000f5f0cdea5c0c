//! An interrupted scan says so, and shows what it found.
//!
//! Nothing here waits for a time. That the program listens for signals is known from its having read more than a pipe
//! holds; and a signal that was sent is handled before the system call in which the program waits returns to it.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use crate::harness::{ACME, Outcome, Place};

/// More than any pipe holds.
const MUCH: usize = 4 << 20;

/// A finding, and so much behind it that the program must have begun to scan when it is written.
fn much() -> Vec<u8> {
    let mut bytes = format!("key = {}\n", ACME[0]).into_bytes();
    bytes.resize(MUCH, b'\n');
    bytes
}

fn send(signal: &str, child: &Child) {
    let status = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

fn is_said_to_be_interrupted(outcome: Outcome) {
    outcome
        .exits(3)
        .says("  1:7  HIGH  Acme API key (acme-api-key)\n")
        .says(
            "interrupted: the scan was ended before it was through; there may be more to find.\n",
        );
}

fn scan(place: &Place, arguments: &[&str]) -> Child {
    let ours = ["scan", "--rules", "../acme.toml", "--enable", "acme-*"];
    place
        .command(ours.iter().chain(arguments).copied())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn an_interrupted_scan_of_standard_input_exits_with_3() {
    for signal in ["-INT", "-TERM"] {
        let place = Place::with_acme_rules();
        let mut child = scan(&place, &["-"]);
        let mut input = child.stdin.take().unwrap();
        input.write_all(&much()).unwrap();
        send(signal, &child);
        drop(input);
        is_said_to_be_interrupted(place.outcome(child));
    }
}

#[test]
fn an_interrupted_scan_of_paths_exits_with_3() {
    let place = Place::with_acme_rules();
    let pipe = place.path().join("pipe");
    let status = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(status.success());
    let child = scan(&place, &["pipe", "--threads", "2"]);
    let mut input = OpenOptions::new().write(true).open(&pipe).unwrap();
    input.write_all(&much()).unwrap();
    send("-INT", &child);
    drop(input);
    is_said_to_be_interrupted(place.outcome(child));
}

#[test]
fn an_interrupted_scan_is_told_in_json() {
    let place = Place::with_acme_rules();
    let mut child = scan(&place, &["-", "--format", "json"]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(&much()).unwrap();
    send("-INT", &child);
    drop(input);
    let document = place.outcome(child).exits(3).json();
    assert_eq!(document["summary"]["interrupted"], true);
    assert_eq!(document["summary"]["incomplete"], true);
    assert_eq!(document["findings"].as_array().unwrap().len(), 1);
}

/// One signal, or a second one, whichever the program can act on while it waits for input.
#[test]
fn signals_end_a_scan_whose_input_stays_open() {
    let place = Place::with_acme_rules();
    let mut child = scan(&place, &["-"]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(&much()).unwrap();
    while child.try_wait().unwrap().is_none() {
        send("-INT", &child);
    }
    let outcome = place.outcome(child);
    assert!(matches!(outcome.code, Some(3 | 130)), "{outcome:#?}");
    drop(input);
}
