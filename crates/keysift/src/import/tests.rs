use std::fs;
use std::sync::Arc;

use keysift_core::{Blob, Finding, Origin, Scanner, ScannerOptions};

use super::*;
use crate::screen::Screen as _;

fn imported(text: &str) -> Import {
    import("other", text, None, Trust::Named).unwrap()
}

/// What the differences of a weight say.
fn told(import: &Import, weight: Weight) -> Vec<String> {
    let of = import
        .differences()
        .iter()
        .filter(|difference| difference.weight == weight);
    of.map(Difference::to_string).collect()
}

fn scan(import: &Import, path: &str, text: &str) -> Vec<Finding> {
    let options = ScannerOptions {
        keep_lines: true,
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(import.rule_set().unwrap(), options).unwrap();
    let origin = Arc::new(Origin::File(path.into()));
    let blob = Blob {
        origin: &origin,
        bytes: text.as_bytes(),
        changed: None,
    };
    let mut findings = Vec::new();
    scanner.scan(&mut scanner.scratch(), blob, &mut |finding| {
        findings.push(finding)
    });
    findings
}

fn secrets(findings: &[Finding]) -> Vec<String> {
    let text = |finding: &Finding| String::from_utf8_lossy(finding.secret.expose()).into_owned();
    findings.iter().map(text).collect()
}

const GITLEAKS: &str = r#"
TITLE = "ours"
[[rules]]
ID = "acme_key"
Description = "An Acme key"
REGEX = '''acme[=: ]+(?P<value>[a-z0-9]{16}|{none})'''
secretGroup = "1"
entropy = 2
keywords = ["Acme"]
tags = ["x"]
[[rules.allowlists]]
condition = "AND"
paths = ['^tests/']
regexes = ['acme=']
regexTarget = "match"
[[allowlists]]
stopwords = ["fixture"]
[[allowlists]]
targetRules = ["acme_key"]
regexes = ['^0']
"#;

#[test]
fn a_configuration_of_gitleaks_keeps_its_meaning() {
    let import = imported(GITLEAKS);
    assert_eq!(import.differences(), []);
    assert_eq!((import.kind(), import.rule_count()), (Kind::Gitleaks, 1));
    let text = "acme=q7rt2yu9oa4sd6fg\nacme: 07rt2yu9oa4sd6fg\nacme: fixture9oa4sd6fg\nacme: w7rt2yu9oa4sd6fg\n";
    assert_eq!(
        secrets(&scan(&import, "src/a", text)),
        ["q7rt2yu9oa4sd6fg", "w7rt2yu9oa4sd6fg"]
    );
    assert_eq!(
        secrets(&scan(&import, "tests/a", text)),
        ["w7rt2yu9oa4sd6fg"]
    );
}

#[test]
fn what_is_written_is_read_again_as_the_same() {
    let import = imported(GITLEAKS);
    let again = keysift_core::RuleSet::parse("again", &import.rules_text()).unwrap();
    let rule = |set: &keysift_core::RuleSet| format!("{:?}", set.get("acme_key").unwrap().allow);
    assert_eq!(rule(&again), rule(&import.rule_set().unwrap()));
    assert_eq!(import.config_for_others(), "");
    let over_default =
        imported("[extend]\nuseDefault = true\n[allowlist]\nstopwords = ['fixture']\n");
    assert!(
        over_default
            .config_for_others()
            .contains("stop_words = [\"fixture\"]")
    );
}

#[test]
fn what_has_no_equal_is_named_by_key_and_place() {
    let import = imported(
        r#"
[extend]
useDefault = true
disabledRules = ["generic-api-key"]
[[rules]]
id = "a-file"
path = '\.p12$'
[[rules]]
id = "ahead"
regex = '(?=x)abcd'
[[rules]]
id = "base"
[[rules.allowlists]]
regexes = ['a']
[[rules]]
id = "spelt"
regex = 'abcd'
keyword = ["abcd"]
[[rules]]
id = "empty"
regex = 'abcd'
[rules.allowlist]
description = "nothing"
"#,
    );
    let errors = told(&import, Weight::Error);
    assert!(
        errors
            .iter()
            .any(|it| it.contains("\"ahead\": regex: a look-ahead")),
        "{errors:?}"
    );
    assert!(
        errors
            .iter()
            .any(|it| it.contains("\"empty\": allowlist 1: commits")),
        "{errors:?}"
    );
    assert_eq!(errors.len(), 2, "{errors:?}");
    let warnings = told(&import, Weight::Warning);
    for part in [
        "extend: useDefault:",
        "extend: disabledRules: \"generic-api-key\"",
        "rule \"a-file\": path:",
        "rule \"base\": regex:",
        "rule \"spelt\": keyword: an unknown key, which is read past, did you mean \"keywords\"?",
    ] {
        assert!(
            warnings.iter().any(|it| it.contains(part)),
            "{part}: {warnings:?}"
        );
    }
    assert_eq!(import.rule_count(), 2);
    assert!(import.uses_builtin());
}

/// The id is required in two lines of the key, and only an address of its own is enough for the other one.
const COMPOSITE: &str = r#"
[[rules]]
id = "acme-key"
regex = 'acme_key=([a-z0-9]{16})'
[[rules.required]]
id = "acme-id"
withinLines = 2
[[rules]]
id = "acme-id"
regex = 'acme_id=(?P<value>[0-9]{6})'
skipReport = true
entropy = 1
[[rules]]
id = "acme-token"
regex = 'acme_token=([a-z0-9]{16})'
[[rules.required]]
id = "acme-host"
withinColumns = "4"
[[rules]]
id = "acme-host"
regex = 'acme_host=([a-z]{4})'
"#;

#[test]
fn a_rule_that_requires_another_one_is_reported_beside_it_alone() {
    let import = imported(COMPOSITE);
    assert_eq!(
        told(&import, Weight::Warning),
        [
            "warning: other: rule \"acme-key\": required: acme-id is looked for within 1024 bytes of a match, and not in all of a piece of the file; its entropy is not asked",
            "warning: other: rule \"acme-token\": required: acme-host is looked for within 1024 bytes of a match, and not in all of a piece of the file",
        ]
    );
    assert_eq!(
        told(&import, Weight::Note),
        [
            "note: other: rule \"acme-id\": skipReport: the rule reports nothing itself, and is looked for beside those that require it"
        ]
    );
    assert!(told(&import, Weight::Error).is_empty());
    let found = |text: &str| secrets(&scan(&import, "a", text));
    let key = "acme_key=q7rt2yu9oa4sd6fg";
    for text in [
        format!("acme_id=123456\n{key}\n"),
        format!("{key}\n\nacme_id=123456\n"),
        format!("acme_id=123456 {key}"),
    ] {
        let findings = scan(&import, "a", &text);
        assert_eq!(secrets(&findings), ["q7rt2yu9oa4sd6fg"], "{text:?}");
        // What it requires may be a secret itself.
        assert!(findings[0].parts.is_empty());
    }
    for text in [
        format!("{key}\n"),
        "acme_id=123456\n".to_owned(),
        format!("acme_id=123456\n\n\n{key}\n"),
        format!("acme_id=12345x\n{key}\n"),
    ] {
        assert!(found(&text).is_empty(), "{text:?}");
    }
    let token = "acme_token=w7rt2yu9oa4sd6fg";
    assert_eq!(
        found(&format!("    acme_host=abcd\n\n\n\n{token}\n")).len(),
        2
    );
    assert_eq!(found(&format!("     acme_host=abcd\n{token}\n")), ["abcd"]);
}

#[test]
fn a_rule_that_requires_what_is_not_there_is_left_out_and_named() {
    for (from, to, said) in [
        (
            "id = \"acme-id\"\nwithin",
            "id = \"acme-di\"\nwithin",
            "\"acme-di\" is no rule of this file; the rule is left out",
        ),
        (
            "regex = 'acme_id=",
            "path = 'acme_id=",
            "\"acme-id\" has no regex; the rule is left out",
        ),
        ("[0-9]{6}", "[0-9]{6,}", "can be longer than 1024 bytes"),
    ] {
        let text = COMPOSITE.replace(from, to);
        assert_ne!(text, COMPOSITE);
        let import = imported(&text);
        let errors = told(&import, Weight::Error);
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert!(errors[0].contains("rule \"acme-key\""), "{errors:#?}");
        assert!(errors[0].contains(said), "{errors:#?}");
    }
}

#[test]
fn components_of_betterleaks_are_required_beside_a_rule() {
    let text = COMPOSITE
        .replace("[[rules.required]]", "[[rules.components]]")
        .replace("withinLines = 2", "within = '2L,100C'");
    let text = format!("prefilter = 'false'\n{text}");
    let import = imported(&text);
    assert!(told(&import, Weight::Error).is_empty());
    let key = "acme_key=q7rt2yu9oa4sd6fg";
    let found = |text: &str| secrets(&scan(&import, "a", text)).len();
    assert_eq!(found(&format!("acme_id=123456\n{key}\n")), 1);
    assert_eq!(
        found(&format!("{}acme_id=123456\n{key}\n", " ".repeat(101))),
        0
    );
    assert_eq!(found(&format!("acme_id=123456\n\n\n{key}\n")), 0);
}

#[test]
fn a_start_without_a_bound_is_given_one() {
    let import = imported("[[rules]]\nid = 'a-b'\nregex = '.*acme_([a-z]{8}).+'\n");
    assert_eq!(told(&import, Weight::Error), [""; 0]);
    assert_eq!(
        secrets(&scan(&import, "a", "x acme_qwertyui;\n")),
        ["qwertyui"]
    );
}

#[test]
fn a_pattern_without_anything_to_look_for_is_an_error() {
    let import = imported("[[rules]]\nid = 'a-b'\nregex = '[0-9a-f]{32}'\n");
    assert!(
        told(&import, Weight::Error)[0].contains("literal"),
        "{:?}",
        import.differences()
    );
}

#[test]
fn files_that_extend_each_other_are_merged_and_never_followed_in_a_circle() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "base.toml",
        "[[rules]]\nid = 'a-b'\nregex = 'acme_([a-z]{8})'\nkeywords = ['acme']\n[[rules]]\nid = 'gone'\nregex = 'gone_[a-z]{8}'\n",
    );
    write(
        "child.toml",
        "[extend]\npath = 'base.toml'\ndisabledRules = ['gone', 'never']\n[[rules]]\nid = 'a-b'\nentropy = 2.5\n[[rules.allowlists]]\nstopwords = ['demo']\n",
    );
    let read = |name: &str| import_file(&folder.path().join(name), None, Trust::Named);
    let import = read("child.toml").unwrap();
    assert_eq!(import.rule_count(), 1);
    assert_eq!(told(&import, Weight::Warning).len(), 1);
    let text = "acme_qwertyui acme_demoqwer acme_aabbaabb\n";
    assert_eq!(secrets(&scan(&import, "a", text)), ["qwertyui"]);

    write("circle.toml", "[extend]\npath = 'other.toml'\n");
    write("other.toml", "[extend]\npath = 'circle.toml'\n");
    let error = read("circle.toml").unwrap_err().to_string();
    assert!(error.contains("comes back"), "{error}");
}

#[test]
fn a_file_that_was_found_names_no_file_outside_of_its_tree() {
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    fs::create_dir(&tree).unwrap();
    fs::write(folder.path().join("outside.toml"), "made up = secret\n").unwrap();
    fs::write(
        tree.join(".gitleaks.toml"),
        "[extend]\npath = '../outside.toml'\n",
    )
    .unwrap();
    let mut others = Others::default();
    others.discover(&tree).unwrap();
    let error = others.screen.unusable()[0].message.clone().unwrap();
    assert!(
        error.contains("outside of it") && !error.contains("made up"),
        "{error}"
    );
}

#[test]
fn hostile_files_are_errors_and_neither_panic_nor_take_long() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for level in 1..30 {
        let name = format!("*a{},", level - 1).repeat(9);
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            name.trim_end_matches(',')
        ));
    }
    bomb.push_str("rules: *a29\n");
    assert!(import("bomb", &bomb, Some(Kind::Kingfisher), Trust::Named).is_err());
    for kind in Kind::ALL {
        for text in [
            "",
            "[",
            "{",
            "- - -",
            "\u{0}",
            "[[rules]]\nid = 1",
            "rules: 1",
            "detectors: [1]",
            &"[".repeat(20_000),
        ] {
            let _ = import("x", text, Some(*kind), Trust::Named);
        }
    }
    let blown = "[[rules]]\nid = 'a-b'\nregex = 'abcd((x{1000}){1000}){1000}'\n";
    assert!(!told(&imported(blown), Weight::Error).is_empty());
}

#[test]
fn rules_in_yaml_keep_their_requirements() {
    let text = r"
rules:
  - name: Acme
    id: kingfisher.acme.1
    pattern: '(?x) acme_ (?# the value ) ( [A-Za-z0-9]{12} )'
    min_entropy: 2.0
    confidence: high
    pattern_requirements:
      min_digits: 2
      min_uppercase: 1
      ignore_if_contains: ['TEST']
      checksum: { actual: { template: a }, expected: b }
    validation: { type: Http, content: {} }
  - name: Helper
    id: kingfisher.acme.2
    visible: false
    pattern: 'helper_([a-z]{9})'
";
    let import = imported(text);
    assert_eq!(import.kind(), Kind::Kingfisher);
    assert_eq!(import.rule_count(), 1);
    assert_eq!(told(&import, Weight::Warning).len(), 1);
    let text = "acme_Qwertyu1i2op acme_Qwertyuiop12 acme_qwertyuiop12 acme_Qwertyuiopa1 acme_Testqwerty12\n";
    assert_eq!(
        secrets(&scan(&import, "a", text)),
        ["Qwertyu1i2op", "Qwertyuiop12"]
    );
}

#[test]
fn detectors_of_trufflehog_become_rules() {
    let text = r#"
detectors:
  - name: Acme
    keywords: [acme]
    regex: { key: '\b(AC[0-9a-z]{10})\b', id: 'id' }
    primary_regex_name: key
    exclude_words: [demo]
    validations: { key: { contains_digit: true } }
    verify: [{ endpoint: "https://acme.example" }]
"#;
    let import = imported(text);
    assert_eq!(import.kind(), Kind::Trufflehog);
    let text = "acme ACqwertyui12 ACdemotyui12 ACqwertyuiop\n";
    assert_eq!(secrets(&scan(&import, "a", text)), ["ACqwertyui12"]);
    assert!(scan(&import, "a", "ACqwertyui12\n").is_empty());
    assert_eq!(told(&import, Weight::Warning).len(), 1);
}

/// Findings of a rule called `acme-key` in a file, after what `text` accepts was taken away.
fn left(accepted: &str, path: &str, text: &str) -> Vec<String> {
    let rules = imported("[[rules]]\nid = 'acme-key'\nregex = 'acme[:=]\\s*\"?([a-z0-9]{16})'\n");
    let folder = tempfile::tempdir().unwrap();
    let mut screen = SilenceScreen::new();
    screen.add(&imported(accepted), folder.path());
    let mut findings = scan(&rules, path, text);
    findings
        .iter_mut()
        .for_each(|finding| screen.check(finding));
    findings.retain(|finding| finding.dropped.is_none());
    secrets(&findings)
}

#[test]
fn an_ignore_file_of_gitleaks_names_rule_and_line() {
    let text = "acme=q7rt2yu9oa4sd6fg\n\nacme=w7rt2yu9oa4sd6fg\n";
    assert_eq!(
        left("src/a:acme-key:1\n", "src/a", text),
        ["w7rt2yu9oa4sd6fg"]
    );
    assert_eq!(
        left("src/a:acme-key:1\n", "./src/a", text),
        ["w7rt2yu9oa4sd6fg"]
    );
    assert_eq!(
        left(
            "src/a:other-key:1\nsrc/b:acme-key:1\nsrc/a:acme-key:2\n",
            "src/a",
            text
        )
        .len(),
        2
    );
    let of_a_commit = "9c1f0e3bb1f3d7c5a4a6d8f0e2b4c6d8e0f1a2b3:src/a:acme-key:1\n";
    assert_eq!(left(of_a_commit, "src/a", text).len(), 2);
}

#[test]
fn a_report_of_gitleaks_names_the_secret_too() {
    let entry = |secret: &str| {
        format!(
            "[{{\"RuleID\":\"acme-key\",\"File\":\"a\",\"StartLine\":1,\"Secret\":\"{secret}\"}}]"
        )
    };
    let text = "acme=q7rt2yu9oa4sd6fg\n";
    assert_eq!(left(&entry("q7rt2yu9oa4sd6fg"), "a", text), [""; 0]);
    assert_eq!(left(&entry("w7rt2yu9oa4sd6fg"), "a", text).len(), 1);
    assert_eq!(left(&entry("REDACTED"), "a", text), [""; 0]);
    let error = import(
        "r",
        "[{\"RuleID\":\"a\",\"File\":7,\"Secret\":\"hidden\"}]",
        Some(Kind::GitleaksReport),
        Trust::Named,
    );
    assert!(!error.unwrap_err().to_string().contains("hidden"));
}

#[test]
fn a_baseline_of_detect_secrets_names_file_and_hash() {
    let baseline = |secret: &str| {
        let digits: String = silence::hash(secret.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!(
            "{{\"version\":\"1.5.0\",\"filters_used\":[{{\"path\":\"detect_secrets.filters.regex.should_exclude_file\",\"pattern\":[\"^docs/\"]}}],\"results\":{{\"a\":[{{\"type\":\"Secret Keyword\",\"filename\":\"a\",\"hashed_secret\":\"{digits}\"}}]}}}}"
        )
    };
    let text = "acme: \"q7rt2yu9oa4sd6fg!\"\nacme: w7rt2yu9oa4sd6fg\n";
    assert_eq!(
        left(&baseline("w7rt2yu9oa4sd6fg"), "a", text),
        ["q7rt2yu9oa4sd6fg"]
    );
    assert_eq!(
        left(&baseline("q7rt2yu9oa4sd6fg!"), "a", text),
        ["w7rt2yu9oa4sd6fg"]
    );
    assert_eq!(left(&baseline("w7rt2yu9oa4sd6fg"), "b", text).len(), 2);
    assert_eq!(left(&baseline("other"), "docs/b", text), [""; 0]);
}
