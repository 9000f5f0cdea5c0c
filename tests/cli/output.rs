//! Where a report goes.

use crate::findings::place;
use crate::harness::{ACME, Outcome, Place};

#[test]
fn a_report_in_a_file_is_the_one_that_standard_output_gets() {
    let place = place();
    let arguments = ["--order", "by-origin", "--format", "jsonl"];
    let shown = place.scan_acme(&arguments).exits(1);
    let to_file = [&arguments[..], &["--output", "../report"]].concat();
    let outcome = place.scan_acme(&to_file).exits(1);
    assert_eq!((&*outcome.stdout, &*outcome.stderr), ("", ""));
    let written = Outcome {
        stdout: place.read("../report"),
        ..outcome
    };
    assert_eq!(written.lines_of("finding"), shown.lines_of("finding"));
    assert_eq!(written.lines_of("finding").len(), 4);
    assert_eq!(written.lines_of("summary").len(), 1);
}

#[test]
fn a_report_in_a_file_replaces_the_one_before() {
    let place = place();
    place.write("../report", "x".repeat(1 << 20));
    let arguments = ["--format", "json", "--output", "../report"];
    place.scan_acme(&arguments).exits(1);
    let document: serde_json::Value = serde_json::from_str(&place.read("../report")).unwrap();
    assert_eq!(document["summary"]["findings"], 4);
}

#[test]
fn a_report_that_cannot_be_written_is_refused() {
    let place = place();
    place.scan_acme(&["--output", "no/such/report"]).refuses(
        "error: no/such/report: cannot write the report: No such file or directory (os error 2)\n",
    );
}

/// Findings that nobody saw must not end as clean, nor as all there is.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_incomplete() {
    let place = place();
    let outcome = place
        .scan_acme(&["--output", "/dev/full"])
        .warns("error: cannot write the findings: No space left on device (os error 28)\n");
    assert!(matches!(outcome.code, Some(2 | 3)), "{outcome:#?}");
}

#[test]
fn standard_error_is_silent_unless_something_is_wrong() {
    let place = place();
    for format in ["text", "json", "jsonl"] {
        let outcome = place.scan_acme(&["--format", format]).exits(1);
        assert_eq!(outcome.stderr, "", "{format}");
    }
}

#[test]
fn colours_are_used_when_asked_for_alone() {
    let place = Place::with_acme_rules();
    place.write("a.txt", ACME[0]);
    place.scan_acme(&[]).exits(1).hides("\x1b");
    place
        .scan_acme(&["--color", "never"])
        .exits(1)
        .hides("\x1b");
    place
        .scan_acme(&["--color", "always"])
        .exits(1)
        .says("\x1b[31mHIGH\x1b[0m");
}

#[test]
fn a_report_of_nothing_is_complete_in_every_format() {
    let place = Place::with_acme_rules();
    place.write("a.txt", "nothing here\n");
    let document = place.scan_acme(&["--format", "json"]).exits(0).json();
    assert_eq!(document["version"], 1);
    assert_eq!(document["tool"]["name"], "keysift");
    assert_eq!(document["tool"]["version"], "[version]");
    assert_eq!(document["findings"], serde_json::json!([]));
    assert_eq!(document["unscanned"], serde_json::json!([]));
    assert_eq!(document["summary"]["blobs"], 1);
    assert_eq!(document["summary"]["incomplete"], false);
    let lines = place.scan_acme(&["--format", "jsonl"]).exits(0);
    assert_eq!(lines.stdout.lines().count(), 1);
    assert_eq!(lines.lines_of("summary")[0]["rules"], 3);
}

#[test]
fn one_scan_writes_several_reports() {
    let place = place();
    let outcome = place
        .scan_acme(&[
            "-f",
            "json=../a.json",
            "-f",
            "text",
            "--format=sarif=../b=c.sarif",
        ])
        .exits(1)
        .says("4 findings");
    assert_eq!(outcome.stderr, "");
    let json: serde_json::Value = serde_json::from_str(&place.read("../a.json")).unwrap();
    assert_eq!(json["summary"]["findings"], 4);
    let sarif: serde_json::Value = serde_json::from_str(&place.read("../b=c.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 4);
}

#[test]
fn a_report_without_a_file_of_its_own_goes_to_the_output() {
    let place = place();
    let arguments = ["-f", "json", "-f", "csv=../a.csv", "-o", "../b"];
    let outcome = place.scan_acme(&arguments).exits(1);
    assert_eq!((&*outcome.stdout, &*outcome.stderr), ("", ""));
    assert!(place.read("../a.csv").starts_with("\"type\""));
    assert!(place.read("../b").starts_with("{\"version\""));
}

#[test]
fn each_report_has_a_place_of_its_own() {
    let place = place();
    place.scan_acme(&["-f", "json", "-f", "text"]).refuses(
        "error: --format: json and text would go to the same place\n\
         hint: give one a file of its own: --format text=FILE\n",
    );
    place.scan_acme(&["-f", "json=x", "-o", "y"]).refuses(
        "error: --output y: every format has a file of its own\n\
         hint: leave --output out, or give it one more --format\n",
    );
    place.scan_acme(&["-f", "json=x", "-f", "csv=x"]).refuses(
        "error: x: two reports would go to this file\n\
         hint: give each report a file of its own\n",
    );
}

/// What a format cannot say is said elsewhere.
#[test]
fn coverage_goes_to_standard_error_where_the_format_has_no_place_for_it() {
    let place = place();
    let outcome = place
        .scan_acme(&["--format", "gitleaks"])
        .exits(1)
        .warns("4 findings in ");
    assert_eq!(outcome.json().as_array().unwrap().len(), 4);
    let outcome = place
        .scan_acme(&["-f", "gitleaks", "-f", "jsonl=../a.jsonl"])
        .exits(1);
    assert_eq!(outcome.stderr, "");
}
