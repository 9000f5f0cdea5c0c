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

impl AnchorUse {
    /// Whether a match may go on behind the literal at `at`, by the one byte there. Right when it says no.
    #[inline]
    pub(crate) fn may_go_on(&self, hay: &[u8], at: usize) -> bool {
        hay.get(at + self.bytes as usize)
            .is_none_or(|byte| self.next.holds(*byte))
    }
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

/// All rules' literals, each once and sorted, and for each the rules that it starts. `known` are the sorted literals of
/// the prepared set that the rules come from, if they do.
pub(crate) fn collect(entries: &[Entry], known: Option<&[Literal]>) -> (Vec<Literal>, AnchorUses) {
    if let Some(collected) = known.and_then(|known| collect_known(entries, known)) {
        return collected;
    }
    let mut all: Vec<(Literal, AnchorUse)> = uses(entries)
        .map(|(anchor, anchor_use)| (anchor.literal, anchor_use))
        .collect();
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

/// The same without sorting literals, which takes a part of the program's start; `None` where an anchor is not among
/// the known.
fn collect_known(entries: &[Entry], known: &[Literal]) -> Option<(Vec<Literal>, AnchorUses)> {
    let place = |(anchor, anchor_use): (&Anchor, AnchorUse)| {
        let place = anchor
            .place
            .filter(|place| known.get(*place as usize) == Some(&anchor.literal));
        Some((place?, anchor_use))
    };
    let all: Vec<(u32, AnchorUse)> = uses(entries).map(place).collect::<Option<_>>()?;
    let mut order: Vec<(u32, u32)> = (all.iter().zip(0..))
        .map(|((place, _), index)| (*place, index))
        .collect();
    order.sort_unstable();
    let mut literals = Vec::with_capacity(known.len());
    let mut starts = Vec::with_capacity(known.len() + 1);
    let mut last = None;
    for (index, (place, _)) in order.iter().enumerate() {
        if last != Some(*place) {
            literals.push(known[*place as usize]);
            starts.push(index as u32);
            last = Some(*place);
        }
    }
    starts.push(order.len() as u32);
    let uses = (order.iter()).map(|(_, index)| all[*index as usize].1);
    let uses = uses.collect();
    Some((literals, AnchorUses { starts, uses }))
}

/// Each anchor of each rule.
fn uses(entries: &[Entry]) -> impl Iterator<Item = (&Anchor, AnchorUse)> {
    (entries.iter().zip(0..)).flat_map(|(entry, index)| {
        let plan = entry.plan();
        let widest = widest_window(&plan.anchors);
        plan.anchors.iter().map(move |anchor| {
            let (before_min, before_max) = widest.unwrap_or((anchor.before_min, anchor.before_max));
            let anchor_use = AnchorUse {
                rule: RuleId(index),
                before_min,
                before_max,
                bytes: anchor.literal.len() as u32,
                next: next(plan, &anchor.literal),
            };
            (anchor, anchor_use)
        })
    })
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

#[cfg(test)]
mod tests {
    use crate::options::ScannerOptions;
    use crate::rule::RuleSet;
    use crate::scanner::Scanner;

    const ACME: &str = include_str!("../tests/acme.toml");

    fn prepared(set: &RuleSet) -> RuleSet {
        RuleSet::prepared(set.prepare().unwrap().leak()).unwrap()
    }

    fn parsed() -> RuleSet {
        let mut set = RuleSet::parse("acme.toml", ACME).unwrap();
        for word in ["zeta", "beta"] {
            let text = ACME.replace("acme", word).replace("Acme", word);
            set.merge(RuleSet::parse("other.toml", &text).unwrap())
                .unwrap();
        }
        set
    }

    /// What starts which rule, and how often in a text.
    fn collected(set: RuleSet) -> (String, u64) {
        let scanner = Scanner::new(set, ScannerOptions::default()).unwrap();
        let count = scanner.count_anchors(b"acme_ beta_ zeta_ acme_ yota_");
        (format!("{:?}", scanner.uses), count)
    }

    #[test]
    fn anchors_of_prepared_rules_are_those_of_the_same_rules_read() {
        assert_eq!(collected(prepared(&parsed())), collected(parsed()));
        assert_eq!(collected(parsed()).1, 4);
        let some = |mut set: RuleSet| {
            set.retain(|rule| !rule.id.contains("beta"));
            collected(set)
        };
        assert_eq!(some(prepared(&parsed())), some(parsed()));
        // One rule is not of the prepared set, and one prepared set is not the other.
        let yota = ACME.replace("acme", "yota").replace("Acme", "yota");
        let yota = RuleSet::parse("yota.toml", &yota).unwrap();
        let more = |mut set: RuleSet, other: RuleSet| {
            set.merge(other).unwrap();
            collected(set)
        };
        let expected = more(parsed(), yota.clone());
        assert_eq!(more(prepared(&parsed()), yota.clone()), expected);
        assert_eq!(more(prepared(&parsed()), prepared(&yota)), expected);
    }
}
