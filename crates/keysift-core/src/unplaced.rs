//! Findings of a blob whose origin is not known yet: it is scanned once and may be at many paths.

use std::collections::HashSet;
use std::sync::Arc;

use crate::blob::{Origin, Span};
use crate::check::Verdict;
use crate::counters::Counters;
use crate::emit::Emitter;
use crate::finding::Finding;
use crate::scanner::{Match, Scanner};

/// What a blob holds that may be a finding, depending on its path. [`Scanner::place`] says what is one.
#[derive(Debug)]
pub struct Unplaced {
    matches: Vec<Match>,
    /// For each match a finding of no origin; `None` for one that no path makes one.
    findings: Vec<Option<Finding>>,
}

impl Unplaced {
    /// About how much memory it takes, in bytes.
    pub fn memory_usage(&self) -> usize {
        let of_findings = self.findings.iter().flatten().map(|finding| {
            let lines = finding.lines().map_or(0, <[u8]>::len);
            finding.secret.len()
                + finding.excerpt.before.len()
                + finding.excerpt.after.len()
                + lines
        });
        self.matches.iter().map(Match::memory_usage).sum::<usize>()
            + self.matches.len() * size_of::<Match>()
            + self.findings.len() * size_of::<Option<Finding>>()
            + of_findings.sum::<usize>()
    }
}

impl Unplaced {
    /// The rule and the place of each match that may be a finding.
    pub fn candidates(&self) -> impl Iterator<Item = (&str, Span)> {
        let findings = self.findings.iter().flatten();
        findings.map(|finding| (&*finding.rule.id, finding.span))
    }
}

impl Scanner {
    /// Whether what is a finding depends on the path.
    pub fn depends_on_path(&self, unplaced: &Unplaced) -> bool {
        let has_paths = |found: &Match| {
            let rule = self.entry(found.rule).rule();
            !rule.paths.is_empty() || rule.allow.asks_for_the_origin()
        };
        unplaced.matches.iter().any(has_paths)
    }

    /// What of a blob's matches is to be kept until its origin is known; `None` where no origin makes a finding of any, and
    /// then what was dropped is counted. With [`ScannerOptions::explain`](crate::ScannerOptions::explain), matches that
    /// are dropped are kept as well.
    pub fn unplaced(
        &self,
        bytes: &[u8],
        matches: &[Match],
        counters: &mut Counters,
    ) -> Option<Unplaced> {
        let explain = self.options().explain;
        let is_sure = |found: &&Match| matches!(found.verdict, Verdict::Keep(confidence) if confidence >= self.options().min_confidence);
        // Of matches of one secret, settling gives all the confidence of the surest.
        let sure: HashSet<Span> = matches
            .iter()
            .filter(is_sure)
            .map(|found| found.secret)
            .collect();
        let may_be_one = |found: &Match| match found.verdict {
            Verdict::Keep(_) => explain || sure.contains(&found.secret),
            Verdict::Drop(_) => explain,
        };
        if !matches.iter().any(may_be_one) {
            if !matches.is_empty() {
                let mut settled = matches.to_vec();
                self.settle(&mut settled, &Origin::Stdin);
                settled.iter().for_each(|found| found.count(counters));
            }
            return None;
        }
        let nowhere = Arc::new(Origin::Stdin);
        let mut emitter = Emitter::new(self, &nowhere, None);
        let findings = emitter.each(bytes, matches, &may_be_one);
        Some(Unplaced {
            matches: matches.to_vec(),
            findings,
        })
    }

    /// Calls `on` with what is a finding where a blob has this origin, in the order of their places; and with
    /// [`ScannerOptions::explain`](crate::ScannerOptions::explain), with what was dropped.
    pub fn place(
        &self,
        unplaced: &Unplaced,
        origin: &Arc<Origin>,
        counters: &mut Counters,
        on: &mut dyn FnMut(Finding),
    ) {
        let mut settled = unplaced.matches.clone();
        self.settle(&mut settled, origin);
        let mut order: Vec<(&Match, &Option<Finding>)> =
            settled.iter().zip(&unplaced.findings).collect();
        order.sort_by_key(|(found, _)| (found.span.start, self.entry(found.rule).rank));
        for (found, finding) in order {
            found.count(counters);
            let (Some(finding), is_kept) = (finding, matches!(found.verdict, Verdict::Keep(_)))
            else {
                continue;
            };
            if is_kept || self.options().explain {
                let mut finding = finding.clone();
                finding.origin = Arc::clone(origin);
                match found.verdict {
                    Verdict::Keep(confidence) => finding.confidence = confidence,
                    Verdict::Drop(reason) => finding.drop_for(reason),
                }
                on(finding);
            }
        }
    }
}
