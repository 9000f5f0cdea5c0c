//! Every key of `keysift.toml`, once: what files are checked against, and what the JSON schema, the reference in the
//! documentation and the file of `keysift config init` are made from.

use keysift_core::{Confidence, Severity};

/// What a key's value is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number that is not negative.
    Integer,
    /// A number of bytes, or a string with `K`, `M` or `G` behind it, powers of 1,024.
    Size,
    /// A string.
    Text,
    /// A string of these.
    Choice(fn() -> Vec<&'static str>),
    /// A day: `2027-01-31`, with quotes or without.
    Day,
    /// An array of strings.
    Texts,
    /// An array of globs, written as in `.gitignore`.
    Globs,
    /// An array of patterns in the syntax of the `regex` crate, on bytes, with Unicode off.
    Patterns,
    /// An array of whole numbers.
    Integers,
    /// A table with these keys.
    Table(&'static [Key]),
    /// An array of tables with these keys.
    Tables(&'static [Key]),
    /// A table of any keys, whose values are strings of these.
    Map(fn() -> Vec<&'static str>),
    /// A table that another part of keysift reads.
    OpaqueTable,
    /// An array of tables that another part of keysift reads.
    OpaqueTables,
}

/// A key.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What it means, in sentences.
    pub meaning: &'static str,
    /// What holds without it, in TOML or in words.
    pub default: &'static str,
    /// A value as an example, in TOML; empty for tables.
    pub example: &'static str,
    /// Whether its table has to have it.
    pub is_required: bool,
}

const fn key(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    example: &'static str,
    meaning: &'static str,
) -> Key {
    Key {
        name,
        kind,
        meaning,
        default,
        example,
        is_required: false,
    }
}

const fn required(key: Key) -> Key {
    Key {
        is_required: true,
        ..key
    }
}

fn severities() -> Vec<&'static str> {
    Severity::ALL.iter().map(|it| it.as_str()).collect()
}

fn confidences() -> Vec<&'static str> {
    Confidence::ALL.iter().map(|it| it.as_str()).collect()
}

fn conditions() -> Vec<&'static str> {
    vec!["all", "any"]
}

/// The keys of a file, in the order in which they are documented.
pub static SCHEMA: &[Key] = &[
    key(
        "root",
        Kind::Boolean,
        "false",
        "true",
        "Whether files further up have no say. A file at the top of a Git repository has none above it.",
    ),
    key(
        "extend",
        Kind::Texts,
        "[]",
        "[\"../base/keysift.toml\"]",
        "Files that this one builds on: what it says itself wins. Relative to its directory. A file that was found in a tree may only name files in that tree.",
    ),
    key(
        "baseline",
        Kind::Text,
        "none",
        "\"keysift.baseline\"",
        "The baseline of findings that were accepted; relative to this file's directory.",
    ),
    key(
        "rules",
        Kind::Table(RULES),
        "",
        "",
        "Which rules are in force, and how they are graded.",
    ),
    key(
        "rule",
        Kind::OpaqueTables,
        "",
        "",
        "Own rules, written as in a rule file. Only a file at or above a scanned path may add rules.",
    ),
    key(
        "paths",
        Kind::Table(PATHS),
        "",
        "",
        "Which files are scanned. Globs are written as in a `.gitignore` beside this file.",
    ),
    key(
        "allow",
        Kind::Tables(ALLOW),
        "",
        "",
        "Allowlists: what is no finding, and why.",
    ),
    key(
        "limits",
        Kind::Table(LIMITS),
        "",
        "",
        "How far a scan goes.",
    ),
    key(
        "output",
        Kind::Table(OUTPUT),
        "",
        "",
        "What is reported, and how.",
    ),
    key(
        "policy",
        Kind::OpaqueTable,
        "",
        "",
        "Policies of the inventory, which reads them itself.",
    ),
    key(
        "owners",
        Kind::OpaqueTable,
        "",
        "",
        "Owners of identities, which the inventory reads itself.",
    ),
    key(
        "declare",
        Kind::OpaqueTables,
        "",
        "",
        "Identities that are declared, which the inventory reads itself.",
    ),
];

static RULES: &[Key] = &[
    key(
        "files",
        Kind::Texts,
        "[]",
        "[\"rules/acme.toml\"]",
        "Files of own rules, added to the built-in ones; relative to this file's directory. Only a file at or above a scanned path may add rules.",
    ),
    key(
        "enable",
        Kind::Texts,
        "all",
        "[\"aws-*\", \"github-*\"]",
        "Use only these rules; `*` stands for any characters.",
    ),
    key(
        "disable",
        Kind::Texts,
        "[]",
        "[\"generic-password\"]",
        "Leave these rules out; `*` stands for any characters.",
    ),
    key(
        "severity",
        Kind::Map(severities),
        "as the rule says",
        "{ \"generic-*\" = \"low\" }",
        "Other severities, by rule id or glob; of several globs the last in alphabetical order that matches, and an id before any glob.",
    ),
    key(
        "confidence",
        Kind::Map(confidences),
        "as the rule says",
        "{ \"acme-*\" = \"high\" }",
        "Other confidences, by rule id or glob, as for severities. In a nested file it applies to findings that reach the least confidence of the whole scan.",
    ),
    key(
        "inline_comments",
        Kind::Boolean,
        "true",
        "false",
        "Whether comments `keysift:allow` beside a secret allow it. False by default where `--config-only` names the file.",
    ),
];

static PATHS: &[Key] = &[
    key(
        "include",
        Kind::Globs,
        "all",
        "[\"src/\", \"deploy/\"]",
        "Scan only what one of these matches.",
    ),
    key(
        "exclude",
        Kind::Globs,
        "[]",
        "[\"third_party/\", \"*.min.js\"]",
        "Leave out what one of these matches, also in a history.",
    ),
    key(
        "ignore_files",
        Kind::Boolean,
        "true",
        "false",
        "Whether a scan of files leaves out what `.gitignore` and `.ignore` name. False by default where `--config-only` names the file.",
    ),
];

static ALLOW: &[Key] = &[
    required(key(
        "reason",
        Kind::Text,
        "",
        "\"keys of the test fixtures, made up\"",
        "Why this is no finding. It is shown with `--explain`.",
    )),
    key(
        "expires",
        Kind::Day,
        "never",
        "2027-01-31",
        "The last day on which the entry allows anything. Later it is said that it expired.",
    ),
    key(
        "rules",
        Kind::Texts,
        "all",
        "[\"generic-*\"]",
        "Only findings of these rules; `*` stands for any characters.",
    ),
    key(
        "paths",
        Kind::Globs,
        "any",
        "[\"tests/fixtures/\"]",
        "Globs on the path, written as in a `.gitignore` beside this file. Members of archives are `outer.zip!inner/path`.",
    ),
    key(
        "path_patterns",
        Kind::Patterns,
        "any",
        "['(^|/)testdata/']",
        "Patterns on the path as seen from this file's directory, with `/` between its parts.",
    ),
    key(
        "values",
        Kind::Patterns,
        "any",
        "['^acme_test_']",
        "Patterns on the secret. For one secret use its fingerprint: a file of configuration is no place for a secret.",
    ),
    key(
        "matches",
        Kind::Patterns,
        "any",
        "['^dummy_']",
        "Patterns on what the rule's pattern matched, which may be more than the secret.",
    ),
    key(
        "lines",
        Kind::Patterns,
        "any",
        "['# example']",
        "Patterns on the lines that the match stands on, as far as 1,024 bytes round it.",
    ),
    key(
        "stop_words",
        Kind::Texts,
        "any",
        "[\"example\"]",
        "Words in the secret, in upper or lower case.",
    ),
    key(
        "fingerprints",
        Kind::Texts,
        "any",
        "[\"032699d194b33db0aba6ddeaf466649a\"]",
        "Fingerprints, as reports show them.",
    ),
    key(
        "commits",
        Kind::Texts,
        "any",
        "[\"9c1f0e3bb1f3d7c5a4a6d8f0e2b4c6d8e0f1a2b3\"]",
        "Whole ids of commits.",
    ),
    key(
        "line_numbers",
        Kind::Integers,
        "any",
        "[12]",
        "Lines on which the secret starts, counted from 1. They move when the file is edited: a fingerprint does not.",
    ),
    key(
        "condition",
        Kind::Choice(conditions),
        "\"all\"",
        "\"any\"",
        "Whether all of the conditions given have to hold, or any of them. `rules` always has to.",
    ),
];

static LIMITS: &[Key] = &[
    key(
        "max_file_size",
        Kind::Size,
        "none",
        "\"50M\"",
        "Leave out larger files, in bytes or with K, M or G.",
    ),
    key(
        "max_blob_size",
        Kind::Size,
        "none",
        "\"50M\"",
        "The same for blobs of Git.",
    ),
    key(
        "archives",
        Kind::Boolean,
        "true",
        "false",
        "Whether archives are opened.",
    ),
    key(
        "max_archive_depth",
        Kind::Integer,
        "8",
        "4",
        "How many archives in one another are opened; a compressed one counts twice.",
    ),
    key(
        "max_archive_bytes",
        Kind::Size,
        "\"16G\"",
        "\"2G\"",
        "How much of an outermost archive is decompressed.",
    ),
    key(
        "max_archive_ratio",
        Kind::Integer,
        "250",
        "100",
        "How many times its own size an archive may decompress to, beyond the first 64M.",
    ),
    key(
        "decode_depth",
        Kind::Integer,
        "2",
        "0",
        "How many encodings in one another are decoded to find what is hidden in them, at most 3; 0 for none.",
    ),
    key(
        "threads",
        Kind::Integer,
        "as many as the machine has",
        "4",
        "How many threads scan, at most 512.",
    ),
];

static OUTPUT: &[Key] = &[
    key(
        "min_confidence",
        Kind::Choice(confidences),
        "\"medium\"",
        "\"high\"",
        "Report findings of at least this confidence. A nested file can only ask for more.",
    ),
    key(
        "formats",
        Kind::Texts,
        "[\"text\"]",
        "[\"github\"]",
        "The formats of the report, as behind `--format`. Only a file that the user names may say `FORMAT=FILE`.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn all(keys: &'static [Key], found: &mut Vec<&'static Key>) {
        for key in keys {
            found.push(key);
            if let Kind::Table(keys) | Kind::Tables(keys) = key.kind {
                all(keys, found);
            }
        }
    }

    #[test]
    fn every_key_is_documented_once_in_its_table() {
        let mut found = Vec::new();
        all(SCHEMA, &mut found);
        for key in &found {
            assert!(key.meaning.ends_with('.'), "{}", key.name);
        }
        for keys in [SCHEMA, RULES, PATHS, ALLOW, LIMITS, OUTPUT] {
            let names: BTreeSet<&str> = keys.iter().map(|key| key.name).collect();
            assert_eq!(names.len(), keys.len());
        }
    }
}
