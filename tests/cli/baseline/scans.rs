//! What a scan makes of a baseline.

use super::{OURS, baseline, decide, place};
use crate::harness::{ACME, ACME_RULES, Place};
use crate::repository::Repository;

const WITH: [&str; 2] = ["--baseline", "keysift.baseline"];

fn scan(place: &Place, args: &[&str]) -> crate::harness::Outcome {
    place.scan_acme(&[&WITH, args].concat())
}

#[test]
fn what_is_in_the_baseline_is_counted_and_not_reported() {
    let place = place();
    baseline(&place, "create", &[])
        .exits(0)
        .says("keysift.baseline: written, 2 to review");
    let text = place.read("keysift.baseline");
    for secret in ACME {
        assert!(!text.contains(&secret[5..]));
    }
    scan(&place, &[])
        .exits(0)
        .says("baseline  the baseline has accepted it");
    // Lines move, and nothing changes.
    place.write("two.txt", format!("\n\n\nkey = {}\n", ACME[1]));
    scan(&place, &[]).exits(0);
    place.write("two.txt", format!("key = {}\n", ACME[2]));
    scan(&place, &[])
        .exits(1)
        .says("two.txt")
        .says("1 finding in 1 file");
    let json = scan(&place, &["--format", "json", "--explain"]).json();
    assert_eq!(json["findings"][0]["baseline"], "new");
    assert_eq!(json["dropped"][0]["baseline"], "known");
    assert_eq!(
        json["dropped"][0]["dropped"]["note"],
        "there when the baseline was made"
    );
    let sarif = scan(&place, &["--format", "sarif"]).json();
    assert_eq!(sarif["runs"][0]["results"][0]["baselineState"], "new");
}

#[test]
fn what_was_accepted_and_is_gone_is_absent() {
    let place = place();
    baseline(&place, "create", &["--reason", "made up"]).exits(0);
    place.write("two.txt", "nothing\n");
    place.write("new.txt", format!("key = {}\n", ACME[2]));
    scan(&place, &[])
        .exits(1)
        .says("1 line of the baseline found nothing any more");
    let results = |args: &[&str]| {
        let sarif = scan(&place, &[&["--format", "sarif"], args].concat()).json();
        sarif["runs"][0]["results"].as_array().unwrap().clone()
    };
    let all = results(&[]);
    assert_eq!(all.len(), 2, "{all:#?}");
    assert_eq!(all[0]["baselineState"], "new");
    assert_eq!(all[1]["baselineState"], "absent");
    assert_eq!(all[1]["ruleId"], "acme-api-key");
    assert_eq!(all[1]["suppressions"][0]["justification"], "made up");
    let place_of_it = &all[1]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(place_of_it["uri"], "two.txt");
    // What was not looked at is not gone.
    assert!(results(&["a"]).is_empty());
    for args in [
        ["--exclude", "*.txt"],
        ["--max-file-size", "1K"],
        ["--min-confidence", "high"],
        ["--disable", "acme-api-*"],
    ] {
        let absent = |it: &serde_json::Value| it["baselineState"] == "absent";
        assert!(!results(&args).iter().any(absent), "{args:?}");
    }
    place.write("broken.zip", b"PK\x03\x04broken");
    let all = results(&[]);
    assert_eq!(
        all.len(),
        1,
        "an incomplete scan knows of nothing that is gone"
    );
}

#[test]
fn places_are_the_same_from_every_directory() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    scan(&place, &["a"]).exits(0);
    let absolute = place.path().join("a/one.txt");
    scan(&place, &[absolute.to_str().unwrap()]).exits(0);
    let mut command = place.command([
        "scan",
        "--baseline",
        "../keysift.baseline",
        "--rules",
        "../../acme.toml",
        "--enable",
        "acme-*",
    ]);
    command.current_dir(place.path().join("a"));
    place.outcome(command.spawn().unwrap()).exits(0);
}

#[test]
fn a_known_secret_at_a_new_place_is_told_apart_from_a_new_one() {
    let place = place();
    baseline(&place, "create", &["--reason", "made up"]).exits(0);
    place.write("b/copy.txt", format!("key = {}\n", ACME[0]));
    let outcome = scan(&place, &[]).exits(1);
    outcome
        .says("b/copy.txt")
        .says("a known secret at a new place; accepted in a/one.txt: made up");
    let json = scan(&place, &["--format", "json"]).json();
    assert_eq!(json["findings"][0]["baseline"], "new-place");
    scan(&place, &["--accept-new-places"]).exits(0);
}

#[test]
fn what_is_real_or_past_its_day_is_reported() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    decide(&place, "two.txt", "real - to be revoked");
    let outcome = scan(&place, &[]).exits(1);
    outcome
        .says("two.txt")
        .says("known to be real: to be revoked")
        .says("1 finding in 1 file");
    let sarif = scan(&place, &["--format", "sarif"]).json();
    assert_eq!(sarif["runs"][0]["results"][0]["baselineState"], "unchanged");
    decide(&place, "two.txt", "accepted 2020-01-31 until the rotation");
    let outcome = scan(&place, &[]).exits(1);
    outcome
        .says("was accepted until 2020-01-31")
        .warns("warning: keysift.baseline: 1 past their last day");
    decide(&place, "two.txt", "accepted 9999-12-31 until the rotation");
    scan(&place, &[]).exits(0);
}

#[test]
fn a_dictionary_cannot_tell_a_weak_secret_from_its_line() {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("one.txt", "acme_password = \"tulips-and-rain\"\n");
    // A fixed key, so that the two do not share a name by chance.
    let header = "# keysift baseline 1\n# key 00112233445566778899aabbccddeeff\n";
    place.write("keysift.baseline", header);
    baseline(&place, "update", &[]).exits(0);
    let text = place.read("keysift.baseline");
    let line = text.lines().last().unwrap();
    assert!(line.starts_with("weak-"), "{line}");
    assert_eq!(line.split(' ').next().unwrap().len(), "weak-".len() + 3);
    scan(&place, &[]).exits(0);
    place.write("one.txt", "acme_password = \"daisies-and-sun\"\n");
    scan(&place, &[]).exits(1);
}

#[test]
fn the_configuration_and_the_environment_can_name_it() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    place.write("keysift.toml", "baseline = 'keysift.baseline'\n");
    place.scan_acme(&[]).exits(0);
    place.scan_acme(&["a"]).exits(0);
    place.scan_acme(&["--no-config"]).exits(1);
    place.write("keysift.toml", "baseline = '../keysift.baseline'\n");
    place.write("../keysift.baseline", "");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("lies outside of the tree that names it");
    std::fs::remove_file(place.path().join("keysift.toml")).unwrap();
    let mut command = place.command(["scan"].into_iter().chain(OURS));
    command.env("KEYSIFT_BASELINE", "keysift.baseline");
    place.outcome(command.spawn().unwrap()).exits(0);
}

#[test]
fn one_that_cannot_be_used_is_no_clean_scan() {
    let place = place();
    scan(&place, &[])
        .exits(2)
        .warns("keysift.baseline: the baseline cannot be read: No such file")
        .warns("hint: `keysift baseline create` makes one");
    place.write("keysift.baseline", "hunter2\n");
    scan(&place, &[])
        .exits(2)
        .warns("line 1: a baseline begins with")
        .hides("hunter2");
    place.write(
        "keysift.baseline",
        "# keysift baseline 1\n# key 00112233445566778899aabbccddeeff\n<<<<<<< HEAD\n",
    );
    scan(&place, &[])
        .exits(2)
        .warns("keysift.baseline: line 3: a conflict of a merge")
        .warns("hint: keep the lines of both sides");
    std::fs::remove_file(place.path().join("keysift.baseline")).unwrap();
    std::fs::create_dir(place.path().join("keysift.baseline")).unwrap();
    scan(&place, &[])
        .exits(2)
        .warns("keysift.baseline: is no file");
}

#[test]
fn hooks_and_histories_hear_it() {
    let repository = Repository::new();
    let place = &repository.place;
    place.write("../acme.toml", ACME_RULES);
    place.write("a/one.txt", format!("key = {}\n", ACME[0]));
    baseline(place, "create", &[]).exits(0);
    place.write("keysift.toml", "baseline = 'keysift.baseline'\n");
    repository.git(["add", "."]);
    let run = |args: &[&str]| place.run(args.iter().copied().chain(OURS));
    run(&["git", "--staged"])
        .exits(0)
        .says("baseline  the baseline has accepted it");
    run(&["hook", "run", "pre-commit"]).exits(0);
    repository.git(["commit", "-q", "-m", "Add a fixture"]);
    run(&["git"]).exits(0);
    place.write("a/two.txt", format!("key = {}\n", ACME[1]));
    repository.git(["add", "."]);
    run(&["hook", "run", "pre-commit"])
        .exits(1)
        .warns("a/two.txt:1");
}

#[test]
fn a_gate_hears_the_baseline_that_its_own_file_names() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    place.write("keysift.toml", "baseline = 'keysift.baseline'\n");
    place.write(
        "../ci.toml",
        "[rules]\nfiles = ['acme.toml']\nenable = ['acme-*']\n",
    );
    place.run(["scan", "--config-only", "../ci.toml"]).exits(1);
    let gate =
        "baseline = 'work/keysift.baseline'\n[rules]\nfiles = ['acme.toml']\nenable = ['acme-*']\n";
    place.write("../ci.toml", gate);
    place.run(["scan", "--config-only", "../ci.toml"]).exits(0);
}
