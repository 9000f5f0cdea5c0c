//! A set of rules, each with its plan, ready for a scanner.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::error::{RuleError, RuleErrorKind};
use super::literal::Literal;
use super::plan::Plan;
use super::{Rule, parse, prepared};
use crate::prefilter::Layout;

/// A rule and its plan.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) plan: Plan,
    rule: OnceLock<Arc<Rule>>,
    /// The rule as [`RuleSet::prepare`] wrote it, if it was not read from a file.
    packed: &'static [u8],
}

impl Item {
    fn new(rule: Rule, plan: Plan) -> Self {
        Self {
            plan,
            rule: OnceLock::from(Arc::new(rule)),
            packed: &[],
        }
    }

    pub(super) fn packed(plan: Plan, packed: &'static [u8]) -> Self {
        Self {
            plan,
            rule: OnceLock::new(),
            packed,
        }
    }

    /// The rule; the first call unpacks it.
    #[inline]
    pub(crate) fn rule(&self) -> &Arc<Rule> {
        self.rule
            .get_or_init(|| Arc::new(prepared::unpack(self.packed)))
    }
}

/// How a prefilter lays out the literals of a set, worked out beforehand.
#[derive(Debug)]
pub(crate) struct LaidOut {
    /// Sorted by [`Literal::key`].
    pub(crate) literals: Vec<Literal>,
    pub(crate) layout: Layout,
}

/// Validated rules with unique ids, sorted by id.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    pub(super) rules: BTreeMap<Cow<'static, str>, Arc<Item>>,
    /// A layout for a set much like this one; `None` when there is none.
    pub(super) laid_out: Option<Arc<LaidOut>>,
}

impl RuleSet {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the rules of one file.
    ///
    /// # Errors
    /// A [`RuleError`] that names the file, the rule, and the place in the pattern where it has one.
    ///
    /// # Examples
    /// ```
    /// let text = r#"
    /// [[rule]]
    /// id = "acme-api-key"
    /// name = "Acme API key"
    /// description = "Gives full access to an Acme account."
    /// provider = "Acme"
    /// kind = "api-key"
    /// severity = "high"
    /// confidence = "high"
    /// pattern = '\b(?P<secret>acme_[0-9a-z]{24})\b'
    /// examples.match = ["key = {{secret}}"]
    /// examples.reject = ["key = {{short}}"]
    /// [rule.remediation]
    /// action = "revoke"
    /// steps = "Account > Keys > delete."
    /// "#;
    /// let rules = keysift_core::RuleSet::parse("acme.toml", text)?;
    /// assert_eq!(rules.len(), 1);
    /// # Ok::<(), keysift_core::RuleError>(())
    /// ```
    pub fn parse(file: &str, text: &str) -> Result<Self, RuleError> {
        let mut set = Self::new();
        for (rule, plan) in parse::parse_file(file, text)? {
            set.insert(rule, plan)?;
        }
        Ok(set)
    }

    fn insert(&mut self, rule: Rule, plan: Plan) -> Result<(), RuleError> {
        if let Some(other) = self.get(&rule.id) {
            let message = format!(
                "the id is taken by a rule of {}",
                if other.file.is_empty() {
                    "this set"
                } else {
                    &other.file
                }
            );
            return Err(RuleError::new(RuleErrorKind::Duplicate, message)
                .in_rule(&rule.id)
                .in_file(&rule.file));
        }
        self.rules
            .insert(rule.id.clone().into(), Arc::new(Item::new(rule, plan)));
        Ok(())
    }

    /// Adds the rules of another set.
    ///
    /// # Errors
    /// An id that both sets have.
    pub fn merge(&mut self, other: Self) -> Result<(), RuleError> {
        self.laid_out = self.laid_out.take().or(other.laid_out);
        for (id, item) in other.rules {
            if self.rules.contains_key(&id) {
                let error =
                    RuleError::new(RuleErrorKind::Duplicate, "the id is taken by another rule");
                return Err(error.in_rule(&id).in_file(&item.rule().file));
            }
            self.rules.insert(id, item);
        }
        Ok(())
    }

    /// Keeps the rules for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Rule) -> bool) {
        self.rules.retain(|_, item| keep(item.rule()));
    }

    /// Keeps the rules for whose ids `keep` holds. Unlike [`retain`](Self::retain) it does not unpack prepared rules, which
    /// takes longer than a scan of a few files.
    pub fn retain_ids(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.rules.retain(|id, _| keep(id));
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.get(id).map(|item| item.rule())
    }

    /// The id of a rule that is most like `id`.
    pub fn nearest_id(&self, id: &str) -> Option<&str> {
        let ids: Vec<&str> = self.ids().collect();
        super::error::nearest(id, &ids)
    }

    /// The provider of a rule that is most like `name`.
    pub fn nearest_provider(&self, name: &str) -> Option<&str> {
        let providers: Vec<&str> = self.iter().map(|rule| rule.provider.as_str()).collect();
        super::error::nearest(name, &providers)
    }

    /// The rules, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.values().map(|item| item.rule())
    }

    /// The rules' ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(|id| &**id)
    }

    /// The literals of all anchors, each once, sorted by [`Literal::key`].
    pub(super) fn literals(&self) -> Vec<Literal> {
        let anchors = self.rules.values().flat_map(|item| &item.plan.anchors);
        let mut literals: Vec<Literal> = anchors.map(|anchor| anchor.literal).collect();
        literals.sort_by_cached_key(Literal::key);
        literals.dedup();
        literals
    }

    pub(crate) fn laid_out(&self) -> Option<Arc<LaidOut>> {
        self.laid_out.clone()
    }

    pub(crate) fn into_items(self) -> impl Iterator<Item = Arc<Item>> {
        self.rules.into_values()
    }
}
