//! Which literals every match of a pattern contains, and where: the anchors that a scan looks for.
//!
//! The parsed pattern is walked once. A run of neighbouring parts that stand for few strings is multiplied
//! out; of all such runs the one is kept whose literals are rarest in source code.

mod held;
mod strings;
mod tail;

use std::cell::OnceCell;

use regex_syntax::hir::{Hir, HirKind};

pub(super) use self::held::always_holds;
use self::strings::{Strings, Units, product};
use self::tail::Trail;
pub(super) use self::tail::relaxed;
use super::frequency::log2_share_of;
use super::literal::{Literal, MAX_LITERAL_BYTES, Unit};

/// The most literals that one run may be multiplied out to. A short literal beside a class of letters and digits fits.
const MAX_LITERALS: usize = 64;

/// A shorter literal is no anchor.
pub(super) const MIN_ANCHOR_BYTES: usize = 3;

/// The prefilter looks at four bytes at a time, so that a shorter literal costs it many more survivors.
const SHORT_PENALTY: f32 = 8.0;

/// A literal and where a match may start, relative to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) literal: Literal,
    /// A match starts at most this many bytes before the literal's start; negative: after it.
    pub(crate) before_max: i64,
    /// A match starts at least this many bytes before the literal's start.
    pub(crate) before_min: i64,
    /// The literal's place among those of the prepared set that the anchor is of, if it is of one.
    pub(crate) place: Option<u32>,
}

/// A set of literals of which every match contains one, with an estimate of how rare they are.
#[derive(Debug, Clone)]
pub(super) struct AnchorSet {
    pub(super) anchors: Vec<Anchor>,
    /// Where in the pattern they stand.
    trail: Trail,
    /// The binary logarithm of the expected share of positions that start a window, and a bit for the work in it.
    pub(super) cost: f32,
}

/// The cheapest anchors of a pattern whose matches are at most `max_match_bytes` long.
pub(super) fn of_pattern(hir: &Hir, max_match_bytes: usize) -> Option<AnchorSet> {
    best(hir, max_match_bytes)
}

/// The anchors that keywords make: a match starts within `within` bytes of one, on either side.
pub(super) fn of_keywords(
    keywords: &[String],
    within: usize,
    max_match_bytes: usize,
) -> Option<AnchorSet> {
    let anchors: Vec<Anchor> = keywords
        .iter()
        .map(|word| Anchor {
            literal: word.bytes().map(Unit::any_case).collect(),
            before_max: (within + max_match_bytes) as i64,
            before_min: -((word.len() + within) as i64),
            place: None,
        })
        .collect();
    priced(anchors, Trail::Run(0))
}

impl AnchorSet {
    /// What every match must match from its anchor on, at least at first. A candidate at which it does not is none.
    pub(super) fn tail(&self, hir: &Hir) -> Hir {
        tail::of(hir, &self.trail)
    }
}

fn priced(anchors: Vec<Anchor>, trail: Trail) -> Option<AnchorSet> {
    if anchors.is_empty()
        || anchors
            .iter()
            .any(|anchor| anchor.literal.len() < MIN_ANCHOR_BYTES)
    {
        return None;
    }
    let share: f32 = anchors
        .iter()
        .map(|anchor| log2_rarity(&anchor.literal).exp2())
        .sum();
    let width = anchors
        .iter()
        .map(|anchor| anchor.before_max - anchor.before_min + 1)
        .max()
        .unwrap_or(1) as f32;
    // Half a bit for each doubling of the window, and a third for each doubling of the number of literals.
    let cost = share.log2() + 0.5 * width.log2() + 0.33 * (anchors.len() as f32).log2();
    Some(AnchorSet {
        anchors,
        trail,
        cost,
    })
}

fn log2_rarity(literal: &[Unit]) -> f32 {
    let sum = log2_share_of(literal.iter().map(|unit| unit.byte));
    if literal.len() < 4 {
        sum + SHORT_PENALTY
    } else {
        sum
    }
}

fn cheaper(a: Option<AnchorSet>, b: Option<AnchorSet>) -> Option<AnchorSet> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.cost < a.cost { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn best(hir: &Hir, limit: usize) -> Option<AnchorSet> {
    match hir.kind() {
        HirKind::Capture(capture) => best(&capture.sub, limit),
        HirKind::Concat(parts) => best_of_concat(parts, limit),
        HirKind::Alternation(parts) => cheaper(best_of_part(hir, limit), {
            let sets: Option<Vec<AnchorSet>> = parts.iter().map(|part| best(part, limit)).collect();
            sets.and_then(|sets| {
                let (anchors, trails): (Vec<_>, Vec<_>) =
                    sets.into_iter().map(|set| (set.anchors, set.trail)).unzip();
                priced(anchors.concat(), Trail::Each(trails))
            })
        }),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let once = best(&repetition.sub, limit).map(|set| AnchorSet {
                trail: Trail::Once(Box::new(set.trail)),
                ..set
            });
            cheaper(best_of_part(hir, limit), once)
        }
        HirKind::Literal(_) | HirKind::Class(_) => best_of_part(hir, limit),
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

fn best_of_concat(parts: &[Hir], limit: usize) -> Option<AnchorSet> {
    let flat = flatten(parts);
    let strings: Vec<OnceCell<Strings>> = flat.iter().map(|_| OnceCell::new()).collect();
    let strings_of = |index: usize| {
        Some(
            strings
                .get(index)?
                .get_or_init(|| Strings::of(&flat[index])),
        )
    };
    let mut found = None;
    let mut offset = Offset {
        min: 0,
        max: Some(0),
    };
    for (index, part) in flat.iter().enumerate() {
        let shifted = |set: AnchorSet, trail: Trail| {
            priced(
                set.anchors
                    .into_iter()
                    .map(|anchor| offset.shift(anchor, limit))
                    .collect(),
                trail,
            )
        };
        let run = if may_begin_run(part) {
            best_of_run(&|at| strings_of(index + at), limit)
        } else {
            None
        };
        found = cheaper(found, run.and_then(|set| shifted(set, Trail::Run(index))));
        if !matches!(part.kind(), HirKind::Literal(_) | HirKind::Class(_)) {
            let inner = best(part, limit);
            found = cheaper(
                found,
                inner.and_then(|set| {
                    let trail = Trail::Part(index, Box::new(set.trail.clone()));
                    shifted(set, trail)
                }),
            );
        }
        offset.advance(part);
    }
    found
}

/// The parts of a concatenation with nested ones and groups laid open, so that a run may cross a group's edge.
pub(super) fn flatten(parts: &[Hir]) -> Vec<Hir> {
    let mut flat = Vec::new();
    for part in parts {
        match part.kind() {
            HirKind::Concat(inner) => flat.extend(flatten(inner)),
            HirKind::Capture(capture) => flat.extend(flatten(std::slice::from_ref(&*capture.sub))),
            _ => flat.push(part.clone()),
        }
    }
    flat
}

/// How many bytes may stand before a part.
#[derive(Debug, Clone, Copy)]
struct Offset {
    min: usize,
    /// `None` when there is no bound.
    max: Option<usize>,
}

impl Offset {
    fn advance(&mut self, part: &Hir) {
        let properties = part.properties();
        self.min = self
            .min
            .saturating_add(properties.minimum_len().unwrap_or(0));
        self.max = self
            .max
            .zip(properties.maximum_len())
            .map(|(sum, len)| sum.saturating_add(len));
    }

    fn shift(self, anchor: Anchor, limit: usize) -> Anchor {
        // A literal lies inside the match, so that no match starts further before it than a match is long.
        let room = limit.saturating_sub(anchor.literal.len()) as i64;
        let max = self
            .max
            .map_or(room, |max| anchor.before_max.saturating_add(max as i64));
        Anchor {
            before_max: max.min(room),
            before_min: (anchor.before_min + self.min as i64).min(room),
            ..anchor
        }
    }
}

/// Whether a run that begins with a part can be an anchor: the beginning of a repeated class is one byte and no more.
fn may_begin_run(part: &Hir) -> bool {
    match part.kind() {
        HirKind::Repetition(repetition) => {
            let is_short = repetition
                .max
                .is_some_and(|max| max as usize <= MAX_LITERAL_BYTES);
            is_short || repetition.sub.properties().minimum_len() != Some(1)
        }
        HirKind::Empty | HirKind::Look(_) => false,
        _ => true,
    }
}

/// The cheapest literals that a part by itself stands for.
fn best_of_part(part: &Hir, limit: usize) -> Option<AnchorSet> {
    let strings = Strings::of(part);
    best_of_run(&|at| (at == 0).then_some(&strings), limit)
}

/// The cheapest literals that start at the first of some parts, which are asked for as the run goes on.
fn best_of_run<'a>(
    parts: &dyn Fn(usize) -> Option<&'a Strings>,
    limit: usize,
) -> Option<AnchorSet> {
    let mut run: Vec<Units> = vec![Vec::new()];
    let mut found = None;
    for part in (0..).map_while(parts) {
        let (Strings::All(strings) | Strings::Beginning(strings)) = part else {
            break;
        };
        let Some(next) = product(&run, strings) else {
            break;
        };
        run = next;
        if run.iter().all(|literal| literal.len() >= MIN_ANCHOR_BYTES) {
            let anchor = |units: &Units| Anchor {
                literal: units.iter().copied().collect(),
                before_max: 0,
                before_min: 0,
                place: None,
            };
            found = cheaper(
                found,
                priced(dedup(run.iter().map(anchor).collect()), Trail::Run(0)),
            );
        }
        let is_long = run
            .iter()
            .all(|literal| literal.len() >= MAX_LITERAL_BYTES.min(limit));
        if is_long || matches!(part, Strings::Beginning(_)) {
            break;
        }
    }
    found
}

fn dedup(mut anchors: Vec<Anchor>) -> Vec<Anchor> {
    anchors.sort_by_cached_key(|anchor| anchor.literal.key());
    anchors.dedup();
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::pattern;

    fn literals(pattern_text: &str) -> Vec<(String, i64, i64)> {
        let parsed = pattern::parse(pattern_text).unwrap();
        let mut found: Vec<_> = of_pattern(&parsed.hir, 4096)
            .map(|set| set.anchors)
            .unwrap_or_default()
            .into_iter()
            .map(|anchor| {
                let text = anchor
                    .literal
                    .iter()
                    .map(|unit| char::from(unit.byte))
                    .collect();
                (text, anchor.before_min, anchor.before_max)
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn a_prefix_is_an_anchor_at_a_fixed_place() {
        assert_eq!(
            literals(r"\b(?P<secret>ghx_[0-9A-Za-z]{36})\b"),
            [("ghx_".to_owned(), 0, 0)]
        );
    }

    #[test]
    fn alternatives_each_give_an_anchor() {
        let texts: Vec<String> = literals(r"(?P<secret>(?:gha|ghb)_[a-z]{9})")
            .into_iter()
            .map(|(text, ..)| text)
            .collect();
        assert_eq!(texts, ["gha_", "ghb_"]);
    }

    #[test]
    fn the_rarest_run_wins_wherever_it_stands() {
        let found = literals(r"[0-9a-f]{8}(?P<secret>[a-z]{3}qxzw[0-9]{4})");
        assert_eq!(found, [("qxzw".to_owned(), 11, 11)]);
    }

    #[test]
    fn an_unbounded_part_before_an_anchor_is_bounded_by_the_match() {
        let found = literals(r"a[^z]*(?P<secret>zqxjk)");
        assert_eq!(found, [("zqxjk".to_owned(), 1, 4096 - 5)]);
    }

    #[test]
    fn case_is_folded_where_the_pattern_folds_it() {
        let parsed = pattern::parse(r"(?i:zqkey)(?P<secret>x[0-9]{8})").unwrap();
        let set = of_pattern(&parsed.hir, 64).unwrap();
        assert!(
            set.anchors
                .iter()
                .all(|anchor| anchor.literal[0] == Unit::any_case(b'z'))
        );
    }

    #[test]
    fn a_pattern_without_a_literal_has_no_anchor() {
        assert!(literals(r"\b(?P<secret>[0-9a-f]{32})\b").is_empty());
    }
}
