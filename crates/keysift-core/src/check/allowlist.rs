//! What a rule never reports, by its own `allow` table, its `paths`, and comments in what is scanned.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::{Reason, Subject, inline};
use crate::rule::Rule;

/// The compiled lists of a scanner's rules, each once: hundreds of rules allow the same values.
#[derive(Debug, Default)]
pub(crate) struct Lists(Mutex<BTreeMap<Box<[String]>, Arc<Regex>>>);

impl Lists {
    /// One automaton for several patterns; `None` when there are none.
    fn get(&self, patterns: &[String]) -> Option<Arc<Regex>> {
        if patterns.is_empty() {
            return None;
        }
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lists.get(patterns).cloned();
        Some(known.unwrap_or_else(|| {
            let regex = Arc::new(compile(patterns));
            lists.insert(patterns.into(), Arc::clone(&regex));
            regex
        }))
    }
}

/// A list of patterns, compiled when it is first needed.
type List = OnceLock<Option<Arc<Regex>>>;

/// A rule's allowlists.
#[derive(Debug)]
pub(crate) struct Allowlist {
    /// Whether comments in what is scanned allow anything.
    has_comments: bool,
    lists: Arc<Lists>,
    values: List,
    lines: List,
    paths: List,
    only_paths: List,
}

impl Allowlist {
    /// The allowlists of a rule of the scanner that has `lists`.
    pub(crate) fn new(has_comments: bool, lists: Arc<Lists>) -> Self {
        Self {
            has_comments,
            lists,
            values: List::new(),
            lines: List::new(),
            paths: List::new(),
            only_paths: List::new(),
        }
    }

    /// Whether a comment beside the secret allows it.
    pub(super) fn check_comments(&self, subject: &Subject<'_>) -> Option<Reason> {
        self.has_comments.then(|| inline::check(subject))?
    }

    fn describes(&self, list: &List, patterns: &[String], bytes: &[u8]) -> bool {
        list.get_or_init(|| self.lists.get(patterns))
            .as_ref()
            .is_some_and(|regex| regex.is_match(bytes))
    }

    /// Whether the allowlist describes the secret or its line.
    pub(super) fn check(&self, subject: &Subject<'_>) -> Option<Reason> {
        let allow = &subject.rule.allow;
        let secret = subject.secret_bytes();
        let has_stop_word = || {
            allow
                .stop_words
                .iter()
                .any(|word| contains_ignoring_case(secret, word.as_bytes()))
        };
        if self.describes(&self.values, &allow.values, secret) || has_stop_word() {
            return Some(Reason::AllowedValue);
        }
        if !allow.lines.is_empty() && self.describes(&self.lines, &allow.lines, line(subject)) {
            return Some(Reason::AllowedLine);
        }
        None
    }

    /// Whether the rule applies to a path.
    pub(crate) fn suits(&self, rule: &Rule, path: &[u8]) -> bool {
        rule.paths.is_empty() || self.describes(&self.only_paths, &rule.paths, path)
    }

    /// Whether the rule does not apply to a path, or allows what is found there.
    pub(crate) fn check_path(&self, rule: &Rule, path: &[u8]) -> Option<Reason> {
        if !self.suits(rule, path) {
            return Some(Reason::OtherPath);
        }
        self.describes(&self.paths, &rule.allow.paths, path)
            .then_some(Reason::AllowedPath)
    }
}

fn compile(patterns: &[String]) -> Regex {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
        .build_many(patterns)
        .expect("because each pattern parsed and its size was bounded when the rule was read")
}

/// The line that the secret starts on, as far as the context reaches.
fn line<'a>(subject: &Subject<'a>) -> &'a [u8] {
    let context = subject.context();
    let before = &subject.hay[context.start..subject.secret.start];
    let start = context.start + memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let after = &subject.hay[subject.secret.start..context.end];
    let end = subject.secret.start + memchr::memchr(b'\n', after).unwrap_or(after.len());
    &subject.hay[start..end]
}

fn contains_ignoring_case(hay: &[u8], word: &[u8]) -> bool {
    hay.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_two_rules_have_is_compiled_once() {
        let lists = Lists::default();
        let of = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|&it| it.to_owned()).collect();
            lists.get(&patterns)
        };
        let (one, other) = (of(&["^a$", "b"]).unwrap(), of(&["^a$", "b"]).unwrap());
        assert!(Arc::ptr_eq(&one, &other));
        assert!(one.is_match(b"xbx") && !one.is_match(b"aa"));
        assert!(!Arc::ptr_eq(&one, &of(&["^a$"]).unwrap()));
        assert!(of(&[]).is_none());
    }
}
