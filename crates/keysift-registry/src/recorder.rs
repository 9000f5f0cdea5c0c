//! The sink of a scan: keeps what the registry will be told, and no secret.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysift_core::{
    Commit, Confidence, Finding, Fingerprint, FingerprintKey, Origin, Rule, Sink, Summary,
};
use keysift_facts::{Facts, Format};

use crate::declared::Declarations;
use crate::identify::{Identified, Subject, identify, of_aws_key};
use crate::key::RegistryKey;
use crate::observed::Observed;
use crate::slot;

/// How many lines a secret access key may stand from the key id that it belongs to.
const MAX_PAIR_LINES: u64 = 8;

/// Copies of so many secrets of one blob are looked for in what is kept beside them.
const MAX_COMPARED_SECRETS: usize = 64;

/// A shorter secret is looked for nowhere: every text holds it.
const MIN_COMPARED_BYTES: usize = 4;

/// A credential that a scan found.
#[derive(Debug)]
pub(crate) struct FoundCredential {
    pub(crate) fingerprint: String,
    pub(crate) rule: Arc<Rule>,
    pub(crate) masked: String,
    pub(crate) confidence: Confidence,
    pub(crate) facts: Facts,
    pub(crate) identified: Identified,
    /// When its first commit was made.
    pub(crate) first_at: Option<i64>,
}

/// A place that a scan found a credential in.
#[derive(Debug)]
pub(crate) struct FoundExposure {
    pub(crate) credential: usize,
    pub(crate) place: Arc<str>,
    pub(crate) name: Box<str>,
    pub(crate) line: u64,
    /// Every version that has it, the earliest first; empty outside a history.
    pub(crate) versions: Vec<Arc<Origin>>,
    pub(crate) is_current: bool,
    pub(crate) reached_by: Option<Arc<str>>,
}

impl FoundExposure {
    /// The commit that brought it in; `None` outside a history.
    pub(crate) fn first(&self) -> Option<&Commit> {
        self.versions.first().and_then(|origin| origin.commit())
    }

    /// Whether it is in a file of a history itself, and not in a member of an archive or in a message.
    fn is_of_file(&self) -> bool {
        let origin = self.versions.first().map(|origin| &**origin);
        matches!(origin, Some(Origin::Committed { .. }))
    }
}

/// A file that declares identities.
#[derive(Debug)]
pub(crate) struct DeclaredFile {
    pub(crate) path: String,
    pub(crate) declarations: Declarations,
}

/// An exposure that `HEAD` does not have any more.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Past<'r> {
    /// Its number, for [`Context::removals`](crate::Context::removals).
    pub exposure: usize,
    /// The file, in the repository.
    pub path: &'r Path,
    /// The commits that brought in a version of the file that has it.
    pub commits: Vec<&'r str>,
}

/// An exposure with the commit that brought it in, and the name that it was given to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Introduction<'r> {
    /// Its number, for [`Context::placeholders`](crate::Context::placeholders).
    pub exposure: usize,
    /// The whole id of the commit.
    pub commit: &'r str,
    /// The file, in the repository, with `/` between its parts.
    pub path: &'r str,
    /// The name, which is not empty.
    pub name: &'r str,
}

/// The sink that remembers findings for [`Registry::record`](crate::Registry::record).
///
/// **Invariant:** no secret is kept: a fingerprint under the registry's key, and what
/// [`Secret::redacted`](keysift_core::Secret::redacted) shows.
#[derive(Debug)]
pub struct Recorder {
    root: PathBuf,
    key: FingerprintKey,
    pub(crate) credentials: Vec<FoundCredential>,
    by_fingerprint: HashMap<Fingerprint, usize>,
    pub(crate) exposures: Vec<FoundExposure>,
    by_slot: HashMap<(usize, Arc<str>, Box<str>), usize>,
    pub(crate) observed: Vec<Observed>,
    pub(crate) declared: Vec<DeclaredFile>,
    /// Whether a file that declares something was not read, so that what it declared before stays.
    pub(crate) has_unread_declarations: bool,
    pub(crate) summary: Option<Summary>,
}

impl Recorder {
    /// A recorder of one scan. Paths of files are told from `root` on, where they begin with it.
    pub fn new(key: &RegistryKey, root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            key: key.fingerprints(),
            credentials: Vec::new(),
            by_fingerprint: HashMap::new(),
            exposures: Vec::new(),
            by_slot: HashMap::new(),
            observed: Vec::new(),
            declared: Vec::new(),
            has_unread_declarations: false,
            summary: None,
        }
    }

    /// Adds identities that files declare without a secret. Those of one source have to come with its scan: what does
    /// not come with the next complete one is gone.
    pub fn declare(&mut self, observed: impl IntoIterator<Item = Observed>) {
        self.observed.extend(observed);
    }

    /// Adds what a file declares; `path` is the file's in its source.
    pub fn declare_file(&mut self, path: &str, declarations: Declarations) {
        self.observed.extend(declarations.observed(path));
        self.declared.push(DeclaredFile {
            path: path.to_owned(),
            declarations,
        });
    }

    /// What `HEAD` does not have any more and a reference still leads to, for whoever can say when it was removed.
    pub fn past(&self) -> Vec<Past<'_>> {
        let past = self.exposures.iter().enumerate();
        past.filter(|(_, exposure)| !exposure.is_current && exposure.reached_by.is_some())
            .filter_map(|(number, exposure)| {
                let origin = exposure.versions.first()?;
                let versions = exposure.versions.iter();
                Some(Past {
                    exposure: number,
                    path: outermost(origin)?,
                    commits: versions
                        .filter_map(|origin| origin.commit())
                        .map(|commit| &*commit.id)
                        .collect(),
                })
            })
            .collect()
    }

    /// What has a name and came into a file of a history, for whoever can say what stood there before.
    pub fn introductions(&self) -> Vec<Introduction<'_>> {
        let exposures = self.exposures.iter().enumerate();
        exposures
            .filter(|(_, exposure)| !exposure.name.is_empty() && exposure.is_of_file())
            .filter_map(|(number, exposure)| {
                Some(Introduction {
                    exposure: number,
                    commit: &exposure.first()?.id,
                    path: &exposure.place,
                    name: &exposure.name,
                })
            })
            .collect()
    }

    /// The files and lines of `HEAD` that have something, or declare it, each once; for whoever can say who wrote them.
    pub fn lines(&self) -> BTreeSet<(&str, u64)> {
        let exposures = self.exposures.iter();
        let exposures = exposures
            .filter(|exposure| exposure.is_current && exposure.is_of_file())
            .map(|exposure| (&*exposure.place, exposure.line));
        let observed = self.observed.iter();
        exposures
            .chain(observed.map(|observed| (&*observed.path, observed.line)))
            .collect()
    }

    /// The directories of the files that have something, or declare it, each once. The root is none.
    pub fn directories(&self) -> BTreeSet<&str> {
        let exposures = self.exposures.iter().map(|exposure| &*exposure.place);
        let observed = self.observed.iter().map(|observed| &*observed.path);
        exposures
            .chain(observed)
            .filter_map(slot::directory)
            .collect()
    }

    /// The ids of the commits that brought something in, each once.
    pub fn introducing_commits(&self) -> Vec<&str> {
        let commits = self.exposures.iter().filter_map(FoundExposure::first);
        let mut ids: Vec<&str> = commits.map(|commit| &*commit.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn add(&mut self, finding: &Finding, batch: &[Finding]) {
        let credential = self.credential(finding, batch);
        let place: Arc<str> = slot::place(&finding.origin, &self.root).into();
        let name = slot::name(&finding.excerpt);
        let name = if holds_a_secret(&name, batch) {
            String::new()
        } else {
            name
        };
        let standing = finding.standing.as_deref();
        let is_current = standing.is_none_or(|standing| standing.is_in_head);
        let reached_by = standing.and_then(|standing| standing.reached_by.clone());
        let version = finding.origin.commit().map(|_| Arc::clone(&finding.origin));
        let date = finding.origin.commit().and_then(|commit| commit.date);
        let found = &mut self.credentials[credential];
        let at = date.map(|date| date.seconds);
        found.first_at = match (found.first_at, at) {
            (Some(known), Some(at)) => Some(known.min(at)),
            (known, at) => known.or(at),
        };
        let key = (
            credential,
            Arc::clone(&place),
            name.clone().into_boxed_str(),
        );
        let next = self.exposures.len();
        let number = *self.by_slot.entry(key).or_insert(next);
        if number == next {
            self.exposures.push(FoundExposure {
                credential,
                place,
                name: name.into(),
                line: finding.start.line,
                versions: version.into_iter().collect(),
                is_current,
                reached_by,
            });
            return;
        }
        let known = &mut self.exposures[number];
        // Of several lines that have it at once the first is told, of HEAD's if it is in HEAD.
        let is_better = is_current && !known.is_current;
        if is_better || (is_current == known.is_current && finding.start.line < known.line) {
            known.line = finding.start.line;
        }
        known.is_current |= is_current;
        known.reached_by = known.reached_by.take().or(reached_by);
        if let Some(version) = version
            && known.versions.last() != Some(&version)
        {
            known.versions.push(version);
        }
    }

    fn credential(&mut self, finding: &Finding, batch: &[Finding]) -> usize {
        let secret = finding.secret.expose();
        let fingerprint = Fingerprint::of(&finding.rule, secret, &self.key);
        let next = self.credentials.len();
        let number = *self.by_fingerprint.entry(fingerprint).or_insert(next);
        let fingerprint = fingerprint.to_string();
        if number < next {
            let known = &mut self.credentials[number];
            known.confidence = known.confidence.max(finding.confidence);
            // The same secret may stand beside its key id in one place only.
            if known.identified.is_provisional
                && known.identified.uid.starts_with("cred:")
                && let Some(identified) = paired(finding, batch)
            {
                known.identified = identified;
            }
            return number;
        }
        let facts = clean(&finding.facts, batch);
        let subject = Subject {
            rule: &finding.rule,
            secret,
            facts: &facts,
        };
        let identified = paired(finding, batch).unwrap_or_else(|| identify(&subject, &fingerprint));
        self.credentials.push(FoundCredential {
            fingerprint,
            rule: Arc::clone(&finding.rule),
            masked: finding.secret.redacted(),
            confidence: finding.confidence,
            facts,
            identified,
            first_at: None,
        });
        number
    }
}

/// The file that a place is in: of a member of an archive the outermost archive.
fn outermost(origin: &Origin) -> Option<&Path> {
    match origin {
        Origin::Member { archive, .. } => outermost(archive),
        Origin::Committed { path, .. } => Some(path),
        _ => None,
    }
}

/// The identity of a secret access key: that of the key id nearest to it in the same file.
fn paired(finding: &Finding, batch: &[Finding]) -> Option<Identified> {
    if finding.rule.family != "aws-secret-access-key" {
        return None;
    }
    let is_key_id =
        |checks: &[&Format]| checks.iter().any(|check| check.name == "aws-access-key-id");
    let id = finding.parts.iter().find_map(|part| {
        let mut companions = finding.rule.companions.iter();
        let of_part = companions.find(|companion| companion.name == part.name)?;
        is_key_id(&of_part.checks).then(|| std::str::from_utf8(&part.value).ok())?
    });
    if let Some(id) = id {
        let subject = Subject {
            rule: &finding.rule,
            secret: finding.secret.expose(),
            facts: &finding.facts,
        };
        return Some(of_aws_key(id, &subject));
    }
    let near = batch
        .iter()
        .filter(|other| is_key_id(&other.rule.checks))
        .min_by_key(|other| other.start.line.abs_diff(finding.start.line))?;
    let is_near = near.start.line.abs_diff(finding.start.line) <= MAX_PAIR_LINES;
    let subject = Subject {
        rule: &near.rule,
        secret: near.secret.expose(),
        facts: &near.facts,
    };
    is_near.then(|| identify(&subject, ""))
}

/// Whether a text that is kept holds a secret of the same blob.
fn holds_a_secret(text: &str, batch: &[Finding]) -> bool {
    let mut secrets = batch
        .iter()
        .take(MAX_COMPARED_SECRETS)
        .map(|finding| finding.secret.expose());
    secrets.any(|secret| {
        secret.len() >= MIN_COMPARED_BYTES
            && text.len() >= secret.len()
            && text
                .as_bytes()
                .windows(secret.len())
                .any(|part| part == secret)
    })
}

/// The facts that hold no secret of the same blob.
fn clean(facts: &Facts, batch: &[Finding]) -> Facts {
    let mut kept = Facts::new();
    for fact in facts {
        if !holds_a_secret(&fact.value, batch) {
            kept.push(fact.clone());
        }
    }
    kept
}

impl Sink for Recorder {
    type Error = Infallible;

    fn findings(&mut self, findings: &[Finding]) -> Result<ControlFlow<()>, Infallible> {
        for finding in findings {
            self.add(finding, findings);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&mut self, summary: &Summary) -> Result<(), Infallible> {
        for exposure in &mut self.exposures {
            exposure
                .versions
                .sort_by(|a, b| a.commit().cmp(&b.commit()));
        }
        self.summary = Some(summary.clone());
        Ok(())
    }
}
