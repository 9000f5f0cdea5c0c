//! Blobs that are hard on a scanner: one thing over and over, or bytes that look like what rules look for.

use keysift::{Rule, Scanner};

use crate::{Numbers, source_code};

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX: &[u8] = b"0123456789abcdef";

/// `unit` again and again, about `bytes` bytes.
pub fn repeated(unit: &[u8], bytes: usize) -> Vec<u8> {
    unit.repeat(bytes / unit.len().max(1) + 1)
}

/// Source code without a line's end.
pub fn one_line(bytes: usize) -> Vec<u8> {
    let mut text = source_code(bytes, 11);
    for byte in &mut text {
        if *byte == b'\n' {
            *byte = b' ';
        }
    }
    text
}

/// Random letters of an alphabet in lines of `columns`.
fn dump(alphabet: &[u8], columns: usize, bytes: usize) -> Vec<u8> {
    let mut numbers = Numbers::new(12);
    let mut text = Vec::with_capacity(bytes + columns);
    while text.len() < bytes {
        text.extend((0..columns).map(|_| alphabet[numbers.below(alphabet.len())]));
        text.push(b'\n');
    }
    text
}

/// Base64 in lines of 76 letters, as in mail.
pub fn base64_dump(bytes: usize) -> Vec<u8> {
    dump(BASE64, 76, bytes)
}

/// Hexadecimal digits in lines of 64.
pub fn hex_dump(bytes: usize) -> Vec<u8> {
    dump(HEX, 64, bytes)
}

/// What a minifier leaves of a program: short names, few blanks, long lines.
pub fn minified(bytes: usize) -> Vec<u8> {
    const PIECES: [&str; 14] = [
        "function(",
        ",",
        "){return ",
        "}",
        ";var ",
        "=",
        ".",
        "(",
        ")",
        "?",
        ":",
        "!0",
        "\"use strict\"",
        "&&",
    ];
    let mut numbers = Numbers::new(13);
    let mut text = Vec::with_capacity(bytes + 16);
    while text.len() < bytes {
        text.extend_from_slice(PIECES[numbers.below(PIECES.len())].as_bytes());
        text.extend((0..=numbers.below(2)).map(|_| b'a' + numbers.below(26) as u8));
        if numbers.below(20_000) == 0 {
            text.push(b'\n');
        }
    }
    text
}

/// Beginnings of JSON Web Tokens, joined by dots and by hyphens, so that each goes on in the next.
pub fn token_chains(bytes: usize) -> Vec<u8> {
    let mut numbers = Numbers::new(14);
    let mut text = Vec::with_capacity(bytes + 64);
    while text.len() < bytes {
        text.extend_from_slice(b"eyJ");
        text.extend((0..numbers.below(40)).map(|_| BASE64[numbers.below(62)]));
        text.push(b".--"[numbers.below(3)]);
    }
    text
}

/// Every anchor of a scanner's rules in turn, a blank between them.
pub fn anchors(scanner: &Scanner, bytes: usize) -> Vec<u8> {
    let anchors: Vec<Vec<u8>> = scanner.explain().flat_map(|plan| plan.anchors).collect();
    repeated(&anchors.join(&b' '), bytes)
}

/// The base64, in one run, of every anchor of a scanner's rules in turn.
pub fn encoded_anchors(scanner: &Scanner, bytes: usize) -> Vec<u8> {
    let mut chars = Vec::with_capacity(bytes);
    for three in anchors(scanner, bytes / 4 * 3).chunks_exact(3) {
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        chars.extend([18, 12, 6, 0].map(|shift| BASE64[(bits >> shift & 63) as usize]));
    }
    chars
}

/// The beginning of a secret of each rule in turn.
pub fn prefixes<'a>(rules: impl Iterator<Item = &'a Rule>, bytes: usize) -> Vec<u8> {
    let secrets = rules.filter_map(|rule| rule.sample_secret(1));
    let cut: Vec<Vec<u8>> = secrets
        .map(|secret| secret[..secret.len().min(6)].to_vec())
        .collect();
    repeated(&cut.join(&b' '), bytes)
}

/// For each rule a keyword and a secret that breaks off before its end.
pub fn near_misses<'a>(rules: impl Iterator<Item = &'a Rule>, bytes: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for rule in rules {
        let Some(secret) = rule.sample_secret(1) else {
            continue;
        };
        text.extend(
            rule.keywords
                .first()
                .into_iter()
                .flat_map(|word| word.bytes()),
        );
        text.extend_from_slice(b" = ");
        text.extend_from_slice(&secret[..secret.len() * 2 / 3]);
        text.extend_from_slice(b"!\n");
    }
    repeated(&text, bytes)
}

/// The first example of each rule that must match, on a line of its own.
pub fn examples<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<Vec<u8>> {
    let examples =
        rules.filter_map(|rule| rule.expanded_examples().ok()?.r#match.into_iter().next());
    examples
        .map(|example| (example + "\n").into_bytes())
        .collect()
}

/// For each rule the beginning of a secret and then its last letter, far longer than any secret.
pub fn long_runs<'a>(rules: impl Iterator<Item = &'a Rule>, bytes: usize) -> Vec<u8> {
    let mut text = Vec::new();
    for secret in rules.filter_map(|rule| rule.sample_secret(1)) {
        text.extend_from_slice(&secret[..secret.len().min(8)]);
        text.extend(std::iter::repeat_n(secret[secret.len() - 1], 5000));
        text.push(b'\n');
    }
    repeated(&text, bytes)
}
