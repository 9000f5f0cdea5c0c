//! No secret is shown unless it is asked for.

use crate::findings::place;
use crate::harness::{ACME, Place, is_golden, npm_token};

/// Those that show what was dropped.
const FORMATS: [&str; 3] = ["text", "json", "jsonl"];

/// Every format's name.
fn all_formats() -> impl Iterator<Item = &'static str> {
    keysift_report::formats().iter().map(|format| format.name)
}

/// What is kept secret of [`ACME`]: all but the prefix and the four last characters.
fn middle(secret: &str) -> &str {
    &secret["acme_".len()..secret.len() - 4]
}

#[test]
fn show_secrets_shows_them() {
    let outcome = place().scan_acme(&["--show-secrets"]).exits(1);
    is_golden("shown.txt", &outcome.stdout);
    for format in FORMATS {
        let outcome = place()
            .scan_acme(&["--show-secrets", "--format", format])
            .exits(1)
            .says(ACME[0])
            .says(ACME[1])
            .says(ACME[2])
            .says("hunter2hunter2");
        if format == "json" {
            let secret = &outcome.json()["findings"][0]["secret"];
            assert_eq!(secret, ACME[0]);
        }
    }
}

#[test]
fn no_secret_is_shown_by_default_nor_in_an_explanation() {
    let place = place();
    for format in all_formats() {
        for explain in [
            &[][..],
            &["--explain"],
            &["--explain", "--min-confidence", "high"],
        ] {
            let mut outcome = place
                .scan_acme(&[&["--format", format][..], explain].concat())
                .exits(1);
            for secret in ACME {
                outcome = outcome.hides(middle(secret));
            }
            outcome.hides("hunter2").hides("48151623");
        }
    }
}

#[test]
fn a_dropped_secret_is_not_shown_either() {
    let place = Place::new();
    let mut wrong = npm_token(3);
    // The last characters are the checksum.
    let last = if wrong.ends_with('0') { '1' } else { '0' };
    wrong.pop();
    wrong.push(last);
    place.write(
        "a.txt",
        format!("token = {}, wrong = {wrong}\n", npm_token(4)),
    );
    for format in FORMATS {
        place
            .run(["scan", "--explain", "--format", format])
            .exits(1)
            .says("checksum")
            .hides(&wrong[4..36])
            .hides(&npm_token(4)[4..36]);
    }
}

/// A copy of a secret that no rule matches, since it stands in a longer word, is a secret nevertheless.
#[test]
fn a_copy_that_no_rule_matches_is_hidden_beside_findings() {
    let place = Place::with_acme_rules();
    place.write(
        "a.txt",
        format!("key = {0}\ncopy = x{0}x, other = {1}\n", ACME[0], ACME[1]),
    );
    for format in all_formats() {
        place
            .scan_acme(&["--format", format])
            .exits(1)
            .hides(middle(ACME[0]));
    }
}

#[test]
fn a_copy_that_no_rule_matches_is_hidden_beside_what_was_dropped() {
    let place = Place::with_acme_rules();
    place.write(
        "a.txt",
        format!(
            "key = {0}\ncopy = x{0}x, other = {1} # keysift:allow\n",
            ACME[0], ACME[1]
        ),
    );
    for format in FORMATS {
        place
            .scan_acme(&["--explain", "--format", format])
            .exits(1)
            .hides(middle(ACME[0]))
            .hides(middle(ACME[1]));
    }
}

#[test]
fn what_was_dropped_between_two_findings_does_not_uncover_copies() {
    let place = Place::with_acme_rules();
    place.write(
        "a.txt",
        format!(
            "key = {0}\nallowed = {1} # keysift:allow\ncopy = x{0}x, other = {2}\n",
            ACME[0], ACME[1], ACME[2]
        ),
    );
    for format in FORMATS {
        place
            .scan_acme(&["--explain", "--format", format])
            .exits(1)
            .hides(middle(ACME[0]));
    }
}

#[test]
fn errors_show_no_secret() {
    let place = Place::new();
    let token = &npm_token(5)[..12];
    place.write("key", token);
    for option in ["--fingerprint-key", "--rules"] {
        place.run(["scan", option, "key"]).exits(2).hides(token);
    }
}
