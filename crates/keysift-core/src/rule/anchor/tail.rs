//! What every match must match from its anchor on: the way to the anchor, and the pattern from there.

use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::flatten;

/// The way from a pattern to the part whose literals are its anchors.
#[derive(Debug, Clone)]
pub(super) enum Trail {
    /// The run begins with this part of a concatenation, laid open; 0 where there is none.
    Run(usize),
    /// In this part of a concatenation, laid open.
    Part(usize, Box<Self>),
    /// In each alternative.
    Each(Vec<Self>),
    /// In what is repeated.
    Once(Box<Self>),
}

/// What every match of a pattern must match from its anchor on, at least at first.
pub(super) fn of(hir: &Hir, trail: &Trail) -> Hir {
    beginning(&tail(hir, trail))
}

/// A tail tells a candidate from a chance word within this many bytes; an automaton for more would only be larger.
const TAIL_BYTES: usize = 12;

/// The beginning of a pattern, as far as it must be matched within the first [`TAIL_BYTES`].
fn beginning(hir: &Hir) -> Hir {
    let parts = match hir.kind() {
        HirKind::Capture(capture) => return beginning(&capture.sub),
        HirKind::Concat(parts) => flatten(parts),
        _ => vec![hir.clone()],
    };
    let mut kept = Vec::new();
    let mut bytes = 0;
    for part in parts {
        bytes += part.properties().minimum_len().unwrap_or(0);
        kept.push(uncounted(&part));
        if bytes >= TAIL_BYTES {
            break;
        }
    }
    Hir::concat(kept)
}

fn tail(hir: &Hir, trail: &Trail) -> Hir {
    match (hir.kind(), trail) {
        (HirKind::Capture(capture), _) => tail(&capture.sub, trail),
        (HirKind::Concat(parts), Trail::Run(first)) => {
            Hir::concat(flatten(parts).split_off(*first))
        }
        (HirKind::Concat(parts), Trail::Part(index, inner)) => {
            let mut rest = flatten(parts).split_off(*index);
            rest[0] = tail(&rest[0], inner);
            Hir::concat(rest)
        }
        (HirKind::Alternation(parts), Trail::Each(inner)) => Hir::alternation(
            parts
                .iter()
                .zip(inner)
                .map(|(part, inner)| tail(part, inner))
                .collect(),
        ),
        // The anchor stands in the first round; any number may follow.
        (HirKind::Repetition(repetition), Trail::Once(inner)) => {
            let more = Repetition {
                min: 0,
                max: None,
                greedy: true,
                sub: repetition.sub.clone(),
            };
            Hir::concat(vec![tail(&repetition.sub, inner), Hir::repetition(more)])
        }
        _ => hir.clone(),
    }
}

/// The same with no repetition counted but by its least number.
fn uncounted(hir: &Hir) -> Hir {
    map_repetitions(hir, &|repetition| {
        let is_counted = repetition.max.is_none_or(|max| max > 1);
        let max = if is_counted { None } else { repetition.max };
        (repetition.min.min(TAIL_BYTES as u32), max)
    })
}

/// A pattern that matches all that `hir` matches, and counts no further than `most`.
pub(in crate::rule) fn relaxed(hir: &Hir, most: u32) -> Hir {
    map_repetitions(hir, &|repetition| {
        let max = repetition.max.filter(|max| *max <= most);
        (repetition.min.min(most), max)
    })
}

/// The same pattern without its groups and with other bounds, which `bounds` gives, for each repetition.
fn map_repetitions(hir: &Hir, bounds: &dyn Fn(&Repetition) -> (u32, Option<u32>)) -> Hir {
    let all = |parts: &[Hir]| {
        parts
            .iter()
            .map(|part| map_repetitions(part, bounds))
            .collect()
    };
    match hir.kind() {
        HirKind::Capture(capture) => map_repetitions(&capture.sub, bounds),
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
        HirKind::Repetition(repetition) => {
            let (min, max) = bounds(repetition);
            Hir::repetition(Repetition {
                min,
                max,
                greedy: true,
                sub: Box::new(map_repetitions(&repetition.sub, bounds)),
            })
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    }
}
