//! Values of a configuration, and what wins over them.

use crate::harness::{ACME, Place};

fn place(config: &str) -> Place {
    let place = Place::with_acme_rules();
    place.write(".git/HEAD", "ref: refs/heads/main\n");
    place.write("one.txt", format!("key = {}\n", ACME[0]));
    place.write("keysift.toml", config);
    place
}

#[test]
fn limits_and_formats_come_from_the_file_unless_typed() {
    let place = place("[limits]\nmax_file_size = 10\nthreads = 1\n[output]\nformats = ['jsonl']\n");
    // A filter that leaves nothing to scan is a mistake.
    let outcome = place.scan_acme(&[]).exits(2);
    assert_eq!(outcome.lines_of("finding").len(), 0);
    assert_eq!(outcome.lines_of("summary")[0]["threads"], 1);
    let typed = place.scan_acme(&[
        "--max-file-size",
        "1K",
        "--format",
        "text",
        "--threads",
        "2",
    ]);
    typed.exits(1).says("1 finding in 1 file");
}

#[test]
fn grades_and_the_least_confidence_are_the_files() {
    let place = place(
        "[rules]\nconfidence = { 'acme-api-key' = 'low' }\nseverity = { 'acme-*' = 'critical' }\n",
    );
    place
        .scan_acme(&[])
        .exits(0)
        .says("confidence  below the least confidence asked for");
    place
        .scan_acme(&["--min-confidence", "low"])
        .exits(1)
        .says("CRITICAL");
    place.write(
        "keysift.toml",
        "[output]\nmin_confidence = 'low'\n[rules]\nconfidence = { 'acme-*' = 'low' }\n",
    );
    place.scan_acme(&[]).exits(1);
    place.scan_acme(&["--min-confidence", "high"]).exits(0);
}

#[test]
fn only_what_is_included_is_scanned() {
    let place = place("[paths]\ninclude = ['/src/']\n");
    place.write("src/two.txt", format!("key = {}\n", ACME[1]));
    place
        .scan_acme(&[])
        .exits(1)
        .says("src/two.txt")
        .says("1 finding in 1 file");
    place
        .scan_acme(&["one.txt"])
        .exits(0)
        .says("excluded-path  the configuration leaves its path out");
}

#[test]
fn a_file_that_was_found_may_not_write() {
    let place = place("[output]\nformats = ['json=stolen']\n");
    place
        .scan_acme(&[])
        .exits(2)
        .warns("only a file that the user names may have a report written to a file");
    assert!(!place.path().join("stolen").exists());
    place.write("../ci.toml", "[output]\nformats = ['json=report.json']\n");
    place.write("keysift.toml", "");
    place.scan_acme(&["--config", "../ci.toml"]).exits(1);
    assert!(place.read("report.json").contains("acme-api-key"));
}

#[test]
fn a_format_that_is_none_is_refused() {
    place("[output]\nformats = ['jsn']\n")
        .scan_acme(&[])
        .exits(2)
        .warns("keysift.toml: \"formats\": no format is called \"jsn\"");
}

#[test]
fn a_configuration_that_leaves_no_rule_is_no_clean_scan() {
    place("[rules]\ndisable = ['*']\n").scan_acme(&[]).exits(2);
}

#[test]
fn a_filter_that_leaves_no_file_is_no_clean_scan() {
    place("[paths]\nexclude = ['*']\n")
        .scan_acme(&[])
        .exits(2)
        .says("everything was skipped");
}
