//! The scanner: compiled rules, shared by threads, and each thread's scratch.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use crate::blob::Span;
use crate::check::Verdict;
use crate::check::allowlist::Allowlist;
use crate::fingerprint::FingerprintKey;
use crate::prefilter::{self, Layout, LiteralId, Prefilter, PrefilterChoice};
use crate::rule::{
    Anchor, Confidence, Item, Literal, Plan, Rule, RuleError, RuleErrorKind, RuleSet,
};
use crate::scratch::Scratch;

/// How a scanner scans.
#[derive(Debug, Clone)]
pub struct ScannerOptions {
    /// Which prefilter to use; the fastest by default.
    pub prefilter: PrefilterChoice,
    /// Findings below this are dropped, and counted; medium by default.
    pub min_confidence: Confidence,
    /// What fingerprints are keyed with; the public key by default.
    pub fingerprint_key: FingerprintKey,
    /// Whether dropped matches are given out as well, with their reason; no by default.
    pub explain: bool,
    /// Whether what each rule costs is counted and timed, in [`Counters::costs`](crate::Counters::costs); no by
    /// default. It makes a scan slower.
    pub measure_costs: bool,
}

impl Default for ScannerOptions {
    fn default() -> Self {
        Self {
            prefilter: PrefilterChoice::default(),
            min_confidence: Confidence::Medium,
            fingerprint_key: FingerprintKey::default(),
            explain: false,
            measure_costs: false,
        }
    }
}

/// The number of a rule in its scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) u32);

/// What a rule's pattern matched, and what the checks said of it. It does not depend on the blob's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Match {
    /// The rule.
    pub rule: RuleId,
    /// The whole match.
    pub span: Span,
    /// The secret in it.
    pub secret: Span,
    /// The checks' verdict.
    pub verdict: Verdict,
}

/// A rule as the scanner holds it.
#[derive(Debug)]
pub(crate) struct Entry {
    item: Arc<Item>,
    pub(crate) allowlist: Allowlist,
    /// The rule's place among all: of two overlapping matches the one with the lower rank stands.
    pub(crate) rank: u32,
}

impl Entry {
    #[inline]
    pub(crate) fn rule(&self) -> &Arc<Rule> {
        self.item.rule()
    }

    #[inline]
    pub(crate) fn plan(&self) -> &Plan {
        &self.item.plan
    }
}

/// Which rule an anchor's literal starts, and where its match may then begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnchorUse {
    pub(crate) rule: RuleId,
    pub(crate) before_min: i64,
    pub(crate) before_max: i64,
    /// The literal's length in bytes.
    pub(crate) bytes: u32,
}

/// Compiled rules. Immutable, so that threads share it by reference.
#[derive(Debug)]
pub struct Scanner {
    entries: Vec<Entry>,
    pub(crate) uses: AnchorUses,
    pub(crate) prefilter: Box<dyn Prefilter>,
    pub(crate) margins: Margins,
    pub(crate) options: ScannerOptions,
}

/// How far round the starts of matches a scan has to look.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Margins {
    /// Bytes before a match's start that any rule may depend on.
    pub(crate) before: usize,
    /// Bytes behind a match's start.
    pub(crate) after: usize,
    /// How far before a match's start its anchor may begin.
    pub(crate) anchor_before: usize,
    /// How far behind a match's start its anchor may end.
    pub(crate) anchor_after: usize,
    /// The longest match of any rule.
    pub(crate) max_match: usize,
}

impl Scanner {
    /// Compiles `rules`.
    ///
    /// # Errors
    /// An empty set: a scan without rules would look clean.
    pub fn new(rules: RuleSet, options: ScannerOptions) -> Result<Self, RuleError> {
        if rules.is_empty() {
            return Err(RuleError::new(RuleErrorKind::Empty, "no rule is enabled"));
        }
        let laid_out = rules.laid_out();
        let mut entries: Vec<Entry> = rules
            .into_items()
            .map(|item| Entry {
                item,
                allowlist: Allowlist::default(),
                rank: 0,
            })
            .collect();
        rank(&mut entries);
        let (literals, uses) = collect_anchors(&entries);
        let layout = match laid_out {
            Some(known) => known.layout.adapted(&known.literals, &literals),
            None => Layout::of(&literals),
        };
        Ok(Self {
            margins: margins(&entries),
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

    pub(crate) fn options(&self) -> &ScannerOptions {
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
            .map(|entry| entry.plan().memory_usage())
            .sum();
        let uses = size_of_val(&*self.uses.starts) + size_of_val(&*self.uses.uses);
        self.prefilter.memory_usage() + patterns + uses + self.entries.len() * size_of::<Entry>()
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

/// Orders the rules: the more confident, then a provider's before a generic one, then the one whose anchors are longer,
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

/// Wider windows than this are the same for all anchors of a rule.
const WIDE_BYTES: i64 = 256;

/// The least and the greatest distance from a match's start to any of its rule's anchors, where they lie far apart.
///
/// Each anchor then gets this window, and candidates come in the order of their windows. Otherwise a wide window that
/// comes after narrow ones would have the same starts searched again and again.
fn widest_window(anchors: &[Anchor]) -> Option<(i64, i64)> {
    let min = anchors.iter().map(|anchor| anchor.before_min).min()?;
    let max = anchors.iter().map(|anchor| anchor.before_max).max()?;
    (max - min > WIDE_BYTES).then_some((min, max))
}

/// For each literal the rules that it starts.
#[derive(Debug)]
pub(crate) struct AnchorUses {
    /// Where in `uses` a literal's begin; the next entry is where they end.
    starts: Vec<u32>,
    uses: Vec<AnchorUse>,
}

impl AnchorUses {
    #[inline]
    pub(crate) fn of(&self, literal: LiteralId) -> &[AnchorUse] {
        let literal = literal.0 as usize;
        &self.uses[self.starts[literal] as usize..self.starts[literal + 1] as usize]
    }
}

/// All rules' literals, each once and sorted, and for each the rules that it starts.
fn collect_anchors(entries: &[Entry]) -> (Vec<Literal>, AnchorUses) {
    let mut all: Vec<(Literal, AnchorUse)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let anchors = &entry.plan().anchors;
        let widest = widest_window(anchors);
        all.extend(anchors.iter().map(|anchor| {
            let (before_min, before_max) = widest.unwrap_or((anchor.before_min, anchor.before_max));
            let anchor_use = AnchorUse {
                rule: RuleId(index as u32),
                before_min,
                before_max,
                bytes: anchor.literal.len() as u32,
            };
            (anchor.literal, anchor_use)
        }));
    }
    all.sort_by_cached_key(|(literal, _)| literal.key());
    let mut literals: Vec<Literal> = Vec::new();
    let mut starts = Vec::new();
    for (index, (literal, _)) in all.iter().enumerate() {
        if literals.last() != Some(literal) {
            literals.push(*literal);
            starts.push(index as u32);
        }
    }
    starts.push(all.len() as u32);
    let uses = all.into_iter().map(|(_, anchor)| anchor).collect();
    (literals, AnchorUses { starts, uses })
}

fn margins(entries: &[Entry]) -> Margins {
    let mut margins = Margins::default();
    for entry in entries {
        margins.before = margins.before.max(entry.plan().before_bytes);
        margins.after = margins.after.max(entry.plan().after_bytes);
        margins.max_match = margins.max_match.max(entry.plan().max_match_bytes);
        for anchor in &entry.plan().anchors {
            let before = usize::try_from(-anchor.before_min).unwrap_or(0);
            let after = usize::try_from(anchor.before_max).unwrap_or(0) + anchor.literal.len();
            margins.anchor_before = margins.anchor_before.max(before);
            margins.anchor_after = margins.anchor_after.max(after);
        }
    }
    margins
}
