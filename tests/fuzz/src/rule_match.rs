//! Patterns put together from pieces, against the oracle: does the engine find every match of any rule?

use keysift_core::RuleSet;
use keysift_tests::oracle::Oracle;

use crate::input::Input;
use crate::scan::{Plan, Scanners};

/// The pieces of patterns; a byte of the input chooses one.
const PIECES: &[&str] = &[
    "abc",
    "b",
    "a",
    "c",
    "[a-c]",
    "[bB]",
    "(?:",
    "(?i:",
    "|",
    ")",
    "{0,3}",
    "{2}",
    "{1,2}",
    "+",
    "*",
    "?",
    "*?",
    "+?",
    r"\b",
    r"\B",
    "^",
    "$",
    r"\A",
    r"\z",
    "(?m:^)",
    "(?m:$)",
    "(?Rm:$)",
    ".",
    r"\n",
    r"[^a\n]",
    "abcabc",
    "-",
    "_",
    "=",
    "(?P<secret>",
    "(?s:.)",
    r"\xff",
    r"[\x80-\xff]",
    "0",
    "[0-9a-f]",
    "AB",
    "(?i:bAc)",
    "{0,40}",
    "{1,}?",
    "cab",
    r"\b{start}",
    r"\b{end}",
    "(",
    "[^b]",
    "aaa",
];

/// The pieces of blobs.
const TEXT: &[&[u8]] = &[
    b"a", b"b", b"c", b"abc", b"A", b"B", b"C", b"-", b"_", b"=", b"0", b"f", b"\n", b"\r\n", b" ",
    b"\xff", b"\x80", b"aaa", b"abcabc", b"cab", b"key", b"KEY", b"word", b"a word", b"bac",
    b"BAC", b"akey", b"keY ",
];

/// What sets the ends of margins apart.
const GAP_BYTES: usize = 97;

const MAX_BLOB_BYTES: usize = 4 << 10;

fn pattern(input: &mut Input<'_>) -> String {
    let count = usize::from(input.byte() % 24);
    let mut pattern = String::new();
    let mut open = 0_usize;
    for _ in 0..count {
        let piece = PIECES[usize::from(input.byte()) % PIECES.len()];
        match piece {
            ")" if open == 0 => continue,
            ")" => open -= 1,
            "(" | "(?:" | "(?i:" | "(?P<secret>" => open += 1,
            _ => {}
        }
        pattern.push_str(piece);
    }
    pattern.push_str(&")".repeat(open));
    if pattern.contains("secret") {
        pattern
    } else {
        format!("(?P<secret>{pattern})")
    }
}

fn blob(bytes: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    for byte in bytes {
        match usize::from(*byte).checked_sub(256 - 24) {
            Some(gap) => blob.resize(blob.len() + GAP_BYTES * gap, b'.'),
            None => blob.extend_from_slice(TEXT[usize::from(*byte) % TEXT.len()]),
        }
        if blob.len() >= MAX_BLOB_BYTES {
            break;
        }
    }
    blob.truncate(MAX_BLOB_BYTES);
    blob
}

fn rule(input: &mut Input<'_>) -> String {
    let flags = input.byte();
    let is = |bit: u32| flags >> bit & 1 == 1;
    let mut lines = String::new();
    if is(0) {
        lines += "keywords = [\"key\", \"word-that-is-long\", \"a word\"]\n";
        lines += &format!("within = {}\n", input.byte());
        lines += &format!("whole_words = {}\n", is(1));
    }
    if is(2) {
        lines += &format!("reach = {}\n", input.byte().max(1));
    }
    format!(
        "[[rule]]\nid = \"fuzz-rule\"\nname = \"n\"\ndescription = \"d\"\nprovider = \"p\"\nkind = \"api-key\"\n\
         severity = \"low\"\nconfidence = \"high\"\nentropy = \"none\"\npattern = '''{}'''\n{lines}\
         examples.match = [\"a\"]\nexamples.reject = [\"b\"]\nremediation.action = \"revoke\"\nremediation.steps = \"s\"\n",
        pattern(input)
    )
}

/// One rule with any pattern, against the oracle and in every way to scan. What is no rule is left alone.
///
/// # Panics
/// If two ways tell different things.
pub fn rule_match(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let text = rule(&mut input);
    let plan = Plan::read(&mut input);
    let Ok(rules) = RuleSet::parse("", &text) else {
        return;
    };
    let oracle = Oracle::new(rules.iter().map(|rule| &**rule));
    let scanners = Scanners::new(&rules);
    let blob = blob(input.rest(MAX_BLOB_BYTES));
    scanners.compare_with(&oracle, &blob);
    scanners.compare(&plan, &blob);
}
