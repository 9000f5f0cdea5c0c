//! `keysift baseline audit`, on a terminal that `script` makes.

use std::io::Write as _;
use std::process::Stdio;

use super::{OURS, baseline, place};
use crate::harness::Place;

/// Runs an audit on a terminal and types `keys`, once it has asked for the first; gives what was shown.
fn audit(place: &Place, keys: &str) -> String {
    let program = env!("CARGO_BIN_EXE_keysift");
    let command = format!(
        "{program} baseline audit {}",
        OURS.join(" ").replace('*', "'*'")
    );
    let mut script = std::process::Command::new("script");
    script
        .args(["-q", "-e", "-c", &command, "/dev/null"])
        .current_dir(place.path())
        .env_clear()
        .env("HOME", place.outside().join("home"))
        .env("TERM", "dumb")
        .env("PATH", std::env::var_os("PATH").unwrap())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = script.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for key in keys.split_inclusive(|_| true) {
        // A terminal throws away what was typed before it was asked for.
        std::thread::sleep(std::time::Duration::from_millis(150));
        // It may have ended before the last.
        let _ = input.write_all(key.as_bytes()).and_then(|()| input.flush());
    }
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn lines(place: &Place) -> Vec<String> {
    let text = place.read("keysift.baseline");
    let entries = text.lines().filter(|line| !line.starts_with('#'));
    entries.map(str::to_owned).collect()
}

#[test]
fn without_a_terminal_it_refuses_with_a_hint() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    baseline(&place, "audit", &[])
        .exits(2)
        .warns("an audit needs a terminal")
        .warns("hint: edit the file instead");
}

#[test]
fn each_entry_is_shown_and_decided_on() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    let shown = audit(&place, "amade up\rr");
    for text in [
        "1 of 2: ",
        "2 of 2: ",
        "Acme API key (acme-api-key), high",
        "key = acme_",
        "0 left to review",
    ] {
        assert!(shown.contains(text), "{text:?} is not in {shown}");
    }
    let lines = lines(&place);
    assert!(lines[0].ends_with(" accepted - made up"), "{lines:?}");
    assert!(
        lines[1].ends_with(" real - real, to be revoked"),
        "{lines:?}"
    );
}

#[test]
fn it_can_be_left_and_taken_up_again() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    let shown = audit(&place, "sbsq");
    assert!(shown.contains("2 left to review"), "{shown}");
    let shown = audit(&place, "rq");
    assert!(shown.contains("1 left to review"), "{shown}");
    let shown = audit(&place, "afine\r");
    assert!(
        shown.contains("1 of 1: ") && shown.contains("0 left to review"),
        "{shown}"
    );
    assert_eq!(
        lines(&place)
            .iter()
            .filter(|line| line.contains(" accepted - fine"))
            .count(),
        1
    );
}

#[test]
fn an_accepted_entry_needs_a_reason() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    let shown = audit(&place, "a\rq");
    assert!(shown.contains("a reason is needed"), "{shown}");
    assert!(
        lines(&place)
            .iter()
            .all(|line| line.contains(" unreviewed "))
    );
}
