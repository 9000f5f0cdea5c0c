//! Reading a file of configuration, and those that it extends.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysift_core::{RuleSet, is_like};
use keysift_source::Globs;
use toml::Table;

use super::allow::{self, Allowlist};
use super::error::{ConfigError, Problem, ProblemKind};
use super::table::{self, ConfigTable};
use super::{MAX_FILE_BYTES, validate};
use crate::day::Day;

/// How many files may extend one another in a row.
const MAX_DEPTH: usize = 16;

/// How many files one may build on in all: each of a few files could extend the next many times.
const MAX_FILES: usize = 64;

/// Whether a file may do what reaches beyond its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The user named it: it may.
    Named,
    /// It was found: it may read files below this directory, and write none.
    Found(PathBuf),
}

/// An entry of `[[allow]]`.
#[derive(Debug)]
pub struct Entry {
    /// What it allows.
    pub allowlist: Allowlist,
    /// Its line in the file.
    pub line: usize,
    /// Its number in the file, from 1.
    pub number: usize,
}

/// A file of configuration that can be used.
#[derive(Debug)]
pub struct ConfigFile {
    /// What it is called in messages; bytes of a path, not escaped.
    pub name: String,
    /// Where it lies; names in it are relative to this.
    pub directory: PathBuf,
    /// Whether it was found or named.
    pub trust: Trust,
    /// What it says.
    pub table: ConfigTable,
    /// Its allowlists, compiled.
    pub allow: Vec<Entry>,
    pub(super) include: Option<Globs>,
    pub(super) exclude: Option<Globs>,
    /// Its text, for telling where a value stands.
    pub(super) text: String,
}

/// Reads a file and those that it extends, the outermost first.
///
/// # Errors
/// All that is wrong with the first of them that cannot be used.
pub fn load(path: &Path, name: &str, trust: &Trust) -> Result<Vec<Arc<ConfigFile>>, ConfigError> {
    let mut loaded = Vec::new();
    load_onto(path, name, trust, &mut Vec::new(), &mut loaded)?;
    Ok(loaded)
}

fn load_onto(
    path: &Path,
    name: &str,
    trust: &Trust,
    above: &mut Vec<PathBuf>,
    loaded: &mut Vec<Arc<ConfigFile>>,
) -> Result<(), ConfigError> {
    let in_file = |problem: Problem| ConfigError::from(problem.in_file(name));
    let resolved = resolve(path, trust).map_err(in_file)?;
    if above.contains(&resolved) {
        let problem = Problem::new(ProblemKind::Cycle, "the file extends itself");
        return Err(in_file(problem));
    }
    if above.len() >= MAX_DEPTH {
        let message = format!("more than {MAX_DEPTH} files extend one another");
        return Err(in_file(Problem::new(ProblemKind::Cycle, message)));
    }
    if loaded.len() + above.len() >= MAX_FILES {
        let message = format!("more than {MAX_FILES} files are extended");
        return Err(in_file(Problem::new(ProblemKind::Cycle, message)));
    }
    let text = read(&resolved).map_err(in_file)?;
    let file = parse(name, path, trust, text)?;
    above.push(resolved);
    for base in &file.table.extend {
        let path = file.directory.join(base);
        let name = shown_beside(name, base);
        load_onto(&path, &name, trust, above, loaded)?;
    }
    above.pop();
    loaded.push(Arc::new(file));
    Ok(())
}

/// A file's text made into what can be used.
fn parse(name: &str, path: &Path, trust: &Trust, text: String) -> Result<ConfigFile, ConfigError> {
    let table = table::parse(name, &text)?;
    let mut problems = Vec::new();
    let mut note = |problem: Problem| problems.push(problem.in_file(name));
    let mut allow = Vec::new();
    for (index, entry) in table.allow.iter().enumerate() {
        let offset = entry.span().start;
        match Allowlist::compile(entry.get_ref().clone()) {
            Ok(allowlist) => allow.push(Entry {
                allowlist,
                line: line_of(&text, offset),
                number: index + 1,
            }),
            Err(problem) => note(problem.at(&text, offset)),
        }
    }
    let mut globs = |key: &str, globs: &[String]| {
        allow::globs(globs).unwrap_or_else(|problem| {
            note(match validate::place(&text, &["paths", key]) {
                Some(offset) => problem.at(&text, offset),
                None => problem,
            });
            None
        })
    };
    let include = globs("include", &table.paths.include);
    let exclude = globs("exclude", &table.paths.exclude);
    if matches!(trust, Trust::Found(_)) && table.output.formats.iter().any(|it| it.contains('=')) {
        let message =
            "\"formats\": only a file that the user names may have a report written to a file";
        note(Problem::new(ProblemKind::Trust, message));
    }
    let mut problems = problems.into_iter();
    if let Some(first) = problems.next() {
        return Err(ConfigError::new(first, problems.collect()));
    }
    Ok(ConfigFile {
        name: name.to_owned(),
        directory: path.parent().unwrap_or(Path::new("")).to_owned(),
        trust: trust.clone(),
        table,
        allow,
        include,
        exclude,
        text,
    })
}

impl ConfigFile {
    /// Whether it adds rules.
    pub fn has_rules(&self) -> bool {
        !self.table.rules.files.is_empty() || !self.table.rule.is_empty()
    }

    /// The rules that it adds.
    ///
    /// # Errors
    /// A rule file that cannot be read, or may not be, and rules that cannot be used.
    pub fn rules(&self) -> Result<RuleSet, ConfigError> {
        let mut rules = RuleSet::new();
        let in_file = |problem: Problem| ConfigError::from(problem.in_file(&self.name));
        let mut add = |name: &str, text: &str| {
            RuleSet::parse(name, text)
                .and_then(|more| rules.merge(more))
                .map_err(|error| in_file(Problem::new(ProblemKind::Rule, error.to_string())))
        };
        for file in &self.table.rules.files {
            let name = shown_beside(&self.name, file);
            let text = self
                .read_beside(file)
                .map_err(|problem| ConfigError::from(problem.in_file(&name)))?;
            add(&name, &text)?;
        }
        if !self.table.rule.is_empty() {
            let own = Table::from_iter([("rule".to_owned(), self.table.rule.clone().into())]);
            let text = toml::to_string(&own)
                .map_err(|error| in_file(Problem::new(ProblemKind::Rule, error.to_string())))?;
            add(&self.name, &text)?;
        }
        Ok(rules)
    }

    /// A warning for each entry past its day.
    pub fn expired(&self, today: Day) -> impl Iterator<Item = Problem> {
        let expired = self
            .allow
            .iter()
            .filter(move |it| it.allowlist.is_expired(today));
        expired.filter_map(|entry| {
            let table = entry.allowlist.table();
            let message = format!(
                "the entry expired on {} and allows nothing: {}",
                table.expires?, table.reason
            );
            Some(self.warning(ProblemKind::Expired, message, entry.line))
        })
    }

    /// A warning for each rule id or glob that no rule is like.
    pub fn unknown_rules(&self, rules: &RuleSet) -> Vec<Problem> {
        let mut told = Vec::new();
        let table = &self.table.rules;
        let grades = table.severity.keys().chain(table.confidence.keys());
        let names = table.enable.iter().chain(&table.disable).chain(grades);
        let of_entries = self.allow.iter().flat_map(|entry| {
            let names = &entry.allowlist.table().rules;
            names.iter().map(move |name| (name, entry.line))
        });
        for (name, line) in names.map(|name| (name, 1)).chain(of_entries) {
            if !rules.ids().any(|id| is_like(id, name)) {
                let message = format!("no rule has the id {name:?}");
                let mut problem = self.warning(ProblemKind::UnknownRule, message, line);
                problem.near = rules.nearest_id(name).map(str::to_owned);
                told.push(problem);
            }
        }
        told
    }

    /// A warning for each entry that allows everything.
    pub fn entries_for_everything(&self) -> impl Iterator<Item = Problem> {
        let entries = self.allow.iter();
        let all = entries.filter(|entry| entry.allowlist.is_for_everything());
        all.map(|entry| {
            let message = "the entry allows everything that its rules find";
            self.warning(ProblemKind::Everything, message, entry.line)
        })
    }

    /// The line, from 1, of a byte of the file.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        line_of(&self.text, offset)
    }

    pub(super) fn warning(
        &self,
        kind: ProblemKind,
        message: impl Into<String>,
        line: usize,
    ) -> Problem {
        let mut problem = Problem::new(kind, message).in_file(&self.name);
        problem.place = Some((line, 1));
        problem
    }

    /// The path of a file that is named in this one.
    ///
    /// # Errors
    /// One that does not exist, or that this file may not read.
    pub(crate) fn path_beside(&self, name: &str) -> Result<PathBuf, Problem> {
        resolve(&self.directory.join(name), &self.trust)
    }

    fn read_beside(&self, name: &str) -> Result<String, Problem> {
        read(&self.path_beside(name)?)
    }
}

/// What a file named in another is called in messages.
pub(crate) fn shown_beside(outer: &str, name: &str) -> String {
    let beside = Path::new(outer).with_file_name(name);
    beside.display().to_string()
}

/// The path without symbolic links, if the trust reaches that far.
fn resolve(path: &Path, trust: &Trust) -> Result<PathBuf, Problem> {
    let unreadable = |error: io::Error| {
        Problem::new(ProblemKind::Unreadable, format!("cannot be read: {error}"))
    };
    let Trust::Found(tree) = trust else {
        return canonical(path).map_err(unreadable);
    };
    let outside = || Problem::new(ProblemKind::Trust, "lies outside of the tree that names it");
    // What lies elsewhere is not even looked at by its name.
    if !without_dots(path).starts_with(tree) {
        return Err(outside());
    }
    let resolved = canonical(path).map_err(unreadable)?;
    let tree = fs::canonicalize(tree).map_err(unreadable)?;
    if resolved.starts_with(tree) {
        Ok(resolved)
    } else {
        Err(outside())
    }
}

/// A path without symbolic links. What it leads to need not be there yet: a baseline is named before it is made.
fn canonical(path: &Path) -> io::Result<PathBuf> {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Err(error), Some(parent), Some(name)) if error.kind() == io::ErrorKind::NotFound => {
            Ok(fs::canonicalize(parent)?.join(name))
        }
        (resolved, ..) => resolved,
    }
}

/// A path with `.` and `..` taken away by the letter.
fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The text of a file. What is no file, such as a pipe, is not opened.
fn read(path: &Path) -> Result<String, Problem> {
    let problem = |message: String| Problem::new(ProblemKind::Unreadable, message);
    let unreadable = |error: io::Error| problem(format!("cannot be read: {error}"));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(problem("is no file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(problem(format!("has more than {MAX_FILE_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| problem("is not UTF-8".to_owned()))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}
