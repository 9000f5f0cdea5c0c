//! Which lines of a blob none of its earlier versions has.

use std::collections::{HashMap, HashSet};

use imara_diff::{Algorithm, Diff, InternedInput, Token, sources};
use keysift_core::Span;

/// Where more lines than this differ between the first and the last difference, lines are counted, not aligned.
///
/// Aligning takes time that grows with the square of their number if few lines are different from each other: 1.2 s for
/// 50,000 lines of one letter, 4.4 s for 100,000 and 18 s for 200,000.
const MAX_ALIGNED_LINES: usize = 50_000;

/// The places of `new` that `old` does not have: whole lines with their ends, in order. A place from which lines were
/// taken out is there as an empty span.
pub(super) fn changed(old: &[u8], new: &[u8]) -> Vec<Span> {
    let input = InternedInput::new(sources::byte_lines(old), sources::byte_lines(new));
    if differing(&input.before, &input.after) > MAX_ALIGNED_LINES {
        return counted(&input);
    }
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let mut spans: Vec<Span> = Vec::new();
    let (mut line, mut offset) = (0, 0);
    for hunk in diff.hunks() {
        let (start, end) = (hunk.after.start as usize, hunk.after.end as usize);
        offset += length(&input, &input.after[line..start]);
        let after = offset + length(&input, &input.after[start..end]);
        spans.push(Span::new(offset, after));
        (line, offset) = (end, after);
    }
    spans
}

/// How many lines a text has.
pub(super) fn count(text: &[u8]) -> u32 {
    sources::byte_lines(text).map(|_| 1).sum()
}

/// For each of these lines of `new`, counted from 0, which line of `old` it is; `None` for one that is new. Where more
/// lines differ than are aligned, all are.
pub(super) fn unchanged(old: &[u8], new: &[u8], lines: &[u32]) -> Vec<Option<u32>> {
    let input = InternedInput::new(sources::byte_lines(old), sources::byte_lines(new));
    if differing(&input.before, &input.after) > MAX_ALIGNED_LINES {
        return vec![None; lines.len()];
    }
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let hunks: Vec<_> = diff.hunks().collect();
    let before = |line: u32| {
        let behind = hunks.partition_point(|hunk| hunk.after.start <= line);
        let Some(hunk) = behind.checked_sub(1).and_then(|last| hunks.get(last)) else {
            return Some(line);
        };
        (line >= hunk.after.end).then(|| hunk.before.end + (line - hunk.after.end))
    };
    lines.iter().map(|line| before(*line)).collect()
}

fn length(input: &InternedInput<&[u8]>, lines: &[Token]) -> usize {
    lines.iter().map(|line| input.interner[*line].len()).sum()
}

/// How many lines of the shorter text stand between the first difference and the last.
fn differing(old: &[Token], new: &[Token]) -> usize {
    let same = |pair: &(&Token, &Token)| pair.0 == pair.1;
    let before = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[before..], &new[before..]);
    let after = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    old.len().min(new.len()) - after
}

/// The lines of the new text that stand in it more often than in the old one, and as empty spans the places between two
/// lines that never followed each other before. Its time grows with the number of lines.
fn counted(input: &InternedInput<&[u8]>) -> Vec<Span> {
    let mut known: HashMap<Token, usize> = HashMap::new();
    for line in &input.before {
        *known.entry(*line).or_default() += 1;
    }
    let neighbours: HashSet<(Token, Token)> = input
        .before
        .windows(2)
        .map(|pair| (pair[0], pair[1]))
        .collect();
    let mut spans: Vec<Span> = Vec::new();
    let mut offset = 0;
    let mut last: Option<Token> = None;
    for line in &input.after {
        let end = offset + input.interner[*line].len();
        let is_kept = known.get_mut(line).is_some_and(|count| {
            let is_left = *count > 0;
            *count = count.saturating_sub(1);
            is_left
        });
        if is_kept {
            let is_seam = last.is_some_and(|last| !neighbours.contains(&(last, *line)));
            if is_seam {
                spans.push(Span::new(offset, offset));
            }
        } else {
            match spans.last_mut() {
                Some(before) if before.end == offset && last.is_none() => before.end = end,
                _ => spans.push(Span::new(offset, end)),
            }
        }
        last = is_kept.then_some(*line);
        offset = end;
    }
    spans
}

/// The places that are in both, of two lists in order. Where a place of one meets a place of the other, an empty one is
/// left: what stands across it is in no version.
pub(super) fn intersect(a: &[Span], b: &[Span]) -> Vec<Span> {
    let mut both: Vec<Span> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        let span = Span::new(left.start.max(right.start), left.end.min(right.end));
        if span.start <= span.end && both.last() != Some(&span) {
            both.push(span);
        }
        if left.end < right.end {
            i += 1;
        } else {
            j += 1;
        }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(spans: &[Span], new: &str) -> Vec<String> {
        spans
            .iter()
            .map(|span| new[span.range()].to_owned())
            .collect()
    }

    fn changed_text(old: &str, new: &str) -> Vec<String> {
        text(&changed(old.as_bytes(), new.as_bytes()), new)
    }

    #[test]
    fn a_line_that_stays_is_found_where_it_was() {
        let (old, new) = (b"a\nb\nc\nd\n", b"x\na\nc\ny\nd\n");
        let lines = unchanged(old, new, &[0, 1, 2, 3, 4]);
        assert_eq!(lines, [None, Some(0), Some(2), None, Some(3)]);
        assert_eq!(unchanged(old, old, &[3]), [Some(3)]);
        assert_eq!(unchanged(b"", new, &[0]), [None]);
        assert_eq!((count(old), count(b""), count(b"a")), (4, 0, 1));
    }

    #[test]
    fn lines_are_whole_with_their_ends() {
        assert_eq!(changed_text("", "a\nb"), ["a\nb"]);
        assert_eq!(changed_text("a\nb\nc\n", "a\nx\nc\n"), ["x\n"]);
        assert_eq!(changed_text("a\nb", "a\nb\n"), ["b\n"]);
        assert_eq!(changed_text("a\nb\n", "a\r\nb\n"), ["a\r\n"]);
        assert_eq!(changed_text("a\nb\nc\n", "a\nc\n"), [""]);
        assert!(changed_text("a\nb\n", "a\nb\n").is_empty());
    }

    #[test]
    fn what_is_new_to_both_is_new() {
        let spans =
            |pairs: &[(usize, usize)]| pairs.iter().map(|(a, b)| Span::new(*a, *b)).collect();
        let all: Vec<Span> = spans(&[(0, 4), (6, 9)]);
        assert_eq!(intersect(&all, &spans(&[(2, 7)])), spans(&[(2, 4), (6, 7)]));
        assert_eq!(intersect(&all, &spans(&[(4, 6)])), spans(&[(4, 4), (6, 6)]));
        assert_eq!(intersect(&all, &spans(&[(5, 5)])), []);
        assert_eq!(intersect(&all, &[]), []);
    }

    #[test]
    fn very_many_lines_are_counted() {
        let old: String = (0..60_000).map(|number| format!("{number}\n")).collect();
        let new = format!("first\n{}last\n", old.replace("30000\n30001\n", "middle\n"));
        // One line at the end keeps the texts from being the same there.
        assert_eq!(changed_text(&old, &new), ["first\n", "middle\n", "last\n"]);
        let shorter = new.replace("40000\n", "");
        assert_eq!(
            changed_text(&old, &shorter),
            ["first\n", "middle\n", "", "last\n"]
        );
    }

    proptest! {
        #[test]
        fn counting_misses_no_line_that_was_not_there(
            old in proptest::collection::vec(0_u8..6, 0..20),
            new in proptest::collection::vec(0_u8..8, 0..20),
        ) {
            let lines = |numbers: &[u8]| -> String {
                numbers.iter().map(|number| format!("{number}\n")).collect()
            };
            let (old_text, new_text) = (lines(&old), lines(&new));
            let input = InternedInput::new(
                sources::byte_lines(old_text.as_bytes()),
                sources::byte_lines(new_text.as_bytes()),
            );
            let spans = counted(&input);
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let is_new = |at: usize| {
                spans.iter().any(|span| span.start <= at * 2 && at * 2 + 2 <= span.end)
            };
            for (at, number) in new.iter().enumerate() {
                prop_assert!(is_new(at) || old.contains(number));
            }
            for (at, pair) in new.windows(2).enumerate() {
                let is_marked = is_new(at) || is_new(at + 1) || spans.contains(&Span::new(at * 2 + 2, at * 2 + 2));
                prop_assert!(is_marked || old.windows(2).any(|before| before == pair));
            }
        }

        #[test]
        fn a_line_that_was_not_there_is_always_new(
            old in proptest::collection::vec(0_u8..6, 0..20),
            new in proptest::collection::vec(0_u8..8, 0..20),
        ) {
            let lines = |numbers: &[u8]| -> String {
                numbers.iter().map(|number| format!("{number}\n")).collect()
            };
            let spans = changed(lines(&old).as_bytes(), lines(&new).as_bytes());
            prop_assert!(spans.windows(2).all(|pair| pair[0].end < pair[1].start));
            for (at, number) in new.iter().enumerate() {
                let line = Span::new(at * 2, at * 2 + 2);
                let is_new = spans.iter().any(|span| span.start <= line.start && line.end <= span.end);
                prop_assert!(is_new || old.contains(number));
            }
            let kept: usize = new.len() - spans.iter().map(|span| span.len() / 2).sum::<usize>();
            prop_assert!(kept <= old.len());
        }

        #[test]
        fn an_intersection_has_the_bytes_that_are_in_both(
            a in proptest::collection::vec(any::<bool>(), 30),
            b in proptest::collection::vec(any::<bool>(), 30),
        ) {
            let spans = |bytes: &[bool]| -> Vec<Span> {
                let mut spans: Vec<Span> = Vec::new();
                for (at, _) in bytes.iter().enumerate().filter(|(_, is_in)| **is_in) {
                    match spans.last_mut() {
                        Some(last) if last.end == at => last.end += 1,
                        _ => spans.push(Span::new(at, at + 1)),
                    }
                }
                spans
            };
            let both = intersect(&spans(&a), &spans(&b));
            prop_assert!(both.is_sorted());
            for at in 0..30 {
                let is_in = both.iter().any(|span| span.range().contains(&at));
                prop_assert_eq!(is_in, a[at] && b[at]);
            }
        }
    }
}
