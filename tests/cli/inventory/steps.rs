//! Decisions, plans, the journal, and what happens to a registry that is not as it should be.

use super::organisation::{BOB, NOW, Organisation, aws_key_id};

fn organisation(repository: &str) -> Organisation {
    let organisation = Organisation::new();
    organisation.update_one(repository).exits(0);
    organisation
}

#[test]
fn decisions_show_in_the_card_and_in_the_journal() {
    let organisation = organisation("mobile");
    organisation
        .keysift(&[
            "inventory",
            "approve",
            "slack:",
            "--purpose",
            "tells of releases",
        ])
        .exits(0)
        .warns("a review is due in 90 days");
    organisation
        .keysift(&["inventory", "assign", "slack:", "@acme/mobile"])
        .exits(0);
    organisation
        .keysift(&["inventory", "review", "slack:", "keep", "--note", "in use"])
        .exits(0);
    let show = organisation
        .keysift(&["inventory", "show", "slack:"])
        .exits(0);
    show.says("approved")
        .says("tells of releases")
        .says("@acme/mobile (declared 100%")
        .says("reviewed 2026-02-01 by ci: keep in use");
    let journal = organisation
        .keysift(&["inventory", "verify", "--journal"])
        .exits(0);
    journal
        .says("  ci  approve  ")
        .says("  ci  assign  ")
        .says("  ci  review  ")
        .says("4 entries hold");
}

#[test]
fn a_review_that_was_due_and_a_deadline_that_passed_are_told() {
    let organisation = organisation("mobile");
    organisation
        .keysift(&["inventory", "approve", "slack:"])
        .exits(0);
    let later = "2026-05-03T00:00:00Z";
    organisation
        .at("2026-05-02T00:00:00Z", &["check"])
        .hides("review-overdue");
    organisation
        .at(later, &["check"])
        .says("review-overdue (NHI1)")
        .says("a review was due on 2026-05-02");
    organisation
        .keysift(&["inventory", "retire", "slack:"])
        .exits(0)
        .warns("to be gone in 14 days");
    organisation
        .at(later, &["check"])
        .exits(1)
        .says("was to be gone by 2026-02-15");
}

#[test]
fn what_was_retired_and_comes_back_is_critical() {
    let organisation = organisation("tools");
    organisation
        .keysift(&["inventory", "retire", "jwt:", "--done"])
        .exits(0);
    organisation
        .keysift(&["inventory", "retire", "jwt:"])
        .exits(2)
        .warns("it is retired");
    organisation
        .keysift(&["check"])
        .hides("retired-seen")
        .hides("jwt:");
    let text =
        std::fs::read_to_string(organisation.place.path().join("tools/deploy.toml")).unwrap();
    organisation.commit("tools", BOB, "2026-02-10", "back.toml", &text);
    let later = "2026-02-11T00:00:00Z";
    organisation
        .at(
            later,
            &["inventory", "update", "--git", "tools", "--name", "tools"],
        )
        .exits(0);
    organisation
        .at(later, &["check"])
        .exits(1)
        .says("CRITICAL")
        .says("retired on 2026-02-01 and met again since");
}

#[test]
fn a_waiver_ends() {
    let organisation = organisation("payments");
    let waive = [
        "inventory",
        "waive",
        "cred:",
        "secret-in-head",
        "--reason",
        "moves to the vault",
        "--until",
    ];
    let until = |day| waive.iter().copied().chain([day]).collect::<Vec<_>>();
    organisation
        .keysift(&until("2026-01-01"))
        .exits(2)
        .warns("over before it begins");
    organisation
        .keysift(&until("soon"))
        .exits(2)
        .warns("soon: not a time");
    organisation.keysift(&["check"]).exits(1);
    organisation.keysift(&until("2026-02-10")).exits(0);
    organisation.keysift(&["check"]).exits(0).says("1 waived");
    organisation
        .at("2026-02-10", &["check"])
        .exits(1)
        .says("0 waived");
    organisation
        .keysift(&[
            "inventory",
            "waive",
            "cred:",
            "secret-in-hed",
            "--reason",
            "x",
            "--until",
            "2026-03-01",
        ])
        .exits(2)
        .warns("did you mean secret-in-head?");
}

#[test]
fn merged_identities_are_told_as_one_until_that_is_taken_back() {
    let organisation = organisation("mobile");
    organisation
        .keysift(&["inventory", "unite", "slack:", "twilio-sendgrid:"])
        .exits(0);
    let list = organisation
        .keysift(&["inventory", "list", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["credentials"].as_array().unwrap().len(), 2);
    let part = list[0]["aliases"][0].as_str().unwrap().to_owned();
    assert!(part.starts_with("slack:"), "{part}");
    organisation
        .keysift(&["inventory", "unite", &part, "twilio-sendgrid:"])
        .exits(2)
        .warns("it is one identity already");
    organisation
        .update_one("mobile")
        .exits(0)
        .warns("nothing new");
    organisation
        .keysift(&["inventory", "unite", "--undo", &part])
        .exits(0);
    organisation
        .keysift(&["inventory", "list"])
        .exits(0)
        .warns("2 identities");
    organisation
        .keysift(&["inventory", "unite", "--undo", &part])
        .exits(2)
        .warns("no part of an identity has this key");
}

#[test]
fn plans_are_steps_in_order_and_run_nothing() {
    let organisation = organisation("infra");
    let plan = organisation
        .keysift(&["plan", "rotate", "aws:key:", "--format", "json"])
        .exits(0)
        .json();
    let steps = plan["steps"].as_array().unwrap();
    let at = |text: &str| {
        steps
            .iter()
            .position(|step| step["what"].as_str().unwrap().starts_with(text))
            .unwrap_or_else(|| panic!("{text}: {steps:#?}"))
    };
    assert!(at("Tell the owner: Bob") < at("Make a new") && at("Make a new") < at("Put it into"));
    assert!(at("Put it into") < at("Revoke") && at("Revoke") < at("These histories keep"));
    organisation
        .keysift(&["plan", "retire", "aws:key:"])
        .exits(0)
        .says(&format!(
            "$ aws iam update-access-key --access-key-id {}",
            aws_key_id()
        ))
        .says("infra:aws.ini");
}

#[test]
fn a_calendar_has_what_is_due() {
    let organisation = organisation("tools");
    organisation
        .keysift(&["inventory", "approve", "jwt:"])
        .exits(0);
    let ics = organisation
        .keysift(&["inventory", "export", "--format", "ics"])
        .exits(0);
    ics.says("DTSTART;VALUE=DATE:20260206\r\n")
        .says("DTSTART;VALUE=DATE:20260502\r\n")
        .says("SUMMARY:Review deploy-bot\r\n");
}

#[test]
fn an_export_goes_to_a_file_and_parquet_is_one() {
    let organisation = organisation("tools");
    let file = organisation.place.path().join("out");
    let export = |format: &str| {
        let file = file.display().to_string();
        let args = ["inventory", "export", "--format", format, "--output", &file];
        let outcome = organisation.keysift(&args).exits(0);
        assert_eq!(outcome.stdout, "", "{format}");
        std::fs::read(&file).unwrap()
    };
    let shown = organisation.keysift(&["inventory", "export", "--format", "csv"]);
    // The shorter export leaves nothing of the longer one behind.
    export("json");
    assert_eq!(String::from_utf8(export("csv")).unwrap(), shown.stdout);
    let table = export("parquet");
    assert!(table.starts_with(b"PAR1") && table.ends_with(b"PAR1"));
    organisation
        .keysift(&["inventory", "export", "--output", "no/such/directory/x"])
        .exits(2)
        .warns("cannot write the report");
}

#[test]
fn a_changed_row_and_a_changed_entry_are_noticed() {
    let changes = [
        (
            "UPDATE identity SET stage = 'approved'",
            "a table was changed after journal entry 1",
        ),
        (
            "DELETE FROM exposure WHERE id = 1",
            "a table was changed after journal entry 1",
        ),
        (
            "UPDATE journal SET actor = 'nobody'",
            "journal entry 1 was changed",
        ),
    ];
    for (sql, message) in changes {
        let organisation = organisation("mobile");
        organisation
            .keysift(&["inventory", "verify"])
            .exits(0)
            .says("1 entry holds");
        let connection = rusqlite::Connection::open(organisation.registry()).unwrap();
        connection.execute(sql, []).unwrap();
        drop(connection);
        organisation
            .keysift(&["inventory", "verify"])
            .exits(2)
            .warns(message);
    }
}

#[test]
fn what_is_no_registry_is_left_alone() {
    let organisation = Organisation::new();
    organisation
        .keysift(&["inventory", "list"])
        .exits(2)
        .warns("there is no registry");
    organisation.place.write(
        "registry.db",
        "not a database, but a text that is long enough to be looked at\n".repeat(40),
    );
    organisation.place.write("registry.db.key", [9; 32]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = organisation.place.path().join("registry.db.key");
        std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    organisation
        .keysift(&["inventory", "update", "mobile"])
        .exits(2)
        .warns("not a registry of keysift");
    assert!(
        organisation
            .place
            .read("registry.db")
            .starts_with("not a database")
    );
}

#[test]
fn policies_of_the_configuration_count_and_mistakes_are_named() {
    let organisation = organisation("payments");
    organisation
        .place
        .write("keysift.toml", "[policy]\ndisable = [\"secret-in-head\"]\n");
    organisation.keysift(&["check"]).exits(0).says("0 failures");
    organisation.place.write(
        "keysift.toml",
        "[policy]\nrotation_fail_days = 10\nrotation_warn_days = 5\n",
    );
    organisation
        .keysift(&["check"])
        .exits(1)
        .says("rotation-due")
        .says("11 days old");
    organisation
        .place
        .write("keysift.toml", "[policy]\nrotate_fail_days = 10\n");
    organisation
        .keysift(&["check"])
        .exits(2)
        .warns("unknown key \"rotate_fail_days\"")
        .warns("did you mean rotation_fail_days?");
    organisation
        .at(NOW, &["check", "--policies"])
        .exits(0)
        .says("orphaned               NHI1");
}

#[test]
fn text_of_a_commit_does_not_reach_the_terminal_as_it_is() {
    let organisation = Organisation::new();
    let hostile = super::organisation::Author("Mal\u{1b}[31mory", "mallory@acme.example");
    organisation.commit(
        "tools",
        hostile,
        "2026-01-30",
        "x\u{1b}[2J.env",
        &format!("T={}\n", crate::harness::npm_token(77)),
    );
    organisation.update_one("tools").exits(0);
    for args in [
        &["inventory", "list"][..],
        &["check"],
        &["inventory", "show", "cred:"],
        &["inventory", "export", "--format", "csv"],
    ] {
        assert!(
            !organisation.keysift(args).stdout.contains('\u{1b}'),
            "{args:?}"
        );
    }
}

#[test]
fn a_check_that_is_remembered_says_what_is_new() {
    let organisation = organisation("payments");
    organisation
        .keysift(&["check", "--remember"])
        .exits(1)
        .warns("1 new, 0 over");
    let later = "2026-02-03T00:00:00Z";
    organisation
        .at(later, &["check", "--remember"])
        .exits(1)
        .warns("0 new, 0 over")
        .says("(open since 2026-02-01)");
    organisation
        .keysift(&["inventory", "verify"])
        .exits(0)
        .says("2 entries hold");
    organisation.commit(
        "payments",
        BOB,
        "2026-02-04",
        "deploy/prod.env",
        "NPM_TOKEN=${NPM_TOKEN}\n",
    );
    let later = "2026-02-05T00:00:00Z";
    organisation
        .at(
            later,
            &[
                "inventory",
                "update",
                "--git",
                "payments",
                "--name",
                "payments",
            ],
        )
        .exits(0);
    organisation
        .at(later, &["check", "--remember"])
        .exits(0)
        .warns("1 new, 1 over")
        .says("secret-in-history");
}
