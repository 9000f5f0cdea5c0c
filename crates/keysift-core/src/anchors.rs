//! All rules' anchors together: which rules each literal starts, and how far round matches a scan has to look.

use crate::assign;
use crate::prefilter::LiteralId;
use crate::rule::{Anchor, ByteSet, Literal, MAX_POSITIONS, Plan};
use crate::scanner::{Entry, RuleId};

/// Which rule an anchor's literal starts, and where its match may then begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnchorUse {
    pub(crate) rule: RuleId,
    pub(crate) before_min: i64,
    pub(crate) before_max: i64,
    /// The literal's length in bytes.
    pub(crate) bytes: u32,
    /// What may stand right behind the literal, where anything does: most candidates are none by that byte.
    pub(crate) next: ByteSet,
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
    /// The longest literal of any anchor.
    pub(crate) longest_anchor: usize,
    /// How far from its start on an anchor is looked at to see whether it suits.
    pub(crate) look: usize,
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
        let (first, end) = self.numbers(literal);
        &self.uses[first..end]
    }

    /// The numbers of the uses of a literal: the first, and behind the last.
    #[inline]
    pub(crate) fn numbers(&self, literal: LiteralId) -> (usize, usize) {
        let literal = literal.0 as usize;
        (
            self.starts[literal] as usize,
            self.starts[literal + 1] as usize,
        )
    }

    /// The bytes it occupies.
    pub(crate) fn memory_usage(&self) -> usize {
        size_of_val(&*self.starts) + size_of_val(&*self.uses)
    }

    #[inline]
    pub(crate) fn get(&self, number: u32) -> AnchorUse {
        self.uses[number as usize]
    }
}

/// All rules' literals, each once and sorted, and for each the rules that it starts.
pub(crate) fn collect(entries: &[Entry]) -> (Vec<Literal>, AnchorUses) {
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
                next: next(entry.plan(), &anchor.literal),
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

/// What may stand right behind an anchor's literal in a match.
fn next(plan: &Plan, literal: &Literal) -> ByteSet {
    if !plan.reads.is_empty() {
        let stem: Vec<u8> = literal.iter().map(|unit| unit.byte).collect();
        return ByteSet::of(|byte| assign::may_follow(&stem, byte));
    }
    let tail = plan.tail.as_ref();
    let known = tail.and_then(|tail| tail.positions.at(literal.len()));
    known.unwrap_or(ByteSet::ALL)
}

pub(crate) fn margins(entries: &[Entry]) -> Margins {
    let mut margins = Margins::default();
    for entry in entries {
        margins.before = margins.before.max(entry.plan().before_bytes);
        margins.after = margins.after.max(entry.plan().after_bytes);
        margins.max_match = margins.max_match.max(entry.plan().max_match_bytes);
        for anchor in &entry.plan().anchors {
            let before = usize::try_from(-anchor.before_min).unwrap_or(0);
            let after = usize::try_from(anchor.before_max).unwrap_or(0) + anchor.literal.len();
            margins.longest_anchor = margins.longest_anchor.max(anchor.literal.len());
            margins.anchor_before = margins.anchor_before.max(before);
            margins.anchor_after = margins.anchor_after.max(after);
        }
    }
    margins.look = (margins.longest_anchor + 1).max(MAX_POSITIONS);
    margins
}
