//! What the arguments, the environment and the configuration want together: the first that says it wins.

use std::env;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use keysift::baseline::{Baseline, BaselineScreen, Extent, Places};
use keysift::config::{
    ConfigFile, ConfigOptions, ConfigScreen, Configuration, Layer, Tree, nearest,
};
use keysift::source::git::Repository;
use keysift::source::{ArchiveOptions, FileOptions};
use keysift::{Confidence, Day, RuleSet, ScannerOptions, Screen, Screens};

use crate::args::{ArchiveArgs, ConfigArgs, EngineArgs, FileArgs, OutputArgs, ReportArg};
use crate::exit::Hint;
use crate::others::Others;
use crate::{rules, say};

/// What holds for a scan beside what was typed.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) configuration: Arc<Configuration>,
    /// The files that apply to the whole scan, the outermost first.
    layers: Vec<Layer>,
    /// Whether what is scanned may leave nothing out, unless the one file says so.
    is_gate: bool,
    pub(crate) others: Others,
}

impl Settings {
    /// For a scan of files, directories or standard input.
    pub(crate) fn of_paths(args: &ConfigArgs, paths: &[PathBuf]) -> anyhow::Result<Self> {
        let here = PathBuf::from(".");
        let place = |path: &PathBuf| {
            let is_stdin = path.as_os_str() == "-";
            Tree::of_path(if is_stdin { &here } else { path })
        };
        Self::of_trees(args, paths.iter().map(place).collect())
    }

    /// For a scan of what Git holds: the configuration is the working tree's, which a bare repository does not have.
    pub(crate) fn of_repository(
        args: &ConfigArgs,
        repository: &Repository,
    ) -> anyhow::Result<Self> {
        let tree = repository.work_tree().map(Tree::of_worktree);
        Self::of_trees(args, tree.into_iter().collect())
    }

    /// For a scan of several repositories: their own configurations would contradict each other, and none is looked for.
    pub(crate) fn of_repositories(args: &ConfigArgs) -> anyhow::Result<Self> {
        Self::of_trees(args, Vec::new())
    }

    fn of_trees(args: &ConfigArgs, trees: Vec<Tree>) -> anyhow::Result<Self> {
        let is_gate = args.config_only.is_some();
        let mut files = Vec::new();
        if !is_gate && !args.no_config {
            let named = env::var_os("KEYSIFT_CONFIG").filter(|name| !name.is_empty());
            files.extend(named.map(PathBuf::from));
        }
        files.extend(args.config_files.iter().chain(&args.config_only).cloned());
        let options = ConfigOptions::default()
            .discover(!is_gate && !args.no_config)
            .files(files);
        let configuration = Configuration::load(trees, options)?;
        Ok(Self {
            others: Others::read(args, configuration.trees())?,
            layers: configuration.layers(),
            configuration: Arc::new(configuration),
            is_gate,
        })
    }

    /// What the nearest file that says anything says.
    fn said<'s, T>(&'s self, value: impl Fn(&'s ConfigFile) -> Option<&'s T>) -> Option<&'s T> {
        nearest(&self.layers, value).map(|(_, value)| value)
    }

    /// The rules that are in force; warns of what the configuration says of rules that are not there.
    pub(crate) fn rules(&self, engine: &EngineArgs) -> anyhow::Result<RuleSet> {
        let mut all = rules::named(&engine.rules)?;
        if !engine.rules.rules_only {
            self.others.add_rules(&mut all, &engine.rules.files)?;
        }
        self.configuration.add_rules(&mut all)?;
        for problem in self.configuration.warnings(&all) {
            let text = keysift_report::escape(problem.to_string().as_bytes());
            say(&format!("warning: {text}\n"));
        }
        self.configuration.choose_rules(&mut all);
        rules::choose(&engine.rules, &mut all)?;
        Ok(all)
    }

    /// What checks findings beside the engine; sets the engine's options to what that needs.
    pub(crate) fn screen(
        &self,
        engine: &EngineArgs,
        options: &mut ScannerOptions,
    ) -> Arc<dyn Screen> {
        let typed = engine.min_confidence.as_deref();
        let typed = typed.and_then(Confidence::from_name);
        let screen = ConfigScreen::new(Arc::clone(&self.configuration), typed);
        options.min_confidence = screen.engine_confidence();
        options.keep_lines = true;
        options.decode_depth = self.decode_depth(engine.decode_depth);
        options.inline_comments = self
            .said(|file| file.table.rules.inline_comments.as_ref())
            .copied()
            .unwrap_or(!self.is_gate);
        Arc::new(screen)
    }

    /// The baseline's file, as it was typed or as the configuration names it; `None` without one.
    pub(crate) fn baseline_path(&self, args: &ConfigArgs) -> anyhow::Result<Option<PathBuf>> {
        if args.baseline.is_some() {
            let is_ours = !self.others.have_baseline;
            return Ok(args.baseline.clone().filter(|_| is_ours));
        }
        Ok(self.configuration.baseline()?)
    }

    /// Adds the checks against files of other scanners, and against the baseline, if there is one. `extent` is how far the
    /// scan looks.
    pub(crate) fn with_baseline(
        &self,
        screen: Arc<dyn Screen>,
        args: &ConfigArgs,
        extent: Extent,
    ) -> anyhow::Result<Arc<dyn Screen>> {
        let screen: Arc<dyn Screen> = Arc::new(Screens(vec![screen, self.others.screen()]));
        let Some(path) = self.baseline_path(args)? else {
            return Ok(screen);
        };
        let baseline = Baseline::open(&path)?;
        let today = Day::of(SystemTime::now());
        let expired = baseline.entries.iter().filter(|it| it.is_expired(today));
        let expired = expired.count();
        if expired > 0 {
            let name = keysift_report::escape(path.as_os_str().as_encoded_bytes());
            say(&format!(
                "warning: {name}: {expired} past their last day; `keysift baseline check` lists them\n"
            ));
        }
        let places = Places::new(Arc::clone(&self.configuration), &path);
        let baseline =
            BaselineScreen::new(baseline, places, args.accept_new_places, today).extent(extent);
        Ok(Arc::new(Screens(vec![screen, Arc::new(baseline)])))
    }

    /// How many threads scan; `None` for as many as the machine has.
    pub(crate) fn threads(&self, engine: &EngineArgs) -> Option<NonZeroUsize> {
        let said = self.said(|file| file.table.limits.threads.as_ref());
        let said = said.and_then(|threads| NonZeroUsize::new(*threads));
        engine.threads.or(said)
    }

    /// How many encodings in one another are decoded.
    fn decode_depth(&self, typed: Option<u8>) -> u8 {
        let said = self.said(|file| file.table.limits.decode_depth.as_ref());
        typed
            .or(said.copied())
            .unwrap_or(ScannerOptions::DECODE_DEPTH)
    }

    /// Which files are scanned.
    pub(crate) fn files(&self, args: &FileArgs) -> FileOptions {
        let ignore_files = self.said(|file| file.table.paths.ignore_files.as_ref());
        let most = self.said(|file| file.table.limits.max_file_size.as_ref());
        FileOptions {
            respect_ignore_files: !args.ignored && *ignore_files.unwrap_or(&!self.is_gate),
            max_file_bytes: args.max_file_size.or(most.map(|size| size.0)),
            exclude: args.exclude.clone(),
            choices: self.configuration.path_choices(),
            ..FileOptions::default()
        }
    }

    /// The most bytes of a blob of Git; `None` for no limit.
    pub(crate) fn max_blob_bytes(&self, typed: Option<u64>) -> Option<u64> {
        let said = self.said(|file| file.table.limits.max_blob_size.as_ref());
        typed.or(said.map(|size| size.0))
    }

    /// How far archives are opened; `None` for not at all.
    pub(crate) fn archives(&self, args: &ArchiveArgs) -> Option<ArchiveOptions> {
        let are_opened = self.said(|file| file.table.limits.archives.as_ref());
        let is_limited = args.max_archive_depth.is_some()
            || args.max_archive_bytes.is_some()
            || args.max_archive_ratio.is_some();
        if args.no_archives || (!is_limited && are_opened == Some(&false)) {
            return None;
        }
        let defaults = ArchiveOptions::default();
        let depth = self.said(|file| file.table.limits.max_archive_depth.as_ref());
        let bytes = self.said(|file| file.table.limits.max_archive_bytes.as_ref());
        let ratio = self.said(|file| file.table.limits.max_archive_ratio.as_ref());
        let depth = args.max_archive_depth.or(depth.copied());
        let bytes = args.max_archive_bytes.or(bytes.map(|size| size.0));
        let ratio = args.max_archive_ratio.or(ratio.copied());
        Some(ArchiveOptions {
            max_depth: depth.unwrap_or(defaults.max_depth),
            max_bytes: bytes.unwrap_or(defaults.max_bytes),
            max_ratio: ratio.unwrap_or(defaults.max_ratio),
            ..defaults
        })
    }

    /// The reports that were asked for; text by default.
    pub(crate) fn reports(&self, args: &OutputArgs) -> anyhow::Result<Vec<ReportArg>> {
        if !args.reports.is_empty() {
            return Ok(args.reports.clone());
        }
        let mut layers = self.layers.iter().rev();
        let Some(layer) = layers.find(|it| !it.file.table.output.formats.is_empty()) else {
            return Ok(ReportArg::from_text("text").into_iter().collect());
        };
        let name = &layer.file.name;
        let read = |text: &String| {
            ReportArg::from_text(text).ok_or_else(|| {
                let known: Vec<&str> = keysift_report::formats().iter().map(|it| it.name).collect();
                let hint = format!("the formats are {}", known.join(", "));
                let message = format!("{name}: \"formats\": no format is called {text:?}");
                Hint::new(message, hint).into()
            })
        };
        layer.file.table.output.formats.iter().map(read).collect()
    }
}
