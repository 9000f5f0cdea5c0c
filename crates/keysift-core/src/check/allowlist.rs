//! What a rule never reports, by its own `allow` table, its `paths`, and comments in what is scanned.

use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::{Reason, Subject, inline};
use crate::rule::Rule;

/// A rule's allowlists. Each pattern is compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Allowlist {
    /// Whether comments in what is scanned allow anything.
    has_comments: bool,
    values: OnceLock<Option<Regex>>,
    lines: OnceLock<Option<Regex>>,
    paths: OnceLock<Option<Regex>>,
    only_paths: OnceLock<Option<Regex>>,
}

impl Allowlist {
    pub(crate) fn new(has_comments: bool) -> Self {
        Self {
            has_comments,
            values: OnceLock::new(),
            lines: OnceLock::new(),
            paths: OnceLock::new(),
            only_paths: OnceLock::new(),
        }
    }

    /// Whether a comment beside the secret allows it.
    pub(super) fn check_comments(&self, subject: &Subject<'_>) -> Option<Reason> {
        self.has_comments.then(|| inline::check(subject))?
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
        if is_described(&self.values, &allow.values, secret) || has_stop_word() {
            return Some(Reason::AllowedValue);
        }
        if !allow.lines.is_empty() && is_described(&self.lines, &allow.lines, line(subject)) {
            return Some(Reason::AllowedLine);
        }
        None
    }

    /// Whether the rule applies to a path.
    pub(crate) fn suits(&self, rule: &Rule, path: &[u8]) -> bool {
        rule.paths.is_empty() || is_described(&self.only_paths, &rule.paths, path)
    }

    /// Whether the rule does not apply to a path, or allows what is found there.
    pub(crate) fn check_path(&self, rule: &Rule, path: &[u8]) -> Option<Reason> {
        if !self.suits(rule, path) {
            return Some(Reason::OtherPath);
        }
        is_described(&self.paths, &rule.allow.paths, path).then_some(Reason::AllowedPath)
    }
}

fn is_described(cell: &OnceLock<Option<Regex>>, patterns: &[String], bytes: &[u8]) -> bool {
    cell.get_or_init(|| compile(patterns))
        .as_ref()
        .is_some_and(|regex| regex.is_match(bytes))
}

/// One automaton for several patterns; `None` when there are none.
fn compile(patterns: &[String]) -> Option<Regex> {
    if patterns.is_empty() {
        return None;
    }
    let regex = Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
        .build_many(patterns)
        .expect("because each pattern parsed and its size was bounded when the rule was read");
    Some(regex)
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
