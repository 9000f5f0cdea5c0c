//! Example values from documentation, which are never a leak.
//!
//! The list holds digests, so that no token-like text stands in the repository and its push is not blocked.

use std::cmp::Ordering;

use super::{Reason, Subject};

/// One line a value: the first 16 hexadecimal digits of its BLAKE3 digest, the provider, the source. Sorted.
const LIST: &str = include_str!("published.tsv");

/// Hexadecimal digits of the digest that the list holds.
const DIGEST_DIGITS: usize = 16;

pub(super) fn check(subject: &Subject<'_>) -> Option<Reason> {
    is_published(subject.secret_bytes()).then_some(Reason::Published)
}

/// Whether a value is in the list.
fn is_published(value: &[u8]) -> bool {
    is_listed(digest(value).as_bytes())
}

/// Whether a digest is in the list, which is searched by halves.
fn is_listed(digest: &[u8]) -> bool {
    let list = LIST.as_bytes();
    let (mut from, mut to) = (0, list.len());
    while from < to {
        let middle = from + (to - from) / 2;
        let start = memchr::memrchr(b'\n', &list[from..middle]).map_or(from, |at| from + at + 1);
        let end = memchr::memchr(b'\n', &list[middle..to]).map_or(to, |at| middle + at + 1);
        let line = &list[start..end];
        match line[..DIGEST_DIGITS.min(line.len())].cmp(digest) {
            Ordering::Less => from = end,
            Ordering::Equal => return true,
            Ordering::Greater => to = start,
        }
    }
    false
}

/// What stands in the list for `value`.
pub fn digest(value: &[u8]) -> String {
    let mut text = blake3::hash(value).to_hex().to_string();
    text.truncate(DIGEST_DIGITS);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_aws_documentation_key_is_published() {
        assert!(is_published(b"AKIAIOSFODNN7EXAMPLE"));
        assert!(!is_published(b"AKIAIOSFODNN7EXAMPLF"));
    }

    #[test]
    fn every_line_is_found_by_halves() {
        let is_in = |digest: &str| is_listed(digest.as_bytes());
        assert!(LIST.lines().all(|line| is_in(&line[..DIGEST_DIGITS])));
        assert!(!is_in("0000000000000000") && !is_in("ffffffffffffffff"));
    }

    #[test]
    fn every_line_is_a_digest_a_provider_and_a_source_in_order() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.is_sorted());
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields.len(), 3, "{line}");
            assert!(
                fields[0].len() == DIGEST_DIGITS
                    && fields[0].bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{line}"
            );
        }
    }
}
