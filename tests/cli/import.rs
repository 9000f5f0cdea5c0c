//! Files of other scanners: imported, and used as they are.

use crate::harness::Place;

const GITLEAKS: &str = r#"
[[rules]]
id = "acme_key"
description = "An Acme key"
regex = '''acme[=: ]+([a-z0-9]{16})'''
entropy = 2.0
keywords = ["acme"]
[[allowlists]]
stopwords = ["fixture"]
"#;

const BASELINE: &str =
    r#"{ "version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {} }"#;

const KINGFISHER: &str =
    "rules:\n  - name: Acme\n    id: kingfisher.acme.1\n    pattern: 'acme_([a-z0-9]{16})'\n";

const TRUFFLEHOG: &str =
    "detectors:\n  - name: Acme\n    keywords: [acme]\n    regex: { key: 'acme_([a-z0-9]{16})' }\n";

fn place() -> Place {
    let place = Place::new();
    place.write(".gitleaks.toml", GITLEAKS);
    place.write(".secrets.baseline", BASELINE);
    place.write("kingfisher.yml", KINGFISHER);
    place.write("noseyparker.yml", KINGFISHER.replace("kingfisher", "np"));
    place.write("trufflehog.yaml", TRUFFLEHOG);
    place.write("a.txt", "acme=q7rt2yu9oa4sd6fg\nacme: fixture9oa4sd6fg\n");
    place
}

#[test]
fn rules_of_gitleaks_are_used_as_they_are_and_as_they_are_written() {
    let place = place();
    let used = place.run([
        "scan",
        "a.txt",
        "--rules",
        ".gitleaks.toml",
        "--rules-only",
        "--format",
        "json",
    ]);
    let used = used.exits(1).json();
    assert_eq!(used["findings"].as_array().unwrap().len(), 1);
    assert_eq!(used["findings"][0]["rule"], "acme_key");

    let written = place.run(["import", ".gitleaks.toml"]).exits(0);
    assert_eq!(
        written.stderr,
        ".gitleaks.toml: gitleaks file, 1 rules, 0 accepted findings; 0 errors, 0 warnings, 0 notes\n"
    );
    place.write("ours.toml", written.stdout);
    let again = place.run([
        "scan",
        "a.txt",
        "--rules",
        "ours.toml",
        "--rules-only",
        "--format",
        "json",
    ]);
    assert_eq!(again.exits(1).json()["findings"], used["findings"]);
}

#[test]
fn what_is_lost_is_said_and_is_no_success() {
    let place = Place::new();
    place.write("lossy.toml", "[[rules]]\nid = 'a-b'\nregex = '(?!x)acme'\n[[rules]]\nid = 'c-d'\nregex = 'acme_[a-z]{8}'\n");
    let outcome = place.run(["import", "lossy.toml"]).exits(2);
    outcome
        .warns("error: lossy.toml: rule \"a-b\": regex: a look-ahead has no equal; the rule is left out\n")
        .says("id = \"c-d\"");
    place.write("a.txt", "nothing\n");
    place
        .run(["scan", "a.txt", "--rules", "lossy.toml"])
        .exits(2)
        .warns("error: lossy.toml: 1 things in it have no equal\nhint: `keysift import lossy.toml` writes what can be used");
}

#[test]
fn a_file_that_is_nobodys_is_refused() {
    let place = Place::new();
    place.write("notes.txt", "hello\n");
    place.run(["import", "notes.txt"]).refuses(
        "error: notes.txt: no scanner's file that is known: say with --from whose it is\n",
    );
    place
        .run(["import", "notes.txt", "--from", "gitlaeks"])
        .exits(2)
        .warns("a similar value exists: 'gitleaks'");
}

#[test]
fn files_are_written_once_and_never_over_others() {
    let place = place();
    place
        .run(["import", ".gitleaks.toml", "--output", "keysift"])
        .exits(0)
        .warns("wrote keysift/gitleaks-rules.toml\n");
    assert!(
        place
            .read("keysift/gitleaks-rules.toml")
            .contains("acme_key")
    );
    place
        .run(["import", ".gitleaks.toml", "--output", "keysift"])
        .exits(2)
        .warns("the file is there already");
}

#[test]
fn rules_alone_need_a_file() {
    Place::new()
        .run(["scan", "--rules-only"])
        .exits(2)
        .warns("--rules <FILE>");
}

#[test]
fn a_hostile_name_of_a_rule_is_escaped() {
    let place = Place::new();
    place.write(
        "evil.toml",
        "[[rules]]\nid = \"a\\u001b[31m\"\nregex = '(?=x)'\n",
    );
    place.run(["import", "evil.toml"]).exits(2).hides("\u{1b}");
}

/// Every command of the page, in a directory that has the files it names.
#[test]
fn the_commands_of_the_page_can_be_run() {
    let page = include_str!("../../docs/moving.md");
    let mut count = 0;
    let blocks = page
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    for line in blocks.flat_map(str::lines) {
        let command = line.split('#').next().unwrap_or_default().trim();
        let args = command
            .strip_prefix("keysift ")
            .unwrap_or_else(|| panic!("{line}"));
        let outcome = place().run(args.split_whitespace());
        assert!(matches!(outcome.code, Some(0 | 1)), "{line}: {outcome:#?}");
        count += 1;
    }
    assert!(count > 7);
}

#[test]
fn files_at_the_top_of_what_is_scanned_have_a_say_and_it_is_said() {
    let place = Place::with_acme_rules();
    let secret = crate::harness::ACME[0];
    place.write("tree/a.txt", format!("x = {secret}\n"));
    let scan = |args: &[&str]| {
        let ours = [
            "scan",
            "tree",
            "--rules",
            "../acme.toml",
            "--enable",
            "acme-*",
        ];
        place.run(ours.iter().chain(args).copied())
    };
    scan(&[]).exits(1);
    place.write("tree/.gitleaksignore", "a.txt:acme-api-key:1\n");
    scan(&[])
        .exits(0)
        .warns(".gitleaksignore: 1 finding not reported\n");
    scan(&["--no-config"]).exits(1);
    place.write("tree/.gitleaksignore", "a.txt:acme-api-key:2\n");
    scan(&[]).exits(1);
    place.write(
        "tree/.gitleaks.toml",
        "[extend]\nuseDefault = true\n[allowlist]\npaths = ['^a\\.txt$']\n",
    );
    scan(&[])
        .exits(0)
        .warns(".gitleaks.toml: 1 finding not reported\n");
    place.write(
        "tree/.gitleaks.toml",
        "[[rules]]\nid = 'a-b'\nregex = '(?=x)y'\n",
    );
    let outcome = scan(&[]).exits(3);
    let said = outcome.stdout + &outcome.stderr;
    assert!(said.contains("a look-ahead has no equal"), "{said}");
}

#[test]
fn a_baseline_may_be_another_scanners() {
    let place = Place::with_acme_rules();
    let secret = crate::harness::ACME[0];
    place.write("a.txt", format!("x = {secret}\n"));
    let report = format!(
        "[{{\"RuleID\":\"other\",\"File\":\"a.txt\",\"StartLine\":1,\"Secret\":\"{secret}\"}}]"
    );
    place.write("../report.json", report);
    place
        .scan_acme(&["a.txt", "--baseline", "../report.json"])
        .exits(0)
        .hides(secret);
    place.scan_acme(&["a.txt"]).exits(1);
}
