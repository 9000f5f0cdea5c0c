//! What a history tells round its findings: what stood there before, who wrote the lines, and programs that helped.

use std::collections::BTreeMap;

use serde_json::Value;

use super::organisation::{ALICE, Author, BOB, CAROL, OLD_CAROL, Organisation, ROBOT};
use crate::harness::npm_token;

/// An organisation with one more repository, which has this `.mailmap`.
fn with_repository(name: &str) -> Organisation {
    let organisation = Organisation::new();
    organisation.git(name, None, &["init", "-q", "-b", "main", "."]);
    let mailmap = "Carol <carol@acme.example> <cc@laptop.local>\n";
    organisation.commit(name, ALICE, "2025-01-01", ".mailmap", mailmap);
    organisation
}

fn identities(organisation: &Organisation) -> Vec<Value> {
    let export = organisation
        .keysift(&["inventory", "export"])
        .exits(0)
        .json();
    export["identities"].as_array().unwrap().clone()
}

#[test]
fn a_placeholder_that_turned_real_is_told_with_its_commit() {
    let organisation = with_repository("vault");
    let line = |value: &str| format!("# npm\nNPM_TOKEN={value}\nNPM_USER=ci\n");
    let file = "deploy/prod.env";
    for (author, day, value) in [
        (ALICE, "2025-03-01", "${NPM_TOKEN}".to_owned()),
        (BOB, "2025-04-02", npm_token(31)),
        // A rotation: what stood there was real.
        (BOB, "2025-05-03", npm_token(32)),
    ] {
        organisation.commit("vault", author, day, file, &line(&value));
    }
    // There from the beginning.
    let other = format!("NPM_TOKEN={}\n", npm_token(33));
    organisation.commit("vault", BOB, "2025-05-04", "other.env", &other);
    let commits = organisation.git("vault", None, &["log", "--format=%H %as", "--", file]);
    let turned = commits.lines().find(|line| line.ends_with("2025-04-02"));
    let turned = turned.unwrap().split(' ').next().unwrap();

    organisation
        .update_one("vault")
        .exits(0)
        .warns("1 placeholder turned real");
    let mut told = BTreeMap::new();
    let identities = identities(&organisation);
    for identity in &identities {
        for exposure in identity["exposed_at"].as_array().unwrap() {
            let day = exposure["first_at"].as_str().unwrap()[..10].to_owned();
            let placeholder = exposure["placeholder"].as_str().map(str::to_owned);
            told.insert(day, (placeholder, exposure["first_commit"].clone()));
        }
    }
    assert_eq!(told.len(), 3, "{told:?}");
    let expected = (Some("reference".to_owned()), Value::from(turned));
    assert_eq!(told["2025-04-02"], expected);
    assert_eq!(told["2025-05-03"].0, None);
    assert_eq!(told["2025-05-04"].0, None);

    let rotated = identities.iter().find(|identity| {
        let credentials = identity["credentials"].as_array().unwrap();
        credentials.len() == 2
    });
    organisation
        .keysift(&[
            "inventory",
            "show",
            rotated.unwrap()["uid"].as_str().unwrap(),
        ])
        .exits(0)
        .says("\n1 placeholder turned real\n")
        .says("  2025-04-02  vault:deploy/prod.env NPM_TOKEN: reference -> ")
        .says(&format!(" in {}\n", &turned[..12]));
    organisation
        .keysift(&["inventory", "verify", "--journal"])
        .exits(0)
        .says("\"turned_real\":1");
    organisation
        .update_one("vault")
        .exits(0)
        .warns("nothing new since scan 1");
}

#[test]
fn lines_and_directories_have_people_who_may_own_what_is_declared_there() {
    let organisation = with_repository("charts");
    let commit = |author: Author, day: &str, name: &str, text: &str| {
        organisation.commit("charts", author, day, name, text);
    };
    let git = |author: Author, day: &str, args: &[&str]| {
        organisation.git("charts", Some((author, day)), args);
    };
    // Written on a branch, under an old name, and merged by somebody else.
    let agent = "{\"mcpServers\": {\n  \"tickets\": {\"command\": \"npx\", \"args\": [\"-y\", \"@acme/tickets\"]}\n}}\n";
    git(ALICE, "2026-01-01", &["checkout", "-q", "-b", "side"]);
    commit(OLD_CAROL, "2026-01-02", "svc/.mcp.json", agent);
    git(ALICE, "2026-01-02", &["checkout", "-q", "main"]);
    for (day, text) in [
        ("2026-01-03", "1"),
        ("2026-01-04", "2"),
        ("2026-01-05", "3"),
    ] {
        commit(ALICE, day, "docs/a.txt", text);
    }
    git(
        ALICE,
        "2026-01-06",
        &["merge", "-q", "--no-ff", "-m", "merge", "side"],
    );
    // The line moves, and stays hers.
    commit(BOB, "2026-01-07", "svc/.mcp.json", &format!("\n\n{agent}"));
    commit(BOB, "2026-01-08", "svc/b.txt", "1");
    commit(ROBOT, "2026-01-09", "svc/b.txt", "2");
    commit(ROBOT, "2026-01-10", "svc/b.txt", "3");
    commit(ROBOT, "2026-01-11", "svc/b.txt", "4");
    organisation.update_one("charts").exits(0);
    let identities = identities(&organisation);
    let server = identities
        .iter()
        .find(|identity| identity["uid"].as_str().unwrap().starts_with("mcp:"))
        .unwrap();
    assert_eq!(server["declarations"][0]["line"], 4);
    let owners: Vec<(&str, &str, u64)> = server["owners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|owner| {
            (
                owner["key"].as_str().unwrap(),
                owner["basis"].as_str().unwrap(),
                owner["confidence_percent"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        owners,
        [(CAROL.1, "blame", 60), (BOB.1, "directory-committer", 50),]
    );
    let evidence = server["owners"][0]["evidence"].as_str().unwrap();
    assert!(
        evidence.starts_with("svc/.mcp.json:4 in commit "),
        "{evidence}"
    );
    assert_eq!(
        server["owners"][1]["evidence"],
        "most commits to svc in 90 days"
    );
}

#[test]
fn commits_of_programs_are_told_by_their_authors_and_trailers() {
    let organisation = with_repository("bots");
    for (author, message, name) in [
        (ROBOT, "change", "robot"),
        (Author("Bob (aider)", BOB.1), "change", "aider"),
        (
            BOB,
            "a\n\nCo-authored-by: Cursor Agent <agent@cursor.example>",
            "cursor",
        ),
        (
            BOB,
            "a\n\nCo-authored-by: devin-ai-integration[bot] <1+devin-ai-integration[bot]@users.example>",
            "devin",
        ),
        (
            BOB,
            "a\n\nCo-authored-by: Claude Martin <claude@acme.example>",
            "person",
        ),
        (BOB, "a\n\nthe cursor: fixed", "nobody"),
    ] {
        let seed = 40 + name.len() as u64 * 7 + u64::from(name.as_bytes()[0]);
        let line = format!("NPM_TOKEN={}\n", npm_token(seed));
        let file = format!("{name}.env");
        organisation.commit_as("bots", author, ("2026-01-05", message), &file, &line);
    }
    organisation.update_one("bots").exits(0);
    let mut told = BTreeMap::new();
    let mut robot = String::new();
    for identity in identities(&organisation) {
        for exposure in identity["exposed_at"].as_array().unwrap() {
            let file = exposure["path"].as_str().unwrap().to_owned();
            if file == "robot.env" {
                robot = identity["uid"].as_str().unwrap().to_owned();
            }
            told.insert(file, exposure["assisted_by"].as_str().map(str::to_owned));
        }
    }
    for (file, program) in [
        ("robot.env", Some("renovate[bot]")),
        ("aider.env", Some("aider")),
        ("cursor.env", Some("Cursor Agent")),
        ("devin.env", Some("devin-ai-integration[bot]")),
        ("person.env", None),
        ("nobody.env", None),
    ] {
        assert_eq!(told[file].as_deref(), program, "{file}");
    }
    organisation
        .keysift(&["inventory", "show", &robot])
        .exits(0)
        .says("by renovate[bot]; which is a program");
}
