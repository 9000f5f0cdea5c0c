//! What other scanners were told not to report: their ignore files and baselines, as a check on findings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use keysift_core::{Finding, Origin, Reason, Skip, Unscanned};
use sha1::{Digest as _, Sha1};

use super::{Import, Kind, config};
use crate::config::{Allowlist, Subject};
use crate::screen::Screen;

/// A secret's SHA-1, by which detect-secrets names it.
pub(super) type Hash = [u8; 20];

/// One thing that is not to be reported, in a file that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Silence {
    /// Whatever a rule finds on a line, as `.gitleaksignore` says it. The line is where the match starts.
    Place {
        /// The whole id of a commit; `None` for any, and for none.
        commit: Option<String>,
        rule: String,
        line: u64,
    },
    /// A secret that a rule found on a line, as a report of gitleaks says it.
    Reported {
        commit: Option<String>,
        rule: String,
        line: u64,
        secret: Hash,
    },
    /// A secret wherever it stands in the file, as `.secrets.baseline` says it.
    Secret(Hash),
}

/// The SHA-1 of a secret.
pub(super) fn hash(secret: &[u8]) -> Hash {
    Sha1::digest(secret).into()
}

/// The check of findings against ignore files and baselines of other scanners.
#[derive(Debug, Default)]
pub struct SilenceScreen {
    files: Vec<SilenceFile>,
    unusable: Vec<Unscanned>,
}

#[derive(Debug)]
struct SilenceFile {
    name: String,
    /// Its own path as its paths are seen; `None` for a report, whose secrets are there to be read.
    own: Option<String>,
    /// The directory that its paths are seen from, absolute.
    directory: PathBuf,
    by_path: HashMap<String, Vec<Silence>>,
    /// What it allows for every rule.
    allow: Vec<Allowlist>,
    count: AtomicU64,
}

impl SilenceScreen {
    /// A check without any file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what a file says. `directory` is where its paths are seen from: where its scanner was run, which is most often
    /// the directory that it lies in.
    pub fn add(&mut self, import: &Import, directory: &Path) {
        let directory = std::fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
        let mut by_path: HashMap<String, Vec<Silence>> = HashMap::new();
        for (path, silence) in &import.silences {
            by_path
                .entry(path.clone())
                .or_default()
                .push(silence.clone());
        }
        self.files.push(SilenceFile {
            name: import.differences.file.clone(),
            own: own_path(import, &directory),
            directory,
            by_path,
            allow: config::compiled(&import.allow, &import.differences.file),
            count: AtomicU64::new(0),
        });
    }

    /// Notes a file, or a part of one, that cannot be used.
    pub(super) fn note_unusable(&mut self, file: &str, why: &str) {
        let unusable = Unscanned::new(file, Skip::BadConfiguration);
        self.unusable.push(unusable.message(why));
    }

    /// Whether no file silences anything.
    pub fn is_empty(&self) -> bool {
        self.files
            .iter()
            .all(|file| file.by_path.is_empty() && file.allow.is_empty())
    }

    /// Each file's name, and how many findings it silenced so far.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files
            .iter()
            .map(|file| (&*file.name, file.count.load(Ordering::Relaxed)))
    }
}

impl Screen for SilenceScreen {
    fn check(&self, finding: &mut Finding) {
        let shown = shown_path(&finding.origin);
        let mut hashes = None;
        for file in &self.files {
            let seen = shown
                .as_ref()
                .and_then(|shown| file.seen(&finding.origin, shown));
            let paths = [shown.as_ref(), seen.as_ref()];
            let mut silences = paths
                .into_iter()
                .flatten()
                .filter_map(|path| file.by_path.get(path))
                .flatten();
            let silence = silences.find(|silence| silence.describes(finding, &mut hashes));
            let told = match silence {
                Some(silence) => Some((Reason::Baseline, silence.told(finding))),
                None if seen.is_some() && seen == file.own => {
                    Some((Reason::Allowlist, "it stands in this file itself"))
                }
                None => file
                    .allows(finding, paths)
                    .then_some((Reason::Allowlist, "it is allowed for every rule")),
            };
            if let Some((reason, why)) = told {
                finding.note = Some(format!("{}: {why}", file.name).into());
                finding.dropped = Some(reason);
                file.count.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
    }

    fn unusable(&self) -> Vec<Unscanned> {
        self.unusable.clone()
    }
}

impl SilenceFile {
    /// Whether its allowlists describe a finding under one of the names of its path, or without one.
    fn allows(&self, finding: &Finding, paths: [Option<&String>; 2]) -> bool {
        let allows = |path: Option<&str>| {
            let subject = Subject { finding, path };
            self.allow.iter().any(|list| list.allows(&subject))
        };
        let mut names = paths.into_iter().flatten().peekable();
        match names.peek() {
            None => allows(None),
            Some(_) => names.any(|path| allows(Some(path))),
        }
    }

    /// The path as seen from the file's directory; `None` where it lies elsewhere or is a repository's own.
    fn seen(&self, origin: &Origin, shown: &str) -> Option<String> {
        let mut outer = origin;
        while let Origin::Member { archive, .. } = outer {
            outer = archive;
        }
        let Origin::File(path) = outer else {
            return None;
        };
        let absolute = std::path::absolute(path).ok()?;
        let whole = std::fs::canonicalize(&absolute).unwrap_or(absolute);
        let below = slashed(whole.strip_prefix(&self.directory).ok()?);
        let members = shown.find('!').map_or("", |at| &shown[at..]);
        Some(below + members)
    }
}

impl Silence {
    /// Whether it is about this finding. `hashes` keeps what was worked out.
    fn describes(&self, finding: &Finding, hashes: &mut Option<Vec<Hash>>) -> bool {
        match self {
            Self::Place { commit, rule, line } => is_at(finding, (commit, rule, *line)),
            Self::Reported {
                commit,
                rule,
                line,
                secret,
            } => is_at(finding, (commit, rule, *line)) && hash(finding.secret.expose()) == *secret,
            Self::Secret(secret) => hashes
                .get_or_insert_with(|| hashes_of(finding))
                .contains(secret),
        }
    }

    /// Why, for an explanation.
    fn told(&self, finding: &Finding) -> &'static str {
        match self {
            Self::Place { .. } => "what stands on this line is ignored",
            Self::Reported { .. } => "it was reported before",
            Self::Secret(secret) if header(finding).is_some_and(|it| hash(it) == *secret) => {
                "every private key with this header is accepted in this file"
            }
            Self::Secret(_) => "the secret is accepted in this file",
        }
    }
}

/// A file's path as seen from `directory`, if what is found in it is not to be reported: a configuration describes secrets,
/// and a baseline has their hashes.
fn own_path(import: &Import, directory: &Path) -> Option<String> {
    if import.kind == Kind::GitleaksReport {
        return None;
    }
    let whole = std::fs::canonicalize(&import.differences.file).ok()?;
    Some(slashed(whole.strip_prefix(directory).ok()?))
}

/// Whether a finding stands at a place that another scanner names. Our own rules have names of their own: what that scanner
/// found on the line is silenced for each of them.
fn is_at(finding: &Finding, (commit, rule, line): (&Option<String>, &str, u64)) -> bool {
    let is_commit = commit.as_ref().is_none_or(|id| {
        let own = finding.origin.commit();
        own.is_some_and(|own| own.id.eq_ignore_ascii_case(id))
    });
    let is_rule = finding.rule.imported.is_none() || finding.rule.id == rule;
    is_commit && is_rule && finding.match_line == line
}

/// The path under which a blob was reached, with `/` between its parts; members of archives behind a `!`.
fn shown_path(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Member { archive, path } => {
            Some(format!("{}!{}", shown_path(archive)?, slashed(path)))
        }
        _ => {
            let path = slashed(origin.path()?);
            Some(path.strip_prefix("./").map_or(path.clone(), str::to_owned))
        }
    }
}

fn slashed(path: &Path) -> String {
    let path = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        path.into_owned()
    } else {
        path.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// The hashes by which detect-secrets may name a finding: its plugins hash the secret, a part of it, all that is quoted
/// round it, or no more than a key's header.
fn hashes_of(finding: &Finding) -> Vec<Hash> {
    let secret = finding.secret.expose();
    let mut texts: Vec<&[u8]> = vec![secret];
    texts.extend(header(finding));
    texts.extend(finding.matched());
    texts.extend(secret.split(|byte| matches!(byte, b':' | b'@' | b'/' | b'=')));
    if let Some((line, at)) = line_of(finding) {
        for separators in [&b"\"'`"[..], b"\"'`= \t", b"\"'`=:, \t;", b" \t,"] {
            let is_edge = |byte: &u8| separators.contains(byte);
            let start = line[..at]
                .iter()
                .rposition(is_edge)
                .map_or(0, |edge| edge + 1);
            let end = line[at..]
                .iter()
                .position(is_edge)
                .map_or(line.len(), |edge| at + edge);
            texts.push(line[start..end].trim_ascii());
        }
    }
    texts.sort_unstable();
    texts.dedup();
    texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(hash)
        .collect()
}

/// What stands between the dashes of a private key's first line.
fn header(finding: &Finding) -> Option<&[u8]> {
    let start = memchr_of(finding.secret.expose(), b"BEGIN ")?;
    let rest = &finding.secret.expose()[start..];
    let end = memchr_of(rest, b"-----")?;
    Some(&rest[..end])
}

fn memchr_of(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|part| part == needle)
}

/// The line that the secret starts on, and where in it; `None` unless lines were kept.
fn line_of(finding: &Finding) -> Option<(&[u8], usize)> {
    let (lines, start) = finding.kept_lines.as_ref()?;
    let lines = lines.expose();
    let at = finding.secret_span.start.checked_sub(*start)?;
    let before = lines.get(..at)?;
    let from = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |feed| feed + 1);
    let to = lines[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(lines.len(), |feed| at + feed);
    Some((&lines[from..to], at - from))
}
