//! Comments beside a secret that allow it: `keysift:allow`, optionally with the ids of rules, and those of other scanners.
//!
//! Our comment applies to its own line; one that stands alone on its line applies to the next. It is seen as far as
//! the engine's context reaches.

use super::{Reason, Subject, comment};

const MARK: &[u8] = b"keysift:allow";

pub(super) fn check(subject: &Subject<'_>) -> Option<Reason> {
    let context = subject.context();
    let before = &subject.hay[context.start..subject.matched.start];
    let line_start = context.start + memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let after = &subject.hay[subject.matched.end..context.end];
    let line_end = subject.matched.end + memchr::memchr(b'\n', after).unwrap_or(after.len());
    let own_line = &subject.hay[line_start..line_end];
    let previous = previous_line(&subject.hay[context.start..line_start]);
    let allows = |line: &[u8]| allows(line, &subject.rule.id);
    let mut own_lines = own_line.split(|byte| *byte == b'\n');
    let is_allowed = allows(own_line)
        || previous.is_some_and(|line| stands_alone(line) && allows(line))
        || own_lines.any(comment::allows_its_line)
        || previous.is_some_and(comment::allows_the_next);
    is_allowed.then_some(Reason::Inline)
}

fn previous_line(before: &[u8]) -> Option<&[u8]> {
    let line = before.strip_suffix(b"\n")?;
    Some(&line[memchr::memrchr(b'\n', line).map_or(0, |at| at + 1)..])
}

/// Whether nothing but a comment's leader stands before the mark.
fn stands_alone(line: &[u8]) -> bool {
    memchr::memmem::find(line, MARK)
        .is_some_and(|at| !line[..at].iter().any(u8::is_ascii_alphanumeric))
}

/// Whether the line has the mark without ids, or with that of `rule`.
fn allows(line: &[u8], rule: &str) -> bool {
    memchr::memmem::find_iter(line, MARK).any(|at| {
        let rest = &line[at + MARK.len()..];
        if rest.first().is_some_and(|byte| is_id_byte(*byte)) {
            return false;
        }
        let mut ids = rest
            .split(|byte| byte.is_ascii_whitespace() || *byte == b',')
            .map(trimmed)
            .filter(|word| !word.is_empty())
            .take_while(|word| {
                word.iter().all(|byte| is_id_byte(*byte))
                    && word.contains(&b'-')
                    && word.iter().any(u8::is_ascii_lowercase)
            })
            .peekable();
        ids.peek().is_none() || ids.any(|id| id == rule.as_bytes())
    })
}

/// A word without what stands round an id in prose or at a comment's end: `(acme-key):`, `acme-key-->`.
fn trimmed(word: &[u8]) -> &[u8] {
    let is_edge = |byte: &u8| !is_id_byte(*byte) || *byte == b'-';
    let start = word
        .iter()
        .position(|byte| !is_edge(byte))
        .unwrap_or(word.len());
    let end = word
        .iter()
        .rposition(|byte| !is_edge(byte))
        .map_or(start, |at| at + 1);
    &word[start..end]
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_without_ids_allows_every_rule() {
        assert!(allows(b"x = 1 # keysift:allow", "acme-api-key"));
        assert!(allows(b"x = 1 // keysift:allow a fixture", "acme-api-key"));
        assert!(allows(b"<!-- keysift:allow -->", "acme-api-key"));
    }

    #[test]
    fn a_comment_with_ids_allows_those_alone() {
        assert!(allows(
            b"# keysift:allow acme-api-key, other-key",
            "acme-api-key"
        ));
        assert!(allows(
            b"# keysift:allow acme-api-key, other-key",
            "other-key"
        ));
        assert!(!allows(
            b"# keysift:allow other-key because",
            "acme-api-key"
        ));
    }

    #[test]
    fn punctuation_round_an_id_is_not_a_part_of_it() {
        assert!(!allows(b"# keysift:allow other-key: why", "acme-api-key"));
        assert!(allows(
            b"# keysift:allow other-key, acme-api-key: why",
            "acme-api-key"
        ));
        assert!(allows(
            b"<!-- keysift:allow (acme-api-key)-->",
            "acme-api-key"
        ));
    }

    #[test]
    fn a_longer_word_is_no_mark() {
        assert!(!allows(b"# keysift:allowed", "acme-api-key"));
    }

    #[test]
    fn only_a_comment_alone_on_its_line_reaches_the_next() {
        assert!(stands_alone(b"  # keysift:allow"));
        assert!(!stands_alone(b"key = 1 # keysift:allow"));
    }
}
