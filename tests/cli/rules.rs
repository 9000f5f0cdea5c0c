//! `keysift rules`.

use serde_json::Value;

use crate::harness::{Place, builtin, is_golden};

#[test]
fn list_names_every_rule() {
    let outcome = Place::new().run(["rules", "list"]).exits(0);
    let ids: Vec<&str> = outcome
        .stdout
        .lines()
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    let expected: Vec<&str> = builtin().iter().map(|rule| &*rule.id).collect();
    assert_eq!(ids, expected);
    assert_eq!(outcome.stderr, format!("{} rules\n", builtin().len()));
}

#[test]
fn list_can_be_narrowed() {
    let place = Place::with_acme_rules();
    let ours = ["rules", "list", "--rules", "../acme.toml"];
    let list = |arguments: &[&str]| place.run(ours.iter().chain(arguments).copied()).exits(0);
    let outcome = list(&["--provider", "ACME"]);
    assert_eq!(
        outcome.stdout,
        "acme-api-key   high      high    Acme API key\n\
         acme-guess     low       low     Acme guess\n\
         acme-password  medium    medium  Acme password\n"
    );
    assert_eq!(outcome.stderr, "3 rules\n");
    let outcome = list(&[
        "--enable",
        "acme-*",
        "--min-severity",
        "medium",
        "--disable",
        "*-key",
    ]);
    assert_eq!(
        outcome.stdout,
        "acme-password  medium    medium  Acme password\n"
    );
    let outcome = list(&["--enable", "acme-*", "--min-severity", "critical"]);
    assert_eq!((&*outcome.stdout, &*outcome.stderr), ("", "0 rules\n"));
}

#[test]
fn each_filter_leaves_what_suits_it_and_nothing_else() {
    let place = Place::new();
    let list = |arguments: &[&str]| -> Vec<Value> {
        let list = ["rules", "list", "--format", "json"];
        let outcome = place.run(list.iter().chain(arguments).copied()).exits(0);
        outcome.json().as_array().unwrap().clone()
    };
    let all = list(&[]);
    type Suits = fn(&Value) -> bool;
    let cases: [(&[&str], Suits); 7] = [
        (&["--provider", "aws"], |rule| rule["provider"] == "AWS"),
        (&["--kind", "webhook"], |rule| rule["kind"] == "webhook"),
        (&["--min-severity", "critical"], |rule| {
            rule["severity"] == "critical"
        }),
        (&["--min-confidence", "high"], |rule| {
            rule["confidence"] == "high"
        }),
        (&["--check", "jwt"], |rule| {
            let checks = rule["checks"].as_array().unwrap();
            checks.iter().any(|check| check == "jwt")
        }),
        (&["--paired"], |rule| {
            !rule["companions"].as_array().unwrap().is_empty()
        }),
        (&["--text", "TERRAFORM"], |rule| {
            let texts = ["id", "name", "provider", "description", "keywords"];
            let is_said = |key: &&str| rule[key].to_string().to_lowercase().contains("terraform");
            texts.iter().any(is_said)
        }),
    ];
    for (arguments, suits) in cases {
        let expected: Vec<&Value> = all.iter().filter(|rule| suits(rule)).collect();
        assert!(!expected.is_empty() && expected.len() < all.len());
        assert_eq!(
            list(arguments).iter().collect::<Vec<_>>(),
            expected,
            "{arguments:?}"
        );
    }
    let both = list(&["--provider", "AWS", "--min-severity", "critical"]);
    let critical = |rule: &&Value| rule["provider"] == "AWS" && rule["severity"] == "critical";
    assert_eq!(both.len(), all.iter().filter(critical).count());
}

#[test]
fn a_filter_that_names_nothing_offers_the_nearest_name() {
    let place = Place::new();
    place
        .run(["rules", "list", "--provider", "Githb"])
        .refuses("error: Githb: no rule has this provider\nhint: did you mean \"GitHub\"?\n");
    place
        .run(["rules", "list", "--provider", "nobody here"])
        .refuses(
            "error: nobody here: no rule has this provider\n\
         hint: `keysift rules list --text WORD` looks in all that rules say\n",
        );
    let outcome = place
        .run(["rules", "list", "--check", "github-tokn"])
        .exits(2);
    assert!(
        outcome.stderr.contains("'github-token'"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn show_tells_what_goes_with_a_secret() {
    let shown = Place::new()
        .run(["rules", "show", "aws-secret-access-key-near-id"])
        .exits(0);
    shown
        .says("goes with     access key id within 256 bytes, without it low confidence: ")
        .says("family        aws-secret-access-key\n");
}

#[test]
fn list_can_be_json() {
    let place = Place::with_acme_rules();
    let arguments = [
        "rules",
        "list",
        "--format",
        "json",
        "--rules",
        "../acme.toml",
    ];
    let list = place.run(arguments).exits(0).json();
    assert_eq!(list.as_array().unwrap().len(), builtin().len() + 3);
    let rule = list
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["id"] == "acme-api-key")
        .unwrap();
    assert_eq!(rule["severity"], "high");
    assert_eq!(rule["file"], "../acme.toml");
    assert_eq!(rule["remediation"]["action"], "revoke");
    let empty: Value = place
        .run([
            "rules",
            "list",
            "--format",
            "json",
            "--text",
            "no such text",
        ])
        .exits(0)
        .json();
    assert_eq!(empty, serde_json::json!([]));
}

#[test]
fn show_tells_all_of_one_rule() {
    let place = Place::with_acme_rules();
    let outcome = place
        .run(["rules", "show", "acme-api-key", "--rules", "../acme.toml"])
        .exits(0);
    is_golden("rules-show.txt", &outcome.stdout);
    for rule in builtin().iter().step_by(20) {
        let shown = place.run(["rules", "show", &rule.id]).exits(0);
        assert!(shown.stdout.starts_with(&format!("{} - ", rule.id)));
    }
}

#[test]
fn show_offers_the_nearest_rule() {
    let place = Place::new();
    place.run(["rules", "show", "npm-access-tokn"]).refuses(
        "error: npm-access-tokn: no rule has this id\n\
         hint: did you mean npm-access-token? `keysift rules list` lists the rules\n",
    );
    place
        .run(["rules", "show", "x"])
        .refuses("error: x: no rule has this id\nhint: `keysift rules list` lists the rules\n");
}

#[test]
fn examples_that_hold_are_counted() {
    let outcome = Place::with_acme_rules()
        .run(["rules", "test", "../acme.toml"])
        .exits(0);
    assert_eq!(outcome.stdout, "3 rules, 9 examples, 0 failed\n");
}

#[test]
fn examples_that_fail_are_named_and_exit_with_1() {
    let place = Place::with_acme_rules();
    let spoiled = place
        .read("../acme.toml")
        .replace("key = {{short}}", "key = {{secret}}")
        .replace("acme_pin = {{secret}}", "pin = {{secret}}");
    place.write("spoiled.toml", spoiled);
    let outcome = place.run(["rules", "test", "spoiled.toml"]).exits(1);
    assert_eq!(
        outcome.stdout,
        "spoiled.toml: rule \"acme-api-key\": \"key = {{secret}}\" should not match and does (acme-api-key found it)\n\
         spoiled.toml: rule \"acme-guess\": \"pin = {{secret}}\" should match and does not (no rule matched)\n\
         3 rules, 9 examples, 2 failed\n"
    );
}

#[test]
fn check_counts_the_rules_that_can_be_used() {
    let place = Place::with_acme_rules();
    let count = builtin().len();
    let outcome = place.run(["rules", "check"]).exits(0);
    assert_eq!(outcome.stdout, format!("{count} rules can be used\n"));
    let outcome = place.run(["rules", "check", "../acme.toml"]).exits(0);
    assert_eq!(outcome.stdout, format!("{} rules can be used\n", count + 3));
}

#[test]
fn checks_are_listed_with_what_they_do() {
    let outcome = Place::new().run(["rules", "checks"]).exits(0);
    let names: Vec<&str> = outcome
        .stdout
        .lines()
        .map(|line| line.split_once("  ").unwrap().0)
        .collect();
    let expected: Vec<&str> = keysift::facts::formats()
        .iter()
        .map(|format| format.name)
        .collect();
    assert_eq!(names, expected);
}
