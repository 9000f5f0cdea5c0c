//! Allowlists: whether an entry describes a finding.

use std::sync::atomic::{AtomicU64, Ordering};

use keysift_core::{Finding, Fingerprint, is_like};
use keysift_source::Globs;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use serde::{Deserialize, Serialize};

use super::error::{Problem, ProblemKind};
use super::table::AllowTable;
use crate::day::Day;

/// The memory that the compiled patterns of one condition may take, in bytes. A pattern that blows up is an error.
const MAX_PATTERN_BYTES: usize = 4 << 20;

/// The most patterns of one condition.
const MAX_PATTERNS: usize = 1000;

/// Whether all conditions of an entry have to hold, or any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// All of those given.
    #[default]
    All,
    /// Any of those given.
    Any,
}

impl Condition {
    pub(super) fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// What an allowlist looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The finding. Where its lines were not kept, conditions on the match and on lines do not hold.
    pub finding: &'a Finding,
    /// Its path as seen from the directory that the allowlist is for, with `/` between its parts; a member of an archive
    /// as `outer.zip!inner/path`. `None` where it has no path, or it lies elsewhere: conditions on paths do not hold then.
    pub path: Option<&'a str>,
}

/// A compiled entry, which counts what it allows.
#[derive(Debug)]
pub struct Allowlist {
    table: AllowTable,
    paths: Option<Globs>,
    path_patterns: Option<Regex>,
    values: Option<Regex>,
    matches: Option<Regex>,
    lines: Option<Regex>,
    stop_words: Vec<Vec<u8>>,
    fingerprints: Vec<Fingerprint>,
    allowed: AtomicU64,
}

impl Allowlist {
    /// Compiles an entry.
    ///
    /// # Errors
    /// A glob or a pattern that is none, one that takes too much memory, and an entry that has no reason or no condition.
    pub fn compile(table: AllowTable) -> Result<Self, Problem> {
        if table.reason.trim().is_empty() {
            return Err(Problem::new(ProblemKind::Value, "\"reason\" is empty"));
        }
        let fingerprints = table.fingerprints.iter();
        let list = Self {
            paths: globs(&table.paths)?,
            path_patterns: regex("path_patterns", &table.path_patterns)?,
            values: regex("values", &table.values)?,
            matches: regex("matches", &table.matches)?,
            lines: regex("lines", &table.lines)?,
            stop_words: table
                .stop_words
                .iter()
                .map(|word| word.to_lowercase().into_bytes())
                .collect(),
            fingerprints: fingerprints
                .filter_map(|text| Fingerprint::from_text(text))
                .collect(),
            allowed: AtomicU64::new(0),
            table,
        };
        if !list.has_condition() && list.table.rules.is_empty() {
            let message = "the entry has no condition and would allow everything";
            return Err(Problem::new(ProblemKind::Value, message));
        }
        Ok(list)
    }

    /// The entry as it was written.
    pub fn table(&self) -> &AllowTable {
        &self.table
    }

    /// Whether its day is over.
    pub fn is_expired(&self, today: Day) -> bool {
        self.table.expires.is_some_and(|last| today > last)
    }

    /// How many findings it has allowed.
    pub fn allowed(&self) -> u64 {
        self.allowed.load(Ordering::Relaxed)
    }

    /// Whether it allows a finding; counts it if so. The day is for the caller to look at.
    pub fn allows(&self, subject: &Subject<'_>) -> bool {
        let rules = &self.table.rules;
        let id = &subject.finding.rule.id;
        if !rules.is_empty() && !rules.iter().any(|glob| is_like(id, glob)) {
            return false;
        }
        let mut outcomes = self.outcomes(subject);
        let is_allowed = match self.table.condition {
            Condition::All => outcomes.all(|holds| holds),
            Condition::Any => !self.has_condition() || outcomes.any(|holds| holds),
        };
        if is_allowed {
            self.allowed.fetch_add(1, Ordering::Relaxed);
        }
        is_allowed
    }

    /// Whether it describes any finding at all of its rules: its patterns match the empty string, its globs every path.
    pub fn is_for_everything(&self) -> bool {
        let matches_all = |regex: &Option<Regex>| regex.as_ref().is_none_or(|it| it.is_match(""));
        let globs = &self.table.paths;
        let any_path = globs.is_empty() || globs.iter().any(|glob| is_any_path(glob));
        let patterns = [
            &self.path_patterns,
            &self.values,
            &self.matches,
            &self.lines,
        ];
        let lists_something = !self.stop_words.is_empty()
            || !self.fingerprints.is_empty()
            || !self.table.commits.is_empty()
            || !self.table.line_numbers.is_empty();
        match self.table.condition {
            Condition::All => !lists_something && any_path && patterns.into_iter().all(matches_all),
            Condition::Any => {
                let is_given = |regex: &&Option<Regex>| regex.is_some();
                globs.iter().any(|glob| is_any_path(glob))
                    || patterns.into_iter().filter(is_given).any(matches_all)
            }
        }
    }

    fn has_condition(&self) -> bool {
        let table = &self.table;
        let texts = [
            &table.paths,
            &table.path_patterns,
            &table.values,
            &table.matches,
            &table.lines,
            &table.stop_words,
            &table.fingerprints,
            &table.commits,
        ];
        texts.iter().any(|list| !list.is_empty()) || !table.line_numbers.is_empty()
    }

    /// Whether each condition that is given holds, the cheap ones first.
    fn outcomes<'a>(&'a self, subject: &'a Subject<'a>) -> impl Iterator<Item = bool> + 'a {
        let finding = subject.finding;
        let secret = finding.secret.expose();
        let table = &self.table;
        let given = |is_given: bool, holds: &dyn Fn() -> bool| is_given.then(holds);
        let found = |regex: &Option<Regex>, bytes: Option<&[u8]>| {
            let regex = regex.as_ref()?;
            Some(bytes.is_some_and(|bytes| regex.is_match(bytes)))
        };
        let path = subject.path;
        [
            given(!table.line_numbers.is_empty(), &|| {
                table.line_numbers.contains(&finding.start.line)
            }),
            given(!self.fingerprints.is_empty(), &|| {
                self.fingerprints.contains(&finding.fingerprint)
            }),
            given(!table.commits.is_empty(), &|| {
                finding.origin.commit().is_some_and(|commit| {
                    let ids = &mut table.commits.iter();
                    ids.any(|id| id.eq_ignore_ascii_case(&commit.id))
                })
            }),
            given(!self.stop_words.is_empty(), &|| {
                has_word(secret, &self.stop_words)
            }),
            self.paths
                .as_ref()
                .map(|globs| path.is_some_and(|path| is_at(globs, path))),
            found(&self.path_patterns, path.map(str::as_bytes)),
            found(&self.values, Some(secret)),
            found(&self.matches, finding.matched()),
            found(&self.lines, finding.lines()),
        ]
        .into_iter()
        .flatten()
    }
}

/// Whether globs match a path; an archive's path stands for its members.
pub(super) fn is_at(globs: &Globs, path: &str) -> bool {
    let outer = path.split_once('!').map(|(outer, _)| outer);
    globs.match_file(path) || outer.is_some_and(|outer| globs.match_file(outer))
}

fn is_any_path(glob: &str) -> bool {
    let glob = glob.trim_matches('/');
    !glob.is_empty() && glob.bytes().all(|byte| matches!(byte, b'*' | b'/'))
}

fn has_word(secret: &[u8], words: &[Vec<u8>]) -> bool {
    let secret = secret.to_ascii_lowercase();
    let has = |word: &Vec<u8>| secret.windows(word.len()).any(|part| part == &**word);
    words.iter().any(has)
}

/// Compiles globs; `None` without any.
pub(super) fn globs(globs: &[String]) -> Result<Option<Globs>, Problem> {
    if globs.is_empty() {
        return Ok(None);
    }
    Globs::new(globs)
        .map(Some)
        .map_err(|error| Problem::new(ProblemKind::Pattern, error.to_string()))
}

/// Compiles the patterns of a key as one; `None` without any.
fn regex(key: &str, patterns: &[String]) -> Result<Option<Regex>, Problem> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let problem = |message: String| {
        let message = format!("{key:?}: {message}");
        Problem::new(ProblemKind::Pattern, message)
    };
    if patterns.len() > MAX_PATTERNS {
        return Err(problem(format!("more than {MAX_PATTERNS} patterns")));
    }
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(
            Regex::config()
                .utf8_empty(false)
                .nfa_size_limit(Some(MAX_PATTERN_BYTES)),
        )
        .build_many(patterns)
        .map(Some)
        .map_err(|error| {
            let number = error.pattern().map_or(0, |pattern| pattern.as_usize()) + 1;
            let message = match error.syntax_error() {
                Some(regex_syntax::Error::Parse(error)) => error.kind().to_string(),
                Some(regex_syntax::Error::Translate(error)) => error.kind().to_string(),
                _ => "it would take too much memory".to_owned(),
            };
            problem(format!("pattern {number}: {message}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_finding::found;

    fn entry(text: &str) -> Allowlist {
        let text = format!("reason = 'why'\n{text}");
        Allowlist::compile(toml::from_str(&text).unwrap()).unwrap()
    }

    fn problem(text: &str) -> String {
        Allowlist::compile(toml::from_str(text).unwrap())
            .unwrap_err()
            .message
    }

    #[test]
    fn each_condition_looks_at_its_own_part() {
        let finding = found("tests/a.env", "# sample\nkey = {secret} # demo\n");
        let fingerprint = format!("fingerprints = ['{}']", finding.fingerprint);
        for (text, is_allowed) in [
            ("rules = ['acme-*']", true),
            ("rules = ['other-*']", false),
            ("paths = ['tests/']", true),
            ("paths = ['/a.env']", false),
            ("path_patterns = ['(^|/)a\\.env$']", true),
            ("path_patterns = ['^a']", false),
            ("values = ['^acme_7']", true),
            ("values = ['demo']", false),
            ("matches = ['^acme_[0-9a-z]+$']", true),
            ("matches = ['key']", false),
            ("lines = ['^key = .* # demo$']", true),
            ("lines = ['sample']", false),
            ("stop_words = ['F3K9']", true),
            ("stop_words = ['demo']", false),
            (&*fingerprint, true),
            ("fingerprints = ['00000000000000000000000000000000']", false),
            ("line_numbers = [1, 2]", true),
            ("line_numbers = [3]", false),
            (
                "commits = ['9c1f0e3bb1f3d7c5a4a6d8f0e2b4c6d8e0f1a2b3']",
                false,
            ),
        ] {
            let path = Some("tests/a.env");
            let subject = Subject {
                finding: &finding,
                path,
            };
            let entry = entry(text);
            assert_eq!(entry.allows(&subject), is_allowed, "{text}");
            assert_eq!(entry.allowed(), u64::from(is_allowed), "{text}");
        }
    }

    #[test]
    fn all_conditions_have_to_hold_or_any() {
        let finding = found("a.env", "key = {secret}\n");
        let subject = Subject {
            finding: &finding,
            path: Some("a.env"),
        };
        for (text, is_allowed) in [
            ("values = ['^acme']\npaths = ['b']", false),
            ("values = ['^acme']\npaths = ['a.env']", true),
            ("condition = 'any'\nvalues = ['^acme']\npaths = ['b']", true),
            ("condition = 'any'\nvalues = ['^no']\npaths = ['b']", false),
            (
                "condition = 'any'\nvalues = ['^acme']\nrules = ['b']",
                false,
            ),
            ("condition = 'any'\nrules = ['acme-*']", true),
        ] {
            assert_eq!(entry(text).allows(&subject), is_allowed, "{text}");
        }
    }

    #[test]
    fn without_a_path_conditions_on_it_do_not_hold() {
        let finding = found("a.env", "key = {secret}\n");
        let subject = Subject {
            finding: &finding,
            path: None,
        };
        assert!(!entry("paths = ['*']").allows(&subject));
        assert!(!entry("path_patterns = ['']").allows(&subject));
    }

    #[test]
    fn an_archive_stands_for_its_members() {
        let globs = Globs::new(&["fixtures/*.zip"]).unwrap();
        assert!(is_at(&globs, "fixtures/a.zip!inner/b"));
        assert!(!is_at(&globs, "src/a.zip!inner/b"));
        let globs = Globs::new(&["*.zip!inner/"]).unwrap();
        assert!(is_at(&globs, "fixtures/a.zip!inner/b"));
    }

    #[test]
    fn what_allows_everything_is_known() {
        for (text, is_all) in [
            ("rules = ['a']", true),
            ("values = ['.*']", true),
            ("paths = ['**']", true),
            ("paths = ['**']\nvalues = ['x']", false),
            ("condition = 'any'\npaths = ['/**']\nvalues = ['x']", true),
            ("values = ['x']", false),
            ("stop_words = ['x']\nvalues = ['']", false),
        ] {
            assert_eq!(entry(text).is_for_everything(), is_all, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_an_error() {
        for (text, message) in [
            ("reason = ' '\nvalues = ['x']", "\"reason\" is empty"),
            (
                "reason = 'why'",
                "the entry has no condition and would allow everything",
            ),
            (
                "reason = 'why'\nvalues = ['x', '(']",
                "\"values\": pattern 2: unclosed group",
            ),
            (
                "reason = 'why'\nlines = ['((a{1000}){1000}){1000}']",
                "\"lines\": pattern 1: it would take too much memory",
            ),
            ("reason = 'why'\npaths = ['[a']", "\"[a\": not a glob"),
        ] {
            assert_eq!(problem(text), message);
        }
    }

    #[test]
    fn an_entry_holds_on_its_last_day() {
        let entry = entry("values = ['x']\nexpires = 2027-01-31");
        assert!(!entry.is_expired(Day::from_text("2027-01-31").unwrap()));
        assert!(entry.is_expired(Day::from_text("2027-02-01").unwrap()));
    }
}
