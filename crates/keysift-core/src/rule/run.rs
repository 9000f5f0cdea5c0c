//! A run of like bytes that every match of a pattern contains, such as thirty-two hexadecimal digits: what tells a window
//! that may hold a match from one that does not, for a look at every thirty-second byte.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind};

use super::anchor::flatten;
use super::positions::ByteSet;

/// A shorter run is in every window.
const MIN_RUN_BYTES: usize = 8;

/// A run tells less than this many bits where its set holds nearly all bytes.
const MIN_BITS: f32 = 12.0;

/// So many looks cost less than an automaton's way through the bytes before the run.
const CHEAP_LOOKS: usize = 8;

/// A run of bytes of one set, and where in a match it begins.
#[derive(Debug)]
pub(crate) struct Run {
    pub(super) set: ByteSet,
    /// At least so many bytes.
    pub(super) bytes: usize,
    /// Bytes of the match before it: at least, and at most if there is a bound.
    pub(super) offset_min: usize,
    pub(super) offset_max: Option<usize>,
}

impl Run {
    /// The most telling run of a pattern; `None` when none tells enough.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let parts = flatten(std::slice::from_ref(hir));
        let mut best: Option<(f32, Self)> = None;
        let (mut offset_min, mut offset_max) = (0_usize, Some(0_usize));
        for first in 0..parts.len() {
            let mut run = Self {
                set: ByteSet::default(),
                bytes: 0,
                offset_min,
                offset_max,
            };
            for part in &parts[first..] {
                add_bytes(part, &mut run.set);
                let least = part.properties().minimum_len().unwrap_or(0);
                run.bytes = run.bytes.saturating_add(least);
                let bits = run.bytes as f32 * (8.0 - (run.set.len().max(1) as f32).log2());
                let is_better = best.as_ref().is_none_or(|(most, _)| bits > *most);
                if run.bytes >= MIN_RUN_BYTES && bits >= MIN_BITS && is_better {
                    best = Some((bits, Self { ..run }));
                }
            }
            let properties = parts[first].properties();
            offset_min += properties.minimum_len().unwrap_or(0);
            offset_max = offset_max.zip(properties.maximum_len()).map(|(a, b)| a + b);
        }
        best.map(|(_, run)| run)
    }

    /// Whether a few looks tell if one start has a run behind it.
    pub(crate) fn is_cheap(&self) -> bool {
        let spread = self.offset_max.map(|max| max - self.offset_min);
        spread.is_some_and(|spread| spread <= CHEAP_LOOKS * self.bytes)
    }

    /// Whether a match no longer than `max_match_bytes` may begin at `start`, by the runs behind it.
    pub(crate) fn allows(&self, hay: &[u8], start: usize, max_match_bytes: usize) -> bool {
        self.narrow(hay, start..start + 1, max_match_bytes)
            .next()
            .is_some()
    }

    /// The parts of `starts` at which a match no longer than `max_match_bytes` may begin, in ascending order, by the
    /// runs round them.
    pub(crate) fn narrow<'a>(
        &'a self,
        hay: &'a [u8],
        starts: Range<usize>,
        max_match_bytes: usize,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let room = max_match_bytes.saturating_sub(self.bytes);
        let offset_max = self.offset_max.map_or(room, |max| max.min(room));
        let to = starts
            .end
            .saturating_add(offset_max + self.bytes)
            .min(hay.len());
        let mut at = starts.start.saturating_add(self.offset_min);
        let mut open = starts.start;
        std::iter::from_fn(move || {
            loop {
                let run = self.next(hay, at..to)?;
                at = run.end;
                let first = run.start.saturating_sub(offset_max).max(open);
                let last = (run.end - self.bytes).checked_sub(self.offset_min);
                let end = last.map_or(0, |last| last + 1).min(starts.end);
                if first < end {
                    open = end;
                    return Some(first..end);
                }
            }
        })
    }

    /// The first run in a part of the blob.
    fn next(&self, hay: &[u8], part: Range<usize>) -> Option<Range<usize>> {
        let mut at = part.start;
        while at + self.bytes <= part.end {
            let stretch = &hay[at..at + self.bytes];
            match stretch.iter().rposition(|byte| !self.set.holds(*byte)) {
                Some(gap) => at += gap + 1,
                None => {
                    let behind = &hay[at + self.bytes..part.end];
                    let more = behind.iter().position(|byte| !self.set.holds(*byte));
                    let end = more.map_or(part.end, |more| at + self.bytes + more);
                    return Some(at..end);
                }
            }
        }
        None
    }
}

/// Adds every byte that a part of a pattern may match.
fn add_bytes(hir: &Hir, set: &mut ByteSet) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| set.add(*byte, *byte)),
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .for_each(|range| set.add(range.start(), range.end())),
        HirKind::Class(Class::Unicode(_)) => set.add(0, u8::MAX),
        HirKind::Repetition(repetition) => add_bytes(&repetition.sub, set),
        HirKind::Capture(capture) => add_bytes(&capture.sub, set),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| add_bytes(part, set))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::pattern;

    fn run(pattern: &str) -> Run {
        Run::of(&pattern::parse(pattern).unwrap().hir).unwrap()
    }

    fn narrowed(pattern: &str, hay: &[u8], starts: Range<usize>) -> Vec<(usize, usize)> {
        let parts: Vec<Range<usize>> = run(pattern).narrow(hay, starts, 100).collect();
        parts.iter().map(|part| (part.start, part.end)).collect()
    }

    #[test]
    fn a_run_is_joined_of_neighbouring_parts() {
        let run = run(r"\[(?P<secret>[0-9]{1,3}(?:,[0-9]{1,3}){15})\]");
        assert_eq!((run.bytes, run.offset_min), (33, 0));
        assert!(run.set.holds(b'[') && run.set.holds(b',') && !run.set.holds(b' '));
    }

    #[test]
    fn starts_are_left_only_where_a_run_follows() {
        let hay = b"key: 0123456789abcdef; 0123 456789abcdef";
        let pattern = r"\b(?P<secret>[0-9a-f]{16})\b";
        assert_eq!(narrowed(pattern, hay, 0..hay.len()), [(5, 6)]);
        assert!(narrowed(pattern, hay, 0..5).is_empty());
        assert!(narrowed(pattern, hay, 6..hay.len()).is_empty());
    }

    #[test]
    fn a_run_behind_parts_of_any_length_leaves_all_starts_before_it() {
        let hay = b"....k=0123456789";
        let pattern = r"k[^0-9]{1,3}(?P<secret>[0-9]{10})";
        assert_eq!(narrowed(pattern, hay, 0..hay.len()), [(2, 5)]);
    }

    #[test]
    fn a_pattern_of_any_bytes_has_no_run() {
        let parsed = pattern::parse(r"(?s)abcd(?P<secret>.{20})").unwrap();
        assert!(Run::of(&parsed.hir).is_none());
    }
}
