//! The margins to the byte: rules whose outcome depends on the farthest byte that they may look at, in every way to scan.
//!
//! Random blobs hardly ever put a byte that matters just there.

use std::collections::BTreeSet;

use keysift_core::{Confidence, Match, PrefilterChoice, Reason, RuleSet, Scanner, Verdict};
use keysift_tests::oracle::Oracle;
use keysift_tests::runs::{
    matches_cut, matches_of_patch, named, patched, scan, scan_in_pieces, scanner, trace,
};

/// A word may stand this far from a match of [`near`]. Farther than checks look, so that it sets the margins.
const WITHIN: usize = 1200;

/// Farther than any of these rules looks, so that a stream goes on before its end and a patch inherits on both sides.
const FAR: usize = 3200;

/// How far from a match its checks look.
const CONTEXT: usize = keysift_core::CONTEXT_BYTES;

fn rule(id: &str, pattern: &str, rest: &str) -> String {
    format!(
        r#"
[[rule]]
id = "edge-{id}"
name = "edge-{id}"
description = "A rule that looks far."
provider = "Test"
kind = "api-key"
severity = "low"
confidence = "medium"
pattern = '''{pattern}'''
entropy = "none"
examples.match = ["{{{{secret}}}}"]
examples.reject = ["nothing"]
remediation.action = "revoke"
remediation.steps = "None: it is made up."
{rest}
"#
    )
}

fn parsed(rules: &[String]) -> RuleSet {
    RuleSet::parse("edges.toml", &rules.concat()).unwrap()
}

/// A rule that is anchored by a word, of which each match is as long as any.
fn near() -> RuleSet {
    let words = format!(
        "keywords = [\"acmewordthatislong\"]\nwithin = {WITHIN}\nwhole_words = true\nallow.lines = [\"harmless\"]"
    );
    parsed(&[rule("near", "(?P<secret>[0-9]{12})", &words)])
}

/// A rule without a bound, whose matches are cut, so that the longest are common.
fn cut() -> RuleSet {
    parsed(&[rule(
        "cut",
        r"zzkey=(?P<secret>[^\s]+)",
        "reach = 48\nallow.lines = [\"harmless\"]",
    )])
}

/// A rule without a bound whose word is its anchor, so that many starts are searched for at once.
fn cut_near() -> RuleSet {
    let words = "keywords = [\"acmeword\"]\nwithin = 700\nreach = 30";
    parsed(&[rule("cut-near", r"(?P<secret>q=[^\s]+)", words)])
}

/// Rules that overlap: the one with the longer matches gives way to the surer one.
fn overlapping() -> RuleSet {
    let sure = rule("sure", "(?P<secret>qz_[0-9a-f]{8})", "")
        .replace("confidence = \"medium\"", "confidence = \"high\"");
    let long = rule("long", r"zzkey=(?P<secret>[^\s]+)", "reach = 2000");
    parsed(&[sure, long])
}

/// A rule with a word near it that is not its anchor.
fn anchored() -> RuleSet {
    let words = "keywords = [\"acmeword\"]\nwithin = 30\nwhole_words = true";
    parsed(&[rule("anchored", "(?P<secret>qanc[0-9]{4})", words)])
}

/// A word boundary and the ends of a line at a match's edges.
fn bounded() -> RuleSet {
    parsed(&[
        rule("boundary", r"\b(?P<secret>qtok[0-9]{4})\b", ""),
        rule("line", r"(?m:^)(?P<secret>qlin[0-9]{4})(?m:$)", ""),
    ])
}

/// A companion as far from its match as checks see, which a word boundary ends.
fn paired() -> RuleSet {
    let companions = format!(
        "companions = [{{ name = \"id\", pattern = '''\\b(?P<value>qid[0-9]{{4}})\\b''', within = {CONTEXT}, without = \"low\" }}]"
    );
    parsed(&[rule("paired", "(?P<secret>qpair[0-9]{5})", &companions)])
}

/// A value that no check takes for a placeholder.
fn value(length: usize) -> String {
    "q7f3k9m2x5w8z1v6".chars().cycle().take(length).collect()
}

fn gap(length: usize) -> String {
    ".".repeat(length)
}

/// Rules, and blobs of which one byte at the edge decides.
fn cases() -> Vec<(RuleSet, Vec<String>)> {
    let secret = "830572916408";
    let word = "acmewordthatislong";
    let long = format!("zzkey={}", value(42));
    let mark = "keysift:allow";
    let mut near_blobs = Vec::new();
    let mut cut_blobs = Vec::new();
    let mut paired_blobs = Vec::new();
    let mut overlaps = Vec::new();
    let mut anchored_blobs = Vec::new();
    for off in 0..3 {
        let far = gap(WITHIN + 1 - off);
        let seen = gap(CONTEXT + 1 - off);
        near_blobs.extend([
            format!("{word}{far}{secret}"),
            format!("{secret}{far}{word}"),
            format!("x{word}{far}{secret}{far}{word}y"),
            format!("{word}{far}{secret}{}harmless", &seen[8..]),
        ]);
        cut_blobs.extend([
            format!("{mark}{}{long}", &seen[mark.len()..]),
            format!("{mark}\n{}{long}", &seen[mark.len()..]),
            format!("{long}{} {mark}", &seen[mark.len()..]),
            format!("{long} {}harmless", &seen[8..]),
            format!("harmless{}{long}", &seen[8..]),
        ]);
        let few = gap(31 - off);
        anchored_blobs.extend([
            format!("acmeword{few}qanc8305"),
            format!("qanc8305{few}acmeword"),
            format!("xacmeword{few}qanc8305{few}acmewordy"),
        ]);
        let beside = gap(CONTEXT - 6 - off);
        paired_blobs.extend([
            format!("qid8305{beside}qpair61704"),
            format!("qpair61704{beside}qid8305"),
            format!("xqid8305{beside}qpair61704{beside}qid8305x"),
            format!("qid8305\n{}qpair61704{beside}qid7214", &beside[1..]),
        ]);
        let inside = value(1994 - off);
        overlaps.extend([
            // The surer match begins at the last byte of the longer one, or behind it.
            format!("zzkey={inside}qz_8305fa72 "),
            format!("zzkey={} qz_8305fa72 ", &inside[..200]),
            // Another secret at the last byte that is shown beside one.
            format!("qz_8305fa72{}qz_61d04b9e", gap(81 - off)),
            format!("zzkey={inside}\n{}qz_8305fa72", gap(81 - off)),
            format!("qz_8305fa72{}zzkey={inside}", gap(75 - off)),
        ]);
    }
    let bounded_blobs = [
        "xqtok8305",
        "qtok8305x",
        "qtok8305",
        "a\nqlin8305\nb",
        "qlin8305",
    ];
    let bounded_blobs = bounded_blobs.map(|text| format!("{}\n{text}\n{}", gap(9), gap(9)));
    vec![
        (near(), near_blobs),
        (cut(), cut_blobs),
        (cut_near(), cut_near_blobs()),
        (overlapping(), overlaps),
        (anchored(), anchored_blobs),
        (paired(), paired_blobs),
        (bounded(), bounded_blobs.to_vec()),
    ]
}

/// Matches of more bytes than there may be, of as many, and of ever more starts.
fn cut_near_blobs() -> Vec<String> {
    let long = |length: usize| format!("acmeword q={} ", value(length));
    vec![
        long(27),
        long(28),
        long(29),
        long(900),
        "acmeword q=".repeat(90),
        format!("acmeword {}", "q=7f3k".repeat(200)),
    ]
}

/// Calls `check` with each blob, in the middle of a longer one: the ends of a blob bound what is looked at.
fn each(padding: usize, check: impl Fn(&Scanner, &[u8])) {
    let padding = gap(padding);
    for (rules, blobs) in cases() {
        let scanner = scanner(rules, PrefilterChoice::Fastest).unwrap();
        for blob in blobs {
            check(&scanner, format!("{padding}\n{blob}\n{padding}").as_bytes());
        }
    }
}

#[test]
fn the_farthest_bytes_decide() {
    let mut verdicts = BTreeSet::new();
    for (rules, blobs) in cases() {
        let oracle = Oracle::new(rules.iter().map(|rule| &**rule));
        let scanner = scanner(rules, PrefilterChoice::Fastest).unwrap();
        for blob in blobs {
            let matches = scanner.matches(&mut scanner.scratch(), blob.as_bytes());
            assert_eq!(
                named(&scanner, &matches),
                oracle.matches(blob.as_bytes()),
                "{blob}"
            );
            verdicts.extend(matches.iter().map(|found| format!("{:?}", found.verdict)));
        }
    }
    let reasons = [Reason::AllowedLine, Reason::Inline];
    let expected = reasons.map(|reason| format!("{:?}", Verdict::Drop(reason)));
    let kept = [Confidence::High, Confidence::Medium, Confidence::Low]
        .map(|confidence| format!("{:?}", Verdict::Keep(confidence)));
    assert_eq!(verdicts, expected.into_iter().chain(kept).collect());
}

/// Batches of one byte: each start is the last of a batch, and each is the first.
#[test]
fn a_stream_keeps_what_the_farthest_bytes_decide() {
    each(FAR, |scanner, blob| {
        let whole = scan(scanner, blob);
        for (sizes, batch) in [(&[1][..], 1), (&[3, 1], 2), (&[700], 1)] {
            let pieces = scan_in_pieces(scanner, blob, sizes, batch);
            assert_eq!(pieces, whole, "{sizes:?} of {}", blob.escape_ascii());
        }
    });
}

/// A part for each byte.
#[test]
fn a_part_sees_what_the_farthest_bytes_decide() {
    each(40, |scanner, blob| {
        let whole = scanner.matches(&mut scanner.scratch(), blob);
        let cuts: Vec<usize> = (0..blob.len()).collect();
        assert_eq!(
            matches_cut(scanner, blob, &cuts),
            whole,
            "{}",
            blob.escape_ascii()
        );
    });
}

/// One byte changed or put in, at each place at which it may matter.
#[test]
fn a_patch_scans_what_the_farthest_bytes_decide() {
    each(FAR, |scanner, blob| {
        let mut scratch = scanner.scratch();
        let known = trace(scanner, &mut scratch, blob);
        let mut patch = |from: usize, insert: &[u8], to: usize| {
            let (parts, made) = patched(blob, &[(0, from, insert), (to, blob.len(), b"")]);
            let by_patch = matches_of_patch(scanner, &mut scratch, (&made, &parts), &known);
            let in_full = scanner.matches(&mut scratch, &made);
            assert_eq!(by_patch, in_full, "at {from} of {}", blob.escape_ascii());
        };
        for at in places(scanner, blob, known.matches()) {
            patch(at, b"x", at + 1);
            patch(at, b"\n", at);
        }
    });
}

/// Some of the places in a blob that are in no gap, and all at the edges of what a match may depend on.
fn places(scanner: &Scanner, blob: &[u8], matches: &[Match]) -> BTreeSet<usize> {
    const NEAR: usize = 4;
    let before = scanner.explain().map(|plan| plan.before_bytes).max();
    let after = scanner.explain().map(|plan| plan.after_bytes).max();
    let edges = matches.iter().flat_map(|found| {
        let start = found.span.start;
        let (first, last) = (
            start.saturating_sub(before.unwrap()),
            start + after.unwrap(),
        );
        (first.saturating_sub(NEAR)..first + NEAR).chain(last - NEAR..last + NEAR)
    });
    let is_gap = |at: usize| {
        let round = at.saturating_sub(NEAR)..(at + NEAR).min(blob.len());
        blob[round].windows(2).all(|pair| pair[0] == pair[1])
    };
    (0..blob.len())
        .filter(|at| !is_gap(*at))
        .step_by(5)
        .chain(edges)
        .filter(|at| *at < blob.len())
        .collect()
}
