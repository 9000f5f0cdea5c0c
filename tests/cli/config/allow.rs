//! Allowlists: what they allow is counted and shown, and they end on their day.

use crate::harness::{ACME, Place};

fn place(entries: &str) -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("tests/one.txt", format!("key = {}\n", ACME[0]));
    place.write("src/two.txt", format!("key = {} # demo\n", ACME[1]));
    place.write("keysift.toml", entries);
    place
}

#[test]
fn what_is_allowed_is_counted_and_shown_with_its_reason() {
    let place = place("\n[[allow]]\nreason = 'made up for tests'\npaths = ['tests/']\n");
    place
        .scan_acme(&[])
        .exits(1)
        .says("dropped 1 match (--explain shows each):")
        .says("allowlist  an allowlist of the configuration allows it")
        .hides("made up for tests");
    place
        .scan_acme(&["--explain"])
        .exits(1)
        .says("dropped: allowlist: an allowlist of the configuration allows it: keysift.toml:2: made up for tests");
    let json = place.scan_acme(&["--explain", "--format", "json"]).json();
    assert_eq!(json["dropped"][0]["dropped"]["reason"], "allowlist");
    assert_eq!(
        json["dropped"][0]["dropped"]["note"],
        "keysift.toml:2: made up for tests"
    );
}

#[test]
fn conditions_on_values_lines_and_fingerprints_hold() {
    let value = format!("values = ['^{}$']", ACME[1]);
    for condition in [
        "lines = ['# demo$']",
        "stop_words = ['Q8R2T6']",
        &value,
        "line_numbers = [1]\npaths = ['src/']",
    ] {
        let place = place(&format!("[[allow]]\nreason = 'why'\n{condition}\n"));
        place
            .scan_acme(&[])
            .exits(1)
            .says("tests/one.txt")
            .says("1 finding in 1 file");
    }
    let place = place("");
    let json = place.scan_acme(&["--format", "json", "src"]).json();
    let fingerprint = json["findings"][0]["fingerprint"].as_str().unwrap();
    place.write(
        "keysift.toml",
        format!("[[allow]]\nreason = 'why'\nfingerprints = ['{fingerprint}']\n"),
    );
    place
        .scan_acme(&[])
        .exits(1)
        .says("tests/one.txt")
        .says("1 finding in 1 file");
}

#[test]
fn an_entry_past_its_day_allows_nothing_and_that_is_said() {
    let place = place(
        "[[allow]]\nreason = 'until the rotation'\nexpires = 2020-01-31\npaths = ['tests/']\n",
    );
    place
        .scan_acme(&[])
        .exits(1)
        .says("2 findings in 2 files")
        .warns("warning: keysift.toml:1:1: the entry expired on 2020-01-31 and allows nothing: until the rotation\n");
    place.write(
        "keysift.toml",
        "[[allow]]\nreason = 'why'\nexpires = 9999-12-31\npaths = ['tests/']\n",
    );
    place.scan_acme(&[]).exits(1).says("1 finding in 1 file");
}

#[test]
fn an_entry_needs_a_reason_and_a_condition() {
    let place = place("[[allow]]\npaths = ['tests/']\n");
    place.scan_acme(&[]).refuses(
        "error: keysift.toml:1:1: \"reason\" is missing in [[allow]]\n\
         hint: `keysift config init --print` shows each key with its type and default\n",
    );
    place.write("keysift.toml", "[[allow]]\nreason = 'why'\n");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml:1:1: the entry has no condition and would allow everything");
}

#[test]
fn a_rule_that_is_not_there_is_warned_of_with_the_near_one() {
    let place = place("[[allow]]\nreason = 'why'\nrules = ['acme-api-kye']\npaths = ['tests/']\n");
    place
        .scan_acme(&[])
        .exits(1)
        .says("2 findings")
        .warns("no rule has the id \"acme-api-kye\", did you mean \"acme-api-key\"?");
}
