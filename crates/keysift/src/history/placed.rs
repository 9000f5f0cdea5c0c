//! Findings at their places in a history.

use std::collections::HashMap;
use std::sync::Arc;

use keysift_core::{Counters, Finding, Origin, Reason, Scanner, Sink, Standing, Unplaced};
use keysift_source::git::Place;

use super::{Repeats, within};
use crate::collector::Collector;
use crate::screen::Screen;

/// What decides on findings at a place.
pub(super) struct Placing<'s> {
    pub(super) scanner: &'s Scanner,
    pub(super) screen: Option<&'s dyn Screen>,
}

impl Placing<'_> {
    /// The findings of an object at one place, and with an explanation what was dropped; and whether the screen dropped any.
    fn at(
        &self,
        unplaced: &Unplaced,
        origin: &Arc<Origin>,
        counters: &mut Counters,
    ) -> (Vec<Finding>, bool) {
        let mut findings = Vec::new();
        let mut dropped = Vec::new();
        let explain = self.scanner.options().explain;
        let mut take = |mut finding: Finding| {
            if let (Some(screen), None) = (self.screen, finding.dropped) {
                screen.check(&mut finding);
                dropped.extend(finding.dropped);
            }
            finding.kept_lines = None;
            if finding.dropped.is_none() || explain {
                findings.push(finding);
            }
        };
        self.scanner.place(unplaced, origin, counters, &mut take);
        dropped
            .iter()
            .for_each(|reason| counters.drop_finding(*reason));
        (findings, !dropped.is_empty())
    }
}

/// Findings with the numbers of their places.
pub(super) struct Placed<'p> {
    /// What origins name the repository by.
    name: Option<&'p Arc<str>>,
    findings: Vec<At>,
}

/// A finding at a place.
struct At {
    order: u64,
    /// How far down the line of `HEAD` it was taken away.
    removed_at: Option<u64>,
    finding: Finding,
}

/// A secret of a rule at a path; of what has no path, where it is.
type Repeated = (String, Vec<u8>, String);

impl<'p> Placed<'p> {
    pub(super) const fn new(name: Option<&'p Arc<str>>) -> Self {
        Self {
            name,
            findings: Vec::new(),
        }
    }

    /// Adds the findings of one object: each at its first place at which it is one.
    pub(super) fn place(
        &mut self,
        placing: &Placing<'_>,
        unplaced: &Unplaced,
        places: &[Place],
        counters: &mut Counters,
    ) {
        let first = self.findings.len();
        let Some((earliest, later)) = places.split_first() else {
            return;
        };
        let (found, is_screened) = placing.at(unplaced, &earliest.origin, counters);
        let found = found.into_iter().map(|finding| At::of(earliest, finding));
        self.findings.extend(found);
        if !is_screened && !placing.scanner.depends_on_path(unplaced) {
            return;
        }
        for place in later {
            let (found, _) = placing.at(unplaced, &place.origin, &mut Counters::default());
            for finding in found.into_iter().filter(|it| it.dropped.is_none()) {
                let known = self.findings[first..].iter_mut().find(|known| {
                    let known = &known.finding;
                    (&known.rule.id, known.span) == (&finding.rule.id, finding.span)
                });
                match known {
                    Some(known) if known.finding.dropped.is_none() => continue,
                    Some(known) => *known = At::of(place, finding),
                    None => self.add(place, finding),
                }
                counters.findings += 1;
            }
        }
    }

    /// Adds the findings of one object at each of its places. What is dropped is counted at the first.
    pub(super) fn place_everywhere(
        &mut self,
        placing: &Placing<'_>,
        unplaced: &Unplaced,
        places: &[Place],
        counters: &mut Counters,
    ) {
        let Some((earliest, later)) = places.split_first() else {
            return;
        };
        let (found, _) = placing.at(unplaced, &earliest.origin, counters);
        let found = found.into_iter().map(|finding| At::of(earliest, finding));
        self.findings.extend(found);
        for place in later {
            let (found, _) = placing.at(unplaced, &place.origin, &mut Counters::default());
            for finding in found.into_iter().filter(|it| it.dropped.is_none()) {
                counters.findings += 1;
                self.add(place, finding);
            }
        }
    }

    /// Adds a finding at a place, as far as its origin says where it is in the repository.
    pub(super) fn add(&mut self, place: &Place, finding: Finding) {
        self.findings.push(At::of(place, finding));
    }

    /// Adds the findings of an object whose places are not looked for.
    pub(super) fn place_nowhere(
        &mut self,
        placing: &Placing<'_>,
        unplaced: &Unplaced,
        origin: &Arc<Origin>,
        counters: &mut Counters,
    ) {
        let (found, _) = placing.at(unplaced, origin, counters);
        self.findings.extend(found.into_iter().map(|finding| At {
            order: 0,
            removed_at: None,
            finding,
        }));
    }

    /// Gives out the findings, those of one origin together.
    pub(super) fn give<S: Sink>(mut self, repeats: Repeats, collector: &mut Collector<'_, S>) {
        if repeats == Repeats::First {
            self.drop_repeated(&mut collector.summary.counters);
        }
        let mut findings: Vec<Finding> = self.findings.into_iter().map(|at| at.finding).collect();
        findings.sort_by(|a, b| (&a.origin, a.span).cmp(&(&b.origin, b.span)));
        let mut findings = findings.into_iter().peekable();
        while let Some(mut first) = findings.next() {
            let inner = Arc::clone(&first.origin);
            let origin = within(self.name, &inner);
            first.origin = Arc::clone(&origin);
            let mut of_origin = vec![first];
            while let Some(mut next) = findings.next_if(|next| next.origin == inner) {
                next.origin = Arc::clone(&origin);
                of_origin.push(next);
            }
            if collector.take_findings(&mut of_origin).is_break() {
                return;
            }
        }
    }

    /// Keeps the first of each secret at each path. It stands where the last stands that has it.
    fn drop_repeated(&mut self, counters: &mut Counters) {
        self.findings.sort_by_key(|at| at.order);
        let mut first: HashMap<Repeated, usize> = HashMap::new();
        let mut kept: Vec<At> = Vec::with_capacity(self.findings.len());
        for at in std::mem::take(&mut self.findings) {
            if at.finding.dropped.is_some() {
                kept.push(at);
                continue;
            }
            let finding = &at.finding;
            let key = (
                finding.rule.id.clone(),
                finding.secret.expose().to_vec(),
                path_of(&finding.origin),
            );
            match first.get(&key).map(|number| &mut kept[*number]) {
                None => {
                    first.insert(key, kept.len());
                    kept.push(at);
                }
                Some(known) => {
                    let is_other = known.finding.origin != finding.origin;
                    known.learn(&at);
                    if is_other {
                        counters.drop_finding(Reason::Repeated);
                    } else {
                        kept.push(at);
                    }
                }
            }
        }
        self.findings = kept;
    }
}

impl At {
    fn of(place: &Place, mut finding: Finding) -> Self {
        finding.standing = Some(Arc::clone(&place.standing));
        Self {
            order: place.order,
            removed_at: place.removed_at,
            finding,
        }
    }

    /// Takes over how another version of the file with the same secret stands, if that was there for longer.
    fn learn(&mut self, other: &Self) {
        let (Some(known), Some(other_standing)) = (&self.finding.standing, &other.finding.standing)
        else {
            return;
        };
        let is_later =
            (other_standing.is_in_head, other.removed_at) > (known.is_in_head, self.removed_at);
        if is_later {
            let standing = Standing::clone(known)
                .in_head(other_standing.is_in_head)
                .removed_by(other_standing.removed_by.clone());
            self.finding.standing = Some(Arc::new(standing));
            self.removed_at = other.removed_at;
        }
    }
}

/// What stays the same when a file gets another version; of what has no path, where it is.
fn path_of(origin: &Origin) -> String {
    match origin {
        Origin::Member { archive, path } => format!("{}!{}", path_of(archive), path.display()),
        _ => match origin.path() {
            Some(path) => path.display().to_string(),
            None => origin.to_string(),
        },
    }
}
