//! Whether one of a rule's keywords stands near enough to a match. A part of matching: without one there is no match.

use std::ops::Range;

use crate::blob::Span;
use crate::rule::Rule;

/// What is known of a rule's keywords in the bytes at hand, so that no byte is looked at again for each of many matches.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    /// No keyword begins here.
    none: Range<usize>,
    /// Where one was seen last, and its length.
    seen: Option<Span>,
}

impl Nearby {
    /// Forgets all: the next match is in other bytes.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Whether a keyword of `rule` begins or ends within `rule.within` bytes of `matched`, or lies inside it.
    pub(crate) fn holds(&mut self, rule: &Rule, hay: &[u8], matched: Span) -> bool {
        let Some(longest) = rule.keywords.iter().map(String::len).max() else {
            return true;
        };
        let is_near = |word: Span| {
            word.end + rule.within >= matched.start && word.start <= matched.end + rule.within
        };
        if self.seen.is_some_and(is_near) {
            return true;
        }
        let from = matched.start.saturating_sub(rule.within + longest);
        let to = (matched.end + rule.within + 1).min(hay.len());
        // A word that begins before this may be too short to be near this match, and is near another.
        let edge = from + longest;
        let is_known = self.none.start <= to && from <= self.none.end;
        let known = if is_known {
            self.none.clone()
        } else {
            edge..edge
        };
        let starts = if is_known {
            (from..known.start.min(to)).chain(known.end.max(from)..to)
        } else {
            (from..to).chain(0..0)
        };
        self.seen = first_word(rule, hay, starts, is_near);
        if self.seen.is_none() {
            self.none = known.start.min(edge)..known.end.max(to);
        }
        self.seen.is_some()
    }
}

/// The first keyword that begins at one of `starts` and is near enough.
fn first_word(
    rule: &Rule,
    hay: &[u8],
    starts: impl Iterator<Item = usize>,
    is_near: impl Fn(Span) -> bool,
) -> Option<Span> {
    let word_at = |start: usize| {
        rule.keywords.iter().find_map(|word| {
            let end = start + word.len();
            let part = hay.get(start..end)?;
            let stands = part.eq_ignore_ascii_case(word.as_bytes())
                && is_near(Span::new(start, end))
                && (!rule.whole_words || is_whole(hay, start, word.len()));
            stands.then(|| Span::new(start, end))
        })
    };
    starts.into_iter().find_map(word_at)
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
