//! Findings against a baseline, and findings made into entries of one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use keysift_core::{
    Absent, BaselineState, Finding, Fingerprint, FingerprintKey, Origin, Reason, Scanner,
};

use super::entry::{Entry, Status};
use super::file::{Baseline, Scanned};
use crate::config::{Configuration, Tree, place_in};
use crate::day::Day;
use crate::screen::Screen;

/// How a baseline calls the places of a scan.
#[derive(Debug, Clone)]
pub struct Places {
    configuration: Arc<Configuration>,
    /// The baseline's directory, absolute and without symbolic links.
    directory: PathBuf,
}

impl Places {
    /// Those of a baseline at `path`, in a scan of the trees of `configuration`.
    pub fn new(configuration: Arc<Configuration>, path: &Path) -> Self {
        let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
        let directory = parent.unwrap_or(Path::new("."));
        Self {
            configuration,
            directory: std::fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned()),
        }
    }

    /// What a baseline calls an origin: its path as seen from the baseline's directory, or else from the top of the tree.
    pub fn of(&self, origin: &Origin) -> String {
        if let Some(place) = place_in(&self.configuration, &self.directory, origin) {
            return place;
        }
        match origin {
            Origin::Stdin => "<stdin>".to_owned(),
            Origin::CommitMessage(_) => "<commit-message>".to_owned(),
            Origin::TagMessage(_) => "<tag-message>".to_owned(),
            Origin::Note { .. } => "<note>".to_owned(),
            Origin::Object { .. } => "<object>".to_owned(),
            Origin::Member { archive, path } => format!("{}!{}", self.of(archive), path.display()),
            other => match other.path() {
                Some(path) => path.to_string_lossy().into_owned(),
                None => other.to_string(),
            },
        }
    }
}

impl Places {
    /// Whether a place of the baseline lies in one of `roots`, which are files or directories without symbolic links.
    pub fn is_below(&self, place: &str, roots: &[PathBuf]) -> bool {
        self.path_below(place, roots).is_some()
    }

    /// The path of a place of the baseline that lies in one of `roots`, absolute.
    fn path_below(&self, place: &str, roots: &[PathBuf]) -> Option<PathBuf> {
        if place.starts_with('<') && place.ends_with('>') {
            return None;
        }
        let outer = place.split_once('!').map_or(place, |(outer, _)| outer);
        let tops = self.configuration.trees().iter().map(Tree::top);
        let is_below = |top: &&Path| {
            let path = top.join(outer);
            roots.iter().any(|root| path.starts_with(root))
        };
        let top = tops.chain([&*self.directory]).find(is_below)?;
        Some(top.join(place))
    }
}

/// How far a scan looks: what a baseline knows there, and is not found, is gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Extent {
    /// At changes, or at what is no part of a tree: nothing can be said to be gone.
    #[default]
    Changes,
    /// At all of these files and directories, which are absolute and without symbolic links. It counts for baselines of
    /// files.
    Trees(Vec<PathBuf>),
    /// At a whole history. It counts for baselines of histories.
    History,
}

/// The check of findings against a baseline.
#[derive(Debug)]
pub struct BaselineScreen {
    entries: Vec<Entry>,
    key: FingerprintKey,
    by_secret: HashMap<Fingerprint, Vec<usize>>,
    seen: Vec<AtomicBool>,
    places: Places,
    accepts_new_places: bool,
    today: Day,
    scanned: Scanned,
    extent: Extent,
}

impl BaselineScreen {
    /// A check against `baseline`. With `accepts_new_places`, an accepted secret is accepted wherever it stands.
    pub fn new(baseline: Baseline, places: Places, accepts_new_places: bool, today: Day) -> Self {
        let key = baseline.key();
        let scanned = baseline.scanned;
        let entries = baseline.entries;
        let mut by_secret: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            by_secret.entry(entry.fingerprint).or_default().push(index);
        }
        Self {
            key,
            by_secret,
            seen: entries.iter().map(|_| AtomicBool::new(false)).collect(),
            entries,
            places,
            accepts_new_places,
            today,
            scanned,
            extent: Extent::default(),
        }
    }

    /// Sets how far the scan looks; by default at changes, of which nothing is known to be gone.
    #[must_use]
    pub fn extent(mut self, extent: Extent) -> Self {
        self.extent = extent;
        self
    }

    /// Where an entry that was not found would have stood; `None` where the scan did not look.
    fn looked_at(&self, place: &str) -> Option<PathBuf> {
        match (&self.extent, self.scanned) {
            (Extent::Trees(roots), Scanned::Files) => {
                let path = self.places.path_below(place, roots)?;
                let here = std::env::current_dir().and_then(std::fs::canonicalize);
                let below = here.ok().and_then(|here| path.strip_prefix(here).ok());
                Some(below.map_or_else(|| path.clone(), Path::to_owned))
            }
            (Extent::History, Scanned::History) => Some(PathBuf::from(place)),
            _ => None,
        }
    }

    /// The entries that were not found so far.
    fn not_found(&self) -> impl Iterator<Item = &Entry> {
        let seen = self.entries.iter().zip(&self.seen);
        let absent = seen.filter(|(_, seen)| !seen.load(Ordering::Relaxed));
        absent.map(|(entry, _)| entry)
    }

    /// What is known of the secret, the entries of the place first.
    fn known(&self, finding: &Finding, place: &str) -> (Vec<&Entry>, Vec<&Entry>) {
        let name = Fingerprint::of(&finding.rule, finding.secret.expose(), &self.key);
        let indexes = self.by_secret.get(&name).map_or(&[][..], Vec::as_slice);
        // Weak names are shared by different secrets; that of the same rule is the likelier.
        let of_rule = |entry: &&Entry| !name.is_weak() || entry.rule == finding.rule.id;
        let all = indexes.iter().map(|index| (&self.entries[*index], *index));
        let (here, elsewhere): (Vec<_>, Vec<_>) = all
            .filter(|(entry, _)| of_rule(entry))
            .partition(|(entry, _)| entry.place == place);
        for (_, index) in &here {
            self.seen[*index].store(true, Ordering::Relaxed);
        }
        (entries_of(here), entries_of(elsewhere))
    }
}

fn entries_of(pairs: Vec<(&Entry, usize)>) -> Vec<&Entry> {
    pairs.into_iter().map(|(entry, _)| entry).collect()
}

impl Screen for BaselineScreen {
    fn check(&self, finding: &mut Finding) {
        let place = self.places.of(&finding.origin);
        let (here, elsewhere) = self.known(finding, &place);
        let (entries, state) = match (here.is_empty(), elsewhere.is_empty()) {
            (false, _) => (here, BaselineState::Known),
            (true, false) => (elsewhere, BaselineState::NewPlace),
            (true, true) => {
                finding.baseline = Some(BaselineState::New);
                return;
            }
        };
        finding.baseline = Some(state);
        let real = entries.iter().find(|entry| entry.status == Status::Real);
        let in_force = entries.iter().find(|entry| entry.is_in_force(self.today));
        let counts = state == BaselineState::Known || self.accepts_new_places;
        let note = match (real, in_force) {
            (Some(entry), _) => format!("known to be real: {}", entry.reason),
            (None, Some(entry)) if counts => {
                finding.dropped = Some(Reason::Baseline);
                entry.reason.clone()
            }
            (None, Some(entry)) => format!(
                "a known secret at a new place; accepted in {}: {}",
                entry.place, entry.reason
            ),
            (None, None) => {
                let last = entries.iter().filter_map(|entry| entry.expires).max();
                let day = last.map(|day| day.to_string()).unwrap_or_default();
                format!("was accepted until {day}")
            }
        };
        finding.note = Some(note.into());
    }

    fn absent(&self, scanner: &Scanner) -> Vec<Absent> {
        let rules: HashMap<&str, _> = scanner.rules().map(|rule| (&*rule.id, rule)).collect();
        let gone = |entry: &Entry| {
            let rule = Arc::clone(rules.get(&*entry.rule)?);
            let path = self.looked_at(&entry.place)?;
            Some(Absent::new(rule, path, entry.fingerprint, &*entry.reason))
        };
        self.not_found().filter_map(gone).collect()
    }
}

/// A screen that drops nothing and remembers findings as entries of a baseline.
#[derive(Debug)]
pub struct Recorder {
    key: FingerprintKey,
    places: Places,
    found: Mutex<Vec<Entry>>,
}

impl Recorder {
    /// One for entries of `baseline`.
    pub fn new(baseline: &Baseline, places: Places) -> Self {
        Self {
            key: baseline.key(),
            places,
            found: Mutex::default(),
        }
    }

    /// The entries of what was found so far, unreviewed and without a reason, each once.
    pub fn found(&self) -> Vec<Entry> {
        let mut found = self
            .found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        found.sort();
        found.dedup();
        found
    }

    /// The entry that a finding is.
    pub fn entry(&self, finding: &Finding) -> Entry {
        Entry {
            fingerprint: Fingerprint::of(&finding.rule, finding.secret.expose(), &self.key),
            rule: finding.rule.id.clone(),
            place: self.places.of(&finding.origin),
            status: Status::Unreviewed,
            expires: None,
            reason: String::new(),
        }
    }
}

impl Screen for Recorder {
    fn check(&self, finding: &mut Finding) {
        let entry = self.entry(finding);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.push(entry);
    }
}
