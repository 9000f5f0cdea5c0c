//! `keysift explain`: a secret, a file, a place, a finding of a report.

use crate::harness::{ACME, Place, npm_token, secret};

#[test]
fn a_secret_on_standard_input_gets_a_card_and_is_not_shown() {
    let token = npm_token(1);
    for input in [token.clone(), format!("'{token}'\n")] {
        let outcome = Place::new()
            .run_with_input(["explain"], input.as_bytes())
            .exits(0)
            .says("npm access token (npm-access-token)  CRITICAL\n")
            .says("proof         its checksum is right [vector]\n")
            .says("whose         unknown: it does not say\n")
            .says("what to do    Revoke it.")
            .hides(&token);
        assert_eq!(outcome.stderr, "");
        assert!(!outcome.stdout.contains('\u{1b}'), "{}", outcome.stdout);
    }
    Place::new()
        .run_with_input(["explain", "--show-secrets"], token.as_bytes())
        .exits(0)
        .says(&token);
}

#[test]
fn a_token_tells_whose_it_is_and_until_when() {
    // {"alg":"RS256"} and {"iss":"https://login.example","sub":"ci","exp":1000000000}
    let token = [
        "eyJhbGciOiJSUzI1NiJ9",
        "eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIiOiJjaSIsImV4cCI6MTAwMDAwMDAwMH0",
        &"k7Qx9".repeat(10),
    ]
    .join(".");
    Place::new()
        .run_with_input(["explain"], token.as_bytes())
        .exits(0)
        .says("subject: ci [documentation]\n")
        .says("until         expires: 2001-09-09T01:46:40Z, in the past [documentation]\n");
}

#[test]
fn cards_in_json_are_one_document() {
    let outcome = Place::new()
        .run_with_input(["explain", "--format", "json"], npm_token(1).as_bytes())
        .exits(0)
        .hides(&npm_token(1));
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["cards"][0]["rule"], "npm-access-token");
    assert_eq!(document["cards"][0]["facts"][0]["evidence"], "vector");
}

#[test]
fn nothing_known_is_said_and_exits_with_1() {
    for input in ["hello", "\u{1b}[2J\u{7}", "hello world\n"] {
        let outcome = Place::new()
            .run_with_input(["explain"], input.as_bytes())
            .exits(1)
            .warns("no rule knows this form");
        assert_eq!(outcome.stdout, "");
    }
    // A form that many secrets have is not enough.
    Place::new()
        .run_with_input(["explain"], "9f8e7d6c5b4a39281706f5e4d3c2b1a0".as_bytes())
        .exits(1);
}

#[test]
fn what_no_rule_knows_may_say_something_of_itself() {
    let place = Place::new();
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS ci@acme\n";
    place.write("key.pub", key);
    place
        .run(["explain", "--file", "key.pub"])
        .exits(0)
        .says("SSH public key\n")
        .says("whose         comment: ci@acme [documentation]\n");
}

#[test]
fn a_place_tells_what_was_found_there_and_what_was_dropped() {
    let place = Place::with_acme_rules();
    let text = format!(
        "first line\nkey = {}\nkey = acme_aaaaaaaaaaaaaaaaaaaaaaaa\n",
        ACME[0]
    );
    place.write("a.txt", text);
    let ours = ["explain", "--rules", "../acme.toml"];
    let at = |line| place.run(ours.iter().copied().chain([line]));
    at("a.txt:2")
        .exits(0)
        .says("(acme-api-key)  HIGH\n")
        .says("found at      a.txt:2:7\n")
        .hides(ACME[0]);
    at("a.txt:3").exits(1).says("  dropped       ");
    at("a.txt:1")
        .exits(1)
        .warns("a.txt:1: no rule's pattern matched here\n");
    at("a.txt:0").exits(2).warns("a place is FILE:LINE");
    at("a.txt").exits(2).warns("a place is FILE:LINE");
    at("b.txt:1").exits(2);
}

#[test]
fn a_finding_of_a_report_is_looked_up_by_its_fingerprint() {
    let place = Place::with_acme_rules();
    place.write("a.txt", format!("key = {}\n", ACME[0]));
    place.write("b.txt", format!("\nkey = {}\n", ACME[0]));
    let report = place.scan_acme(&["--format", "json", "."]).exits(1).stdout;
    place.write("report.json", &report);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap();
    place
        .run(["explain", "--report", "report.json", fingerprint])
        .exits(0)
        .says("(acme-api-key)  HIGH\n")
        .says("found at      a.txt:1:7\n")
        .says("              b.txt:2:7\n");
    place
        .run(["explain", "--report", "report.json", "00"])
        .exits(1)
        .warns("report.json: no finding has the fingerprint 00\n");
    place.write("other.json", "{}");
    for file in ["other.json", "a.txt", "none.json"] {
        place
            .run(["explain", "--report", file, "00"])
            .exits(2)
            .warns(file);
    }
    place.run(["explain", "--report", "report.json"]).exits(2);
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let place = Place::new();
    place
        .run_with_input(["explain"], b" \n")
        .exits(2)
        .warns("-: nothing was read");
    place
        .run(["explain", "--file", "none"])
        .exits(2)
        .warns("none: cannot read the file");
    place.write("a.txt", "x");
    place
        .run(["explain", "--file", "a.txt", "a.txt:1"])
        .exits(2);
}

#[test]
fn many_kinds_are_known_by_their_form_alone() {
    for rule in [
        "github-personal-access-token",
        "aws-access-key-id",
        "stripe-secret-key",
        "cloudflare-user-api-token",
        "tailscale-auth-key",
        "age-secret-key",
        "wallet-stellar-secret-seed",
    ] {
        let secret = secret(rule, 3);
        Place::new()
            .run_with_input(["explain"], secret.as_bytes())
            .exits(0)
            .says(&format!("({rule})"))
            .hides(&secret);
    }
}
