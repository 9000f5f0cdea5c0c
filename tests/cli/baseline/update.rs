//! `keysift baseline create`, `update` and `check`.

use super::{baseline, decide, place};
use crate::harness::{ACME, ACME_RULES};
use crate::repository::Repository;

#[test]
fn a_baseline_is_not_written_over() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    baseline(&place, "create", &[])
        .exits(2)
        .warns("keysift.baseline: the baseline exists")
        .warns("hint: `keysift baseline update`");
    baseline(&place, "create", &["--baseline", "other.baseline", "a"])
        .exits(0)
        .says("1 to review");
}

#[test]
fn the_configuration_may_name_it_before_it_is_there() {
    let place = place();
    place.write("keysift.toml", "baseline = 'known.txt'\n");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("known.txt: the baseline cannot be read");
    baseline(&place, "create", &[])
        .exits(0)
        .says("known.txt: written, 2 to review");
    place.scan_acme(&[]).exits(0);
}

#[test]
fn an_update_keeps_reasons_and_says_what_came_and_went() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    decide(&place, "a/one.txt", "accepted 2030-01-31 made up");
    std::fs::remove_file(place.path().join("two.txt")).unwrap();
    place.write("three.txt", format!("key = {}\n", ACME[2]));
    let outcome = baseline(&place, "update", &["--reason", "later"]).exits(0);
    outcome
        .says("+ acme-api-key three.txt\n")
        .says("- acme-api-key two.txt\n")
        .says("1 added, 1 gone, 1 kept\n");
    let text = place.read("keysift.baseline");
    assert!(
        text.contains(" acme-api-key a/one.txt accepted 2030-01-31 made up\n"),
        "{text}"
    );
    assert!(
        text.contains(" acme-api-key three.txt unreviewed - later\n"),
        "{text}"
    );
    let again = baseline(&place, "update", &[]).exits(0);
    again.says("0 added, 0 gone, 2 kept\n");
    assert_eq!(place.read("keysift.baseline"), text);
}

#[test]
fn an_update_of_a_part_leaves_the_rest_alone() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    std::fs::remove_file(place.path().join("two.txt")).unwrap();
    std::fs::write(place.path().join("a/one.txt"), "").unwrap();
    baseline(&place, "update", &["a"])
        .exits(0)
        .says("0 added, 1 gone, 1 kept\n");
    baseline(&place, "update", &["a/one.txt"])
        .exits(0)
        .says("0 added, 0 gone, 1 kept\n");
    baseline(&place, "update", &[])
        .exits(0)
        .says("0 added, 1 gone, 0 kept\n");
}

#[cfg(unix)]
#[test]
fn where_not_all_was_scanned_nothing_is_taken_out() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    std::fs::remove_file(place.path().join("two.txt")).unwrap();
    place.write("broken.zip", b"PK\x03\x04 broken");
    place.write("a/keysift.toml", "rot = 1\n");
    baseline(&place, "update", &[])
        .exits(3)
        .says("0 added, 0 gone, 2 kept\n")
        .warns("not all could be scanned: nothing was taken out");
}

#[test]
fn a_baseline_of_a_history_is_updated_from_it() {
    let repository = Repository::new();
    let place = &repository.place;
    place.write("../acme.toml", ACME_RULES);
    repository.commit("one.txt", &format!("key = {}\n", ACME[0]));
    repository.commit("one.txt", "nothing\n");
    baseline(place, "create", &["--history"])
        .exits(0)
        .says("1 to review");
    assert!(
        place
            .read("keysift.baseline")
            .contains("\n# scanned history\n")
    );
    baseline(place, "update", &[])
        .exits(0)
        .says("0 added, 0 gone, 1 kept\n");
    let args = [
        "git",
        "--rules",
        "../acme.toml",
        "--enable",
        "acme-*",
        "--baseline",
        "keysift.baseline",
    ];
    place.run(args).exits(0);
}

#[test]
fn a_check_says_what_is_to_be_put_in_order() {
    let place = place();
    baseline(&place, "create", &[]).exits(0);
    let check = || place.run(["baseline", "check"]);
    check()
        .exits(0)
        .says("keysift.baseline: in order: 0 accepted, 0 real, 2 unreviewed\n");
    decide(&place, "two.txt", "accepted 2020-01-31 x");
    check()
        .exits(1)
        .says("expired on 2020-01-31")
        .says("acme-api-key two.txt\n");
    let text = place.read("keysift.baseline");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.swap(3, 4);
    lines.push(lines[3]);
    place.write("keysift.baseline", lines.join("\n") + "\n");
    check()
        .exits(1)
        .says("is not in its order")
        .says("there are two lines for");
    place.write("keysift.baseline", text.replace("# key ", "# kee "));
    check()
        .exits(2)
        .warns("keysift.baseline: line 2: the second line is no key");
    place
        .run(["baseline", "check", "nowhere"])
        .exits(2)
        .warns("hint: `keysift baseline create` makes one");
}
