//! Which strings a part of a pattern stands for, as long as they are few.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::MAX_LITERALS;
use crate::rule::literal::{MAX_LITERAL_BYTES, Unit};

/// A string whose letters may stand in either case.
pub(super) type Units = Vec<Unit>;

/// What a part of a pattern stands for, as far as it is few strings.
#[derive(Debug)]
pub(super) enum Strings {
    /// Exactly these.
    All(Vec<Units>),
    /// One of these, and then more.
    Beginning(Vec<Units>),
    /// Too many.
    Many,
}

impl Strings {
    pub(super) fn of(hir: &Hir) -> Self {
        if let Some(all) = strings(hir) {
            return Self::All(all);
        }
        match hir.kind() {
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                strings(&repetition.sub).map_or(Self::Many, Self::Beginning)
            }
            _ => Self::Many,
        }
    }
}

/// Every string that a part can match, if they are few; bytes that differ only in case count as one.
fn strings(hir: &Hir) -> Option<Vec<Units>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => {
            Some(vec![literal.0.iter().copied().map(Unit::exact).collect()])
        }
        HirKind::Class(class) => {
            class_units(class).map(|units| units.into_iter().map(|unit| vec![unit]).collect())
        }
        HirKind::Capture(capture) => strings(&capture.sub),
        HirKind::Concat(parts) => parts
            .iter()
            .try_fold(vec![Vec::new()], |run, part| product(&run, &strings(part)?)),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(strings(part)?);
                if all.len() > MAX_LITERALS {
                    return None;
                }
            }
            Some(all)
        }
        HirKind::Repetition(repetition) => {
            repeated(&strings(&repetition.sub)?, repetition.min, repetition.max?)
        }
    }
}

fn repeated(once: &[Units], min: u32, max: u32) -> Option<Vec<Units>> {
    if max as usize > MAX_LITERAL_BYTES {
        return None;
    }
    let mut run = vec![Vec::new()];
    let mut all = Vec::new();
    for times in 0..=max {
        if times >= min {
            all.extend(run.iter().cloned());
        }
        if all.len() > MAX_LITERALS {
            return None;
        }
        if times < max {
            run = product(&run, once)?;
        }
    }
    Some(all)
}

pub(super) fn product(left: &[Units], right: &[Units]) -> Option<Vec<Units>> {
    if left.len() * right.len() > MAX_LITERALS {
        return None;
    }
    let joined = |a: &Units, b: &Units| a.iter().chain(b).copied().collect();
    Some(
        left.iter()
            .flat_map(|a| right.iter().map(move |b| joined(a, b)))
            .collect(),
    )
}

fn class_units(class: &Class) -> Option<Vec<Unit>> {
    let Class::Bytes(class) = class else {
        return None;
    };
    // Two bytes make one unit at most.
    let bytes: usize = class.ranges().iter().map(|range| range.len()).sum();
    if bytes > 2 * MAX_LITERALS {
        return None;
    }
    let mut has = [false; 256];
    for range in class.ranges() {
        has[usize::from(range.start())..=usize::from(range.end())].fill(true);
    }
    let mut units = Vec::with_capacity(bytes);
    for byte in (0..=u8::MAX).filter(|byte| has[usize::from(*byte)]) {
        let other = if byte.is_ascii_alphabetic() {
            byte ^ 0x20
        } else {
            byte
        };
        match other != byte && has[usize::from(other)] {
            true if byte.is_ascii_lowercase() => units.push(Unit::any_case(byte)),
            true => {}
            false => units.push(Unit::exact(byte)),
        }
    }
    (units.len() <= MAX_LITERALS).then_some(units)
}
