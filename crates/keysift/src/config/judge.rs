//! What a configuration says of a finding.

use std::path::Path;
use std::sync::Arc;

use keysift_core::{Confidence, Finding, Origin, Reason, Severity, Unscanned, is_like};

use super::allow::{self, Subject};
use super::configuration::Configuration;
use super::layer::{self, Layer};
use super::tree::members;
use crate::screen::Screen;

/// The check of a finding against the configuration of its directory.
#[derive(Debug)]
pub struct ConfigScreen {
    configuration: Arc<Configuration>,
    /// The least confidence that the command line or the environment asks for, which wins over every file.
    min_confidence: Option<Confidence>,
    /// Whether every entry counts what it describes, and not only the first that does.
    counts_all: bool,
}

impl ConfigScreen {
    /// A check against `configuration`. `min_confidence` is what wins over every file; `None` where they decide, and
    /// medium is the default then.
    pub fn new(configuration: Arc<Configuration>, min_confidence: Option<Confidence>) -> Self {
        Self {
            configuration,
            min_confidence,
            counts_all: false,
        }
    }

    /// Makes every entry count what it describes, also where an earlier one has decided; to find entries that are dead.
    #[must_use]
    pub fn counting_all(mut self) -> Self {
        self.counts_all = true;
        self
    }

    /// The least confidence that the engine has to give findings of, so that this check can decide on the rest.
    pub fn engine_confidence(&self) -> Confidence {
        if self.configuration.grades_confidence() {
            return Confidence::Low;
        }
        let of_files = self.configuration.min_confidence();
        self.min_confidence
            .or(of_files)
            .unwrap_or(Confidence::Medium)
    }
}

impl Screen for ConfigScreen {
    fn check(&self, finding: &mut Finding) {
        let (layers, path) = self.configuration.layers_at(&finding.origin);
        let members = members(&finding.origin);
        let path = path.as_deref();
        let below = |layer: &Layer| seen_from(&layer.globs_from, path?, &members);
        if !layers.iter().all(|layer| has_path(layer, below(layer))) {
            finding.dropped = Some(Reason::ExcludedPath);
            return;
        }
        if !layer::is_on(&layers, &finding.rule.id) {
            finding.dropped = Some(Reason::DisabledRule);
            return;
        }
        for layer in layers.iter().filter(|layer| !layer.is_paths_only) {
            let path = below(layer);
            let path = path.as_deref();
            let today = self.configuration.options.today;
            let subject = Subject { finding, path };
            let mut entries = layer.file.allow.iter().filter(|entry| {
                !entry.allowlist.is_expired(today) && entry.allowlist.allows(&subject)
            });
            let entry = entries.next();
            if self.counts_all {
                entries.for_each(drop);
                continue;
            }
            if let Some(entry) = entry {
                let reason = &entry.allowlist.table().reason;
                let note = format!("{}:{}: {reason}", layer.file.name, entry.line);
                finding.dropped = Some(Reason::Allowlist);
                finding.note = Some(note.into());
                return;
            }
        }
        let layers: Vec<Layer> = layers.into_iter().filter(|it| !it.is_paths_only).collect();
        self.grade(&layers, finding);
    }

    fn unusable(&self) -> Vec<Unscanned> {
        self.configuration.unusable()
    }
}

impl ConfigScreen {
    /// Gives a finding the severity and the confidence that files want for its rule.
    fn grade(&self, layers: &[Layer], finding: &mut Finding) {
        let id = &finding.rule.id;
        let severity: Option<Severity> = layers
            .iter()
            .rev()
            .find_map(|layer| graded(&layer.file.table.rules.severity, id));
        let confidence: Option<Confidence> = layers
            .iter()
            .rev()
            .find_map(|layer| graded(&layer.file.table.rules.confidence, id));
        if let Some(severity) = severity.filter(|severity| *severity != finding.rule.severity) {
            let mut rule = (*finding.rule).clone();
            rule.severity = severity;
            finding.rule = Arc::new(rule);
        }
        if let Some(confidence) = confidence {
            finding.confidence = confidence;
        }
        let of_files = || {
            layers
                .iter()
                .rev()
                .find_map(|layer| layer.file.table.output.min_confidence)
        };
        let least = self.min_confidence.or_else(of_files);
        if finding.confidence < least.unwrap_or(Confidence::Medium) {
            finding.dropped = Some(Reason::Confidence);
        }
    }
}

/// The grade of a rule: by its id, or else by the last glob that is like it.
fn graded<T: Copy>(grades: &std::collections::BTreeMap<String, T>, id: &str) -> Option<T> {
    let by_glob = || grades.iter().rev().find(|(glob, _)| is_like(id, glob));
    grades
        .get(id)
        .or_else(|| by_glob().map(|(_, grade)| grade))
        .copied()
}

/// Whether a layer's paths leave a path in; one without a path is in.
fn has_path(layer: &Layer, path: Option<String>) -> bool {
    let Some(path) = path else { return true };
    let (include, exclude) = (&layer.file.include, &layer.file.exclude);
    let matches = |globs: &keysift_source::Globs| allow::is_at(globs, &path);
    include.as_ref().is_none_or(matches) && !exclude.as_ref().is_some_and(matches)
}

/// A path as seen from a directory, with `/` between its parts; `None` where it lies elsewhere.
pub(crate) fn seen_from(directory: &Path, path: &Path, members: &str) -> Option<String> {
    let below = path.strip_prefix(directory).ok()?;
    let mut seen = below.to_string_lossy().into_owned();
    if std::path::MAIN_SEPARATOR != '/' {
        seen = seen.replace(std::path::MAIN_SEPARATOR, "/");
    }
    Some(seen + members)
}

/// What an origin is called as seen from `directory`, or else from the top of its tree; `None` where it lies in none.
pub(crate) fn place_in(
    configuration: &Configuration,
    directory: &Path,
    origin: &Origin,
) -> Option<String> {
    let (tree, path) = configuration.locate(origin)?;
    let members = members(origin);
    seen_from(directory, &path, &members).or_else(|| seen_from(&tree.top, &path, &members))
}
