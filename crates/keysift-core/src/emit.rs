//! From settled matches to findings: lines, columns, facts, fingerprints, worked out for what is reported alone.

use std::ops::Range;
use std::sync::Arc;

use keysift_facts::{Facts, Input};

use crate::blob::{self, Origin, Span};
use crate::check::{CONTEXT_BYTES, Reason, Verdict};
use crate::counters::Counters;
use crate::finding::{Excerpt, Finding, FoundPart, Position};
use crate::fingerprint::Fingerprint;
use crate::rule::Companion;
use crate::scanner::{Match, Scanner};
use crate::secret::Secret;

/// Makes the findings of one blob, front to back. The blob may be given piece by piece.
#[derive(Debug)]
pub(crate) struct Emitter<'a> {
    scanner: &'a Scanner,
    origin: &'a Arc<Origin>,
    /// The places to report; `None` for all.
    changed: Option<&'a [Span]>,
    /// The blob's offset of the first byte of the piece at hand.
    base: usize,
    lines: Lines,
}

/// Counts lines as far as it was advanced. Offsets are the blob's.
#[derive(Debug, Clone, Copy)]
struct Lines {
    offset: usize,
    line: u64,
    line_start: usize,
}

impl Lines {
    fn advance(&mut self, hay: &[u8], base: usize, to: usize) {
        if to <= self.offset {
            return;
        }
        for at in memchr::memchr_iter(b'\n', &hay[self.offset - base..to - base]) {
            self.line += 1;
            self.line_start = self.offset + at + 1;
        }
        self.offset = to;
    }

    fn position(&self) -> Position {
        Position {
            line: self.line,
            column: (self.offset - self.line_start) as u64 + 1,
        }
    }
}

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        scanner: &'a Scanner,
        origin: &'a Arc<Origin>,
        changed: Option<&'a [Span]>,
    ) -> Self {
        Self {
            scanner,
            origin,
            changed,
            base: 0,
            lines: Lines {
                offset: 0,
                line: 1,
                line_start: 0,
            },
        }
    }

    pub(crate) fn scanner(&self) -> &'a Scanner {
        self.scanner
    }

    /// Settles matches, as the blob's path has it.
    pub(crate) fn settle(&self, matches: &mut [Match]) {
        self.scanner.settle(matches, self.origin);
    }

    /// Leaves the first `bytes` of `hay` behind; the next piece begins there.
    pub(crate) fn leave_behind(&mut self, hay: &[u8], bytes: usize) {
        self.lines.advance(hay, self.base, self.base + bytes);
        self.base += bytes;
    }

    /// Gives out the `which` of `matches`, which are sorted and whose spans are the blob's. `hay` is the piece at hand.
    pub(crate) fn emit(
        &mut self,
        hay: &[u8],
        matches: &[Match],
        which: Range<usize>,
        counters: &mut Counters,
        on: &mut dyn FnMut(Finding),
    ) {
        let secrets = secrets(matches);
        let mut order: Vec<&Match> = matches[which].iter().collect();
        order.sort_by_key(|found| (found.span.start, self.scanner.entry(found.rule).rank));
        for found in order {
            let verdict = self.verdict(found);
            let found = Match {
                verdict,
                ..found.clone()
            };
            found.count(counters);
            if matches!(verdict, Verdict::Keep(_)) || self.scanner.options().explain {
                on(self.finding(hay, &secrets, &found));
            }
        }
    }

    /// A finding for each of `matches`, which are all of the blob's, sorted and not settled, that `may_be_one`.
    pub(crate) fn each(
        &mut self,
        hay: &[u8],
        matches: &[Match],
        may_be_one: &dyn Fn(&Match) -> bool,
    ) -> Vec<Option<Finding>> {
        let secrets = secrets(matches);
        let make = |found: &Match| may_be_one(found).then(|| self.finding(hay, &secrets, found));
        matches.iter().map(make).collect()
    }

    /// The settled verdict, and where only changes are reported, whether the secret is one.
    fn verdict(&self, found: &Match) -> Verdict {
        match (found.verdict, self.changed) {
            (Verdict::Keep(_), Some(changed)) if !blob::touches(changed, found.secret) => {
                Verdict::Drop(Reason::Unchanged)
            }
            (verdict, _) => verdict,
        }
    }

    pub(crate) fn finding(&mut self, hay: &[u8], secrets: &[Span], found: &Match) -> Finding {
        let entry = self.scanner.entry(found.rule);
        let (inner, in_match, in_secret) = self.innermost(hay, found);
        let secret = &inner[in_secret.range()];
        self.lines.advance(hay, self.base, found.span.start);
        let matched = &hay[found.span.moved(-(self.base as isize)).range()];
        let feeds = matched.iter().take_while(|byte| **byte == b'\n').count();
        let start = self.lines_at(hay, found.secret.start).position();
        let end = self
            .lines_at(
                hay,
                found.secret.end.saturating_sub(1).max(found.secret.start),
            )
            .position();
        let (confidence, dropped) = match found.verdict {
            Verdict::Keep(confidence) => (confidence, None),
            Verdict::Drop(reason) => (entry.rule().confidence, Some(reason)),
        };
        let mut facts = Facts::default();
        let mut parts = Vec::new();
        if dropped.is_none() {
            for format in &entry.rule().checks {
                let bytes = match format.input {
                    Input::Secret => secret,
                    Input::Match => &inner[in_match.range()],
                };
                (format.facts)(bytes)
                    .into_iter()
                    .for_each(|fact| facts.push(fact));
            }
            parts = self.parts(hay, found, &mut facts);
        }
        Finding {
            rule: Arc::clone(entry.rule()),
            origin: Arc::clone(self.origin),
            standing: None,
            span: found.span,
            secret_span: found.secret,
            secret: Secret::new(secret, entry.plan().secret_prefix_bytes),
            via: found
                .hidden
                .as_ref()
                .map_or_else(Vec::new, |hidden| hidden.via.clone()),
            start,
            end,
            match_line: self.lines.line + feeds as u64,
            confidence,
            fingerprint: Fingerprint::of(
                entry.rule(),
                secret,
                &self.scanner.options().fingerprint_key,
            ),
            facts,
            parts,
            excerpt: self.excerpt(hay, secrets, found.secret),
            kept_lines: self
                .scanner
                .options()
                .keep_lines
                .then(|| self.lines_of(hay, found.span)),
            kept_match: (found.hidden.is_some() && self.scanner.options().keep_lines)
                .then(|| Secret::new(&inner[in_match.range()], 0)),
            baseline: None,
            note: None,
            signals: found.signals.iter().collect(),
            dropped,
        }
    }

    /// What the rule's companions find; what they say of themselves joins the facts.
    fn parts(&self, hay: &[u8], found: &Match, facts: &mut Facts) -> Vec<FoundPart> {
        let entry = self.scanner.entry(found.rule);
        let (inner, in_match, in_secret) = self.innermost(hay, found);
        let spans = (in_match, in_secret);
        let places = entry.companions.find(entry.rule(), inner, spans);
        let part = |(companion, place): (&Companion, Option<Span>)| {
            let place = place.filter(|_| companion.is_shown)?;
            let value = &inner[place.range()];
            for fact in (companion.checks.iter()).flat_map(|format| (format.facts)(value)) {
                if facts.iter().all(|known| *known != fact) {
                    facts.push(fact);
                }
            }
            // Of what is hidden beside a hidden secret, no more is told than where that stands.
            let span = match found.hidden {
                Some(_) => found.span,
                None => place.moved(self.base as isize),
            };
            Some(FoundPart {
                name: companion.name.clone(),
                value: value.into(),
                line: self.line_of(hay, span.start),
                span,
            })
        };
        places.filter_map(part).collect()
    }

    /// The bytes that the rule matched, and where in them the match and its secret stand.
    fn innermost<'b>(&self, hay: &'b [u8], found: &'b Match) -> (&'b [u8], Span, Span) {
        match &found.hidden {
            Some(hidden) => (&hidden.bytes, hidden.matched, hidden.secret),
            None => {
                let base = self.base as isize;
                (hay, found.span.moved(-base), found.secret.moved(-base))
            }
        }
    }

    /// The line of any offset in the piece at hand, also of one that was left behind already.
    fn line_of(&self, hay: &[u8], offset: usize) -> u64 {
        if offset >= self.lines.offset {
            return self.lines_at(hay, offset).line;
        }
        let back = &hay[offset - self.base..self.lines.offset - self.base];
        self.lines.line - memchr::memchr_iter(b'\n', back).count() as u64
    }

    fn lines_at(&self, hay: &[u8], offset: usize) -> Lines {
        let mut lines = self.lines;
        lines.advance(hay, self.base, offset);
        lines
    }

    /// The lines that `matched` stands on, as far as checks may see them, and the offset of their first byte.
    fn lines_of(&self, hay: &[u8], matched: Span) -> (Secret, usize) {
        let matched = matched.moved(-(self.base as isize));
        let from = matched.start.saturating_sub(CONTEXT_BYTES);
        let to = (matched.end + CONTEXT_BYTES).min(hay.len());
        let start =
            memchr::memrchr(b'\n', &hay[from..matched.start]).map_or(from, |at| from + at + 1);
        let end = memchr::memchr(b'\n', &hay[matched.end..to]).map_or(to, |at| matched.end + at);
        (Secret::new(&hay[start..end], 0), self.base + start)
    }

    fn excerpt(&self, hay: &[u8], secrets: &[Span], secret: Span) -> Excerpt {
        let secret = secret.moved(-(self.base as isize));
        let before_from = secret.start.saturating_sub(Excerpt::MAX_BYTES);
        let line_start =
            memchr::memrchr(b'\n', &hay[before_from..secret.start]).map(|at| before_from + at + 1);
        let from = line_start.unwrap_or(before_from);
        let after_to = (secret.end + Excerpt::MAX_BYTES).min(hay.len());
        let line_end = memchr::memchr(b'\n', &hay[secret.end..after_to]).map(|at| secret.end + at);
        let to = line_end.unwrap_or(after_to);
        Excerpt {
            before: self.masked(hay, secrets, Span::new(from, secret.start)),
            after: self.masked(hay, secrets, Span::new(secret.end, to)),
            is_cut_before: line_start.is_none() && self.base + from > 0,
            is_cut_after: line_end.is_none() && to < hay.len(),
        }
    }

    /// A part of the piece at hand with every secret in it blotted out, dropped ones too: a wrong checksum or a low
    /// confidence is no reason to show a value.
    fn masked(&self, hay: &[u8], secrets: &[Span], part: Span) -> Box<[u8]> {
        let mut bytes: Box<[u8]> = hay[part.range()].into();
        let part = part.moved(self.base as isize);
        let first = secrets.partition_point(|secret| secret.end <= part.start);
        for secret in &secrets[first..] {
            let (from, to) = (secret.start.max(part.start), secret.end.min(part.end));
            if from >= to {
                break;
            }
            bytes[from - part.start..to - part.start].fill(b'*');
        }
        bytes
    }
}

/// Where secrets stand: disjoint spans in order.
fn secrets(matches: &[Match]) -> Vec<Span> {
    let mut spans: Vec<Span> = matches.iter().map(|found| found.secret).collect();
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let overlaps = next.start <= last.end;
        if overlaps {
            last.end = last.end.max(next.end);
        }
        overlaps
    });
    spans
}
