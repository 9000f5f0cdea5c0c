//! Findings, in every format, with any number of threads.

use serde_json::Value;

use crate::harness::{ACME, Place, is_golden, npm_token};

/// Some files with findings of three rules, and what checks drop.
pub(crate) fn place() -> Place {
    let place = Place::with_acme_rules();
    place.write(
        "deploy/settings.py",
        format!(
            "# Settings\r\n\
             \tapi_key = \"{first}\"  # production\r\n\
             old = \"{second}\", older = \"{third}\"\n\
             acme_password = \"hunter2hunter2\"\n\
             acme_pin = 48151623\n",
            first = ACME[0],
            second = ACME[1],
            third = ACME[2],
        ),
    );
    place.write(
        "docs/manual.md",
        "Put `acme_xxxxxxxxxxxxxxxxxxxxxxxx` into the settings.\n",
    );
    place.write(
        "tests/fixture.json",
        format!(
            "{{\"key\": \"{}\"}} // keysift:allow acme-api-key\n",
            ACME[0]
        ),
    );
    place.write("readme.txt", "nothing here\n");
    place
}

#[test]
fn findings_are_shown_with_what_to_do_and_exit_with_1() {
    let outcome = place().scan_acme(&[]).exits(1);
    is_golden("findings.txt", &outcome.stdout);
    assert_eq!(outcome.stderr, "");
}

#[test]
fn explain_shows_what_was_dropped_and_why() {
    let outcome = place().scan_acme(&["--explain"]).exits(1);
    is_golden("explained.txt", &outcome.stdout);
    assert_eq!(outcome.stderr, "");
}

#[test]
fn what_was_dropped_alone_is_no_finding() {
    let place = Place::with_acme_rules();
    place.write("a.md", "acme_xxxxxxxxxxxxxxxxxxxxxxxx\n");
    let outcome = place
        .scan_acme(&["--explain"])
        .exits(0)
        .says("  1:1  dropped  Acme API key (acme-api-key)\n")
        .says("dropped 1 match:\n");
    assert!(outcome.stdout.contains("nothing found"), "{outcome:#?}");
}

#[test]
fn confidence_below_the_least_is_left_out() {
    let place = place();
    for (least, expected) in [
        ("low", &["acme-api-key", "acme-guess", "acme-password"][..]),
        ("medium", &["acme-api-key", "acme-password"]),
        ("high", &["acme-api-key"]),
    ] {
        let found = place
            .scan_acme(&["--format", "json", "--min-confidence", least])
            .exits(1)
            .json();
        let mut rules: Vec<&str> = list(&found, "findings")
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        assert_eq!(rules, expected, "{least}");
    }
    let default = place.scan_acme(&["--format", "json"]).json();
    let medium = place
        .scan_acme(&["--format", "json", "--min-confidence", "medium"])
        .json();
    assert_eq!(default["findings"], medium["findings"]);
}

fn list<'a>(document: &'a Value, key: &str) -> &'a [Value] {
    document[key].as_array().map_or(&[], Vec::as_slice)
}

/// Path, line, column and rule of every finding, as text tells them.
fn places_in_text(text: &str) -> Vec<String> {
    let mut path = "";
    let mut places = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_heading = line.starts_with("  ")
            && !line.starts_with("   ")
            && words[0]
                .split(':')
                .all(|number| number.parse::<u64>().is_ok());
        if is_heading && words[1] != "dropped" {
            let rule = words
                .iter()
                .find_map(|word| {
                    word.strip_prefix('(')?
                        .trim_end_matches(',')
                        .strip_suffix(')')
                })
                .unwrap();
            places.push(format!("{path}:{} {rule}", words[0]));
        } else if !line.starts_with(' ') && words.len() == 1 {
            path = line;
        }
    }
    places
}

fn place_in_json(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap().to_owned();
    format!(
        "{}:{}:{} {}",
        text("path"),
        finding["line"],
        finding["column"],
        text("rule")
    )
}

#[test]
fn every_format_tells_the_same_findings() {
    let place = place();
    let arguments = |format| ["--order", "by-origin", "--explain", "--format", format];
    let document = place.scan_acme(&arguments("json")).exits(1).json();
    let lines = place.scan_acme(&arguments("jsonl")).exits(1);
    let text = place.scan_acme(&arguments("text")).exits(1);

    let in_json: Vec<String> = list(&document, "findings")
        .iter()
        .map(place_in_json)
        .collect();
    assert_eq!(
        in_json,
        [
            "deploy/settings.py:2:13 acme-api-key",
            "deploy/settings.py:3:8 acme-api-key",
            "deploy/settings.py:3:49 acme-api-key",
            "deploy/settings.py:4:18 acme-password",
        ]
    );
    let in_lines: Vec<String> = lines
        .lines_of("finding")
        .iter()
        .map(place_in_json)
        .collect();
    assert_eq!(in_lines, in_json);
    assert_eq!(places_in_text(&text.stdout), in_json);

    for (listed, kind) in [("findings", "finding"), ("dropped", "dropped")] {
        let mut records = lines.lines_of(kind);
        for record in &mut records {
            let record = record.as_object_mut().unwrap();
            record.remove("type");
            record.remove("version");
        }
        let mut listed_records = list(&document, listed).to_vec();
        for record in &mut listed_records {
            // A stream does not number secrets.
            record.as_object_mut().unwrap().remove("secret_id");
        }
        assert_eq!(listed_records, records, "{listed}");
    }
    let reasons: Vec<&str> = list(&document, "dropped")
        .iter()
        .map(|dropped| dropped["dropped"]["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, ["confidence", "entropy", "inline-comment"]);
    let summary = &lines.lines_of("summary")[0];
    for key in ["blobs", "bytes", "findings", "dropped", "incomplete"] {
        assert_eq!(summary[key], document["summary"][key], "{key}");
    }
    assert_eq!(summary["findings"], 4);
}

#[test]
fn one_thread_or_four_give_the_same_report() {
    let place = Place::with_acme_rules();
    for number in 0..60 {
        let text = format!(
            "{}\nkey = {}\n",
            "\n".repeat(number),
            npm_token(number as u64)
        );
        place.write(format!("{}/{number}/settings.py", number % 7), text);
    }
    for format in ["text", "json"] {
        let report = |threads: &str| {
            let arguments = [
                "scan",
                "--explain",
                "--format",
                format,
                "--threads",
                threads,
            ];
            let outcome = place.run(arguments).exits(1);
            if format == "text" {
                return outcome.stdout;
            }
            let mut document = outcome.json();
            let summary = document["summary"].as_object_mut().unwrap();
            summary.remove("elapsed_seconds");
            assert_eq!(summary.remove("threads").unwrap().to_string(), threads);
            document.to_string()
        };
        assert_eq!(report("1"), report("4"), "{format}");
    }
    let found = |threads: &str| {
        let arguments = ["scan", "--format", "jsonl", "--threads", threads];
        let mut found: Vec<String> = place
            .run(arguments)
            .exits(1)
            .lines_of("finding")
            .iter()
            .map(Value::to_string)
            .collect();
        found.sort();
        found
    };
    assert_eq!(found("1"), found("4"));
}

#[test]
fn every_prefilter_gives_the_same_report() {
    let place = place();
    let scan = ["scan", "--rules", "../acme.toml", "--explain"];
    let by_flag = |prefilter: &str| {
        let flag = ["--prefilter", prefilter];
        place.run(scan.into_iter().chain(flag)).exits(1).stdout
    };
    let by_environment = |prefilter: &str| {
        let mut command = place.command(scan);
        command.env("KEYSIFT_PREFILTER", prefilter);
        let child = command.spawn().unwrap();
        place.outcome(child).exits(1).stdout
    };
    let expected = by_flag("fastest");
    for prefilter in ["avx512", "avx2", "neon", "grams", "automaton"] {
        assert_eq!(by_flag(prefilter), expected, "{prefilter}");
        assert_eq!(by_environment(prefilter), expected, "{prefilter}");
    }
}

#[test]
fn a_fingerprint_is_the_same_wherever_a_secret_stands() {
    let place = Place::with_acme_rules();
    place.write("a.txt", format!("key = {}\n", ACME[0]));
    place.write("b/c.yml", format!("\n\n  - {}\n", ACME[0]));
    place.write("d.txt", ACME[1]);
    place.write("../key", "an example of a long key");
    let fingerprints = |arguments: &[&str]| -> Vec<String> {
        let arguments = [&["--format", "json"], arguments].concat();
        let found = place.scan_acme(&arguments).exits(1).json();
        list(&found, "findings")
            .iter()
            .map(|finding| finding["fingerprint"].to_string())
            .collect()
    };
    let plain = fingerprints(&[]);
    assert_eq!(plain[0], plain[1]);
    assert_ne!(plain[0], plain[2]);
    assert_eq!(plain, fingerprints(&["--show-secrets"]));
    let keyed = fingerprints(&["--fingerprint-key", "../key"]);
    assert_eq!(keyed[0], keyed[1]);
    assert_ne!(keyed, plain);
}

#[test]
fn a_fingerprint_key_that_can_be_guessed_is_refused() {
    let place = Place::new();
    place.write("key", "short");
    place.run(["scan", "--fingerprint-key", "key"]).refuses(
        "error: key: a fingerprint key of 5 bytes can be guessed\n\
             hint: make one with `head -c 32 /dev/urandom > FILE`\n",
    );
    place.run(["scan", "--fingerprint-key", "none"]).refuses(
        "error: none: cannot read the fingerprint key: No such file or directory (os error 2)\n",
    );
}
