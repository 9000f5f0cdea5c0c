//! What a rule never reports, by its own `allow` table, its `paths`, and comments in what is scanned.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::{Reason, Subject, inline};
use crate::blob::{Origin, Span};
use crate::rule::{AllowAll, Rule};

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

/// The lists of a table.
#[derive(Debug, Default)]
struct Table {
    values: List,
    matches: List,
    lines: List,
    paths: List,
}

/// Where a blob stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) origin: &'a Origin,
    /// The origin's path, with `/` between its parts.
    pub(crate) path: &'a [u8],
}

impl Place<'_> {
    fn is_of(&self, commits: &[String]) -> bool {
        let commit = self.origin.commit().filter(|_| !commits.is_empty());
        commit.is_some_and(|commit| {
            let is_it = |id: &String| id.trim().eq_ignore_ascii_case(&commit.id);
            commits.iter().any(is_it)
        })
    }
}

/// A rule's allowlists.
#[derive(Debug)]
pub(crate) struct Allowlist {
    /// Whether comments in what is scanned allow anything.
    has_comments: bool,
    lists: Arc<Lists>,
    any: Table,
    all: OnceLock<Box<[Table]>>,
    only_paths: List,
}

impl Allowlist {
    /// The allowlists of a rule of the scanner that has `lists`.
    pub(crate) fn new(has_comments: bool, lists: Arc<Lists>) -> Self {
        Self {
            has_comments,
            lists,
            any: Table::default(),
            all: OnceLock::new(),
            only_paths: List::new(),
        }
    }

    /// Whether a comment beside the secret allows it.
    pub(crate) fn check_comments(&self, subject: &Subject<'_>) -> Option<Reason> {
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
        let (secret, matched) = (subject.secret_bytes(), subject.matched_bytes());
        if self.describes(&self.any.values, &allow.values, secret)
            || has_stop_word(&allow.stop_words, secret)
            || self.describes(&self.any.matches, &allow.matches, matched)
        {
            return Some(Reason::AllowedValue);
        }
        if !allow.lines.is_empty() && self.describes(&self.any.lines, &allow.lines, line(subject)) {
            return Some(Reason::AllowedLine);
        }
        let is_known = |(all, table): (&AllowAll, &Table)| {
            !all.asks_for_the_origin() && self.describes_all(table, all, subject)
        };
        let mut tables = allow.all.iter().zip(self.all(subject.rule));
        tables.any(is_known).then_some(Reason::AllowedValue)
    }

    /// The tables of `allow.all` that describe the secret but for where it stands, a bit for each.
    pub(crate) fn allowed_where(&self, subject: &Subject<'_>) -> u32 {
        let mut bits = 0;
        let all = &subject.rule.allow.all;
        for (index, (all, table)) in all.iter().zip(self.all(subject.rule)).enumerate() {
            if all.asks_for_the_origin() && self.describes_all(table, all, subject) {
                bits |= 1 << index;
            }
        }
        bits
    }

    fn all(&self, rule: &Rule) -> &[Table] {
        let tables = || rule.allow.all.iter().map(|_| Table::default()).collect();
        self.all.get_or_init(tables)
    }

    /// Whether each list of `all` that looks at the bytes describes them.
    fn describes_all(&self, table: &Table, all: &AllowAll, subject: &Subject<'_>) -> bool {
        let holds = |list: &List, patterns: &[String], bytes: &[u8]| {
            patterns.is_empty() || self.describes(list, patterns, bytes)
        };
        let secret = subject.secret_bytes();
        holds(&table.values, &all.values, secret)
            && holds(&table.matches, &all.matches, subject.matched_bytes())
            && (all.stop_words.is_empty() || has_stop_word(&all.stop_words, secret))
            && (all.lines.is_empty() || holds(&table.lines, &all.lines, line(subject)))
    }

    /// Whether the rule applies to a path.
    pub(crate) fn suits(&self, rule: &Rule, path: &[u8]) -> bool {
        rule.paths.is_empty() || self.describes(&self.only_paths, &rule.paths, path)
    }

    /// Whether the rule does not apply to a place, or allows what is found there. `allowed_where` is the match's.
    pub(crate) fn check_place(
        &self,
        rule: &Rule,
        place: Place<'_>,
        allowed_where: u32,
    ) -> Option<Reason> {
        if !self.suits(rule, place.path) {
            return Some(Reason::OtherPath);
        }
        let allow = &rule.allow;
        let allows = |(index, all): (usize, &AllowAll)| {
            let table = &self.all(rule)[index];
            allowed_where >> index & 1 != 0
                && (all.paths.is_empty() || self.describes(&table.paths, &all.paths, place.path))
                && (all.commits.is_empty() || place.is_of(&all.commits))
        };
        let is_allowed = self.describes(&self.any.paths, &allow.paths, place.path)
            || place.is_of(&allow.commits)
            || (allowed_where != 0 && allow.all.iter().enumerate().any(allows));
        is_allowed.then_some(Reason::AllowedPath)
    }
}

fn compile(patterns: &[String]) -> Regex {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
        .build_many(patterns)
        .expect("because each pattern parsed and its size was bounded when the rule was read")
}

/// The line that the secret starts on, as far as the context reaches; of an imported rule, all lines of the match.
fn line<'a>(subject: &Subject<'a>) -> &'a [u8] {
    let inside = match subject.rule.imported {
        Some(_) => subject.matched,
        None => Span::new(subject.secret.start, subject.secret.start),
    };
    let context = subject.context();
    let before = &subject.hay[context.start..inside.start];
    let start = context.start + memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let after = &subject.hay[inside.end..context.end];
    let end = inside.end + memchr::memchr(b'\n', after).unwrap_or(after.len());
    &subject.hay[start..end]
}

fn has_stop_word(words: &[String], secret: &[u8]) -> bool {
    words
        .iter()
        .any(|word| contains_ignoring_case(secret, word.as_bytes()))
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
