//! Every answer of `list` and of `check`, as worked out by hand from what is in the repositories.

use serde_json::Value;

use super::organisation::{NOW, Organisation, aws_key_id};

/// What is known of one identity at the present of the tests.
struct Expected {
    /// The beginning of the key.
    uid: &'static str,
    kind: &'static str,
    owner: (&'static str, &'static str),
    created: (&'static str, &'static str),
    expires: Option<&'static str>,
    current: u64,
    past: u64,
    environments: &'static [&'static str],
    /// Policies that are not met; those that fail end with `!`.
    violates: &'static [&'static str],
}

/// What most of them have: one place, and nothing else that is known.
const ANSWER: Expected = Expected {
    uid: "",
    kind: "",
    owner: ("", ""),
    created: ("", ""),
    expires: None,
    current: 1,
    past: 0,
    environments: &[],
    violates: &[],
};

const EXPECTED: [Expected; 10] = [
    // Bob replaced Alice's token 11 days ago; the team owns the file.
    Expected {
        uid: "cred:",
        kind: "registry-login",
        owner: ("@acme/payments", "codeowners"),
        created: ("2025-01-10T12:00:00Z", "commit"),
        past: 1,
        environments: &["production"],
        violates: &["secret-in-head!"],
        ..ANSWER
    },
    // Carol made it under an old name 701 days ago, and has left.
    Expected {
        uid: "db:postgres://shopapp@pg1.corp-shop.net/shop",
        kind: "database-login",
        owner: ("Carol", "introduced"),
        created: ("2024-03-01T12:00:00Z", "commit"),
        environments: &["test"],
        violates: &[
            "orphaned!",
            "rotation-due!",
            "secret-in-head!",
            "test-account",
        ],
        ..ANSWER
    },
    // Carol brought it in, Bob used it once more; Bob is still there.
    Expected {
        uid: "cred:",
        kind: "personal-token",
        owner: ("Bob", "introduced"),
        created: ("2025-08-01T12:00:00Z", "commit"),
        current: 2,
        violates: &[
            "human-token",
            "reuse",
            "rotation-due!",
            "secret-in-head!",
            "static-key-in-ci",
        ],
        ..ANSWER
    },
    // It says itself when it was issued, 20 days before its commit, and that 5 days are left.
    Expected {
        uid: "jwt:https://id.acme.example#deploy-bot",
        kind: "session",
        owner: ("Bob", "introduced"),
        created: ("2025-12-01T00:00:00Z", "decoded"),
        expires: Some("2026-02-06T00:00:00Z"),
        violates: &["expiring!", "rotation-due", "secret-in-head!"],
        ..ANSWER
    },
    // The id is a part of the secret's finding, and it is out of HEAD.
    Expected {
        uid: "aws:key:",
        kind: "api-key",
        owner: ("Bob", "introduced"),
        created: ("2025-11-01T12:00:00Z", "commit"),
        current: 0,
        past: 1,
        violates: &["no-expiry", "rotation-due!", "secret-in-history"],
        ..ANSWER
    },
    Expected {
        uid: "slack:key-id:",
        kind: "webhook",
        owner: ("Alice", "introduced"),
        created: ("2026-01-25T12:00:00Z", "commit"),
        violates: &["secret-in-head!"],
        ..ANSWER
    },
    Expected {
        uid: "twilio-sendgrid:key:",
        kind: "api-key",
        owner: ("Alice", "introduced"),
        created: ("2026-01-26T12:00:00Z", "commit"),
        current: 2,
        environments: &["development", "production"],
        violates: &["cross-environment!", "reuse", "secret-in-head!"],
        ..ANSWER
    },
    // It was issued for 90 days, of which 11 are left; that of its authority is nobody's.
    Expected {
        uid: "x509:2111",
        kind: "certificate",
        owner: ("Bob", "blame"),
        created: ("2025-11-14T00:00:00Z", "certificate"),
        expires: Some("2026-02-12T00:00:00Z"),
        current: 0,
        violates: &["expiring"],
        ..ANSWER
    },
    // Nothing says when they were made; the server's package has no version.
    Expected {
        uid: "agent:Claude Code:tools/.mcp.json",
        kind: "ai-agent",
        owner: ("Bob", "blame"),
        created: (NOW, "scan"),
        current: 0,
        ..ANSWER
    },
    Expected {
        uid: "mcp:tools/.mcp.json#tickets",
        kind: "agent-server",
        owner: ("Bob", "blame"),
        created: (NOW, "scan"),
        current: 0,
        violates: &["third-party-unpinned"],
        ..ANSWER
    },
];

fn find<'l>(list: &'l [Value], expected: &Expected) -> &'l Value {
    let is_meant = |row: &&Value| {
        row["uid"].as_str().unwrap().starts_with(expected.uid) && row["kind"] == expected.kind
    };
    let found: Vec<&Value> = list.iter().filter(is_meant).collect();
    assert_eq!(
        found.len(),
        1,
        "{} {} in {list:#?}",
        expected.uid,
        expected.kind
    );
    found[0]
}

#[test]
fn every_answer_is_as_worked_out_by_hand() {
    let organisation = Organisation::new();
    for outcome in organisation.update() {
        outcome.exits(0);
    }
    let list = organisation
        .keysift(&["inventory", "list", "--format", "json"])
        .exits(0)
        .json();
    let list = list.as_array().unwrap();
    for expected in &EXPECTED {
        let row = find(list, expected);
        let of = expected.uid;
        assert_eq!(row["owner"]["name"], expected.owner.0, "{of}");
        assert_eq!(row["owner"]["basis"], expected.owner.1, "{of}");
        assert_eq!(row["created"]["at"], expected.created.0, "{of}");
        assert_eq!(row["created"]["basis"], expected.created.1, "{of}");
        assert_eq!(row["expires"]["at"].as_str(), expected.expires, "{of}");
        assert_eq!(row["last_used"]["at"], Value::Null, "{of}");
        assert_eq!(row["exposures"]["current"], expected.current, "{of}");
        assert_eq!(row["exposures"]["past"], expected.past, "{of}");
        let environments: Vec<&str> = strings(&row["environments"]);
        assert_eq!(environments, expected.environments, "{of}");
        let violates: Vec<String> = row["violates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|violation| {
                let fails = if violation["is_failure"] == true {
                    "!"
                } else {
                    ""
                };
                format!("{}{fails}", violation["policy"]["id"].as_str().unwrap())
            })
            .collect();
        assert_eq!(violates, expected.violates, "{of}");
    }
    assert_eq!(list.len(), EXPECTED.len(), "{list:#?}");
}

fn strings(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn a_check_fails_and_counts_what_nothing_is_known_of() {
    let organisation = Organisation::new();
    organisation.update();
    let checked = organisation
        .keysift(&["check", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(checked["identities"], 10);
    assert_eq!(checked["unknown_use"], 10);
    assert_eq!(checked["unknown_expiry"], 8);
    let violations = checked["violations"].as_array().unwrap();
    let expected: usize = EXPECTED
        .iter()
        .map(|expected| expected.violates.len())
        .sum();
    assert_eq!(violations.len(), expected);
    let ranks: Vec<bool> = violations
        .iter()
        .map(|violation| violation["is_failure"] == true)
        .collect();
    assert!(ranks.is_sorted_by(|a, b| a >= b), "failures come first");
    organisation
        .keysift(&["check"])
        .exits(1)
        .says("rotation-due (NHI7)")
        .says("Carol left on 2025-09-30")
        .says("12 failures, 10 warnings")
        .says("not known: the last use of 10, the expiry of 8");
}

#[test]
fn a_card_tells_rotation_removal_and_help() {
    let organisation = Organisation::new();
    organisation.update();
    let npm = organisation
        .keysift(&[
            "inventory",
            "list",
            "--kind",
            "registry-login",
            "--format",
            "json",
        ])
        .json();
    let card = organisation
        .keysift(&[
            "inventory",
            "show",
            npm[0]["uid"].as_str().unwrap(),
            "--format",
            "json",
        ])
        .exits(0)
        .json();
    assert_eq!(card["credentials"].as_array().unwrap().len(), 2);
    assert_eq!(card["rotations"][0]["at"], "2026-01-20T12:00:00Z");
    assert_eq!(card["rotations"][0]["name"], "NPM_TOKEN");
    assert_eq!(card["credentials"][0]["is_superseded"], false);
    assert_eq!(card["credentials"][1]["is_superseded"], true);
    let aws = organisation
        .keysift(&["inventory", "show", "aws:key:", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(aws["uid"], format!("aws:key:{}", aws_key_id()));
    for exposure in aws["exposed_at"].as_array().unwrap() {
        assert_eq!(exposure["removed_at"], "2025-11-15T12:00:00Z");
        assert_eq!(exposure["open_days"], 14);
        assert_eq!(exposure["is_current"], false);
    }
    organisation
        .keysift(&["inventory", "show", "slack:"])
        .exits(0)
        .says("with the help of Claude")
        .says("by Alice");
}

#[test]
fn the_summary_counts_identities_and_people() {
    let organisation = Organisation::new();
    organisation.update();
    let summary = organisation
        .keysift(&["inventory", "summary", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(summary["totals"]["identities"], 10);
    assert_eq!(
        summary["totals"]["people"], 2,
        "Carol has left, and the robot is none"
    );
    assert_eq!(
        summary["totals"]["oldest"][0],
        "db:postgres://shopapp@pg1.corp-shop.net/shop"
    );
    assert_eq!(summary["totals"]["by_kind"]["api-key"], 2);
    organisation
        .keysift(&["inventory", "summary"])
        .exits(0)
        .says("2 people, 5.0 identities to one");
}

#[test]
fn an_update_that_brings_nothing_new_writes_nothing() {
    let organisation = Organisation::new();
    organisation.update();
    let journal = organisation
        .keysift(&["inventory", "verify", "--format", "json"])
        .exits(0)
        .stdout;
    for outcome in organisation.update() {
        outcome.exits(0).warns("nothing new since scan");
    }
    let again = organisation
        .keysift(&["inventory", "verify", "--format", "json"])
        .exits(0)
        .stdout;
    assert_eq!(journal, again);
}

#[test]
fn filters_choose_and_say_what_they_leave_out() {
    let organisation = Organisation::new();
    organisation.update();
    organisation
        .keysift(&["inventory", "list", "--violates", "orphaned"])
        .exits(0)
        .says("shopapp@pg1.corp-shop.net/shop")
        .warns("1 identity, 9 left out by filters");
    organisation
        .keysift(&["inventory", "list", "--owner", "carol"])
        .exits(0)
        .warns("2 identities");
    organisation
        .keysift(&["inventory", "list", "--violates", "orphan"])
        .exits(2)
        .warns("no policy has this id");
    organisation
        .keysift(&["inventory", "show", "nobody"])
        .exits(2)
        .warns("no identity has this id");
    organisation
        .keysift(&["inventory", "show", "cred:"])
        .exits(2)
        .warns("2 identities may be meant");
}
