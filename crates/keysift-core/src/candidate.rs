//! Candidates: from an anchor's place to the matches round it.

use std::ops::Range;

use crate::anchors::AnchorUse;
use crate::assign::{self, Signals};
use crate::blob::Span;
use crate::budget::{self, WINDOW_COST};
use crate::check::{self, Reason, Subject, Verdict};
use crate::cost::{Meter, RuleCost};
use crate::decode::Depth;
use crate::detect::{self, Search};
use crate::rule::{Spans, Tail};
use crate::scanner::{Entry, Match, RuleId, Scanner};
use crate::scratch::Scratch;

impl Scanner {
    /// Appends the matches that start in `own`, sorted by place and rule. `hay` reaches far enough round `own`, or to the blob's ends.
    pub(crate) fn matches_in(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        own: Range<usize>,
        out: &mut Vec<Match>,
    ) {
        scratch.begin_bytes(own.len());
        self.matches_to_depth(scratch, hay, own, self.depth(), out);
    }

    /// The same where so many encodings may still be decoded, without a budget of its own.
    pub(crate) fn matches_to_depth(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        own: Range<usize>,
        depth: Depth<'_>,
        out: &mut Vec<Match>,
    ) {
        let first = out.len();
        let from = own.start.saturating_sub(self.margins.anchor_before);
        let to = own
            .end
            .saturating_add(self.margins.anchor_after)
            .min(hay.len());
        self.prefilter.find(hay, from..to, &mut |literal, at| {
            for anchor in self.uses.of(literal) {
                if self.options.measure_costs {
                    self.measured_candidate(scratch, hay, (*anchor, at), &own, out);
                } else {
                    self.candidate(scratch, hay, (*anchor, at), &own, out);
                }
            }
        });
        self.search_pending(scratch, hay, out);
        self.hidden_in(scratch, hay, own, depth, out);
        sort(scratch, first, out);
    }

    /// Searches what is pending.
    pub(crate) fn search_pending(&self, scratch: &mut Scratch, hay: &[u8], out: &mut Vec<Match>) {
        while let Some(rule) = scratch.touched.pop() {
            let starts = std::mem::take(&mut scratch.pending[rule.0 as usize]);
            let meter = self
                .options
                .measure_costs
                .then(|| Meter::begin(&scratch.counters));
            let matches = out.len();
            self.search(scratch, hay, rule, starts, out);
            if let Some(meter) = meter {
                let cost = RuleCost {
                    matches: (out.len() - matches) as u64,
                    ..RuleCost::default()
                };
                meter.end(&mut scratch.counters, rule, cost);
            }
        }
    }

    /// Takes a candidate; whether it passed.
    #[inline]
    pub(crate) fn candidate(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        (anchor, at): (AnchorUse, usize),
        own: &Range<usize>,
        out: &mut Vec<Match>,
    ) -> bool {
        scratch.counters.candidates += 1;
        anchor.may_go_on(hay, at)
            && !scratch.budget.is_over(anchor.rule)
            && self.suits(&anchor, hay, at)
            && self.follow(scratch, hay, (anchor, at), own, out)
    }

    /// Whether the bytes from the anchor on may be a part of a match. It depends on few of them: see
    /// [`Margins::look`](crate::anchors::Margins).
    #[inline]
    pub(crate) fn suits(&self, anchor: &AnchorUse, hay: &[u8], at: usize) -> bool {
        let tail = self.entry(anchor.rule).plan().tail.as_ref();
        let may_begin = |tail: &Tail| tail.positions.may_begin(hay, at, anchor.bytes as usize);
        anchor.may_go_on(hay, at) && tail.is_none_or(may_begin)
    }

    /// Searches for the matches of an anchor that suits, now or with others; whether it passed.
    #[inline]
    pub(crate) fn follow(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        (anchor, at): (AnchorUse, usize),
        own: &Range<usize>,
        out: &mut Vec<Match>,
    ) -> bool {
        let entry = self.entry(anchor.rule);
        if !entry.plan().reads.is_empty() {
            return own.contains(&at)
                && assign::may_begin(hay, at + anchor.bytes as usize)
                && self.assignment(scratch, hay, anchor.rule, at, out);
        }
        let starts = starts(&anchor, at, own);
        if starts.is_empty() || !scratch.path_suits(anchor.rule, entry) {
            return false;
        }
        if anchor.before_min == anchor.before_max {
            // The one start there is: the pattern itself is no dearer than its tail.
            let form = entry.plan().form.as_ref();
            if form.is_some_and(|form| !form.may_begin(hay, starts.start)) {
                return false;
            }
            self.search(scratch, hay, anchor.rule, starts, out);
            return true;
        }
        // Of few starts, the bytes that a match begins with leave fewer, for less than a way through the tail.
        if entry.plan().tail.is_some() && starts.len() > detect::FEW_STARTS {
            let cache = scratch.caches[anchor.rule.0 as usize].get_or_insert_default();
            let (passes, steps) = detect::passes_tail(entry.plan(), hay, at, cache);
            scratch.counters.window_bytes += steps as u64;
            scratch
                .budget
                .spend(anchor.rule, WINDOW_COST + steps as u64);
            if !passes {
                return false;
            }
        }
        self.add_candidate(scratch, hay, anchor.rule, starts, out);
        true
    }

    /// Reads the assignment whose name has a stem at `at`; whether there is one.
    fn assignment(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        rule: RuleId,
        at: usize,
        out: &mut Vec<Match>,
    ) -> bool {
        let entry = self.entry(rule);
        if !scratch.path_suits(rule, entry) || scratch.budget.left(rule).is_none() {
            return false;
        }
        let mut work = 0;
        let reads = entry.plan().reads;
        let read = assign::judged(hay, at, reads, self.options.explain, &mut work);
        let length = read.map_or(0, |(assignment, _)| assignment.end - at);
        scratch.budget.spend(rule, work as u64);
        scratch.counters.windows += 1;
        scratch.counters.window_bytes += length as u64;
        if let Some((assignment, judgement)) = read {
            let spans = Spans {
                matched: Span::new(at, assignment.end),
                secret: assignment.value,
                body: assignment.value,
            };
            let (mut found, cost) = judged(entry, rule, hay, spans);
            scratch.budget.spend(rule, cost);
            found.signals = judgement.signals;
            found.verdict = match (found.verdict, judgement.confidence) {
                (Verdict::Drop(reason), _) => Verdict::Drop(reason),
                (Verdict::Keep(most), Some(confidence)) => Verdict::Keep(most.min(confidence)),
                (Verdict::Keep(_), None) => Verdict::Drop(Reason::Unlikely),
            };
            out.push(found);
        }
        read.is_some()
    }

    /// Takes a candidate and books what it cost.
    #[cold]
    fn measured_candidate(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        candidate: (AnchorUse, usize),
        own: &Range<usize>,
        out: &mut Vec<Match>,
    ) {
        let meter = Meter::begin(&scratch.counters);
        let matches = out.len();
        let passed = self.candidate(scratch, hay, candidate, own, out);
        let cost = RuleCost {
            candidates: 1,
            passed: passed.into(),
            matches: (out.len() - matches) as u64,
            ..RuleCost::default()
        };
        meter.end(&mut scratch.counters, candidate.0.rule, cost);
    }

    /// Joins the starts to those that the rule has pending, or searches the pending ones if they lie apart.
    fn add_candidate(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        rule: RuleId,
        starts: Range<usize>,
        out: &mut Vec<Match>,
    ) {
        let pending = &mut scratch.pending[rule.0 as usize];
        if pending.start >= pending.end {
            *pending = starts;
            scratch.touched.push(rule);
        } else if starts.start <= pending.end && pending.start <= starts.end {
            *pending = pending.start.min(starts.start)..pending.end.max(starts.end);
        } else {
            let ready = std::mem::replace(pending, starts);
            self.search(scratch, hay, rule, ready, out);
        }
    }

    /// Searches all of `starts`.
    pub(crate) fn search(
        &self,
        scratch: &mut Scratch,
        hay: &[u8],
        rule: RuleId,
        starts: Range<usize>,
        out: &mut Vec<Match>,
    ) {
        let Some(allowed) = scratch.budget.left(rule) else {
            return;
        };
        let entry = self.entry(rule);
        let cache = scratch.caches[rule.0 as usize].get_or_insert_default();
        let search = Search {
            rule: entry.rule(),
            plan: entry.plan(),
            hay,
            bytes: scratch.bytes,
            allowed,
        };
        let work = search.run(starts, cache, &mut |spans| {
            let (found, cost) = judged(entry, rule, hay, spans);
            out.push(found);
            cost
        });
        scratch.budget.spend(rule, work.cost);
        scratch.counters.windows += work.windows;
        scratch.counters.window_bytes += work.window_bytes;
        scratch.counters.looked_bytes += work.looked_bytes;
    }
}

/// Leaves each of the matches from `first` on once, sorted.
pub(crate) fn sort(scratch: &mut Scratch, first: usize, out: &mut Vec<Match>) {
    let found = &mut out[first..];
    found.sort_unstable_by(|a, b| {
        let place = |found: &Match| (found.span.start, found.rule);
        place(a)
            .cmp(&place(b))
            .then_with(|| a.hidden.cmp(&b.hidden))
    });
    // A start may have been searched twice, once for each of two anchors.
    let mut kept = first;
    for index in first..out.len() {
        let is_other = |last: &Match, next: &Match| {
            (last.rule, last.span.start) != (next.rule, next.span.start)
                || last.hidden != next.hidden
        };
        if kept == first || is_other(&out[kept - 1], &out[index]) {
            out.swap(kept, index);
            kept += 1;
        }
    }
    out.truncate(kept);
    scratch.counters.matches += (kept - first) as u64;
}

/// The match with its verdict, and what all that is done for it costs.
pub(crate) fn judged(entry: &Entry, rule: RuleId, hay: &[u8], spans: Spans) -> (Match, u64) {
    let subject = Subject {
        rule: entry.rule(),
        hay,
        matched: spans.matched,
        secret: spans.secret,
        body: spans.body,
    };
    let found = Match {
        rule,
        span: spans.matched,
        secret: spans.secret,
        verdict: check::judge(&subject, &entry.allowlist, &entry.companions),
        allowed_where: entry.allowlist.allowed_where(&subject),
        signals: Signals::default(),
        hidden: None,
    };
    let cost = budget::match_cost(&found, entry.rule());
    (found, cost)
}

/// The starts in `own` at which a match may begin when the anchor's literal starts at `at`.
pub(crate) fn starts(anchor: &AnchorUse, at: usize, own: &Range<usize>) -> Range<usize> {
    let bound = |offset: i64| usize::try_from(at as i64 - offset).unwrap_or(0);
    if at as i64 - anchor.before_min < 0 {
        return 0..0;
    }
    bound(anchor.before_max).max(own.start)..(bound(anchor.before_min) + 1).min(own.end)
}
