//! `keysift rules cost`, and a rule that costs too much.

use crate::harness::{ACME, Place};

const COST: [&str; 7] = [
    "rules",
    "cost",
    "--rules",
    "../acme.toml",
    "--enable",
    "acme-*",
    ".",
];

#[test]
fn cost_tells_what_each_rule_did() {
    let place = Place::with_acme_rules();
    place.write(
        "a.txt",
        format!("key = {}\n{}", ACME[0], "acme_ ".repeat(50)),
    );
    let table = place
        .run(COST.into_iter().chain(["--format", "json"]))
        .exits(0)
        .json();
    let rules = table["rules"].as_array().unwrap();
    let key = rules
        .iter()
        .find(|rule| rule["rule"] == "acme-api-key")
        .unwrap();
    assert_eq!(key["candidates"], 51);
    assert_eq!((&key["passed"], &key["windows"]), (&1.into(), &1.into()));
    assert_eq!(key["matches"], 1);
    assert!(key["window_bytes"].as_u64().unwrap() >= 29);
    assert!(key["time_ns"].as_u64().unwrap() > 0);
    let all = &table["all_rules"];
    for column in [
        "candidates",
        "passed",
        "windows",
        "window_bytes",
        "looked_bytes",
        "matches",
        "time_ns",
    ] {
        let sum: u64 = rules
            .iter()
            .map(|rule| rule[column].as_u64().unwrap())
            .sum();
        assert_eq!(all[column], sum, "{column}");
    }
    let share = all["window_bytes"].as_f64().unwrap() / table["bytes"].as_f64().unwrap();
    assert!((table["window_share"].as_f64().unwrap() - share).abs() < 1e-9);
}

#[test]
fn cost_is_a_table_with_the_dearest_rule_first() {
    let place = Place::with_acme_rules();
    place.write("a.txt", format!("key = {}\nacme_pin = 129374", ACME[0]));
    let outcome = place.run(COST.into_iter().chain(["--top", "1"])).exits(0);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let [head, dearest, all, share] = lines[..] else {
        panic!("{}", outcome.stdout);
    };
    assert!(
        head.starts_with("rule ") && head.ends_with(" time ns"),
        "{head}"
    );
    assert!(dearest.starts_with("acme-"), "{dearest}");
    assert!(all.starts_with("all rules "), "{all}");
    assert!(
        share.starts_with("1 blobs, ") && share.contains("patterns ran over "),
        "{share}"
    );
    let time = |line: &str| -> u64 {
        line.split_whitespace()
            .next_back()
            .unwrap()
            .parse()
            .unwrap()
    };
    assert!(time(all) >= time(dearest));
}

#[test]
fn cost_shows_no_secret_and_needs_a_path() {
    let place = Place::with_acme_rules();
    place.write("a.txt", ACME[0]);
    let outcome = place.run(COST).exits(0);
    assert!(!outcome.stdout.contains(ACME[0]) && !outcome.stderr.contains(ACME[0]));
    place.run(["rules", "cost"]).exits(2);
    place.run(["rules", "cost", "missing"]).exits(2);
}

/// Every start has a match of thousands of bytes, so that the work is a thousand times the blob.
const SLOW_RULE: &str = r#"
[[rule]]
id = "slow-rule"
name = "Slow rule"
description = "A rule that every place of a long text matches."
provider = "Test"
kind = "api-key"
severity = "low"
confidence = "high"
pattern = '(?P<secret>zqx[a-z]{8,4000})'
entropy = "none"
examples.match = ["{{secret}}"]
examples.reject = ["nothing", "zqx"]
[rule.remediation]
action = "revoke"
steps = "None: it is made up."
"#;

#[test]
fn a_rule_that_is_given_up_is_named_and_exits_with_3() {
    let place = Place::with_acme_rules();
    place.write("../slow.toml", SLOW_RULE);
    place.write(
        "slow.txt",
        format!("{}\n{}\n", "zqx".repeat(30_000), ACME[0]),
    );
    place.write("fast.txt", "zqxqhwtvmrpzkbd\n");
    let rules = ["--rules", "../acme.toml", "--rules", "../slow.toml"];
    let chosen = ["--enable", "acme-*", "--enable", "slow-rule"];
    let scan = |paths: &[&str]| {
        let arguments = [&["scan", "--format", "json"][..], &rules, &chosen, paths].concat();
        place.run(arguments)
    };
    let report = scan(&["."]).exits(3).json();
    let unscanned = report["unscanned"].as_array().unwrap();
    assert_eq!(unscanned.len(), 1, "{unscanned:?}");
    let text = unscanned[0].to_string();
    assert!(
        text.contains("slow.txt") && text.contains("over-budget") && text.contains("slow-rule"),
        "{text}"
    );
    // Another rule goes on behind the place at which this one was given up.
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|finding| finding["rule"] == "acme-api-key")
    );
    scan(&["fast.txt"]).exits(1);
}
