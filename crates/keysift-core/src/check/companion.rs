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

use super::Subject;
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

    /// The confidence of a match that the other checks kept, by what stands beside it.
    pub(super) fn confidence(&self, subject: &Subject<'_>, most: Confidence) -> Confidence {
        let companions = &subject.rule.companions;
        if companions
            .iter()
            .all(|companion| companion.without.is_none())
        {
            return most;
        }
        let spans = (subject.matched, subject.secret);
        self.compiled(subject.rule)
            .filter_map(|(companion, pattern)| Some((companion, pattern, companion.without?)))
            .filter(|(companion, pattern, _)| {
                pattern.nearest(companion, subject.hay, spans).is_none()
            })
            .map(|(.., without)| without)
            .fold(most, Confidence::min)
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
            if is_inside || value.is_empty() || companion.checks.iter().any(is_wrong) {
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
