//! The scanner: compiled rules, shared by threads, and each thread's scratch.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Arc;

use crate::anchors::{self, AnchorUses, Margins};
use crate::assign::Signals;
use crate::blob::Span;
use crate::check::Verdict;
use crate::check::allowlist::{Allowlist, Lists};
use crate::check::companion::Companions;
use crate::counters::Counters;
use crate::decode::{self, Depth, Encoding, Hidden};
use crate::options::ScannerOptions;
use crate::prefilter::{self, Layout, Prefilter};
use crate::rule::{Item, Plan, Rule, RuleError, RuleErrorKind, RuleSet, rule_bytes};
use crate::scratch::Scratch;

/// The number of a rule in its scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) u32);

/// What a rule's pattern matched, and what the checks said of it. It does not depend on the blob's path.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The tables of its rule's `allow.all` that describe it but for where it stands, a bit for each.
    pub(crate) allowed_where: u32,
    /// What decided on an assignment; worked out for an explanation alone.
    pub(crate) signals: Signals,
    /// What was decoded, and where in it the match stands; `None` where nothing had to be.
    pub(crate) hidden: Option<Arc<Hidden>>,
}

impl Match {
    /// The encodings that its secret is hidden in, the outermost first; none where it stands there plainly.
    pub fn via(&self) -> &[Encoding] {
        self.hidden.as_ref().map_or(&[], |hidden| &hidden.via)
    }

    /// The same match so many bytes further.
    pub(crate) fn moved(&self, by: isize) -> Self {
        Self {
            span: self.span.moved(by),
            secret: self.secret.moved(by),
            ..self.clone()
        }
    }

    /// What it holds beside itself, in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        self.hidden
            .as_ref()
            .map_or(0, |hidden| hidden.memory_usage())
    }

    /// Counts it as what its verdict says.
    pub(crate) fn count(&self, counters: &mut Counters) {
        match self.verdict {
            Verdict::Keep(_) => counters.findings += 1,
            Verdict::Drop(reason) => counters.drop_one(reason),
        }
    }
}

/// A rule as the scanner holds it.
#[derive(Debug)]
pub(crate) struct Entry {
    item: Arc<Item>,
    pub(crate) allowlist: Allowlist,
    pub(crate) companions: Companions,
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

/// Compiled rules. Immutable, so that threads share it by reference.
#[derive(Debug)]
pub struct Scanner {
    entries: Vec<Entry>,
    pub(crate) uses: AnchorUses,
    pub(crate) prefilter: Box<dyn Prefilter>,
    pub(crate) margins: Margins,
    /// How far round its start a hidden match may depend on the blob.
    pub(crate) hidden_reach: usize,
    plain_reach: usize,
    pub(crate) options: ScannerOptions,
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
        let options = ScannerOptions {
            decode_depth: options.decode_depth.min(ScannerOptions::MAX_DECODE_DEPTH),
            ..options
        };
        let laid_out = rules.laid_out();
        let lists = Arc::new(Lists::default());
        let mut entries: Vec<Entry> = rules
            .into_items()
            .map(|item| Entry {
                item,
                companions: Companions::default(),
                allowlist: Allowlist::new(options.inline_comments, Arc::clone(&lists)),
                rank: 0,
            })
            .collect();
        rank(&mut entries);
        let known = laid_out.as_ref().map(|known| &*known.literals);
        let (literals, uses) = anchors::collect(&entries, known);
        let layout = match laid_out {
            Some(known) => known.layout.adapted(&known.literals, &literals),
            None => Layout::of(&literals),
        };
        let mut margins = anchors::margins(&entries);
        let plain_reach = margins.before.max(margins.after);
        let hidden_reach = decode::reach_bytes(plain_reach);
        if options.decode_depth > 0 {
            margins.before = margins.before.max(hidden_reach);
            margins.after = margins.after.max(hidden_reach);
            margins.max_match = margins.max_match.max(hidden_reach);
        }
        Ok(Self {
            margins,
            hidden_reach,
            plain_reach,
            prefilter: prefilter::build(options.prefilter, &literals, &layout),
            entries,
            uses,
            options,
        })
    }

    /// A digest of all that decides what is found: the rules, the least confidence, and this program's version. The same
    /// for two scanners that find the same.
    ///
    /// # Errors
    /// A rule that cannot be written, as [`RuleSet::prepare`] has it.
    pub fn digest(&self) -> Result<[u8; 32], RuleError> {
        let ScannerOptions {
            min_confidence,
            explain,
            inline_comments,
            decode_depth,
            ..
        } = &self.options;
        let mut hasher = blake3::Hasher::new();
        let how = format!(
            "{} {min_confidence:?} {explain} {inline_comments} {decode_depth}",
            env!("CARGO_PKG_VERSION")
        );
        hasher.update(how.as_bytes());
        for rule in self.rules() {
            let packed = rule_bytes(rule)?;
            hasher.update(&(packed.len() as u64).to_le_bytes());
            hasher.update(&packed);
        }
        Ok(hasher.finalize().into())
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

    /// How often what is hidden in a blob is decoded.
    pub(crate) fn depth(&self) -> Depth<'static> {
        Depth::new(self.options.decode_depth)
    }

    pub(crate) fn margins(&self) -> Margins {
        self.margins
    }

    /// How far round its start a match that is not hidden may depend on the blob.
    pub(crate) fn plain_reach(&self) -> usize {
        self.plain_reach
    }

    /// The number under which decoding has its budget of work.
    pub(crate) fn decoding(&self) -> RuleId {
        RuleId(self.entries.len() as u32)
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

    /// What a scan gave up, as [`Scratch::given_up`] has it: the id of a rule, or `hidden forms`.
    pub fn given_up_name(&self, id: RuleId) -> &str {
        if id == self.decoding() {
            return "hidden forms";
        }
        &self.rule(id).id
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

/// Orders the rules: those with a pattern before those that read assignments, then our own before imported ones, then the
/// more confident, then a provider's before a generic one, then the one whose anchors are longer,
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
            !entry.plan().is_imported,
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
