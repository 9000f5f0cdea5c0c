//! A set of rules, each with its plan, ready for a scanner.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::{RuleError, RuleErrorKind};
use super::plan::Plan;
use super::{Rule, parse};

/// Validated rules with unique ids, sorted by id.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: BTreeMap<String, (Arc<Rule>, Arc<Plan>)>,
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
        if let Some((other, _)) = self.rules.get(&rule.id) {
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
            .insert(rule.id.clone(), (Arc::new(rule), Arc::new(plan)));
        Ok(())
    }

    /// Adds the rules of another set.
    ///
    /// # Errors
    /// An id that both sets have.
    pub fn merge(&mut self, other: Self) -> Result<(), RuleError> {
        for (id, (rule, plan)) in other.rules {
            if self.rules.contains_key(&id) {
                let error =
                    RuleError::new(RuleErrorKind::Duplicate, "the id is taken by another rule");
                return Err(error.in_rule(&id).in_file(&rule.file));
            }
            self.rules.insert(id, (rule, plan));
        }
        Ok(())
    }

    /// Keeps the rules for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Rule) -> bool) {
        self.rules.retain(|_, (rule, _)| keep(rule));
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
        self.rules.get(id).map(|(rule, _)| rule)
    }

    /// The id of a rule that is most like `id`.
    pub fn nearest_id(&self, id: &str) -> Option<&str> {
        let ids: Vec<&str> = self.rules.keys().map(String::as_str).collect();
        super::error::nearest(id, &ids)
    }

    /// The rules, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.values().map(|(rule, _)| rule)
    }

    pub(crate) fn into_parts(self) -> impl Iterator<Item = (Arc<Rule>, Arc<Plan>)> {
        self.rules.into_values()
    }
}
