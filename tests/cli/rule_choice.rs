//! Which rules are in force.

use crate::harness::{ACME, Outcome, Place, builtin, npm_token, secret};

fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(
        "a.txt",
        format!(
            "a = {}\nb = {}\nc = {}\n",
            ACME[0],
            npm_token(1),
            secret("github-app-installation-token", 1)
        ),
    );
    place
}

fn rules(outcome: &Outcome) -> Vec<String> {
    let document = outcome.json();
    let findings = document["findings"].as_array().unwrap();
    let mut rules: Vec<String> = findings
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    rules.sort();
    rules
}

#[test]
fn rules_of_a_file_stand_beside_the_built_in_ones() {
    let place = place();
    let outcome = place
        .run(["scan", "--format", "json", "--rules", "../acme.toml"])
        .exits(1);
    let all = [
        "acme-api-key",
        "github-app-installation-token",
        "npm-access-token",
    ];
    assert_eq!(rules(&outcome), all);
    assert_eq!(outcome.json()["summary"]["rules"], builtin().len() + 3);
}

#[test]
fn enable_and_disable_choose_rules_by_id_and_glob() {
    let place = place();
    for (arguments, expected) in [
        (
            &["--enable", "npm-access-token"][..],
            &["npm-access-token"][..],
        ),
        (&["--enable", "npm-*"], &["npm-access-token"]),
        (
            &["--enable", "*-token"],
            &["github-app-installation-token", "npm-access-token"],
        ),
        (
            &["--enable", "*hub*install*"],
            &["github-app-installation-token"],
        ),
        (
            &["--enable", "npm-*", "--enable", "acme-api-key"],
            &["acme-api-key", "npm-access-token"],
        ),
        (
            &["--disable", "github-*", "--disable", "npm-access-token"],
            &["acme-api-key"],
        ),
        (
            &["--enable", "*-token", "--disable", "npm-*"],
            &["github-app-installation-token"],
        ),
        (
            &["--disable", "*-token", "--enable", "*"],
            &["acme-api-key"],
        ),
    ] {
        let ours = ["scan", "--format", "json", "--rules", "../acme.toml"];
        let outcome = place.run(ours.iter().chain(arguments).copied()).exits(1);
        assert_eq!(rules(&outcome), expected, "{arguments:?}");
    }
}

#[test]
fn an_unknown_rule_is_refused_with_its_nearest_neighbour() {
    let place = place();
    for option in ["--enable", "--disable"] {
        place.run(["scan", option, "npm-acces-token"]).refuses(
            "error: npm-acces-token: no rule has this id\n\
             hint: did you mean npm-access-token? `keysift rules list` lists the rules\n",
        );
        place.run(["scan", option, "no-such-thing-*"]).refuses(
            "error: no-such-thing-*: no rule has this id\n\
             hint: `keysift rules list` lists the rules\n",
        );
    }
    // Letters of the other case are another id.
    place.run(["scan", "--enable", "NPM-*"]).exits(2);
}

#[test]
fn a_scan_without_rules_is_refused() {
    let place = place();
    for arguments in [
        &["--disable", "*"][..],
        &["--enable", "npm-*", "--disable", "npm-*"],
    ] {
        place
            .run(["scan"].iter().chain(arguments).copied())
            .refuses(
                "error: no rule is enabled\n\
                 hint: a scan without rules would find nothing and look clean\n",
            );
    }
}
