//! Whether one of a rule's keywords stands near enough to a match. A part of matching: without one there is no match.

use crate::blob::Span;
use crate::rule::Rule;

/// Whether a keyword of `rule` begins or ends within `rule.within` bytes of `matched`, or lies inside it.
pub(crate) fn is_near(rule: &Rule, hay: &[u8], matched: Span) -> bool {
    rule.keywords.is_empty()
        || rule
            .keywords
            .iter()
            .any(|word| word_is_near(rule, word.as_bytes(), hay, matched))
}

fn word_is_near(rule: &Rule, word: &[u8], hay: &[u8], matched: Span) -> bool {
    let room = rule.within + word.len();
    let from = matched.start.saturating_sub(room);
    let to = (matched.end + room).min(hay.len());
    hay[from..to]
        .windows(word.len())
        .enumerate()
        .any(|(at, part)| {
            part.eq_ignore_ascii_case(word)
                && (!rule.whole_words || is_whole(hay, from + at, word.len()))
        })
}

/// Whether the word at `start` is not a part of a longer one; a hump of camel case begins and ends a word.
fn is_whole(hay: &[u8], start: usize, length: usize) -> bool {
    let end = start + length;
    let joined_before = start > 0 && joins(hay[start - 1], hay[start]);
    let joined_after = end < hay.len() && joins(hay[end - 1], hay[end]);
    !joined_before && !joined_after
}

fn joins(left: u8, right: u8) -> bool {
    let hump = left.is_ascii_lowercase() && right.is_ascii_uppercase();
    left.is_ascii_alphabetic() && right.is_ascii_alphabetic() && !hump
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hump_of_camel_case_ends_a_word() {
        assert!(is_whole(b"myLineToken", 2, 4));
        assert!(is_whole(b"LINE_TOKEN", 0, 4));
        assert!(!is_whole(b"baseline", 4, 4));
        assert!(!is_whole(b"lineage", 0, 4));
    }
}
