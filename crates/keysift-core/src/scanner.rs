//! The scanner: compiled rules, shared by threads, and each thread's scratch.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use crate::anchors::{self, AnchorUses, Margins};
use crate::assign::Signals;
use crate::blob::Span;
use crate::check::Verdict;
                allowlist: Allowlist::new(options.inline_comments, Arc::clone(&lists)),
                companions: Companions::default(),
                rank: 0,
            })
            .collect();
        rank(&mut entries);
        let (literals, uses) = anchors::collect(&entries);
        let layout = match laid_out {
            Some(known) => known.layout.adapted(&known.literals, &literals),
            None => Layout::of(&literals),
        };
        Ok(Self {
            margins: anchors::margins(&entries),
            prefilter: prefilter::build(options.prefilter, &literals, &layout),
            entries,
            uses,
            options,
        })
    }

    /// A scratch that fits this scanner.
    pub fn scratch(&self) -> Scratch {
        Scratch::new(self.entries.len())
    }

    /// Every match in a blob, with verdicts, before the checks of its path and before overlaps are settled.
    pub fn matches(&self, scratch: &mut Scratch, bytes: &[u8]) -> Vec<Match> {
        self.matches_between(scratch, bytes, 0..bytes.len())
    }

    /// The matches that start in `own`, a part of the blob. The parts of a blob together have the matches of the whole,
    /// so that threads can share one.
    pub fn matches_between(
        &self,
        scratch: &mut Scratch,
        bytes: &[u8],
        own: Range<usize>,
    ) -> Vec<Match> {
        let mut matches = Vec::new();
        scratch.begin(None);
        self.matches_in(scratch, bytes, own, &mut matches);
        matches
    }

    pub(crate) fn entry(&self, rule: RuleId) -> &Entry {
        &self.entries[rule.0 as usize]
    }

    /// How it scans.
    pub fn options(&self) -> &ScannerOptions {
        &self.options
    }

    pub(crate) fn margins(&self) -> Margins {
        self.margins
    }

    /// The rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.entries.iter().map(Entry::rule)
    }

    /// How many rules there are.
    pub fn rule_count(&self) -> usize {
        self.entries.len()
    }

    /// The rule of a match.
    pub fn rule(&self, id: RuleId) -> &Arc<Rule> {
        self.entry(id).rule()
    }

    /// How many anchors stand in `bytes`: what the prefilter finds, before any pattern runs.
    pub fn count_anchors(&self, bytes: &[u8]) -> u64 {
        let mut count = 0;
        self.prefilter
            .find(bytes, 0..bytes.len(), &mut |_, _| count += 1);
        count
    }

    /// The name of the prefilter in use.
    pub fn prefilter_name(&self) -> &'static str {
        self.prefilter.name()
    }

    /// The bytes that the compiled rules occupy now; patterns that no candidate has needed yet are not compiled.
    pub fn memory_usage(&self) -> usize {
        let patterns: usize = self
            .entries
            .iter()
            .map(|entry| entry.plan().memory_usage() + entry.companions.memory_usage())
            .sum();
        self.prefilter.memory_usage()
            + patterns
            + self.uses.memory_usage()
            + self.entries.len() * size_of::<Entry>()
    }

    /// The plan of each rule: what starts it and how far it looks.
    pub fn explain(&self) -> impl Iterator<Item = PlanExplanation<'_>> {
        self.entries.iter().map(|entry| PlanExplanation {
            rule: entry.rule(),
            anchors: entry
                .plan()
                .anchors
                .iter()
                .map(|anchor| anchor.literal.iter().map(|unit| unit.byte).collect())
                .collect(),
            is_anchored_by_keyword: entry.plan().anchored_by_keyword,
            before_bytes: entry.plan().before_bytes,
            after_bytes: entry.plan().after_bytes,
            is_compiled: entry.plan().is_compiled(),
        })
    }
}

/// What the engine does for one rule.
#[derive(Debug)]
#[non_exhaustive]
pub struct PlanExplanation<'a> {
    /// The rule.
    pub rule: &'a Arc<Rule>,
    /// The literals of which one starts a candidate, folded to lower case where either case will do.
    pub anchors: Vec<Vec<u8>>,
    /// Whether they are the rule's keywords and not a part of its pattern.
    pub is_anchored_by_keyword: bool,
    /// How many bytes before a match's start the rule and its checks may look.
    pub before_bytes: usize,
    /// How many bytes behind a match's start.
    pub after_bytes: usize,
    /// Whether a candidate has needed the pattern yet.
    pub is_compiled: bool,
}

/// Orders the rules: those with a pattern before those that read assignments, then the more confident, then a provider's before a generic one, then the one whose anchors are longer,
/// then by id.
fn rank(entries: &mut [Entry]) {
    let shortest = |entry: &Entry| {
        entry
            .plan()
            .anchors
            .iter()
            .map(|anchor| anchor.literal.len())
            .min()
            .unwrap_or(0)
    };
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| {
        let entry = &entries[*index];
        let length = if entry.plan().anchored_by_keyword {
            0
        } else {
            shortest(entry)
        };
        Reverse((
            entry.plan().reads.is_empty(),
            entry.plan().confidence,
            !entry.plan().is_generic,
            length,
            Reverse(*index),
        ))
    });
    for (rank, index) in order.into_iter().enumerate() {
        entries[index].rank = rank as u32;
    }
}
