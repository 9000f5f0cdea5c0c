//! Rule files that cannot be used: which file, which rule, what, where, and what to do.

use crate::harness::Place;

/// A rule in which one line is replaced by others.
fn rule(key: &str, lines: &str) -> String {
    let all = [
        ("id", "id = 'acme-api-key'"),
        ("name", "name = 'Acme API key'"),
        ("description", "description = 'Gives full access.'"),
        ("provider", "provider = 'Acme'"),
        ("kind", "kind = 'api-key'"),
        ("severity", "severity = 'high'"),
        ("confidence", "confidence = 'high'"),
        ("pattern", r"pattern = '\b(?P<secret>acme_[0-9a-z]{24})\b'"),
        ("match", "examples.match = ['key = {{secret}}']"),
        ("reject", "examples.reject = ['key = {{short}}']"),
        ("action", "remediation.action = 'revoke'"),
        ("steps", "remediation.steps = 'Delete it.'"),
    ];
    let mut text = String::from("[[rule]]\n");
    for (name, line) in all {
        text.push_str(if name == key { lines } else { line });
        text.push('\n');
    }
    text
}

/// Asserts that a rule file is refused, by a scan and by a check.
#[track_caller]
fn is_refused(file: &str, message: &str) {
    let place = Place::new();
    place.write("bad.toml", file);
    place.write("a.txt", "nothing here\n");
    place.run(["scan", "--rules", "bad.toml"]).refuses(message);
    place.run(["rules", "check", "bad.toml"]).refuses(message);
}

#[test]
fn the_rule_that_these_tests_spoil_can_be_used() {
    let place = Place::new();
    place.write("good.toml", rule("", ""));
    place.run(["scan", "--rules", "good.toml"]).exits(0);
    place.run(["rules", "test", "good.toml"]).exits(0);
}

#[test]
fn an_unknown_key_is_named_with_its_nearest_neighbour() {
    is_refused(
        &rule("confidence", "confidence = 'high'\nkeyword = ['acme']"),
        "error: bad.toml: rule \"acme-api-key\": unknown key \"keyword\" in the rule, did you mean \"keywords\"?\n\
         hint: unknown keys are refused so that a slip of the keys cannot switch a rule's condition off\n",
    );
    is_refused(
        &rule("confidence", "confidence = 'high'\nallow.stopwords = ['x']"),
        "error: bad.toml: rule \"acme-api-key\": unknown key \"stopwords\" in allow, did you mean \"stop_words\"?\n\
         hint: unknown keys are refused so that a slip of the keys cannot switch a rule's condition off\n",
    );
    is_refused(
        &rule("", "").replace("[[rule]]", "[[rules]]"),
        "error: bad.toml: unknown key \"rules\" in the file, did you mean \"rule\"?\n\
         hint: unknown keys are refused so that a slip of the keys cannot switch a rule's condition off\n",
    );
}

#[test]
fn an_unknown_check_is_named_with_its_nearest_neighbour() {
    is_refused(
        &rule("confidence", "confidence = 'high'\nchecks = ['npm-tokn']"),
        "error: bad.toml: rule \"acme-api-key\": unknown check \"npm-tokn\", did you mean \"npm-token\"?\n\
         hint: `keysift rules checks` lists the checks\n",
    );
}

#[test]
fn a_pattern_that_does_not_parse_is_shown_at_its_fault() {
    is_refused(
        &rule("pattern", r"pattern = '\b(?P<secret>acme_[0-9a-z{24})\b'"),
        "error: bad.toml: rule \"acme-api-key\": the pattern does not parse: unclosed character class (at byte 18 of the pattern: \"[\")\n",
    );
    is_refused(
        &rule("pattern", r"pattern = 'acme_(?P<secret>[0-9a-z]{24})(?=x)'"),
        "error: bad.toml: rule \"acme-api-key\": the pattern does not parse: look-around, including look-ahead and look-behind, is not supported (at byte 29 of the pattern: \"(?=\")\n",
    );
    is_refused(
        &rule("pattern", r"pattern = '\bacme_[0-9a-z]{24}\b'"),
        "error: bad.toml: rule \"acme-api-key\": the pattern has no group named \"secret\": write (?P<secret>…) round what is to be revoked\n",
    );
}

#[test]
fn a_match_that_could_be_longer_than_the_reach_is_shown_at_the_part_to_bound() {
    let place = Place::new();
    for (pattern, part) in [
        ("(?P<secret>acme_[0-9a-z]{70000})", "[0-9a-z]{70000}"),
        (
            "(?P<secret>acme_(?:[0-9a-z]{10}-?){9000})x{3}",
            "(?:[0-9a-z]{10}-?){9000}",
        ),
    ] {
        place.write(
            "bad.toml",
            rule("pattern", &format!("pattern = '{pattern}'")),
        );
        let at = pattern.find(part).unwrap();
        place
            .run(["rules", "check", "bad.toml"])
            .exits(2)
            .warns("error: bad.toml: rule \"acme-api-key\": ")
            .warns(&format!(" (at byte {at} of the pattern: {part:?})\n"));
    }
    is_refused(
        &rule("confidence", "confidence = 'high'\nreach = 70000"),
        "error: bad.toml: rule \"acme-api-key\": \"reach\" must lie between 1 and 65536 bytes\n\
         hint: bound the repetition, for example {1,200} instead of +\n",
    );
}

#[test]
fn a_rule_that_every_byte_could_start_is_refused() {
    is_refused(
        &rule("pattern", "pattern = '(?P<secret>[0-9a-f]{32})'"),
        "error: bad.toml: rule \"acme-api-key\": every match must contain a literal of at least 3 bytes, or the rule needs keywords\n\
         hint: give the pattern a literal of at least 3 bytes, or list `keywords` that must be near\n",
    );
    is_refused(
        &rule("pattern", "pattern = '[a-z]+(?P<secret>acme_[0-9a-f]{32})'"),
        "error: bad.toml: rule \"acme-api-key\": the pattern starts with an unbounded repetition, so every byte could start a match (at byte 0 of the pattern: \"[a-z]+\")\n",
    );
}

#[test]
fn two_rules_of_one_id_are_refused() {
    is_refused(
        &rule("", "").repeat(2),
        "error: bad.toml: rule \"acme-api-key\": the id is taken by a rule of bad.toml\n",
    );
    is_refused(
        &rule("id", "id = 'npm-access-token'"),
        "error: bad.toml: rule \"npm-access-token\": the id is taken by another rule\n",
    );
}

#[test]
fn a_rule_without_examples_is_refused() {
    let hint = "hint: a rule needs at least one examples.match and one examples.reject; {{secret}} stands for a generated secret\n";
    for key in ["match", "reject"] {
        is_refused(
            &rule(key, ""),
            &format!("error: bad.toml: rule \"acme-api-key\": the rule lacks examples\n{hint}"),
        );
    }
    let neither = rule("match", "").replace("examples.reject = ['key = {{short}}']", "");
    let place = Place::new();
    place.write("bad.toml", neither);
    place
        .run(["rules", "check", "bad.toml"])
        .exits(2)
        .warns("error: bad.toml: rule \"acme-api-key\": ")
        .warns("examples");
}

#[test]
fn a_key_that_is_missing_or_has_a_wrong_value_is_named() {
    is_refused(
        &rule("pattern", ""),
        "error: bad.toml: rule \"acme-api-key\": missing field `pattern`\n",
    );
    is_refused(
        &rule("severity", "severity = 'hgih'"),
        "error: bad.toml: rule \"acme-api-key\": unknown variant `hgih`, expected one of `low`, `medium`, `high`, `critical`\n",
    );
    is_refused(
        &rule("id", "id = 'Acme Key'"),
        "error: bad.toml: rule \"Acme Key\": the id \"Acme Key\" is not provider-kind-of-secret in kebab case\n",
    );
}

#[test]
fn a_file_that_is_not_toml_is_shown_at_its_fault() {
    is_refused(
        "# Rules\n\n[[rule]\n",
        "error: bad.toml: line 3: unclosed array table, expected `]`\n",
    );
    is_refused(
        "rule = 1\n",
        "error: bad.toml: \"rule\" must be an array of tables: write [[rule]]\n",
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let place = Place::new();
    place.run(["scan", "--rules", "none.toml"]).refuses(
        "error: none.toml: cannot read the rule file: No such file or directory (os error 2)\n",
    );
    place.write("latin.toml", b"# gr\xf6\xdfer\n");
    place.run(["scan", "--rules", "latin.toml"]).refuses(
        "error: latin.toml: cannot read the rule file: stream did not contain valid UTF-8\n",
    );
}

#[test]
fn what_a_rule_file_says_reaches_the_terminal_escaped() {
    let place = Place::new();
    place.write("bad.toml", rule("id", "id = \"acme-\\u001b[31m\\u202e\""));
    place
        .run(["rules", "check", "bad.toml"])
        .exits(2)
        .hides("\u{1b}")
        .hides("\u{202e}");
}
