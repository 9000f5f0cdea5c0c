use super::*;

fn go(text: &str) -> String {
    translate(text, Dialect::Go).unwrap().pattern
}

fn refused(text: &str) -> String {
    translate(text, Dialect::Python).unwrap_err()
}

#[test]
fn what_is_the_same_stays_readable() {
    for text in [
        r"\b(?:a|b){2,3}?\w+$",
        r"(?i)acme(?-i:[A])|^x.*?\z",
        r"\.\-\$\x41\t\n",
    ] {
        assert_eq!(go(text), text);
    }
}

#[test]
fn names_of_groups_go() {
    assert_eq!(go(r"(?P<secret>a)(?<body>b)"), "(a)(b)");
}

#[test]
fn a_brace_without_numbers_stands_for_itself() {
    assert_eq!(go(r"^\$(?:\d+|{\d+})$"), r"^\$(?:\d+|\{\d+})$");
    assert_eq!(go(r"a{,3}"), r"a\{,3}");
    assert_eq!(go(r"a{3,}{x"), r"a{3,}\{x");
    assert_eq!(
        translate("a{,3}", Dialect::Python).unwrap().pattern,
        "a{0,3}"
    );
}

#[test]
fn signs_that_the_engine_gives_a_meaning_in_classes_are_escaped() {
    assert_eq!(go(r"[[a&&b~~+--c]"), r"[\[a\&\&b\~\~+-\-c]");
}

#[test]
fn a_class_may_hold_its_own_end_and_a_sign_that_joins_nothing() {
    assert_eq!(go(r"[]a-]"), r"[\]a\-]");
    assert_eq!(go(r"[^\w-]"), r"[^\w\-]");
    assert_eq!(go(r"[[:alpha:]-z]"), r"[[:alpha:]\-z]");
}

#[test]
fn go_has_no_vertical_tab_among_its_blanks() {
    assert_eq!(
        go(r"\s[\s\S]"),
        r"[\t\n\x0c\r\x20][\t\n\x0c\r\x20[^\t\n\x0c\r\x20]]"
    );
}

#[test]
fn quoted_text_and_numbers_of_characters_are_spelt_out() {
    assert_eq!(go(r"\Qa.b\E."), r"a\x2eb.");
    assert_eq!(go(r"\101\x{41}\x60é"), r"\x41\x41\x60(?:\xc3\xa9)");
    assert_eq!(go(r"\<\>"), "<>");
}

#[test]
fn classes_of_unicode_are_near_and_said_to_be() {
    let translated = translate(r"\p{L}[^\pN]", Dialect::Go).unwrap();
    assert_eq!(translated.pattern, r"[A-Za-z\x80-\xff][^[0-9\x80-\xff]]");
    assert!(translated.difference.is_some());
    assert!(
        translate(r"\p{Emoji}", Dialect::Go)
            .unwrap_err()
            .contains("Emoji")
    );
    assert!(translate("[aé]", Dialect::Go).unwrap().difference.is_some());
}

#[test]
fn what_no_automaton_can_do_is_refused_by_name() {
    assert!(refused(r"(?=a)b").contains("look-ahead"));
    assert!(refused(r"(?<!a)b").contains("look-behind"));
    assert!(refused(r"(a)\1").contains("back-reference"));
    assert!(refused(r"(?P<x>a)(?P=x)").contains("back-reference"));
    assert!(refused(r"a*+b").contains("possessive"));
    assert!(refused(r"a{2}+b").contains("possessive"));
    assert!(refused(r"(?>a)").contains("atomic"));
    assert!(refused(r"(?x) a b").contains("flag x"));
}

#[test]
fn a_pattern_that_ends_early_is_refused_and_does_not_panic() {
    for text in [
        "\\", "[", "[a", "[\\", "[a-", "(?#", "(?P<a", "\\x{", "\\p{", "\\p", "[^", "\\x", "\\u1",
    ] {
        let _ = translate(text, Dialect::Go);
        let _ = translate(text, Dialect::Python);
    }
    assert!(translate("[a", Dialect::Go).is_err());
}

#[test]
fn comments_go_and_the_rest_of_a_rust_pattern_stays() {
    let rust = |text| translate(text, Dialect::Rust).unwrap().pattern;
    assert_eq!(rust(r"(?x) a (?# why ) (?P<body>b)"), "(?x) a  (?P<body>b)");
    assert_eq!(rust(r"\(?#x)"), r"\(?#x)");
}
