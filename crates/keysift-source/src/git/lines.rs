//! Which lines of a blob none of its earlier versions has.

use imara_diff::{Algorithm, Diff, InternedInput, sources};
use keysift_core::Span;

/// The places of `new` that `old` does not have: whole lines with their ends, in order. A place from which lines were
/// taken out is there as an empty span.
pub(super) fn changed(old: &[u8], new: &[u8]) -> Vec<Span> {
    let input = InternedInput::new(sources::byte_lines(old), sources::byte_lines(new));
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let mut spans: Vec<Span> = Vec::new();
    let (mut line, mut offset) = (0_u32, 0_usize);
    for hunk in diff.hunks() {
        offset += length(&input, line..hunk.after.start);
        let end = offset + length(&input, hunk.after.clone());
        spans.push(Span::new(offset, end));
        (line, offset) = (hunk.after.end, end);
    }
    spans
}

fn length(input: &InternedInput<&[u8]>, lines: std::ops::Range<u32>) -> usize {
    input.after[lines.start as usize..lines.end as usize]
        .iter()
        .map(|token| input.interner[*token].len())
        .sum()
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

    proptest! {
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
