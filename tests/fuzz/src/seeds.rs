//! Inputs to begin with, made from the rules and their examples.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use keysift_core::{Rule, RuleSet};
use keysift_tests::archives::KINDS;
use keysift_tests::rules;

static BUILTIN: LazyLock<RuleSet> = LazyLock::new(rules::builtin);

/// How many examples of built-in rules stand in one blob.
const EXAMPLES_PER_BLOB: usize = 24;

/// Header of an input for `scan` and its like: pieces, batches, cuts and copies that differ from one another.
const PLANS: &[&[u8]] = &[
    &[],
    &[
        0b1110_1011,
        0,
        4,
        7,
        0,
        0,
        2,
        20,
        0,
        1,
        0,
        90,
        0,
        30,
        0,
        200,
        0,
        3,
        b'q',
        b'z',
        b'_',
    ],
    &[
        0b0101_0110,
        1,
        0,
        1,
        0,
        0,
        16,
        5,
        0,
        0,
        0,
        64,
        0,
        0,
        9,
        0,
        0,
        2,
        0,
        2,
        0,
        0,
    ],
];

/// Every kind of archive in every other.
fn archives() -> Vec<Vec<u8>> {
    let text = b"a text in an archive in an archive";
    let inner = KINDS.iter().map(|(_, make)| make(text));
    let nested = inner.flat_map(|bytes| KINDS.iter().map(move |(_, make)| make(&bytes)));
    nested.collect()
}

/// A file of each kind, behind its number.
fn declared() -> Vec<Vec<u8>> {
    let files = crate::declared::FILES.iter().enumerate();
    let seed = |(number, (_, text)): (usize, &(_, &str))| {
        let mut bytes = vec![number as u8];
        bytes.extend_from_slice(text.as_bytes());
        bytes
    };
    files.map(seed).collect()
}

/// Deltas of a base of six bytes: a copy, an insert and a copy; all of it, thrice; with all bytes of a copy's command.
fn deltas() -> Vec<Vec<u8>> {
    let deltas: [&[u8]; 3] = [
        &[6, 7, 0x91, 0, 2, 2, b'x', b'y', 0x91, 3, 3],
        &[6, 18, 0x90, 6, 0x90, 6, 0x90, 6],
        &[6, 2, 0xff, 1, 0, 0, 0, 2, 0, 0],
    ];
    let seed = |delta: &&[u8]| [b"\x06abcdef", *delta].concat();
    deltas.iter().map(seed).collect()
}

/// Packs as the target reads them: a blob, a commit and deltas of the blob; a ring; a delta of what is not there.
fn packs() -> Vec<Vec<u8>> {
    let entry = |id: u8, kind: u8, base: u8, text: &[u8]| {
        let head = [id, kind, base, 0, text.len() as u8];
        [&head, text].concat()
    };
    let delta: &[u8] = &[6, 7, 0x90, 6, 1, b'x'];
    let sound = [
        entry(1, 3, 0, b"abcdef"),
        entry(2, 7, 1, delta),
        entry(3, 7, 1, &[6, 12, 0x90, 6, 0x90, 6]),
        entry(4, 1, 0, b"tree 0\n\nmessage"),
    ];
    let ring = [
        entry(1, 7, 2, delta),
        entry(2, 7, 1, delta),
        entry(3, 7, 9, delta),
    ];
    vec![sound.concat(), ring.concat()]
}

/// The seeds of the target of this name; of one format of facts, by the format's name.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "archive" => archives(),
        "declared" => declared(),
        "delta" => deltas(),
        "pack" => packs(),
        "encoding" => encodings(),
        "facts" => crate::FACTS
            .iter()
            .zip(0..)
            .flat_map(|((name, _), number)| {
                seeds(name)
                    .into_iter()
                    .map(move |secret| [&[number], &*secret].concat())
            })
            .collect(),
        "report" => blobs(&rules::hard(), 4)
            .into_iter()
            .map(|blob| [b"\x02\x08src/a.rs", &*blob].concat())
            .collect(),
        "rule_match" => patterns(),
        "rule_parse" => rule_files(),
        "scan" => planned(&blobs(&rules::hard(), 3)),
        "scan_builtin" => planned(&blobs(&BUILTIN, EXAMPLES_PER_BLOB)),
        format => secrets(format),
    }
}

/// Each blob under each plan, in turn.
fn planned(blobs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    blobs
        .iter()
        .zip(PLANS.iter().cycle())
        .map(|(blob, plan)| {
            let mut input = plan.to_vec();
            // What a plan leaves out is 0: no cuts, and one copy of nothing.
            input.resize(input.len().max(24), 0);
            input.extend_from_slice(blob);
            input
        })
        .collect()
}

/// Rules' examples and made-up secrets, some in a blob.
fn blobs(rules: &RuleSet, examples_per_blob: usize) -> Vec<Vec<u8>> {
    let texts: Vec<Vec<u8>> = rules.iter().filter_map(|rule| example(rule)).collect();
    texts
        .chunks(examples_per_blob)
        .map(|chunk| chunk.join(&b'\n'))
        .collect()
}

fn example(rule: &Rule) -> Option<Vec<u8>> {
    let examples = rule.expanded_examples().ok()?;
    let text = examples.r#match.first()?.clone().into_bytes();
    let secret = rule.sample_secret(3)?;
    Some([text, secret].join(&b' '))
}

fn rule_files() -> Vec<Vec<u8>> {
    let hard = include_str!("../../rules/hard.toml");
    let files = hard
        .split("\n\n")
        .map(|rule| [b"\0", rule.as_bytes()].concat());
    let patterns = BUILTIN
        .iter()
        .step_by(7)
        .map(|rule| [b"\x01", rule.pattern.as_bytes()].concat());
    files.chain(patterns).collect()
}

/// Made-up secrets of the rules that have this check.
fn secrets(format: &str) -> Vec<Vec<u8>> {
    let secrets: BTreeSet<Vec<u8>> = BUILTIN
        .iter()
        .filter(|rule| rule.checks.iter().any(|check| check.name == format))
        .flat_map(|rule| (0..2).filter_map(|seed| rule.sample_secret(seed)))
        .collect();
    secrets.into_iter().collect()
}

fn patterns() -> Vec<Vec<u8>> {
    // No keywords, keywords, keywords as whole words with a reach; then pieces of a pattern, a plan, a blob.
    let heads: [&[u8]; 3] = [&[0], &[1, 20], &[7, 3, 40]];
    let pieces: [&[u8]; 4] = [
        &[4, 0, 34, 4, 12],
        &[6, 0, 8, 40, 18, 39, 14],
        &[7, 4, 42, 27, 34, 20, 13, 23],
        &[5, 6, 0, 8, 44, 9],
    ];
    let text = [3, 20, 7, 10, 3, 12, 255, 3, 3, 3, 17, 18, 240, 22, 0, 1, 2];
    let joined = |head: &[u8], pieces: &[u8]| [head, pieces, &[0; 8], &text].concat();
    heads
        .iter()
        .flat_map(|head| pieces.iter().map(|pieces| joined(head, pieces)))
        .collect()
}

fn encodings() -> Vec<Vec<u8>> {
    let text = "key = \"né 𝄞\"\n".repeat(3);
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let little = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let wide = text
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    let wide_big = text
        .chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect();
    let marked: [(&[u8], Vec<u8>); 6] = [
        (b"", text.clone().into_bytes()),
        (b"\xef\xbb\xbf", text.into_bytes()),
        (b"\xff\xfe", little),
        (b"\xfe\xff", big),
        (b"\xff\xfe\0\0", wide),
        (b"\0\0\xfe\xff", wide_big),
    ];
    marked
        .iter()
        .map(|(mark, body)| [b"\x01\x05\0\x10\x01", *mark, body].concat())
        .collect()
}
