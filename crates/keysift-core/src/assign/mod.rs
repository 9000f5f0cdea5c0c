//! Assignments: a name that speaks of a credential, and the value that it is given.
//!
//! Most secrets have no form of their own: what gives them away is the name that they are assigned to. The reader
//! starts at a stem of such a name (`pass`, `secret`, `token`), reads the name, the operator and the value without
//! parsing the language, says what the value is, and gives the model the features by which it judges.
//!
//! Everything here is a pure function of a bounded part of the blob round the stem.

mod address;
mod byte;
mod call;
mod declared;
mod feature;
mod lexicon;
mod markup;
mod model;
mod name;
mod nature;
mod near;
mod operator;
mod prefix;
mod shape;
mod signal;
mod stem;
mod value;
mod word;

pub use self::feature::NAMES as FEATURE_NAMES;
pub use self::name::NameKind;
pub use self::nature::Nature;
pub use self::operator::Syntax;
pub use self::signal::Signal;
pub use self::stem::stems;
pub use self::value::{Quote, Wrapping};

pub(crate) use self::name::{NameKinds, may_begin, may_follow};
pub(crate) use self::shape::is_common;
pub(crate) use self::signal::Signals;

use self::name::Name;
use crate::blob::Span;
use crate::rule::Confidence;

/// How far behind its stem an assignment may end, in bytes: a name, blanks, wrappings and the longest value.
pub(crate) const REACH_BYTES: usize = 3 << 10;

/// A name with its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assignment {
    /// Where the stem starts that it was read from.
    pub(crate) stem: usize,
    pub(crate) name: Name,
    pub(crate) value: Span,
    /// Where what closes the value ends.
    pub(crate) end: usize,
    pub(crate) syntax: Syntax,
    pub(crate) quote: Quote,
    pub(crate) wrapping: Wrapping,
    pub(crate) has_scheme: bool,
    pub(crate) is_name_quoted: bool,
    pub(crate) operator_blanks: usize,
    /// Bytes between the operator and the value: blanks, quotes and what it is wrapped in.
    pub(crate) value_gap: usize,
}

/// Reads the assignment whose name has a stem at `at`; `None` when there is no name, no operator or no value. The bytes
/// among which the value was sought are added to `looked_bytes`.
fn read(hay: &[u8], at: usize, looked_bytes: &mut usize) -> Option<Assignment> {
    let name = name::read(hay, at)?;
    if name.kind == NameKind::Address {
        return login(hay, at, name);
    }
    let operator = operator::read(hay, &name)?;
    let value = value::read(hay, &operator, name.kind, looked_bytes)?;
    if value::is_key(hay, &value, operator.syntax)
        || value.end > at + REACH_BYTES
        || name.has_later_stem(hay)
    {
        return None;
    }
    Some(Assignment {
        stem: at,
        name,
        value: value.span,
        end: value.end,
        syntax: operator.syntax,
        quote: value.quote,
        wrapping: value.wrapping,
        has_scheme: value.has_scheme,
        is_name_quoted: operator.is_name_quoted,
        operator_blanks: operator.blanks,
        value_gap: value.span.start.saturating_sub(operator.end),
    })
}

/// Reads the login of the address whose `://` stands at `at`.
fn login(hay: &[u8], at: usize, name: Name) -> Option<Assignment> {
    let (_, value) = address::login(hay, name.stem_end)?;
    Some(Assignment {
        stem: at,
        name,
        value,
        end: value.end + 1,
        syntax: Syntax::Login,
        quote: Quote::None,
        wrapping: Wrapping::None,
        has_scheme: false,
        is_name_quoted: false,
        operator_blanks: 0,
        value_gap: 0,
    })
}

/// What the model says of an assignment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judgement {
    /// How sure it is that the value is a secret; `None` when it thinks that it is not.
    pub(crate) confidence: Option<Confidence>,
    /// What decided, if that was asked for.
    pub(crate) signals: Signals,
}

/// What it costs to read a name and its operator, and to have the model judge an assignment, counted in bytes of work.
const READ_WORK_BYTES: usize = 48;
const MODEL_WORK_BYTES: usize = 1000;

/// Reads the assignment of a literal whose name is of one of `kinds` and has a stem at `at`, and has the model judge
/// it. `None` when there is none, or none that anybody need hear of. Adds to `work` what it cost.
pub(crate) fn judged(
    hay: &[u8],
    at: usize,
    kinds: NameKinds,
    explain: bool,
    work: &mut usize,
) -> Option<(Assignment, Judgement)> {
    *work += READ_WORK_BYTES;
    let assignment = read(hay, at, work)?;
    if !kinds.has(assignment.name.kind) || nature::of(hay, &assignment) != Nature::Literal {
        return None;
    }
    if assignment.name.kind == NameKind::Address {
        let user = Span::new(assignment.name.stem_end, assignment.value.start - 1);
        let judgement = Judgement {
            confidence: Some(address::confidence(hay, user, assignment.value)),
            signals: Signals::default(),
        };
        return Some((assignment, judgement));
    }
    *work += MODEL_WORK_BYTES;
    let mut features = feature::own(hay, &assignment);
    let log_odds = model::log_odds(&mut features, |features| {
        feature::add_near(hay, &assignment, features);
    });
    if model::is_negligible(log_odds) {
        return None;
    }
    let signals = if explain {
        model::signals(&features)
    } else {
        Signals::default()
    };
    let confidence = model::confidence(log_odds);
    Some((
        assignment,
        Judgement {
            confidence,
            signals,
        },
    ))
}

/// An assignment, as training and tests see it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// Where the stem starts that it was read from.
    pub stem: usize,
    /// The name.
    pub name: Span,
    /// What the name says that the value is.
    pub kind: NameKind,
    /// The value.
    pub value: Span,
    /// Where what closes the value ends.
    pub end: usize,
    /// What the value is.
    pub nature: Nature,
    /// How the two are joined.
    pub syntax: Syntax,
    /// The features, in the order of [`FEATURE_NAMES`].
    pub features: Vec<i16>,
    /// The model's log-odds that the value is a secret, in thousandths.
    pub log_odds: i32,
}

impl Candidate {
    /// Whether a rule that reads names of this kind has a match here, a finding or not.
    pub fn is_match(&self) -> bool {
        let is_judged = self.kind != NameKind::Address;
        self.nature == Nature::Literal && !(is_judged && model::is_negligible(self.log_odds))
    }
}

/// Every assignment in `bytes`, of literals and of other values, by the places of their names.
///
/// This is for training and for tests: a scan reads only where an anchor stands.
pub fn candidates(bytes: &[u8]) -> Vec<Candidate> {
    (0..bytes.len())
        .filter_map(|at| read(bytes, at, &mut 0))
        .map(|assignment| {
            let mut features = feature::own(bytes, &assignment);
            feature::add_near(bytes, &assignment, &mut features);
            Candidate {
                stem: assignment.stem,
                name: assignment.name.span,
                kind: assignment.name.kind,
                value: assignment.value,
                end: assignment.end,
                nature: nature::of(bytes, &assignment),
                syntax: assignment.syntax,
                log_odds: model::log_odds(&mut features, |_| ()),
                features: features.to_vec(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
