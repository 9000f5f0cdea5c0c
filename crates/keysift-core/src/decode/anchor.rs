//! The rules' anchors in the forms that encodings give them.

use super::{Encoding, base64, hex};
use crate::prefilter::{Grams, Layout, LiteralId, Prefilter};
use crate::rule::{Anchor, Literal, Plan, Unit};

/// An anchor that is shorter says too little of what was decoded.
const MIN_PLAIN_BYTES: usize = 4;

/// No anchor is longer.
pub(super) const MAX_PLAIN_BYTES: usize = 16;

/// A shorter encoded form is none: the prefilter looks at four bytes.
const MIN_ENCODED_BYTES: usize = 4;

/// An encoded anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EncodedAnchor {
    pub(super) encoding: Encoding,
    /// How many characters stand between the start of a unit and the literal.
    pub(super) lead_chars: usize,
}

/// All encoded anchors of a scanner, made when a run that may hide something first needs them.
#[derive(Debug)]
pub(crate) struct HiddenAnchors {
    prefilter: Grams,
    /// For each literal, where its anchors start in `anchors`; the next entry is where they end.
    starts: Vec<u32>,
    anchors: Vec<EncodedAnchor>,
}

impl HiddenAnchors {
    /// Those of rules that have these plans, in up to `depth` encodings.
    pub(crate) fn new<'a>(plans: impl Iterator<Item = &'a Plan>, depth: u8) -> Self {
        let mut all: Vec<(Literal, EncodedAnchor)> = plans
            .filter(|plan| !plan.anchored_by_keyword)
            .flat_map(|plan| &plan.anchors)
            .flat_map(plain_forms)
            .flat_map(|plain| encoded_forms(&plain, depth))
            .map(|(chars, anchor)| (chars.into_iter().map(Unit::exact).collect(), anchor))
            .collect();
        all.sort_by_cached_key(|(literal, anchor)| (literal.key(), *anchor));
        all.dedup();
        let mut literals: Vec<Literal> = Vec::new();
        let mut starts = Vec::new();
        for (index, (literal, _)) in all.iter().enumerate() {
            if literals.last() != Some(literal) {
                literals.push(*literal);
                starts.push(index as u32);
            }
        }
        starts.push(all.len() as u32);
        Self {
            prefilter: Grams::new(&literals, &Layout::quick()),
            starts,
            anchors: all.into_iter().map(|(_, anchor)| anchor).collect(),
        }
    }

    /// The encoded anchors in `chars`, in order: where a literal stands.
    pub(super) fn find(&self, chars: &[u8]) -> Vec<(usize, EncodedAnchor)> {
        let mut found = Vec::new();
        self.prefilter
            .find(chars, 0..chars.len(), &mut |LiteralId(literal), at| {
                let literal = literal as usize;
                let (from, end) = (self.starts[literal], self.starts[literal + 1]);
                let anchors = &self.anchors[from as usize..end as usize];
                found.extend(anchors.iter().map(|anchor| (at, *anchor)));
            });
        found.sort_unstable();
        found
    }

    /// The bytes it occupies.
    pub(crate) fn memory_usage(&self) -> usize {
        self.prefilter.memory_usage() + size_of_val(&*self.starts) + size_of_val(&*self.anchors)
    }
}

/// An anchor as it is written: in one case, where either will do, or the other.
fn plain_forms(anchor: &Anchor) -> Vec<Vec<u8>> {
    if anchor.literal.len() < MIN_PLAIN_BYTES {
        return Vec::new();
    }
    let written = |upper: bool| -> Vec<u8> {
        let byte = |unit: &Unit| match unit.any_case && upper {
            true => unit.byte.to_ascii_uppercase(),
            false => unit.byte,
        };
        anchor.literal.iter().map(byte).collect()
    };
    let mut forms = vec![written(false), written(true)];
    forms.dedup();
    forms
}

/// What `plain` becomes in each encoding, and in each of up to `depth` of them in one another; with the outermost.
fn encoded_forms(plain: &[u8], depth: u8) -> Vec<(Vec<u8>, EncodedAnchor)> {
    let mut forms = once_encoded(plain);
    if depth > 1 {
        let outer = forms.iter().flat_map(|(chars, _)| {
            let cut = &chars[..chars.len().min(MAX_PLAIN_BYTES)];
            encoded_forms(cut, depth - 1)
        });
        let outer: Vec<_> = outer.collect();
        forms.extend(outer);
    }
    forms
}

fn once_encoded(plain: &[u8]) -> Vec<(Vec<u8>, EncodedAnchor)> {
    let form = |chars: Vec<u8>, encoding, lead_chars| {
        let anchor = EncodedAnchor {
            encoding,
            lead_chars,
        };
        (chars, anchor)
    };
    let digits = hex::encoded(plain);
    let mut forms = vec![
        form(digits.to_ascii_uppercase(), Encoding::Hex, 0),
        form(digits, Encoding::Hex, 0),
    ];
    for lead in 0..3 {
        let (chars, lead_chars) = base64::encoded(plain, lead);
        forms.push(form(base64::for_urls(&chars), Encoding::Base64, lead_chars));
        forms.push(form(chars, Encoding::Base64, lead_chars));
    }
    forms.retain(|(chars, _)| chars.len() >= MIN_ENCODED_BYTES);
    forms.dedup();
    forms
}
