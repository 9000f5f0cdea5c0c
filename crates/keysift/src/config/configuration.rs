//! The configuration of a scan: the files that apply to each directory, and what they say together.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use keysift_core::{Confidence, Origin, RuleSet, Skip, Unscanned, is_like};
use keysift_source::PathChoice;

use super::FILE_NAME;
use super::error::{ConfigError, Problem, ProblemKind};
use super::file::{ConfigFile, Trust, load};
use super::tree::Tree;
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

/// A file that applies to a directory.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The file.
    pub file: Arc<ConfigFile>,
    /// What its globs are relative to: an absolute directory.
    pub globs_from: PathBuf,
}

/// The files that apply to a directory, the outermost first.
pub type Layers = Arc<Vec<Layer>>;

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
    pub fn load(trees: Vec<Tree>, options: ConfigOptions) -> Result<Self, ConfigError> {
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
                    layers = configuration.within(tree, &layers, &directory)?;
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
        let below = if directory.starts_with(&tree.top) {
            &tree.top
        } else {
            directory
        };
        let files = load(&path, &shown(&path), &Trust::Found(below.to_owned()))?;
        let is_root = files.last().is_some_and(|file| file.table.root);
        let mut layers = if is_root { Vec::new() } else { outer.to_vec() };
        layers.extend(files.into_iter().map(|file| Layer {
            file,
            globs_from: directory.to_owned(),
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
        });
        found.iter().cloned().chain(named).collect()
    }

    /// The files that apply to what an origin names, the outermost first, and its absolute path; `None` for what has no
    /// path in a tree, to which the files of the whole scan apply.
    ///
    /// A file below a tree's directory is read now, if it was not before. One that cannot be used is noted, and what lies
    /// above it applies.
    pub fn layers_at(&self, origin: &Origin) -> (Vec<Layer>, Option<PathBuf>) {
        let mut located: Vec<(&Tree, PathBuf)> = self
            .trees
            .iter()
            .filter_map(|tree| Some((tree, tree.locate(origin)?)))
            .collect();
        // Of trees in one another the innermost was scanned under this name.
        located.sort_by_key(|(tree, _)| tree.directory.as_os_str().len());
        let Some((tree, path)) = located.pop() else {
            return (self.layers(), None);
        };
        let directory = path.parent().unwrap_or(Path::new(""));
        let found = self.found_at(tree, directory);
        (self.with_named(tree, found), Some(path))
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

    /// Adds the rules of all files that apply to a whole tree, and takes away those that they turn off in every tree.
    ///
    /// # Errors
    /// Rules that cannot be used, or that have an id that is taken.
    pub fn choose_rules(&self, rules: &mut RuleSet) -> Result<(), ConfigError> {
        let mut added: Vec<*const ConfigFile> = Vec::new();
        let trees: Vec<Vec<Layer>> = match &*self.trees {
            [] => vec![self.layers()],
            trees => trees.iter().map(|it| self.layers_of_tree(it)).collect(),
        };
        for layer in trees.iter().flatten() {
            let address = Arc::as_ptr(&layer.file);
            if layer.file.has_rules() && !added.contains(&address) {
                added.push(address);
                rules.merge(layer.file.rules()?).map_err(|error| {
                    let problem = Problem::new(ProblemKind::Rule, error.to_string());
                    problem.in_file(&layer.file.name)
                })?;
            }
        }
        let says_nothing = |layer: &Layer| {
            layer.file.table.rules.enable.is_empty() && layer.file.table.rules.disable.is_empty()
        };
        if !trees.iter().flatten().all(says_nothing) {
            rules.retain_ids(|id| trees.iter().any(|layers| is_on(layers, id)));
        }
        Ok(())
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
        for layer in self
            .trees
            .iter()
            .flat_map(|it| self.layers_of_tree(it))
            .chain(self.layers())
        {
            layer.file.expired(self.options.today).for_each(&mut tell);
            layer
                .file
                .unknown_rules(rules)
                .into_iter()
                .for_each(&mut tell);
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
        let of_tree = |tree: &Tree| {
            let layers = self.layers_of_tree(tree);
            nearest(&layers, |file| file.table.output.min_confidence.as_ref()).map(|(_, it)| *it)
        };
        match &*self.trees {
            [] => {
                let layers = self.layers();
                nearest(&layers, |file| file.table.output.min_confidence.as_ref())
                    .map(|(_, it)| *it)
            }
            trees => trees.iter().map(of_tree).min().flatten(),
        }
    }

    /// Whether a file that applies to a whole tree raises the confidence of rules.
    pub fn grades_confidence(&self) -> bool {
        let all = self.trees.iter().flat_map(|it| self.layers_of_tree(it));
        all.chain(self.layers())
            .any(|layer| !layer.file.table.rules.confidence.is_empty())
    }
}

/// The value that the nearest of some layers gives, and its file.
pub fn nearest<'l, T>(
    layers: &'l [Layer],
    value: impl Fn(&'l ConfigFile) -> Option<&'l T>,
) -> Option<(&'l ConfigFile, &'l T)> {
    layers
        .iter()
        .rev()
        .find_map(|layer| Some((&*layer.file, value(&layer.file)?)))
}

/// Whether layers leave a rule on: each can only take away.
pub(super) fn is_on(layers: &[Layer], id: &str) -> bool {
    let is_named = |names: &[String]| names.iter().any(|name| is_like(id, name));
    layers.iter().all(|layer| {
        let rules = &layer.file.table.rules;
        (rules.enable.is_empty() || is_named(&rules.enable)) && !is_named(&rules.disable)
    })
}

/// A path as messages show it: from the current directory where it lies below that.
pub(super) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().and_then(fs::canonicalize).ok();
    let below = current.and_then(|current| path.strip_prefix(current).ok().map(Path::to_owned));
    below.as_deref().unwrap_or(path).display().to_string()
}
