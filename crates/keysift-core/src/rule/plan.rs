//! What the engine does for a rule: which anchors start it, how far it looks, when its pattern is compiled.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_automata::MatchKind;
use regex_automata::hybrid::dfa::DFA;
use regex_syntax::hir::{Hir, HirKind};

use super::Confidence;
use super::Rule;
use super::anchor::{self, Anchor};
use super::error::{RuleError, RuleErrorKind};
use super::form::{self, Form};
use super::imported;
use super::pattern::{self, Pattern};
use super::positions::Positions;
use super::program::Program;
use crate::assign::NameKinds;
use crate::check::CONTEXT_BYTES;

/// The provider of rules that are nobody's in particular.
const GENERIC: &str = "Generic";

/// A rule's plan, worked out once from its parsed pattern. What is compiled is compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) anchors: Vec<Anchor>,
    /// Whether the anchors are the rule's keywords and not a part of its pattern.
    pub(crate) anchored_by_keyword: bool,
    /// How confident the rule is of its findings, before checks lower it.
    pub(crate) confidence: Confidence,
    /// Whether the rule is not one of a provider's.
    pub(crate) is_generic: bool,
    /// Whether the rule is for some paths only.
    pub(crate) has_paths: bool,
    /// Whether the rule was written for another scanner, and settles as it does there.
    pub(crate) is_imported: bool,
    /// The longest match, in bytes.
    pub(crate) max_match_bytes: usize,
    /// How many bytes before a match's start its existence and its verdict may depend on.
    pub(crate) before_bytes: usize,
    /// How many bytes after a match's start.
    pub(crate) after_bytes: usize,
    /// How far from a match a keyword may be on which its existence depends, with its own length; 0 without keywords.
    pub(crate) near_bytes: usize,
    /// How many bytes at the secret's start are the same in every secret, such as a prefix.
    pub(crate) secret_prefix_bytes: usize,
    /// The kinds of names whose assignments the rule reads; none where it has a pattern of its own.
    pub(crate) reads: NameKinds,
    /// What stands from an anchor on in every match; `None` where the anchors are keywords, or nothing is known.
    pub(crate) tail: Option<Tail>,
    /// What is asked of a place before the pattern is run there; `None` when there is nothing to ask.
    pub(crate) form: Option<Form>,
    /// What the paths end with that the rule is for, read backwards; `None` where it is for all, or that is not known.
    pub(super) path_end: Option<Positions>,
    pub(super) compiled: Compiled,
}

/// What candidates have needed of a rule so far.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    program: OnceLock<Box<Program>>,
    tail: OnceLock<Option<Box<DFA>>>,
    ends: OnceLock<Option<Box<DFA>>>,
}

/// What stands from an anchor on: a look at each byte, and the pattern of an automaton.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) positions: Positions,
    pub(super) pattern: Cow<'static, str>,
}

impl Plan {
    /// The plan for a rule whose pattern was parsed.
    pub(super) fn of(rule: &Rule, parsed: &Pattern) -> Result<Self, RuleError> {
        let limit = rule.max_match_bytes;
        let by_pattern = anchor::of_pattern(&parsed.hir, limit);
        let by_keyword = anchor::of_keywords(&rule.keywords, rule.within, limit);
        let anchored_by_keyword = match (&by_pattern, &by_keyword) {
            (Some(pattern), Some(keyword)) => keyword.cost < pattern.cost,
            (pattern, _) => pattern.is_none(),
        };
        let chosen = if anchored_by_keyword {
            by_keyword
        } else {
            by_pattern
        };
        let set = chosen.ok_or_else(|| {
            RuleError::new(
                RuleErrorKind::Anchor,
                format!("every match must contain a literal of at least {} bytes, or the rule needs keywords", anchor::MIN_ANCHOR_BYTES),
            )
        })?;
        let near = rule
            .keywords
            .iter()
            .map(|word| word.len() + rule.within)
            .max()
            .unwrap_or(0);
        // One byte more on either side: a word boundary looks at its neighbour.
        let context = near.max(CONTEXT_BYTES) + 1;
        if !rule.reads.is_empty() {
            return Ok(Self::reading(rule, set.anchors, context));
        }
        Ok(Self {
            reads: NameKinds::default(),
            tail: (!anchored_by_keyword)
                .then(|| Tail::of(&set.tail(&parsed.hir)))
                .flatten(),
            form: Form::of(&parsed.hir),
            path_end: form::path_end(&rule.paths),
            anchors: set.anchors,
            anchored_by_keyword,
            before_bytes: context,
            after_bytes: limit + context,
            near_bytes: near,
            secret_prefix_bytes: pattern::secret_group(&parsed.hir).map_or(0, prefix_bytes),
            confidence: rule.confidence,
            is_generic: imported::is_generic(rule).unwrap_or(rule.provider == GENERIC),
            has_paths: !rule.paths.is_empty(),
            is_imported: rule.imported.is_some(),
            max_match_bytes: limit,
            compiled: Compiled::default(),
        })
    }

    /// The plan for a rule that reads assignments: its stems are its anchors, and a match starts with one.
    fn reading(rule: &Rule, anchors: Vec<Anchor>, context: usize) -> Self {
        Self {
            anchors,
            reads: NameKinds::of(&rule.reads),
            // Of two rules that overlap the one with a pattern stands.
            anchored_by_keyword: true,
            before_bytes: context,
            after_bytes: rule.max_match_bytes + context,
            near_bytes: 0,
            secret_prefix_bytes: 0,
            confidence: rule.confidence,
            is_generic: true,
            has_paths: !rule.paths.is_empty(),
            is_imported: false,
            max_match_bytes: rule.max_match_bytes,
            tail: None,
            form: None,
            path_end: form::path_end(&rule.paths),
            compiled: Compiled::default(),
        }
    }

    /// The compiled pattern; the first call compiles it.
    pub(crate) fn program(&self, rule: &Rule) -> &Program {
        self.compiled.program.get_or_init(|| {
            let program = Program::compile(&rule.pattern, rule.secret_group).expect(
                "because the pattern parsed and its size was bounded when the rule was read",
            );
            Box::new(program)
        })
    }

    /// The automaton that a candidate's bytes must pass from its anchor on; the first call builds it. `None` when
    /// there is none, and every candidate passes.
    pub(crate) fn tail_automaton(&self) -> Option<&DFA> {
        let tail = self.tail.as_ref()?;
        let built = self.compiled.tail.get_or_init(|| {
            let nfa = form::nfa(&pattern::parse_written(&tail.pattern)?)?;
            form::automaton(nfa, MatchKind::LeftmostFirst).map(Box::new)
        });
        built.as_deref()
    }

    /// The automaton that tells where a match may end; the first call builds it. `None` when there is none.
    pub(crate) fn ends(&self, rule: &Rule) -> Option<&DFA> {
        self.form.as_ref()?;
        let built = &self.compiled.ends;
        built
            .get_or_init(|| form::of_ends(&rule.pattern).map(Box::new))
            .as_deref()
    }

    /// Whether the rule may be for a path, by what the path ends with. Right when it says no.
    pub(crate) fn may_suit(&self, path: &[u8]) -> bool {
        self.path_end.as_ref().is_none_or(|end| end.may_end(path))
    }

    /// Whether a candidate has needed anything of the rule compiled yet.
    pub(crate) fn is_compiled(&self) -> bool {
        self.compiled.program.get().is_some()
            || self.compiled.ends.get().is_some()
            || self.compiled.tail.get().is_some()
    }

    /// The bytes that what is compiled occupies.
    pub(crate) fn memory_usage(&self) -> usize {
        let pattern = self
            .compiled
            .program
            .get()
            .map_or(0, |program| program.memory_usage());
        let automata = [&self.compiled.tail, &self.compiled.ends];
        let automata = automata.map(|cell| cell.get().and_then(Option::as_ref));
        let automata = automata.iter().flatten().map(|dfa| dfa.memory_usage());
        let tail = self
            .tail
            .as_ref()
            .map_or(0, |tail| tail.positions.memory_usage() + tail.pattern.len());
        pattern + automata.sum::<usize>() + tail + self.form.as_ref().map_or(0, Form::memory_usage)
    }
}

impl Tail {
    /// `None` for one that no automaton can be built of: the pattern itself decides.
    fn of(hir: &Hir) -> Option<Self> {
        Some(Self {
            positions: Positions::of(&form::nfa(hir)?),
            pattern: hir.to_string().into(),
        })
    }
}

/// How many bytes at a secret's start tell its kind and nothing more: what stands before `body`, or a literal.
fn prefix_bytes(secret: &Hir) -> usize {
    body_offset(secret).unwrap_or_else(|| literal_prefix(secret))
}

/// The length of what stands before the group `body`, if it is always the same.
fn body_offset(hir: &Hir) -> Option<usize> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("body") => Some(0),
        HirKind::Capture(capture) => body_offset(&capture.sub),
        HirKind::Concat(parts) => {
            let at = parts.iter().position(|part| body_offset(part).is_some())?;
            let before = parts[..at].iter().map(|part| {
                let properties = part.properties();
                properties
                    .minimum_len()
                    .filter(|min| Some(*min) == properties.maximum_len())
            });
            before
                .sum::<Option<usize>>()?
                .checked_add(body_offset(&parts[at])?)
        }
        _ => None,
    }
}

/// How many literal bytes a part starts with, whichever alternative is taken.
fn literal_prefix(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Capture(capture) => literal_prefix(&capture.sub),
        HirKind::Alternation(parts) => parts.iter().map(literal_prefix).min().unwrap_or(0),
        HirKind::Concat(parts) => {
            let mut sum = 0;
            for part in parts {
                sum += literal_prefix(part);
                if part.properties().maximum_len() != Some(literal_prefix(part)) {
                    break;
                }
            }
            sum
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) | HirKind::Repetition(_) => 0,
    }
}
