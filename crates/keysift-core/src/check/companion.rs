//! The parts of a pair: what a rule's companions find round a match.
//!
//! A part depends on nothing but the bytes within its companion's distance of the match, as a check does. Of several
//! the one is taken that people would read as the secret's own: in the same block before one in another, in the same
//! line, before the secret rather than behind it, and the nearest.

use std::sync::OnceLock;

use keysift_facts::Validity;
use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::{CONTEXT_BYTES, Reason, Subject, Verdict};
use crate::blob::Span;
use crate::rule::{Companion, Confidence, Rule};

/// A rule's companions, compiled when a match first needs them.
#[derive(Debug, Default)]
pub(crate) struct Companions {
    patterns: OnceLock<Vec<Pattern>>,
}

#[derive(Debug)]
struct Pattern {
    regex: Regex,
    value_group: usize,
}

impl Companions {
    /// The place of each of the rule's companions, in their order; `None` for one that does not stand there.
    pub(crate) fn find<'a>(
        &'a self,
        rule: &'a Rule,
        hay: &'a [u8],
        spans: (Span, Span),
    ) -> impl Iterator<Item = (&'a Companion, Option<Span>)> {
        self.compiled(rule)
            .map(move |(companion, pattern)| (companion, pattern.nearest(companion, hay, spans)))
    }

    fn compiled<'a>(
        &'a self,
        rule: &'a Rule,
    ) -> impl Iterator<Item = (&'a Companion, &'a Pattern)> {
        let patterns = self
            .patterns
            .get_or_init(|| rule.companions.iter().map(compile).collect());
        rule.companions.iter().zip(patterns)
    }

    /// The bytes that the compiled patterns occupy now.
    pub(crate) fn memory_usage(&self) -> usize {
        let patterns = self.patterns.get().into_iter().flatten();
        patterns.map(|pattern| pattern.regex.memory_usage()).sum()
    }

    /// The verdict on a match that the other checks kept, by what stands beside it.
    pub(super) fn verdict(&self, subject: &Subject<'_>, most: Confidence) -> Verdict {
        let decides = |companion: &Companion| companion.is_required || companion.without.is_some();
        let companions = &subject.rule.companions;
        if !companions.iter().any(decides) {
            return Verdict::Keep(most);
        }
        let spans = (subject.matched, subject.secret);
        let mut most = most;
        for (companion, pattern) in self.compiled(subject.rule) {
            if !decides(companion) || pattern.nearest(companion, subject.hay, spans).is_some() {
                continue;
            }
            match companion.without {
                Some(without) => most = most.min(without),
                None => return Verdict::Drop(Reason::Alone),
            }
        }
        Verdict::Keep(most)
    }
}

impl Pattern {
    fn nearest(
        &self,
        companion: &Companion,
        hay: &[u8],
        (matched, secret): (Span, Span),
    ) -> Option<Span> {
        let from = matched.start.saturating_sub(companion.within);
        let to = (matched.end + companion.within).min(hay.len());
        let mut best: Option<((usize, bool, bool, usize), Span)> = None;
        let input = Input::new(hay).span(from..to);
        for groups in self.regex.captures_iter(input) {
            let Some(value) = groups.get_group(self.value_group) else {
                continue;
            };
            let value = Span::new(value.start, value.end);
            let is_inside = value.start < secret.end && secret.start < value.end;
            let bytes = &hay[value.range()];
            let is_wrong = |format: &&keysift_facts::Format| {
                matches!(format.check(bytes), Validity::Invalid(..))
            };
            let is_far = groups.get_match().is_none_or(|it| {
                !is_near(companion, hay, Span::new(it.start(), it.end()), matched)
            });
            if (is_inside && companion.is_shown)
                || is_far
                || value.is_empty()
                || companion.checks.iter().any(is_wrong)
            {
                continue;
            }
            let rank = rank(hay, value, secret);
            if best.is_none_or(|(least, _)| rank < least) {
                best = Some((rank, value));
            }
        }
        best.map(|(_, value)| value)
    }
}

/// Whether two matches start as few lines and columns from each other as the companion asks for. Line feeds at a match's
/// start do not count as a part of it.
fn is_near(companion: &Companion, hay: &[u8], beside: Span, matched: Span) -> bool {
    if companion.lines.is_none() && companion.columns.is_none() {
        return true;
    }
    let trimmed = |span: Span| {
        let feeds = hay[span.range()].iter().take_while(|byte| **byte == b'\n');
        span.start + feeds.count()
    };
    let (one, other) = (trimmed(beside), trimmed(matched));
    let (first, last) = (one.min(other), one.max(other));
    let lines = memchr::memchr_iter(b'\n', &hay[first..last]).count();
    let is_within =
        |most: Option<u32>, count: usize| most.is_none_or(|most| count <= most as usize);
    if !is_within(companion.lines, lines) {
        return false;
    }
    // A verdict must not depend on what stands further away: of a line that begins there no columns are counted.
    let from = matched.start.saturating_sub(CONTEXT_BYTES);
    let begins_here = matched.start < CONTEXT_BYTES;
    let column = |at: usize| {
        let feed = memchr::memrchr(b'\n', &hay[from..at]).map(|feed| from + feed + 1);
        feed.or(begins_here.then_some(0)).map(|start| at - start)
    };
    match (companion.columns, lines) {
        (None, _) => true,
        (most, 0) => is_within(most, last - first),
        (most, _) => match (column(one), column(other)) {
            (Some(one), Some(other)) => is_within(most, one.abs_diff(other)),
            _ => false,
        },
    }
}

/// How far a value is from belonging to a secret that it does not overlap: ends of blocks between them, whether it is
/// in another line, whether it stands behind, and the bytes between them.
fn rank(hay: &[u8], value: Span, secret: Span) -> (usize, bool, bool, usize) {
    let is_behind = value.start >= secret.end;
    let between = if is_behind {
        secret.end..value.start
    } else {
        value.end..secret.start
    };
    let between = &hay[between];
    let is_elsewhere = between.contains(&b'\n');
    (block_ends(between), is_elsewhere, is_behind, between.len())
}

/// How many blocks end in a text: an empty line, a closing brace, or a line that begins a section or an item of a list.
fn block_ends(text: &[u8]) -> usize {
    let mut lines = text.split(|byte| *byte == b'\n');
    let braces = text.iter().filter(|byte| **byte == b'}').count();
    // What stands before the first line feed goes on from before the text, and what stands behind the last goes on
    // behind it.
    lines.next();
    let lines: Vec<&[u8]> = lines.collect();
    let last = lines.len().saturating_sub(1);
    let ends = lines.iter().enumerate().filter(|(index, line)| {
        let line = line.trim_ascii();
        (line.is_empty() && *index < last) || line.starts_with(b"[") || line.starts_with(b"- ")
    });
    braces + ends.count()
}

fn compile(companion: &Companion) -> Pattern {
    let regex = Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
        .build(&companion.pattern)
        .expect("because the pattern parsed and its size was bounded when the rule was read");
    let group = regex
        .group_info()
        .to_index(regex_automata::PatternID::ZERO, "value");
    Pattern {
        value_group: group.unwrap_or(0),
        regex,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Option<&str> {
        let companion = Companion {
            name: "id".to_owned(),
            pattern: r"\b(?P<value>id[0-9])\b".to_owned(),
            within: 60,
            checks: Vec::new(),
            without: None,
            is_required: false,
            is_shown: true,
            lines: None,
            columns: None,
        };
        let at = text.find("SECRET").unwrap();
        let secret = Span::new(at, at + "SECRET".len());
        let span = compile(&companion).nearest(&companion, text.as_bytes(), (secret, secret))?;
        Some(&text[span.range()])
    }

    #[test]
    fn the_part_is_the_one_that_people_would_read_as_the_secrets_own() {
        for (text, expected) in [
            ("a = id1\nb = SECRET\na = id2\n", "id1"),
            ("b = SECRET\na = id2\n", "id2"),
            ("[x]\na = id1\n[y]\nb = SECRET\na = id2\n", "id2"),
            ("a = id1\n\nb = SECRET\na = id2\n", "id2"),
            ("a = id1\r\n\r\nb = SECRET\r\na = id2\r\n", "id2"),
            ("- b: x\n  a: id1\n- b: SECRET\n  a: id2\n", "id2"),
            ("{\"a\":\"id1\"},{\"b\":\"SECRET\",\"a\":\"id2\"}", "id2"),
            ("id1,x\nSECRET,id2\n", "id2"),
            ("x,id1\nid2,SECRET\nid3", "id2"),
            ("id1 id2 SECRET", "id2"),
        ] {
            assert_eq!(part(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn lines_and_columns_are_counted_between_the_starts_of_both_matches() {
        let is_there = |text: &str, lines: Option<u32>, columns: Option<u32>| {
            let companion = Companion {
                name: "id".to_owned(),
                pattern: r"\n*(?P<value>id[0-9])".to_owned(),
                within: 200,
                checks: Vec::new(),
                without: None,
                is_required: true,
                is_shown: false,
                lines,
                columns,
            };
            let at = text.find("SECRET").unwrap();
            let secret = Span::new(at, at + "SECRET".len());
            let pattern = compile(&companion);
            pattern
                .nearest(&companion, text.as_bytes(), (secret, secret))
                .is_some()
        };
        let text = "a = 1\nb = id1\n\nlong = SECRET\n";
        assert!(is_there(text, None, None));
        assert!(is_there(text, Some(2), None));
        assert!(!is_there(text, Some(1), None));
        assert!(is_there(text, None, Some(3)));
        assert!(!is_there(text, None, Some(2)));
        assert!(!is_there(text, Some(1), Some(3)));
        // Line feeds at its start are no part of a match.
        assert!(is_there("SECRET\n\nid1", Some(2), Some(0)));
        assert!(!is_there("SECRET\n\nid1", Some(1), None));
        assert!(is_there("SECRET id1", Some(0), Some(7)));
        assert!(!is_there("SECRET id1", Some(0), Some(6)));
        // Of a line that begins out of sight nothing is known.
        let long = format!("{}id1\n{}SECRET", " ".repeat(2_000), " ".repeat(150));
        assert!(!is_there(&long, None, Some(5_000)));
    }

    #[test]
    fn what_is_far_cut_or_a_piece_of_a_word_is_no_part() {
        let far = format!("id1{}SECRET", " ".repeat(58));
        assert_eq!(part(&far), None);
        let near = format!("id1{}SECRET", " ".repeat(57));
        assert_eq!(part(&near), Some("id1"));
        assert_eq!(part("xid1 SECRET id12"), None);
        assert_eq!(part("SECRET"), None);
    }

    #[test]
    fn the_byte_behind_the_distance_still_bounds_a_word() {
        let text = format!("SECRET{}id12", " ".repeat(57));
        assert_eq!(part(&text), None);
    }
}
