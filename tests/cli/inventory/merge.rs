//! `keysift inventory merge`: registries that were kept apart.

use serde_json::Value;

use super::organisation::{ALICE, NOW, Organisation};
use crate::harness::{Outcome, npm_token};

const LATER: &str = "2026-02-02T00:00:00Z";

/// Runs the program on another registry that has the key of the tests' own.
fn on(organisation: &Organisation, registry: &str, now: &str, args: &[&str]) -> Outcome {
    let mut command = organisation.place.command(args.iter().copied());
    command
        .args(["--now", now, "--registry", registry])
        .args(["--registry-key", "registry.db.key"])
        .env("USER", "ci");
    organisation.place.outcome(command.spawn().unwrap())
}

fn update(organisation: &Organisation, registry: &str, now: &str, repository: &str) {
    let people = ["--people", "people.csv", "--name", repository];
    let args = [&["inventory", "update", "--git", repository][..], &people].concat();
    on(organisation, registry, now, &args).exits(0);
}

/// Every answer of the list, without the numbers that each registry gives.
fn answers(organisation: &Organisation, registry: &str) -> Vec<Value> {
    let args = ["inventory", "export", "--format", "json"];
    let export = on(organisation, registry, LATER, &args).exits(0).json();
    let mut identities = export["identities"].as_array().unwrap().clone();
    for identity in &mut identities {
        identity["id"] = Value::Null;
        for violation in identity["violates"].as_array_mut().unwrap() {
            violation["identity"] = Value::Null;
        }
    }
    identities
}

#[test]
fn merged_registries_answer_as_one_that_scanned_everything() {
    let organisation = Organisation::new();
    for repository in ["payments", "website", "tools"] {
        update(&organisation, "registry.db", NOW, repository);
    }
    for repository in ["infra", "mobile"] {
        update(&organisation, "other.db", NOW, repository);
    }
    for repository in ["payments", "website", "tools", "infra", "mobile"] {
        update(&organisation, "all.db", NOW, repository);
    }
    // One source is in both, and the other registry has seen it last.
    let line = format!("NPM_TOKEN={}\n", npm_token(41));
    organisation.commit("payments", ALICE, "2026-01-31", "deploy/prod.env", &line);
    update(&organisation, "other.db", LATER, "payments");
    update(&organisation, "all.db", LATER, "payments");
    let merge = ["inventory", "merge", "other.db"];
    on(&organisation, "registry.db", LATER, &merge)
        .exits(0)
        .warns("other.db: 3 sources, ");
    assert_eq!(
        answers(&organisation, "registry.db"),
        answers(&organisation, "all.db")
    );
    let verify = ["inventory", "verify", "--journal"];
    let journal = on(&organisation, "registry.db", LATER, &verify).exits(0);
    journal.says("  ci  merge  ").says("4 entries hold");
    on(&organisation, "registry.db", LATER, &merge)
        .exits(0)
        .warns("other.db: nothing new");
    on(&organisation, "registry.db", LATER, &verify)
        .exits(0)
        .says("4 entries hold");
}

#[test]
fn decisions_come_along_and_those_that_stand_here_stay() {
    let organisation = Organisation::new();
    update(&organisation, "registry.db", NOW, "mobile");
    update(&organisation, "other.db", NOW, "mobile");
    let decide = |registry: &str, args: &[&str]| {
        let args = [&["inventory"][..], args].concat();
        on(&organisation, registry, NOW, &args).exits(0);
    };
    decide("other.db", &["approve", "slack:", "--purpose", "releases"]);
    decide("other.db", &["assign", "slack:", "@acme/mobile"]);
    decide("other.db", &["review", "slack:", "keep"]);
    decide("other.db", &["approve", "twilio-sendgrid:"]);
    decide("registry.db", &["retire", "twilio-sendgrid:", "--done"]);
    on(
        &organisation,
        "registry.db",
        LATER,
        &["inventory", "merge", "other.db"],
    )
    .exits(0)
    .warns("3 decisions")
    .warns("1 identity is decided differently here, which stays");
    on(
        &organisation,
        "registry.db",
        LATER,
        &["inventory", "show", "slack:"],
    )
    .exits(0)
    .says("approved")
    .says("releases")
    .says("@acme/mobile (declared 100%")
    .says("reviewed 2026-02-01 by ci: keep");
    on(
        &organisation,
        "registry.db",
        LATER,
        &["inventory", "show", "twilio-sendgrid:"],
    )
    .exits(0)
    .says("retired");
}

#[test]
fn what_cannot_be_merged_is_said_and_changes_nothing() {
    let organisation = Organisation::new();
    organisation.update_one("mobile").exits(0);
    let mut other =
        organisation
            .place
            .command(["inventory", "update", "tools", "--registry", "foreign.db"]);
    organisation.place.outcome(other.spawn().unwrap()).exits(0);
    for (other, told) in [
        (
            "foreign.db",
            "foreign.db: it has another key than this registry",
        ),
        ("none.db", "none.db: there is no registry"),
        ("./registry.db", "./registry.db: it is this registry itself"),
        ("people.csv", "people.csv: not a registry of keysift"),
    ] {
        organisation
            .keysift(&["inventory", "merge", other])
            .exits(2)
            .warns(told);
    }
    organisation
        .keysift(&["inventory", "verify"])
        .exits(0)
        .says("1 entry holds");
}
