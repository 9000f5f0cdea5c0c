//! Settling overlaps: which of several matches on the same bytes stands.

use std::collections::{BTreeMap, HashMap};

use crate::blob::{Origin, Span};
use crate::check::allowlist::Place;
use crate::check::{Reason, Verdict};
use crate::rule::{Confidence, IdentityKind, Plan};
use crate::scanner::{Match, RuleId, Scanner};

impl Scanner {
    /// Drops each match whose secret a better rule's match overlaps, after the checks of the path. What stands has the
    /// greatest confidence of all that matched the very same secret, so that a match that nobody would be shown hides none
    /// that everybody would.
    ///
    /// Settled pairwise: a match is dropped whether or not the better one is itself dropped for an overlap. So the
    /// outcome at a place does not depend on chains of overlaps that reach far from it.
    pub(crate) fn settle(&self, matches: &mut [Match], origin: &Origin) {
        let path = origin.path_bytes();
        let place = Place {
            origin,
            path: &path,
        };
        let mut order: Vec<usize> = Vec::with_capacity(matches.len());
        for (index, found) in matches.iter_mut().enumerate() {
            let entry = self.entry(found.rule);
            let (rule, allowed_where) = (entry.rule(), found.allowed_where);
            if let Some(reason) = entry.allowlist.check_place(rule, place, allowed_where) {
                found.verdict = Verdict::Drop(reason);
            }
            match found.verdict {
                Verdict::Drop(reason)
                    if !reason.settles_the_value() && !entry.plan().is_imported => {}
                _ => order.push(index),
            }
        }
        self.raise(matches, &order);
        order.sort_by_key(|index| {
            (
                self.entry(matches[*index].rule).rank,
                // Of a rule's own, what stands there plainly comes first.
                matches[*index].hidden.is_some(),
                matches[*index].span.start,
            )
        });
        let mut taken = Taken::default();
        for index in order {
            let found = &mut matches[index];
            if taken.takes(found, self.entry(found.rule).plan())
                && matches!(found.verdict, Verdict::Keep(_))
            {
                found.verdict = Verdict::Drop(Reason::Overlap);
            }
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
    /// theirs: that a digest is given to a password's name makes it no password. So do imported rules.
    fn raise(&self, matches: &mut [Match], order: &[usize]) {
        let mut greatest: HashMap<Span, Confidence> = HashMap::new();
        let is_ours = |found: &Match| !self.entry(found.rule).plan().is_imported;
        for found in order.iter().map(|index| &matches[*index]) {
            if let (Verdict::Keep(confidence), true) = (found.verdict, is_ours(found)) {
                let most = greatest.entry(found.secret).or_insert(confidence);
                *most = confidence.max(*most);
            }
        }
        for index in order {
            let found = &mut matches[*index];
            let is_raised =
                is_ours(found) && self.entry(found.rule).rule().kind != IdentityKind::Password;
            if let (Verdict::Keep(confidence), Some(most)) =
                (&mut found.verdict, greatest.get(&found.secret))
                && is_raised
            {
                *confidence = *most;
            }
        }
    }
}

/// What better matches have taken.
#[derive(Debug, Default)]
struct Taken {
    /// By rules of our own.
    ours: Intervals,
    /// By the imported rule whose matches are looked at: they come one rule after another.
    own: (Option<RuleId>, Intervals),
    /// What imported rules found that are not generic.
    specific: Intervals,
}

impl Taken {
    /// Whether a better match has taken the secret of the next one; its own is taken from now on.
    ///
    /// An imported rule gives way to itself and to our own rules alone, and a generic one to the others where they found
    /// all of its secret: so its scanner does. That scanner goes on behind a match even where a check drops it.
    fn takes(&mut self, found: &Match, plan: &Plan) -> bool {
        let secret = found.secret;
        if !plan.is_imported {
            let is_taken = self.ours.overlaps(secret);
            self.ours.insert(secret);
            return is_taken;
        }
        if self.own.0 != Some(found.rule) {
            self.own = (Some(found.rule), Intervals::default());
        }
        let is_taken = self.ours.overlaps(secret)
            || self.own.1.overlaps(secret)
            || (plan.is_generic && self.specific.covers(secret));
        self.own.1.insert(secret);
        if !is_taken && !plan.is_generic && matches!(found.verdict, Verdict::Keep(_)) {
            self.specific.insert(secret);
        }
        is_taken
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

    fn covers(&self, span: Span) -> bool {
        self.spans
            .range(..=span.start)
            .next_back()
            .is_some_and(|(_, end)| *end >= span.end)
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
