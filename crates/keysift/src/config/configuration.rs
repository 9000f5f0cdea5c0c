//! The configuration of a scan: the files that apply to each directory, and what they say together.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use keysift_core::{Confidence, Origin, RuleSet, Skip, Unscanned};
use keysift_source::PathChoice;

use super::FILE_NAME;
use super::error::{ConfigError, Problem, ProblemKind};
use super::file::{ConfigFile, Trust, load};
use super::layer::{Layer, Layers, is_on, nearest};
use super::tree::{Tree, shown};
use crate::day::Day;

/// Which files have a say.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConfigOptions {
    /// Whether files are looked for in the trees that are scanned. Default: true.
    pub discover: bool,
    /// Files that the user named; a later one wins, and all win over what is found. Default: none.
    pub files: Vec<PathBuf>,
    /// The day that entries expire against. Default: today, in UTC.
    pub today: Day,
}

impl Default for ConfigOptions {
    fn default() -> Self {
        Self {
            discover: true,
            files: Vec::new(),
            today: Day::of(SystemTime::now()),
        }
    }
}

impl ConfigOptions {
    /// Sets whether files are looked for; yes by default.
    #[must_use]
    pub fn discover(mut self, discover: bool) -> Self {
        self.discover = discover;
        self
    }

    /// Sets the files that the user named; none by default.
    #[must_use]
    pub fn files(mut self, files: Vec<PathBuf>) -> Self {
        self.files = files;
        self
    }

    /// Sets the day that entries expire against; today by default.
    #[must_use]
    pub fn today(mut self, today: Day) -> Self {
        self.today = today;
        self
    }
}

/// The configuration of a scan. Files below the trees' directories are read when a finding in them asks for it.
#[derive(Debug)]
pub struct Configuration {
    pub(super) options: ConfigOptions,
    trees: Vec<Tree>,
    named: Vec<Arc<ConfigFile>>,
    /// By absolute directory, what was found for it, without what was named.
    known: Mutex<HashMap<PathBuf, Layers>>,
    pub(super) unusable: Mutex<BTreeMap<String, String>>,
}

impl Configuration {
    /// Reads the files that apply to trees as a whole.
    ///
    /// # Errors
    /// The first file that cannot be used, with all that is wrong with it.
    pub fn load(mut trees: Vec<Tree>, options: ConfigOptions) -> Result<Self, ConfigError> {
        // Thousands of files may be named that lie in a few directories.
        let mut seen = HashSet::new();
        trees.retain(|tree| seen.insert(tree.clone()));
        let mut named = Vec::new();
        for path in &options.files {
            let name = path.display().to_string();
            named.extend(load(path, &name, &Trust::Named)?);
        }
        let configuration = Self {
            trees,
            named,
            known: Mutex::default(),
            unusable: Mutex::default(),
            options,
        };
        if configuration.options.discover {
            for tree in &configuration.trees {
                let mut layers = Layers::default();
                for directory in tree.directories_above() {
                    let known = configuration.known().get(&directory).cloned();
                    layers = match known {
                        Some(known) => known,
                        None => configuration.within(tree, &layers, &directory)?,
                    };
                    let mut known = configuration.known();
                    known.insert(directory, Arc::clone(&layers));
                }
            }
        }
        Ok(configuration)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Layers>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The layers of a directory in one that has `outer`.
    fn within(&self, tree: &Tree, outer: &Layers, directory: &Path) -> Result<Layers, ConfigError> {
        let path = directory.join(FILE_NAME);
        if fs::symlink_metadata(&path).is_err() {
            return Ok(Arc::clone(outer));
        }
        let files = load(&path, &shown(&path), &tree.trust(directory))?;
        let is_root = files.last().is_some_and(|file| file.table.root);
        let is_above = tree.directory.starts_with(directory);
        let mut layers = match (is_root, is_above) {
            (true, true) => Vec::new(),
            _ => outer.to_vec(),
        };
        layers.iter_mut().for_each(|it| it.is_paths_only |= is_root);
        layers.extend(files.into_iter().map(|file| Layer {
            file,
            globs_from: directory.to_owned(),
            is_paths_only: false,
        }));
        Ok(Arc::new(layers))
    }

    /// The trees that are scanned.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// The files that apply to a tree as a whole, the outermost first.
    pub fn layers_of_tree(&self, tree: &Tree) -> Vec<Layer> {
        let found = self.known().get(&tree.directory).cloned();
        self.with_named(tree, found.unwrap_or_default())
    }

    /// The files that apply to the whole scan, as far as it is one: those of the first tree.
    pub fn layers(&self) -> Vec<Layer> {
        match self.trees.first() {
            Some(tree) => self.layers_of_tree(tree),
            None => self.with_named_from(Path::new(""), Layers::default()),
        }
    }

    fn with_named(&self, tree: &Tree, found: Layers) -> Vec<Layer> {
        self.with_named_from(&tree.top, found)
    }

    fn with_named_from(&self, globs_from: &Path, found: Layers) -> Vec<Layer> {
        let named = self.named.iter().map(|file| Layer {
            file: Arc::clone(file),
            globs_from: globs_from.to_owned(),
            is_paths_only: false,
        });
        found.iter().cloned().chain(named).collect()
    }

    /// The files that apply to what an origin names, the outermost first, and its absolute path; `None` for what has no
    /// path in a tree, to which the files of the whole scan apply.
    ///
    /// A file below a tree's directory is read now, if it was not before. One that cannot be used is noted, and what lies
    /// above it applies.
    pub fn layers_at(&self, origin: &Origin) -> (Vec<Layer>, Option<PathBuf>) {
        let Some((tree, path)) = self.locate(origin) else {
            return (self.layers(), None);
        };
        let directory = path.parent().unwrap_or(Path::new(""));
        let found = self.found_at(tree, directory);
        (self.with_named(tree, found), Some(path))
    }

    /// The tree that an origin lies in, and its absolute path; `None` for what has no path in a tree.
    pub(super) fn locate(&self, origin: &Origin) -> Option<(&Tree, PathBuf)> {
        let trees = self.trees.iter();
        let located = trees.filter_map(|tree| Some((tree, tree.locate(origin)?)));
        // Of trees in one another the innermost was scanned under this name.
        located.max_by_key(|(tree, _)| tree.directory.as_os_str().len())
    }

    fn found_at(&self, tree: &Tree, directory: &Path) -> Layers {
        if !self.options.discover {
            return Layers::default();
        }
        let mut unknown = Vec::new();
        let mut layers = Layers::default();
        for above in directory.ancestors() {
            if let Some(known) = self.known().get(above) {
                layers = Arc::clone(known);
                break;
            }
            if !above.starts_with(&tree.directory) {
                break;
            }
            unknown.push(above);
        }
        for directory in unknown.into_iter().rev() {
            layers = self
                .within(tree, &layers, directory)
                .unwrap_or_else(|error| {
                    self.note(&error);
                    layers
                });
            self.note_late_rules(&layers, directory);
            self.known()
                .insert(directory.to_owned(), Arc::clone(&layers));
        }
        layers
    }

    /// Rules are compiled before the scan: a file that is met on the way cannot add any.
    fn note_late_rules(&self, layers: &Layers, directory: &Path) {
        let own = layers.iter().filter(|layer| layer.globs_from == directory);
        for layer in own.filter(|layer| layer.file.has_rules()) {
            let message = "adds rules, which only a file at or above a scanned path can; scan its directory by itself, or name the rules further up";
            self.note_one(&layer.file.name, message);
        }
    }

    fn note(&self, error: &ConfigError) {
        let text = error.to_string();
        let name = error.problems().next().map(|problem| problem.file.clone());
        let name = name.unwrap_or_default();
        let text = text.strip_prefix(&name).unwrap_or(&text);
        self.note_one(&name, text.trim_start_matches([':', ' ']));
    }

    fn note_one(&self, name: &str, message: &str) {
        let mut unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
        unusable.insert(name.to_owned(), message.to_owned());
    }

    /// The files below the trees' directories that could not be used.
    pub(super) fn unusable(&self) -> Vec<Unscanned> {
        let unusable = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
        unusable
            .iter()
            .map(|(name, why)| Unscanned::new(name, Skip::BadConfiguration).message(why))
            .collect()
    }

    /// The files that apply to each tree as a whole.
    fn layers_of_trees(&self) -> Vec<Vec<Layer>> {
        match &*self.trees {
            [] => vec![self.layers()],
            trees => trees.iter().map(|it| self.layers_of_tree(it)).collect(),
        }
    }

    /// Adds the rules of all files that apply to a whole tree.
    ///
    /// # Errors
    /// Rules that cannot be used, or that have an id that is taken.
    pub fn add_rules(&self, rules: &mut RuleSet) -> Result<(), ConfigError> {
        let mut added: Vec<*const ConfigFile> = Vec::new();
        for layer in self.layers_of_trees().iter().flatten() {
            let address = Arc::as_ptr(&layer.file);
            if layer.file.has_rules() && !added.contains(&address) {
                added.push(address);
                rules.merge(layer.file.rules()?).map_err(|error| {
                    let problem = Problem::new(ProblemKind::Rule, error.to_string());
                    problem.in_file(&layer.file.name)
                })?;
            }
        }
        Ok(())
    }

    /// Takes away the rules that files turn off in every tree. Where only some do,
    /// [`ConfigScreen`](super::ConfigScreen) drops the findings.
    pub fn choose_rules(&self, rules: &mut RuleSet) {
        let trees = self.layers_of_trees();
        rules.retain_ids(|id| trees.iter().any(|layers| is_on(layers, id)));
    }

    /// What a walk of files has to leave out, as far as files that apply to whole trees say it; the rest is left out by
    /// [`ConfigScreen`](super::ConfigScreen).
    pub fn path_choices(&self) -> Vec<PathChoice> {
        let layers = self.trees.iter().flat_map(|it| self.layers_of_tree(it));
        let mut choices: Vec<PathChoice> = Vec::new();
        for layer in layers {
            let choice = PathChoice {
                below: layer.globs_from,
                include: layer.file.include.clone(),
                exclude: layer.file.exclude.clone(),
            };
            let has_any = choice.include.is_some() || choice.exclude.is_some();
            if has_any && !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        choices
    }

    /// The warnings on files that apply to whole trees: entries past their day, and ids of rules that `rules` has not.
    pub fn warnings(&self, rules: &RuleSet) -> Vec<Problem> {
        let mut told: Vec<Problem> = Vec::new();
        let mut tell = |problem: Problem| {
            if !told.contains(&problem) {
                told.push(problem);
            }
        };
        for layer in self.layers_of_trees().iter().flatten() {
            layer.file.expired(self.options.today).for_each(&mut tell);
            layer
                .file
                .unknown_rules(rules)
                .into_iter()
                .for_each(&mut tell);
        }
        told
    }

    /// A warning for each entry, of files that apply to whole trees, that has allowed nothing so far. Those for commits are
    /// left out: a scan of files has none.
    pub fn dead_entries(&self) -> Vec<Problem> {
        let mut told = Vec::new();
        for layer in self.layers_of_trees().iter().flatten() {
            for entry in &layer.file.allow {
                let table = entry.allowlist.table();
                let is_dead = entry.allowlist.allowed() == 0
                    && table.commits.is_empty()
                    && !entry.allowlist.is_expired(self.options.today);
                if is_dead {
                    let message =
                        format!("the entry allows nothing that was found: {}", table.reason);
                    told.push(layer.file.warning(ProblemKind::Dead, message, entry.line));
                }
            }
        }
        told
    }

    /// The baseline that the nearest file names, with that file's directory and name.
    ///
    /// # Errors
    /// One that a file may not name.
    pub fn baseline(&self) -> Result<Option<PathBuf>, ConfigError> {
        let layers = self.layers();
        let Some((file, name)) = nearest(&layers, |file| file.table.baseline.as_ref()) else {
            return Ok(None);
        };
        file.path_beside(name).map(Some).map_err(|problem| {
            problem
                .in_file(&super::file::shown_beside(&file.name, name))
                .into()
        })
    }

    /// The least confidence that any tree asks for as a whole; `None` where none says.
    pub fn min_confidence(&self) -> Option<Confidence> {
        let of_tree = |layers: Vec<Layer>| {
            nearest(&layers, |file| file.table.output.min_confidence.as_ref()).map(|(_, it)| *it)
        };
        let medium = Confidence::Medium;
        let trees = self.layers_of_trees().into_iter().map(of_tree);
        // A tree that says nothing asks for the default.
        let asked: Vec<Option<Confidence>> = trees.collect();
        let some = asked.iter().any(Option::is_some);
        let least = asked.into_iter().map(|it| it.unwrap_or(medium)).min();
        least.filter(|_| some)
    }

    /// Whether a file that applies to a whole tree raises the confidence of rules.
    pub fn grades_confidence(&self) -> bool {
        let trees = self.layers_of_trees();
        let mut layers = trees.iter().flatten();
        layers.any(|layer| !layer.file.table.rules.confidence.is_empty())
    }
}
