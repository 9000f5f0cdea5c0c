//! Files and directories that the user may not read.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::thread;

use crate::harness::{ACME, Outcome, Place, is_golden};

/// The user `nobody`.
const NOBODY: u32 = 65534;

fn set_mode(place: &Place, name: &str, mode: u32) {
    fs::set_permissions(place.path().join(name), Permissions::from_mode(mode)).unwrap();
}

/// The program as someone whom permissions bind.
///
/// Where tests run as root, who may read everything, it runs as `nobody`: from a copy, since what lies above the
/// built program may be closed to others.
fn bound_command(place: &Place, arguments: &[&str]) -> Command {
    let user = fs::metadata(place.path()).unwrap().uid();
    if user != 0 {
        return place.command(arguments.iter().copied());
    }
    let copy = place.outside().join("keysift");
    if !copy.exists() {
        fs::copy(env!("CARGO_BIN_EXE_keysift"), &copy).unwrap();
        for open in [&copy, place.outside()] {
            fs::set_permissions(open, Permissions::from_mode(0o755)).unwrap();
        }
    }
    let mut command = place.command_of(&copy, arguments.iter().copied());
    command.uid(NOBODY).gid(NOBODY);
    command
}

/// Runs a command whose program was just copied. A test beside this one that starts a program of its own at that moment
/// holds the copy open for writing until its program runs, and the copy is busy.
fn spawn(mut command: Command) -> Child {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => thread::yield_now(),
            spawned => return spawned.unwrap(),
        }
    }
}

fn scan(place: &Place, arguments: &[&str]) -> Outcome {
    let ours = ["scan", "--rules", "../acme.toml", "--enable", "acme-*"];
    let arguments = [&ours, arguments].concat();
    place.outcome(spawn(bound_command(place, &arguments)))
}

/// A tree with a file and a directory that nobody may read.
fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write("a/locked.txt", ACME[0]);
    place.write("a/open.txt", ACME[1]);
    place.write("b/inner.txt", ACME[2]);
    set_mode(&place, "a/locked.txt", 0o000);
    set_mode(&place, "b", 0o000);
    place
}

/// Opens what [`place`] closed, so that its directory can be deleted.
fn open_again(place: &Place) {
    set_mode(place, "b", 0o755);
}

#[test]
fn what_cannot_be_read_is_named_and_exits_with_3() {
    let place = place();
    let outcome = scan(&place, &[]).exits(3);
    is_golden("incomplete.txt", &outcome.stdout);
    let alone = scan(&place, &["a/locked.txt"]).exits(3);
    let directory = scan(&place, &["b"]).exits(3);
    let zero = scan(&place, &["--exit-zero-incomplete"]).exits(1);
    let zero_alone = scan(&place, &["--exit-zero-incomplete", "b"]).exits(0);
    open_again(&place);
    assert_eq!(
        alone.stdout,
        "no files were scanned: everything was skipped or could not be read.\n\
         incomplete: 1 could not be scanned:\n  \
         a/locked.txt: could not be read: Permission denied (os error 13)\n"
    );
    assert_eq!(
        directory.stdout,
        "no files were scanned: everything was skipped or could not be read.\n\
         incomplete: 1 could not be scanned:\n  \
         b: could not be read: Permission denied (os error 13)\n"
    );
    assert_eq!(zero.stdout, outcome.stdout);
    assert_eq!(zero_alone.stdout, directory.stdout);
}

#[test]
fn what_cannot_be_read_is_in_every_format() {
    let place = place();
    let document = scan(&place, &["--format", "json"]).exits(3).json();
    let lines = scan(&place, &["--format", "jsonl"]).exits(3);
    open_again(&place);
    assert_eq!(document["findings"].as_array().unwrap().len(), 1);
    assert_eq!(document["summary"]["incomplete"], true);
    assert_eq!(document["summary"]["skipped"]["unreadable"], 2);
    let paths = |list: &[serde_json::Value]| {
        let mut paths: Vec<String> = list
            .iter()
            .map(|unscanned| unscanned["path"].as_str().unwrap().to_owned())
            .collect();
        paths.sort();
        paths
    };
    assert_eq!(
        paths(document["unscanned"].as_array().unwrap()),
        ["a/locked.txt", "b"]
    );
    assert_eq!(paths(&lines.lines_of("unscanned")), ["a/locked.txt", "b"]);
    assert_eq!(lines.lines_of("summary")[0]["incomplete"], true);
}

#[test]
fn the_programs_own_files_that_cannot_be_read_are_wrong_usage() {
    let place = place();
    let arguments = |option| ["scan", option, "a/locked.txt", "a/open.txt"];
    let run = |option| place.outcome(spawn(bound_command(&place, &arguments(option))));
    let (rules, key, report) = (run("--rules"), run("--fingerprint-key"), run("--output"));
    open_again(&place);
    let denied = "Permission denied (os error 13)";
    rules.refuses(&format!(
        "error: a/locked.txt: cannot read the rule file: {denied}\n"
    ));
    key.refuses(&format!(
        "error: a/locked.txt: cannot read the fingerprint key: {denied}\n"
    ));
    report.refuses(&format!(
        "error: a/locked.txt: cannot write the report: {denied}\n"
    ));
}

#[test]
fn a_path_behind_a_closed_directory_is_not_taken_for_missing() {
    let place = place();
    let outcome = scan(&place, &["b/inner.txt"]);
    open_again(&place);
    outcome
        .exits(3)
        .says("  b/inner.txt: could not be read: Permission denied (os error 13)\n");
}
