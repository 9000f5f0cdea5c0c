//! `keysift inventory diff`: what became worse, and what did not.

use super::organisation::{ALICE, BOB, Organisation};
use crate::harness::{npm_token, secret};

#[test]
fn a_rotation_is_not_worse_and_a_new_identity_is() {
    let organisation = Organisation::new();
    organisation.update_one("payments").exits(0);
    organisation.commit(
        "payments",
        BOB,
        "2026-01-28",
        "deploy/prod.env",
        &format!("NPM_TOKEN={}\n", npm_token(31)),
    );
    organisation
        .update_one("payments")
        .exits(0)
        .warns("1 rotated");
    organisation
        .keysift(&["inventory", "diff", "1"])
        .exits(0)
        .says("a credential was replaced")
        .says("1 change, 0 for the worse");
    let line = format!("SLACK = '{}'\n", secret("slack-webhook-url", 32));
    organisation.commit("payments", ALICE, "2026-01-29", "bot.py", &line);
    organisation.update_one("payments").exits(0);
    let diff = organisation
        .keysift(&["inventory", "diff", "2", "3", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(diff["counts"], serde_json::json!({"added-unapproved": 1}));
    assert_eq!(diff["changes"][0]["path"], "bot.py");
    let sarif = organisation
        .keysift(&["inventory", "diff", "2", "--format", "sarif"])
        .exits(1)
        .json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["baselineState"], "new");
    assert_eq!(result["level"], "error");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "bot.py"
    );
    organisation
        .keysift(&["inventory", "approve", "slack:"])
        .exits(0);
    organisation
        .keysift(&["inventory", "diff", "2"])
        .exits(0)
        .says("an identity is new");
}

#[test]
fn a_place_that_is_closed_is_no_worse_and_one_more_is() {
    let organisation = Organisation::new();
    organisation.update_one("tools").exits(0);
    let script =
        std::fs::read_to_string(organisation.place.path().join("tools/release.sh")).unwrap();
    organisation.commit("tools", BOB, "2026-01-20", "again.sh", &script);
    organisation
        .update_one("tools")
        .exits(0)
        .warns("1 new place");
    organisation
        .keysift(&["inventory", "diff", "1"])
        .exits(1)
        .says("a credential lies in a new place");
    organisation.commit("tools", BOB, "2026-01-21", "again.sh", "true\n");
    organisation
        .update_one("tools")
        .exits(0)
        .warns("1 place ended");
    organisation
        .keysift(&["inventory", "diff", "2"])
        .exits(0)
        .says("a credential lies in a place no more");
    organisation
        .keysift(&["inventory", "diff", "1"])
        .exits(0)
        .says("0 changes");
}

#[test]
fn what_a_file_declares_anew_without_a_grant_is_new() {
    let organisation = Organisation::new();
    organisation.update_one("mobile").exits(0);
    let agent = r#"{"mcpServers": {"notes": {"command": "notes", "args": []}}}"#;
    organisation.commit("mobile", ALICE, "2026-01-29", ".mcp.json", agent);
    organisation.update_one("mobile").exits(0);
    organisation
        .keysift(&["inventory", "diff", "1"])
        .exits(1)
        .says("mcp:mobile/.mcp.json#notes")
        .says("nobody has approved it");
}

#[test]
fn registries_are_compared_where_they_have_one_key() {
    let organisation = Organisation::new();
    organisation.update_one("tools").exits(0);
    std::fs::copy(
        organisation.registry(),
        organisation.place.path().join("old.db"),
    )
    .unwrap();
    organisation.update_one("mobile").exits(0);
    organisation
        .keysift(&[
            "inventory",
            "diff",
            "old.db",
            "registry.db",
            "--registry-key",
            "registry.db.key",
        ])
        .exits(1)
        .says("an identity is new, and nobody has approved it");
    let mut other =
        organisation
            .place
            .command(["inventory", "update", "tools", "--registry", "other.db"]);
    organisation.place.outcome(other.spawn().unwrap()).exits(0);
    organisation
        .keysift(&["inventory", "diff", "other.db"])
        .exits(2)
        .warns("the registries have different keys");
    organisation
        .keysift(&["inventory", "diff", "99"])
        .exits(2)
        .warns("no scan has this number");
    organisation
        .keysift(&["inventory", "diff", "none.db"])
        .exits(2)
        .warns("there is no registry");
}
