//! `keysift config check`: what is wrong with files of configuration.

use std::convert::Infallible;
use std::fs;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context as _;
use keysift::config::{ConfigFile, ConfigScreen, Problem, Tree, Trust, load};
use keysift::{Confidence, Day, Finding, ScanOptions, Scanner, ScannerOptions, Sink};

use crate::args::{ArchiveArgs, ConfigCheckArgs, FileArgs};
use crate::commands::engine::interrupted_by_signals;
use crate::commands::scan::source;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::{rules, say};

pub(crate) fn run(args: &ConfigCheckArgs) -> anyhow::Result<Exit> {
    fs::metadata(&args.path).with_context(|| format!("{}", args.path.display()))?;
    let mut problems = Vec::new();
    let mut files: Vec<Arc<ConfigFile>> = Vec::new();
    for (path, name, trust) in candidates(args, &mut problems) {
        match load(&path, &name, &trust) {
            Ok(loaded) => files.extend(loaded),
            Err(error) => problems.extend(error.problems().cloned()),
        }
    }
    let mut all = rules::with_builtin(&[])?;
    for file in &files {
        match file.rules() {
            // A file may be extended by several: then its rules are there already.
            Ok(own) => drop(all.merge(own)),
            Err(error) => problems.extend(error.problems().cloned()),
        }
    }
    let today = Day::of(SystemTime::now());
    for file in &files {
        problems.extend(file.expired(today));
        problems.extend(file.unknown_rules(&all));
        problems.extend(file.entries_for_everything());
    }
    if args.dead && problems.iter().all(|problem| problem.kind.is_warning()) {
        problems.extend(dead(args)?);
    }
    tell(problems, files.len())
}

/// Every file that has a say in a scan of the path, with its name and its trust.
fn candidates(
    args: &ConfigCheckArgs,
    problems: &mut Vec<Problem>,
) -> Vec<(PathBuf, String, Trust)> {
    let named = args
        .config
        .config_files
        .iter()
        .chain(&args.config.config_only);
    let mut all: Vec<(PathBuf, String, Trust)> = named
        .map(|path| (path.clone(), path.display().to_string(), Trust::Named))
        .collect();
    if args.config.config_only.is_none() && !args.config.no_config {
        let (found, unlisted) = Tree::of_path(&args.path).files(args.path.is_dir());
        all.extend(found);
        problems.extend(unlisted);
    }
    all
}

fn tell(mut problems: Vec<Problem>, files: usize) -> anyhow::Result<Exit> {
    problems.sort_by(|a, b| (&a.file, a.place).cmp(&(&b.file, b.place)));
    problems.dedup();
    let mut out = io::stdout().lock();
    for problem in &problems {
        let kind = if problem.kind.is_warning() {
            "warning"
        } else {
            "error"
        };
        let text = keysift_report::escape(problem.to_string().as_bytes());
        writeln!(out, "{text} ({kind})")?;
    }
    if problems.iter().any(|problem| !problem.kind.is_warning()) {
        return Ok(Exit::Usage);
    }
    if !problems.is_empty() {
        return Ok(Exit::Findings);
    }
    match files {
        0 => say("no keysift.toml was found; `keysift config init` writes one\n"),
        _ => say("nothing is wrong\n"),
    }
    Ok(Exit::Clean)
}

/// A warning for each entry that allows nothing in a scan of the path.
fn dead(args: &ConfigCheckArgs) -> anyhow::Result<Vec<Problem>> {
    let settings = Settings::of_paths(&args.config, std::slice::from_ref(&args.path))?;
    let configuration = &settings.configuration;
    let screen = ConfigScreen::new(Arc::clone(configuration), None).counting_all();
    let mut all = rules::with_builtin(&[])?;
    configuration.add_rules(&mut all)?;
    let options = ScannerOptions {
        min_confidence: Confidence::Low,
        keep_lines: true,
        inline_comments: false,
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(all, options)?;
    let archives = settings.archives(&ArchiveArgs::default());
    let files = settings.files(&FileArgs::default());
    let source = source(std::slice::from_ref(&args.path), files, archives)?;
    let should_interrupt = interrupted_by_signals()?;
    let options = ScanOptions::default().screen(Some(Arc::new(screen)));
    let summary = keysift::scan(
        &scanner,
        &*source,
        &mut Nowhere,
        &options,
        &should_interrupt,
    )?;
    if summary.is_incomplete() {
        say("note: not all could be scanned; an entry that is called dead may not be\n");
    }
    Ok(configuration.dead_entries())
}

/// A sink that keeps nothing.
struct Nowhere;

impl Sink for Nowhere {
    type Error = Infallible;

    fn findings(&mut self, _: &[Finding]) -> Result<ControlFlow<()>, Infallible> {
        Ok(ControlFlow::Continue(()))
    }
}
