//! `keysift inventory update`: scans, and records what is found.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use keysift::source::git::{self, History, HistoryOptions, Repository, RepositoryOptions};
use keysift::{
    Confidence, Finding, HistoryScan, Repeats, ScanOptions, Scanner, ScannerOptions, Sink, Summary,
    Unscanned,
};
use keysift_registry::declared::{MAX_FILE_BYTES, Reader, Unread, may_declare};
use keysift_registry::{
    CodeOwners, Context, Mailmap, Person, Recorded, Recorder, Registry, SourceKind, catalog_owner,
};
use keysift_report::{ReportOptions, ReportSink};

use super::{chronicle, declared, key_source, registry_path, stamp, table, text};
use crate::args::{ConfigArgs, UpdateArgs};
use crate::commands::{engine, scan};
use crate::exit::{Exit, Hint};
use crate::progress::{BehindProgress, Display};
use crate::settings::Settings;
use crate::{rules, say};

pub(super) fn run(args: &UpdateArgs) -> anyhow::Result<Exit> {
    if args.name.is_some() && args.paths.len() > 1 {
        return Err(Hint::new(
            "--name: several paths cannot have one name",
            "update each with its own name",
        )
        .into());
    }
    let people = people(args)?;
    let stamp = stamp(&args.registry, &args.by)?;
    let path = registry_path(&args.registry)?;
    let mut registry = Registry::open_or_create(&path, &key_source(&args.registry, &path))?;
    let options = ScannerOptions {
        min_confidence: Confidence::from_name(&args.min_confidence).unwrap_or(Confidence::Medium),
        ..ScannerOptions::default()
    };
    let scanner = Scanner::new(rules::chosen(&args.rules)?, options)?;
    let should_interrupt = engine::interrupted_by_signals()?;
    let mut exit = Exit::Clean;
    for path in &args.paths {
        let update = Update {
            args,
            scanner: &scanner,
            should_interrupt: &should_interrupt,
        };
        let found = if args.git {
            update.history(path, registry.key())?
        } else {
            update.tree(path, registry.key())?
        };
        let context = Context {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            people: people.clone(),
            ..found.context
        };
        let source = (found.kind, &*found.locator);
        let recorded = registry.record(source, &found.recorder, &context, &stamp)?;
        say(&told(&found.locator, &recorded));
        if !recorded.is_complete || found.exit == Exit::Incomplete {
            exit = Exit::Incomplete;
        }
    }
    Ok(exit)
}

fn people(args: &UpdateArgs) -> anyhow::Result<Vec<Person>> {
    let Some(path) = &args.people else {
        return Ok(Vec::new());
    };
    let file = File::open(path)
        .with_context(|| format!("{}: cannot read the table of people", path.display()))?;
    keysift_registry::read_people(file).with_context(|| path.display().to_string())
}

/// What a scan of one source found, and what is known round it.
struct Found {
    recorder: Recorder,
    context: Context,
    locator: String,
    kind: SourceKind,
    /// [`Exit::Incomplete`] where a file that declares something was not read.
    exit: Exit,
}

struct Update<'u> {
    args: &'u UpdateArgs,
    scanner: &'u Scanner,
    should_interrupt: &'u AtomicBool,
}

impl Update<'_> {
    fn tree(&self, path: &Path, key: &keysift_registry::RegistryKey) -> anyhow::Result<Found> {
        if path.as_os_str() == "-" {
            return Err(Hint::new(
                "-: standard input has no place to be recorded",
                "name a file or a directory",
            )
            .into());
        }
        let paths = [path.to_owned()];
        // Nothing in what is scanned leaves anything out of an inventory.
        let no_config = ConfigArgs {
            config_files: Vec::new(),
            config_only: None,
            no_config: true,
            baseline: None,
            accept_new_places: false,
        };
        let settings = Settings::of_paths(&no_config, &paths)?;
        let archives = settings.archives(&self.args.archives);
        let source = scan::source(&paths, settings.files(&self.args.files), archives)?;
        let locator = self.locator(path);
        let reader = Reader::new(path, declared::repository(&locator));
        let mut recorder = declared::read_with(&reader, source, |source| {
            self.scan(Recorder::new(key, path), |sink, options| {
                keysift::scan(self.scanner, source, sink, options, self.should_interrupt).map(drop)
            })
        })?;
        let unread = reader.finish(&mut recorder);
        let read = |name: &str| read_text(&path.join(name));
        let context = papers(read);
        Ok(Found {
            recorder,
            context,
            locator,
            kind: SourceKind::Tree,
            exit: declared::tell_unread(&unread),
        })
    }

    fn history(&self, path: &Path, key: &keysift_registry::RegistryKey) -> anyhow::Result<Found> {
        let repository = git::open(path, &RepositoryOptions::default())?;
        let root = root(&repository);
        let history = History::new(repository, HistoryOptions::default());
        let how = HistoryScan::default().repeats(Repeats::Everywhere);
        let mut recorder = self.scan(Recorder::new(key, &root), |sink, options| {
            keysift::scan_history(
                self.scanner,
                &history,
                how,
                sink,
                options,
                self.should_interrupt,
            )
            .map(drop)
        })?;
        let mut context = papers(|name| {
            let bytes = history.head_file(name)?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        });
        let locator = self.locator(&root);
        let reader = Reader::new(&root, declared::repository(&locator));
        let unscanned = history.head_files(
            &|path| may_declare(Path::new(path)),
            MAX_FILE_BYTES as u64,
            &mut |path, bytes| reader.take_file(path, bytes),
            self.should_interrupt,
        );
        let mut unread = reader.finish(&mut recorder);
        unread.extend(unscanned.into_iter().map(Unread::of));
        chronicle::add(&mut context, &history, &recorder, self.should_interrupt);
        Ok(Found {
            recorder,
            context,
            locator,
            kind: SourceKind::Git,
            exit: declared::tell_unread(&unread),
        })
    }

    fn scan(
        &self,
        recorder: Recorder,
        scan: impl FnOnce(
            &mut BehindProgress<Recording>,
            &ScanOptions,
        ) -> Result<(), keysift::ScanError<io::Error>>,
    ) -> anyhow::Result<Recorder> {
        let progress = Display::begin(&self.args.progress)?;
        let counts = progress
            .as_ref()
            .map(|progress| Arc::clone(&progress.counts));
        let options = ScanOptions::default()
            .threads(self.args.threads)
            .progress(counts);
        let coverage = keysift_report::coverage(Box::new(io::stderr()), &ReportOptions::default());
        let mut sink = BehindProgress::new(Recording { recorder, coverage }, progress);
        scan(&mut sink, &options)?;
        Ok(sink.into_inner().recorder)
    }

    fn locator(&self, path: &Path) -> String {
        let whole = || {
            path.canonicalize()
                .unwrap_or_else(|_| path.to_owned())
                .display()
                .to_string()
        };
        self.args.name.clone().unwrap_or_else(whole)
    }
}

/// Where a repository's files lie, or the repository itself.
fn root(repository: &Repository) -> PathBuf {
    repository
        .work_tree()
        .unwrap_or_else(|| repository.git_dir())
        .to_owned()
}

/// The files that tell of owners.
fn papers(read: impl Fn(&str) -> Option<String>) -> Context {
    Context {
        mailmap: read(".mailmap")
            .map(|text| Mailmap::parse(&text))
            .unwrap_or_default(),
        code_owners: CodeOwners::PATHS
            .iter()
            .find_map(|name| read(name))
            .map(|text| CodeOwners::parse(&text)),
        catalog_owner: read("catalog-info.yaml").and_then(|text| catalog_owner(&text)),
        ..Context::default()
    }
}

/// A file that tells of owners is read no further than this, in bytes.
const MAX_PAPER_BYTES: u64 = 1 << 20;

fn read_text(path: &Path) -> Option<String> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(MAX_PAPER_BYTES)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Records, and tells on standard error what was covered.
struct Recording {
    recorder: Recorder,
    coverage: ReportSink,
}

impl Sink for Recording {
    type Error = io::Error;

    fn begin(&mut self) -> io::Result<()> {
        self.coverage.begin()
    }

    fn findings(&mut self, findings: &[Finding]) -> io::Result<ControlFlow<()>> {
        let Ok(flow) = self.recorder.findings(findings);
        let _ = self.coverage.findings(findings)?;
        Ok(flow)
    }

    fn unscanned(&mut self, unscanned: &Unscanned) -> io::Result<()> {
        self.coverage.unscanned(unscanned)
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let Ok(()) = self.recorder.finish(summary);
        self.coverage.finish(summary)
    }
}

fn told(locator: &str, recorded: &Recorded) -> String {
    let locator = text(locator);
    if recorded.is_unchanged {
        return format!("{locator}: nothing new since scan {}\n", recorded.scan);
    }
    let mut parts = vec![
        table::count(recorded.new_identities, "new identity", "new identities"),
        table::count(
            recorded.new_credentials,
            "new credential",
            "new credentials",
        ),
        table::count(recorded.new_exposures, "new place", "new places"),
    ];
    if recorded.rotated > 0 {
        parts.push(format!("{} rotated", recorded.rotated));
    }
    if recorded.turned_real > 0 {
        parts.push(table::count(
            recorded.turned_real,
            "placeholder turned real",
            "placeholders turned real",
        ));
    }
    if recorded.ended_exposures > 0 {
        parts.push(table::count(
            recorded.ended_exposures,
            "place ended",
            "places ended",
        ));
    }
    for (part, whole) in &recorded.merged {
        parts.push(format!("{} is a part of {}", text(part), text(whole)));
    }
    let incomplete = if recorded.is_complete {
        ""
    } else {
        "; incomplete, so that nothing counts as gone"
    };
    format!(
        "{locator}: scan {}: {}{incomplete}\n",
        recorded.scan,
        parts.join(", ")
    )
}
