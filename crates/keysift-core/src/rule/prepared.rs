//! Rules worked out beforehand, as bytes that a program carries with it.
//!
//! Reading them costs a hundredth of parsing rule files: only what every scan needs is unpacked at once, a rule itself
//! when a candidate or a caller first asks for it.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::anchor::Anchor;
use super::form::Form;
use super::literal::{Literal, Unit};
use super::plan::{Compiled, Plan, Tail};
use super::positions::{Packer, Positions, Sets};
use super::run::Run;
use super::set::{Item, LaidOut};
use crate::assign::NameKinds;

use super::{Confidence, Rule, RuleError, RuleErrorKind, RuleSet};
use crate::prefilter::Layout;

/// What the bytes begin with. They can only be read by the version that wrote them.
const HEADER: &str = concat!("keysift prepared rules ", env!("CARGO_PKG_VERSION"));

#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    header: &'a str,
    /// All anchors' literals, sorted.
    literals: Vec<PackedLiteral<'a>>,
    layout: Layout,
    /// The sets of bytes that the rules' positions are numbers of.
    sets: &'a [u8],
    rules: Vec<PackedItem<'a>>,
}

#[derive(Serialize, Deserialize)]
struct PackedLiteral<'a> {
    bytes: &'a [u8],
    /// A bit for each byte that may stand in either case.
    any_case: u16,
}

#[derive(Serialize, Deserialize)]
struct PackedItem<'a> {
    id: &'a str,
    anchors: Vec<PackedAnchor>,
    anchored_by_keyword: bool,
    confidence: Confidence,
    is_generic: bool,
    has_paths: bool,
    is_imported: bool,
    max_match_bytes: usize,
    before_bytes: usize,
    after_bytes: usize,
    near_bytes: usize,
    secret_prefix_bytes: usize,
    reads: NameKinds,
    #[serde(borrow)]
    tail: Option<PackedTail<'a>>,
    #[serde(borrow)]
    form: Option<PackedForm<'a>>,
    #[serde(borrow)]
    path_end: Option<Cow<'a, [u8]>>,
    rule: &'a [u8],
}

#[derive(Serialize, Deserialize)]
struct PackedTail<'a> {
    pattern: &'a str,
    #[serde(borrow)]
    positions: Cow<'a, [u8]>,
}

#[derive(Serialize, Deserialize)]
struct PackedForm<'a> {
    #[serde(borrow)]
    head: Cow<'a, [u8]>,
    begins_line: bool,
    run: Option<PackedRun>,
}

#[derive(Serialize, Deserialize)]
struct PackedRun {
    /// The number of its set.
    set: u16,
    bytes: usize,
    offset_min: usize,
    offset_max: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct PackedAnchor {
    /// The literal's place among all.
    literal: u32,
    before_max: i64,
    before_min: i64,
}

fn failed(error: postcard::Error) -> RuleError {
    let message = format!("the rules cannot be packed: {error}");
    RuleError::new(RuleErrorKind::Value, message)
}

/// A rule as bytes.
pub(crate) fn rule_bytes(rule: &Rule) -> Result<Vec<u8>, RuleError> {
    postcard::to_stdvec(rule).map_err(failed)
}

impl RuleSet {
    /// The set as bytes that [`RuleSet::prepared`] reads, for a program to carry with it.
    ///
    /// # Errors
    /// A rule whose `verify` table cannot be written.
    pub fn prepare(&self) -> Result<Vec<u8>, RuleError> {
        let literals = self.literals();
        let bytes: Vec<Vec<u8>> = (literals.iter())
            .map(|literal| literal.iter().map(|unit| unit.byte).collect())
            .collect();
        let rules: Vec<Vec<u8>> = (self.iter())
            .map(|rule| rule_bytes(rule))
            .collect::<Result<_, _>>()?;
        let mut packer = Packer::default();
        let items: Vec<PackedItem<'_>> = (self.rules.iter().zip(&rules))
            .map(|((id, item), rule)| pack(id, &item.plan, (&literals, &mut packer), rule))
            .collect();
        postcard::to_stdvec(&Packed {
            header: HEADER,
            layout: Layout::of(&literals),
            sets: &packer.sets(),
            rules: items,
            literals: (literals.iter().zip(&bytes))
                .map(|(literal, bytes)| PackedLiteral {
                    bytes,
                    any_case: literal.key().1,
                })
                .collect(),
        })
        .map_err(failed)
    }

    /// The set that [`RuleSet::prepare`] wrote.
    ///
    /// The bytes are a part of the program, like its code: only their beginning is looked at here. A rule that was
    /// tampered with behind it panics when it is first used.
    ///
    /// # Errors
    /// Bytes that another version wrote, or nobody.
    pub fn prepared(bytes: &'static [u8]) -> Result<Self, RuleError> {
        let refused = || {
            RuleError::new(
                RuleErrorKind::Syntax,
                format!("the prepared rules do not begin with {HEADER:?}: prepare them again"),
            )
        };
        let packed: Packed<'static> = postcard::from_bytes(bytes)
            .ok()
            .filter(|packed: &Packed<'_>| packed.header == HEADER)
            .ok_or_else(refused)?;
        let literals: Vec<Literal> = packed.literals.iter().map(literal).collect();
        let sets = Sets::unpack(packed.sets);
        let items = packed.rules.into_iter().map(|item| {
            let (id, rule) = (item.id.into(), item.rule);
            let plan = plan(item, &literals, &sets).ok_or_else(refused)?;
            Ok((id, Arc::new(Item::packed(plan, rule))))
        });
        Ok(Self {
            rules: items.collect::<Result<_, RuleError>>()?,
            laid_out: Some(Arc::new(LaidOut {
                literals,
                layout: packed.layout,
            })),
        })
    }
}

fn literal(packed: &PackedLiteral<'_>) -> Literal {
    let units = packed.bytes.iter().enumerate().map(|(index, byte)| Unit {
        byte: *byte,
        any_case: packed.any_case.checked_shr(index as u32).unwrap_or(0) & 1 != 0,
    });
    units.collect()
}

fn pack<'a>(
    id: &'a str,
    plan: &'a Plan,
    (literals, packer): (&[Literal], &mut Packer),
    rule: &'a [u8],
) -> PackedItem<'a> {
    let place = |literal: &Literal| {
        let found = literals.binary_search_by_key(&literal.key(), Literal::key);
        found.expect("because the literals are those of all anchors") as u32
    };
    PackedItem {
        id,
        anchors: (plan.anchors.iter())
            .map(|anchor| PackedAnchor {
                literal: place(&anchor.literal),
                before_max: anchor.before_max,
                before_min: anchor.before_min,
            })
            .collect(),
        anchored_by_keyword: plan.anchored_by_keyword,
        confidence: plan.confidence,
        is_generic: plan.is_generic,
        has_paths: plan.has_paths,
        is_imported: plan.is_imported,
        max_match_bytes: plan.max_match_bytes,
        before_bytes: plan.before_bytes,
        after_bytes: plan.after_bytes,
        near_bytes: plan.near_bytes,
        secret_prefix_bytes: plan.secret_prefix_bytes,
        reads: plan.reads,
        tail: plan.tail.as_ref().map(|tail| PackedTail {
            pattern: &tail.pattern,
            positions: packer.positions(&tail.positions).into(),
        }),
        form: plan.form.as_ref().map(|form| PackedForm {
            head: packer.positions(&form.head).into(),
            begins_line: form.begins_line,
            run: form.run.as_ref().map(|run| PackedRun {
                set: packer.number(run.set),
                bytes: run.bytes,
                offset_min: run.offset_min,
                offset_max: run.offset_max,
            }),
        }),
        path_end: (plan.path_end.as_ref()).map(|end| packer.positions(end).into()),
        rule,
    }
}

/// A packed rule's plan; `None` where an anchor names no literal.
fn plan(item: PackedItem<'static>, literals: &[Literal], sets: &Sets) -> Option<Plan> {
    let positions = |numbers: Cow<'static, [u8]>| Positions::unpack(numbers, sets);
    let anchor = |packed: PackedAnchor| {
        Some(Anchor {
            literal: *literals.get(packed.literal as usize)?,
            before_max: packed.before_max,
            before_min: packed.before_min,
            place: Some(packed.literal),
        })
    };
    Some(Plan {
        anchors: item
            .anchors
            .into_iter()
            .map(anchor)
            .collect::<Option<_>>()?,
        anchored_by_keyword: item.anchored_by_keyword,
        confidence: item.confidence,
        is_generic: item.is_generic,
        has_paths: item.has_paths,
        is_imported: item.is_imported,
        max_match_bytes: item.max_match_bytes,
        before_bytes: item.before_bytes,
        after_bytes: item.after_bytes,
        near_bytes: item.near_bytes,
        secret_prefix_bytes: item.secret_prefix_bytes,
        reads: item.reads,
        tail: item.tail.map(|tail| Tail {
            positions: positions(tail.positions),
            pattern: tail.pattern.into(),
        }),
        form: item.form.map(|form| {
            let run = form.run.map(|run| Run {
                set: sets.get(run.set),
                bytes: run.bytes,
                offset_min: run.offset_min,
                offset_max: run.offset_max,
            });
            Form::new(positions(form.head), form.begins_line, run)
        }),
        path_end: item.path_end.map(positions),
        compiled: Compiled::default(),
    })
}

/// A rule that [`RuleSet::prepare`] packed.
pub(super) fn unpack(packed: &[u8]) -> Rule {
    postcard::from_bytes(packed).expect("because the version that reads it wrote it")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
[[rule]]
id = "acme-key"
name = "Acme key"
description = "Gives full access to an Acme account."
provider = "Acme"
kind = "api-key"
severity = "high"
confidence = "medium"
pattern = '(?i:acme)[-_](?P<secret>(?P<body>[^\s\xff]{24}))(?:\b|$)'
keywords = ["acme", "key"]
within = 12
whole_words = true
entropy = 2.5
checks = ["jwt"]
family = "acme"
paths = ['\.env$']
allow.values = ["^x+$"]
allow.lines = ["sample"]
allow.paths = ["^docs/"]
allow.stop_words = ["dummy"]
examples.match = ["acme_{{secret}}"]
examples.reject = ["acme_{{short}}"]
[rule.remediation]
action = "rotate"
steps = "Account > Keys > replace."
link = "https://acme.example/keys"
[[rule.companions]]
name = "account id"
pattern = 'acc-(?P<value>[0-9]{8})'
within = 40
checks = ["aws-access-key-id"]
without = "low"
[rule.verify]
request = { method = "GET", status = [200, 204], ratio = 0.5 }
"#;

    #[test]
    fn what_was_prepared_is_what_was_parsed() {
        let parsed = RuleSet::parse("acme.toml", FULL).unwrap();
        let bytes = parsed.prepare().unwrap().leak();
        let prepared = RuleSet::prepared(bytes).unwrap();
        let rule = |set: &RuleSet| format!("{:?}", set.get("acme-key"));
        assert_eq!(rule(&prepared), rule(&parsed));
        let plan = |set: RuleSet| {
            let mut item = Arc::into_inner(set.into_items().next().unwrap()).unwrap();
            assert!(!item.plan.is_compiled());
            let anchors = &mut item.plan.anchors;
            anchors.iter_mut().for_each(|anchor| anchor.place = None);
            format!("{:?}", item.plan)
        };
        assert_eq!(plan(prepared), plan(parsed));
    }

    #[test]
    fn a_tail_is_read_as_it_was_written() {
        let parsed = RuleSet::parse("acme.toml", FULL).unwrap();
        let item = parsed.into_items().next().unwrap();
        let tail = item.plan.tail.as_ref().unwrap();
        let hir = super::super::pattern::parse_written(&tail.pattern).unwrap();
        assert_eq!(hir.to_string(), tail.pattern);
    }

    #[test]
    fn bytes_of_another_version_are_refused() {
        let mut bytes = RuleSet::new().prepare().unwrap();
        assert!(RuleSet::prepared(bytes.clone().leak()).is_ok());
        let digit = HEADER.len();
        bytes[digit] ^= 1;
        for bytes in [bytes, Vec::new(), b"#!/bin/sh".to_vec()] {
            let error = RuleSet::prepared(bytes.leak()).unwrap_err();
            assert!(error.to_string().contains("prepare them again"), "{error}");
        }
    }
}
