//! Which files of configuration have a say, and in which order.

use crate::harness::{ACME, Place};
use crate::repository::Repository;

const RULES: &str = "[rules]\nfiles = ['../acme.toml']\nenable = ['acme-*']\n";

/// A place whose directory to work in is a repository, so that nothing above it has a say, with one secret a directory.
fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("a/one.txt", format!("key = {}\n", ACME[0]));
    place.write("a/b/two.txt", format!("key = {}\n", ACME[1]));
    place
}

/// The paths of the findings of a scan.
fn found(place: &Place, args: &[&str]) -> Vec<String> {
    let ours = [
        "scan",
        "--rules",
        "../acme.toml",
        "--enable",
        "acme-*",
        "--format",
        "json",
    ];
    let outcome = place.run(ours.iter().chain(args).copied());
    let json = outcome.json();
    let findings = json["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["path"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_file_is_found_upwards_from_each_path() {
    let place = place();
    place.write("keysift.toml", "[paths]\nexclude = ['/a/b/']\n");
    assert_eq!(found(&place, &[]), ["a/one.txt"]);
    assert_eq!(found(&place, &["a"]), ["a/one.txt"]);
    assert_eq!(found(&place, &["a/b"]), [""; 0]);
    assert_eq!(found(&place, &["a/b/two.txt"]), [""; 0]);
}

#[test]
fn a_nested_file_refines_the_one_further_up() {
    let place = place();
    place.write("keysift.toml", "[rules.severity]\n'acme-*' = 'low'\n");
    place.write("a/b/keysift.toml", "[rules]\ndisable = ['acme-api-key']\n");
    assert_eq!(found(&place, &[]), ["a/one.txt"]);
    let outcome = place.scan_acme(&["--explain"]).exits(1);
    outcome
        .says("1 finding in 1 file: 1 low")
        .says("dropped: disabled-rule: the configuration of its directory turns the rule off");
}

#[test]
fn nothing_above_a_repository_has_a_say_and_a_root_ends_the_search() {
    let place = place();
    place.write("../keysift.toml", "[paths]\nexclude = ['*']\n");
    assert_eq!(found(&place, &[]), ["a/b/two.txt", "a/one.txt"]);
    place.write(
        "keysift.toml",
        "[rules]\ndisable = ['acme-*']\n[paths]\nexclude = ['two.txt']\n",
    );
    place.write("a/keysift.toml", "root = true\n");
    assert_eq!(found(&place, &["a"]), ["a/b/two.txt", "a/one.txt"]);
    // Seen from above, the paths of the outer file lead the scan; the rest of it has no say.
    place.write("c.txt", format!("key = {}\n", ACME[2]));
    place.write(
        "keysift.toml",
        "[rules.severity]\n'*' = 'low'\n[paths]\nexclude = ['two.txt']\n",
    );
    let outcome = place.scan_acme(&[]).exits(1);
    outcome.says("2 findings in 2 files: 1 high, 1 low");
}

#[test]
fn a_broken_nested_file_is_named_and_what_is_above_it_holds() {
    let place = place();
    place.write("keysift.toml", "[paths]\nexclude = ['one.txt']\n");
    place.write("a/keysift.toml", "[path]\nexclude = ['*']\n");
    let outcome = place.scan_acme(&[]).exits(3);
    outcome
        .says("a/b/two.txt")
        .says("a/keysift.toml: this configuration cannot be used, and its directory was scanned without it")
        .says("1:2: unknown key \"path\" in")
        .says("did you mean \"paths\"?")
        .hides("a/one.txt\n");
}

#[test]
fn a_nested_file_cannot_add_rules_and_that_is_said() {
    let place = place();
    place.write("../rules/x.toml", "");
    place.write("a/keysift.toml", "[rules]\nfiles = ['own.toml']\n");
    place
        .scan_acme(&[])
        .exits(3)
        .says("adds rules, which only a file at or above a scanned path can");
}

#[test]
fn rules_come_from_files_and_from_tables() {
    let place = place();
    // Outside of the tree: the user has to name the file.
    place.write("../ci.toml", RULES.replace("../", ""));
    let outcome = place.run(["scan", "--config", "../ci.toml"]).exits(1);
    outcome.says("2 findings in 2 files");

    let own = std::fs::read_to_string(place.outside().join("acme.toml")).unwrap();
    place.write("keysift.toml", own);
    place
        .run(["scan", "--enable", "acme-*", "a"])
        .exits(1)
        .says("2 findings in 2 files");
}

#[test]
fn a_named_file_wins_and_one_alone_hears_nobody() {
    let place = place();
    place.write(
        "keysift.toml",
        "[output]\nmin_confidence = 'high'\n[paths]\nexclude = ['*']\n",
    );
    assert_eq!(found(&place, &[]), [""; 0]);
    place.write(
        "../ci.toml",
        "[rules]\nfiles = ['acme.toml']\nenable = ['acme-*']\n",
    );
    let only = ["scan", "--config-only", "../ci.toml"];
    place.run(only).exits(1).says("2 findings in 2 files");
    place
        .scan_acme(&["--no-config"])
        .exits(1)
        .says("2 findings in 2 files");
    place
        .run(["scan", "--config-only", "../ci.toml", "--no-config"])
        .exits(2)
        .warns("cannot be used with");
}

#[test]
fn a_gate_hears_neither_comments_nor_ignore_files_unless_its_file_says_so() {
    let place = place();
    place.write("c.txt", format!("key = {} # keysift:allow\n", ACME[2]));
    place.write(".gitignore", "one.txt\n");
    place.write(
        "../ci.toml",
        "[rules]\nfiles = ['acme.toml']\nenable = ['acme-*']\n",
    );
    place
        .run(["scan", "--config-only", "../ci.toml"])
        .exits(1)
        .says("3 findings in 3 files");
    let lenient = "[rules]\nfiles = ['acme.toml']\nenable = ['acme-*']\ninline_comments = true\n\
                   [paths]\nignore_files = true\n";
    place.write("../ci.toml", lenient);
    place
        .run(["scan", "--config-only", "../ci.toml"])
        .exits(1)
        .says("1 finding in 1 file");
}

#[test]
fn the_environment_names_a_file_and_values() {
    let place = place();
    place.write(
        "../ci.toml",
        "[paths]\nexclude = ['two.txt']\n[output]\nformats = ['jsonl']\n",
    );
    let run = |variables: &[(&str, &str)], args: &[&str]| {
        let ours = ["scan", "--rules", "../acme.toml", "--enable", "acme-*"];
        let mut command = place.command(ours.iter().chain(args).copied());
        command.envs(variables.iter().copied());
        place.outcome(command.spawn().unwrap())
    };
    let file = ("KEYSIFT_CONFIG", "../ci.toml");
    let outcome = run(&[file], &[]).exits(1);
    assert_eq!(outcome.lines_of("finding").len(), 1);
    run(&[file, ("KEYSIFT_FORMAT", "text")], &[])
        .exits(1)
        .says("1 finding in 1 file");
    run(&[file], &["--format", "text"])
        .exits(1)
        .says("1 finding in 1 file");
    run(&[file], &["--no-config"])
        .exits(1)
        .says("2 findings in 2 files");
}

#[test]
fn what_git_holds_is_under_the_configuration_of_the_working_tree() {
    let repository = Repository::new();
    let place = &repository.place;
    place.write("a/one.txt", format!("key = {}\n", ACME[0]));
    place.write("b/two.txt", format!("key = {}\n", ACME[1]));
    repository.git(["add", "a", "b"]);
    let ours = ["--rules", "../acme.toml", "--enable", "acme-*", "--explain"];
    let run = |what: &[&str]| place.run(["git"].iter().chain(what).chain(&ours).copied());
    place.write("../acme.toml", crate::harness::ACME_RULES);
    run(&["--staged"]).exits(1).says("2 findings in 2 files");
    let allow = "[[allow]]\nreason = 'made up'\npaths = ['/a/']\n";
    place.write("keysift.toml", allow);
    place.write("b/keysift.toml", "[rules]\ndisable = ['acme-*']\n");
    let staged = run(&["--staged"]).exits(0);
    staged
        .says("dropped: allowlist: an allowlist of the configuration allows it")
        .says("keysift.toml:1: made up")
        .says("dropped: disabled-rule");
    repository.git(["commit", "-q", "-m", "Add keys"]);
    run(&[]).exits(0).says("dropped 2 matches");
}

#[test]
fn a_blob_that_one_path_allows_is_found_at_another() {
    let repository = Repository::new();
    let place = &repository.place;
    place.write("../acme.toml", crate::harness::ACME_RULES);
    let text = format!("key = {}\n", ACME[0]);
    place.write("a/one.txt", &text);
    repository.git(["add", "."]);
    repository.git(["commit", "-q", "-m", "Add a fixture"]);
    place.write("src/one.txt", &text);
    repository.git(["add", "."]);
    repository.git(["commit", "-q", "-m", "Add it to the sources"]);
    place.write(
        "keysift.toml",
        "[[allow]]\nreason = 'made up'\npaths = ['/a/']\n",
    );
    let args = ["git", "--rules", "../acme.toml", "--enable", "acme-*"];
    place
        .run(args)
        .exits(1)
        .says("src/one.txt")
        .says("1 finding");
}
