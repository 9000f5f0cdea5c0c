//! Assignments: a name that speaks of a credential, and the value that it is given.
//!
//! Most secrets have no form of their own: what gives them away is the name that they are assigned to. The reader
//! starts at a stem of such a name (`pass`, `secret`, `token`), reads the name, the operator and the value without
//! parsing the language, says what the value is, and gives the model the features by which it judges.
//!
//! Everything here is a pure function of a bounded part of the blob round the stem.

mod byte;
mod call;
mod feature;
mod lexicon;
mod markup;
mod name;
mod nature;
mod operator;
mod shape;
mod value;
mod word;

pub use self::feature::NAMES as FEATURE_NAMES;
pub use self::name::{NameKind, stems};
pub use self::nature::Nature;
pub use self::operator::Syntax;
pub use self::value::{Quote, Wrapping};

use self::name::Name;
use crate::blob::Span;

/// A name with its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Assignment {
    /// Where the stem starts that it was read from.
    pub(crate) anchor: usize,
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
    pub(crate) value_blanks: usize,
}

/// Reads the assignment whose name has a stem at `at`; `None` when there is no name, no operator or no value.
pub(crate) fn read(hay: &[u8], at: usize) -> Option<Assignment> {
    let name = name::read(hay, at)?;
    let operator = operator::read(hay, &name)?;
    let value = value::read(hay, &operator, name.kind)?;
    if value::is_key(hay, &value) {
        return None;
    }
    Some(Assignment {
        anchor: at,
        name,
        value: value.span,
        end: value.end,
        syntax: operator.syntax,
        quote: value.quote,
        wrapping: value.wrapping,
        has_scheme: value.has_scheme,
        is_name_quoted: operator.is_name_quoted,
        operator_blanks: operator.blanks,
        value_blanks: value.span.start.saturating_sub(operator.end),
    })
}

/// An assignment of a literal, as the model's training sees it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// The name.
    pub name: Span,
    /// What the name says that the value is.
    pub kind: NameKind,
    /// The value.
    pub value: Span,
    /// What the value is.
    pub nature: Nature,
    /// How the two are joined.
    pub syntax: Syntax,
    /// The features, in the order of [`FEATURE_NAMES`].
    pub features: Vec<i16>,
}

/// Every assignment in `bytes`, of literals and of other values, by the places of their names.
///
/// This is for training and for tests: a scan reads only where an anchor stands.
pub fn candidates(bytes: &[u8]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for at in 0..bytes.len() {
        let Some(assignment) = read(bytes, at) else {
            continue;
        };
        found.push(Candidate {
            name: assignment.name.span,
            kind: assignment.name.kind,
            value: assignment.value,
            nature: nature::of(bytes, &assignment),
            syntax: assignment.syntax,
            features: feature::of(bytes, &assignment).to_vec(),
        });
    }
    found
}
