//! What decided on an assignment, for an explanation.

use super::feature::NAMES;

/// How many features an explanation names.
pub(super) const EXPLAINED: usize = 3;

/// A feature of an assignment, and which way it moved the judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signal {
    /// The feature's name, such as `entropy` or `name is a password's`.
    pub feature: &'static str,
    /// Whether it speaks for a secret.
    pub speaks_for: bool,
}

/// The features that decided, the strongest first; none for a rule that does not read assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Signals([Option<(u8, bool)>; EXPLAINED]);

impl Signals {
    pub(super) fn new(features: [(u8, bool); EXPLAINED]) -> Self {
        Self(features.map(Some))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Signal> {
        self.0
            .into_iter()
            .flatten()
            .map(|(feature, speaks_for)| Signal {
                feature: NAMES[usize::from(feature)],
                speaks_for,
            })
    }
}
