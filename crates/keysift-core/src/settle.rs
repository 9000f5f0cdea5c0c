//! Settling overlaps: which of several matches on the same bytes stands.

use std::collections::{BTreeMap, HashMap};

use crate::blob::{Origin, Span};
use crate::check::{Reason, Verdict};
use crate::rule::{Confidence, IdentityKind};
use crate::scanner::{Match, Scanner};

impl Scanner {
    /// Drops each match whose secret a better rule's match overlaps, after the checks of the path. What stands has the
    /// greatest confidence of all that matched the very same secret, so that a match that nobody would be shown hides none
    /// that everybody would.
    ///
    /// Settled pairwise: a match is dropped whether or not the better one is itself dropped for an overlap. So the
    /// outcome at a place does not depend on chains of overlaps that reach far from it.
    pub(crate) fn settle(&self, matches: &mut [Match], origin: &Origin) {
        let path = origin.path_bytes();
        let mut order: Vec<usize> = Vec::with_capacity(matches.len());
        for (index, found) in matches.iter_mut().enumerate() {
            let entry = self.entry(found.rule);
            if let Some(reason) = entry.allowlist.check_path(entry.rule(), &path) {
                found.verdict = Verdict::Drop(reason);
            }
            match found.verdict {
                Verdict::Drop(reason) if !reason.settles_the_value() => {}
                _ => order.push(index),
            }
        }
        self.raise(matches, &order);
        order.sort_by_key(|index| {
            (
                self.entry(matches[*index].rule).rank,
                matches[*index].span.start,
            )
        });
        let mut taken = Intervals::default();
        for index in order {
            let found = &mut matches[index];
            if taken.overlaps(found.secret) && matches!(found.verdict, Verdict::Keep(_)) {
                found.verdict = Verdict::Drop(Reason::Overlap);
            }
            taken.insert(found.secret);
        }
        for found in matches {
            if matches!(found.verdict, Verdict::Keep(confidence) if confidence < self.options().min_confidence)
            {
                found.verdict = Verdict::Drop(Reason::Confidence);
            }
        }
    }
}

impl Scanner {
    /// Gives matches of the same secret the greatest confidence among them. Rules for what is made of passwords keep
    /// theirs: that a digest is given to a password's name makes it no password.
    fn raise(&self, matches: &mut [Match], order: &[usize]) {
        let mut greatest: HashMap<Span, Confidence> = HashMap::new();
        for found in order.iter().map(|index| &matches[*index]) {
            if let Verdict::Keep(confidence) = found.verdict {
                let most = greatest.entry(found.secret).or_insert(confidence);
                *most = confidence.max(*most);
            }
        }
        for index in order {
            let found = &mut matches[*index];
            let is_raised = self.entry(found.rule).rule().kind != IdentityKind::Password;
            if let (Verdict::Keep(confidence), Some(most)) =
                (&mut found.verdict, greatest.get(&found.secret))
                && is_raised
            {
                *confidence = *most;
            }
        }
    }
}

/// A union of spans.
#[derive(Debug, Default)]
struct Intervals {
    /// Disjoint spans: start to end.
    spans: BTreeMap<usize, usize>,
}

impl Intervals {
    fn overlaps(&self, span: Span) -> bool {
        self.spans
            .range(..span.end)
            .next_back()
            .is_some_and(|(_, end)| *end > span.start)
    }

    fn insert(&mut self, span: Span) {
        let mut joined = span;
        while let Some((start, end)) = self
            .spans
            .range(..joined.end)
            .next_back()
            .map(|(start, end)| (*start, *end))
        {
            if end <= joined.start {
                break;
            }
            self.spans.remove(&start);
            joined = Span::new(joined.start.min(start), joined.end.max(end));
        }
        self.spans.insert(joined.start, joined.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_touch_do_not_overlap() {
        let mut intervals = Intervals::default();
        intervals.insert(Span::new(5, 10));
        assert!(!intervals.overlaps(Span::new(0, 5)));
        assert!(!intervals.overlaps(Span::new(10, 12)));
        assert!(intervals.overlaps(Span::new(9, 12)));
    }

    #[test]
    fn a_union_remembers_all_that_it_joined() {
        let mut intervals = Intervals::default();
        for (start, end) in [(0, 2), (4, 6), (8, 10), (1, 9)] {
            intervals.insert(Span::new(start, end));
        }
        assert_eq!(intervals.spans.len(), 1);
        assert!(intervals.overlaps(Span::new(6, 7)));
    }
}
