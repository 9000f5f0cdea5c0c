//! `keysift git`: histories, what is staged, and ranges of commits.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysift::baseline::Extent;
use keysift::source::Source;
use keysift::source::git::{
    self, ChangeOptions, History, HistoryOptions, Range, RemoteUrl, Repository, RepositoryOptions,
    Revisions, Scope, Staged,
};
use keysift::{Histories, HistoryScan, HistoryTask, Repeats, StateFile, StateTrust};

use super::engine::{self, Looks, Nothing};
use super::scan;
use crate::args::GitArgs;
use crate::exit::{Exit, Hint};
use crate::say;
use crate::settings::Settings;

pub(crate) fn run(args: GitArgs) -> anyhow::Result<Exit> {
    let (engine, output) = (&args.engine, &args.output);
    if args.staged || args.range.is_some() || args.since_merge_base.is_some() {
        let (source, settings) = change(&args)?;
        let source = scan::opened(source, settings.archives(&args.archives));
        let looks = Looks {
            extent: Extent::Changes,
            nothing: Nothing::IsFine,
        };
        return engine::scan(engine, output, &settings, &*source, looks);
    }
    let (histories, settings) = histories(&args)?;
    let repeats = if args.every_version {
        Repeats::Every
    } else {
        Repeats::First
    };
    let how = HistoryScan::default()
        .repeats(repeats)
        .archives(settings.archives(&args.archives));
    engine::scan_histories(engine, output, &settings, &histories, how, extent(&args))
}

/// How far a scan of histories looks: of what options or an earlier scan leave out nothing is known.
fn extent(args: &GitArgs) -> Extent {
    let is_whole = args.refs.is_empty()
        && args.exclude_refs.is_empty()
        && args.since.is_none()
        && args.until.is_none()
        && args.max_blob_size.is_none()
        && !args.since_last;
    if is_whole {
        Extent::History
    } else {
        Extent::Changes
    }
}

/// What is staged, or a range, of the one repository.
fn change(args: &GitArgs) -> anyhow::Result<(Box<dyn Source>, Settings)> {
    let [path] = &args.repositories[..] else {
        let message = "several repositories: what is staged, and a range, is of one";
        return Err(Hint::new(message, "run keysift once for each").into());
    };
    if remote(path)?.is_some() {
        let message = format!(
            "{}: what is staged, and a range, is of a repository that is here",
            path.display()
        );
        return Err(Hint::new(message, "clone it first, or scan its whole history").into());
    }
    let repository = git::open(path, &RepositoryOptions::default())?;
    let settings = Settings::of_repository(&args.engine.config, &repository)?;
    let scope = if args.whole_files {
        Scope::WholeBlobs
    } else {
        Scope::ChangedLines
    };
    let options = ChangeOptions::default()
        .scope(scope)
        .max_blob_bytes(settings.max_blob_bytes(args.max_blob_size));
    let revisions = match (&args.range, &args.since_merge_base) {
        (Some(range), _) => Revisions::Spec(range.clone()),
        (None, Some(revision)) => Revisions::SinceMergeBase(revision.clone()),
        (None, None) => return Ok((Box::new(Staged::new(repository, options)), settings)),
    };
    let range = Range::new(repository, revisions, options);
    Ok((Box::new(range), settings))
}

/// The URL that a repository is named by; `None` for a path.
fn remote(path: &Path) -> anyhow::Result<Option<RemoteUrl>> {
    match path.to_str() {
        Some(text) => Ok(RemoteUrl::parse(text)?),
        None => Ok(None),
    }
}

/// The histories of all repositories; those that are elsewhere are cloned first.
fn histories(args: &GitArgs) -> anyhow::Result<(Histories, Settings)> {
    let should_interrupt = engine::interrupted_by_signals()?;
    let mut paths = Vec::new();
    let mut names = Vec::new();
    for path in &args.repositories {
        match remote(path)? {
            None => paths.push(path.clone()),
            Some(url) => {
                say(&format!(
                    "keysift: {} is fetched over the network into the cache\n",
                    keysift_report::escape(url.as_str().as_bytes())
                ));
                let directory = url.fetch(&own_directory(Own::Cache)?, &should_interrupt)?;
                names.push((directory.clone(), url.as_str().to_owned()));
                paths.push(directory);
            }
        }
    }
    let found = git::find(&paths, &RepositoryOptions::default())?;
    let are_many = found.repositories.len() > 1 || args.repositories.len() > 1;
    if are_many && args.state.is_some() {
        let message = "--state: one file cannot remember several repositories";
        let hint = "leave --state out: each gets a file of its own";
        return Err(Hint::new(message, hint).into());
    }
    let settings = match &found.repositories[..] {
        [(_, repository)] => Settings::of_repository(&args.engine.config, repository)?,
        _ => Settings::of_repositories(&args.engine.config)?,
    };
    let options = options(args, &settings);
    let name = |path: &Path| -> Arc<str> {
        let url = names.iter().find(|(directory, _)| directory == path);
        match url {
            Some((_, url)) => url.as_str().into(),
            None => path.display().to_string().into(),
        }
    };
    let tasks = found.repositories.into_iter().map(|(path, repository)| {
        let state = state(args, &repository)?;
        let history = History::new(repository, options.clone());
        Ok(HistoryTask::new(history)
            .name(are_many.then(|| name(&path)))
            .state(state))
    });
    let tasks = tasks.collect::<anyhow::Result<Vec<_>>>()?;
    let histories = Histories::new(tasks).unscanned(found.unscanned);
    Ok((histories, settings))
}

fn options(args: &GitArgs, settings: &Settings) -> HistoryOptions {
    HistoryOptions::default()
        .refs(args.refs.clone())
        .exclude_refs(args.exclude_refs.clone())
        .since(args.since)
        .until(args.until)
        .max_blob_bytes(settings.max_blob_bytes(args.max_blob_size))
        .max_memory(args.max_memory)
}

/// Where it is remembered what of a repository was scanned; `None` where that is not asked for.
fn state(args: &GitArgs, repository: &Repository) -> anyhow::Result<Option<StateFile>> {
    if !args.since_last {
        return Ok(None);
    }
    let file = match &args.state {
        Some(path) => StateFile::new(path),
        None => StateFile::of_repository(&own_directory(Own::State)?, repository),
    };
    let trust = if args.verify_state {
        StateTrust::Verified
    } else {
        StateTrust::Used
    };
    Ok(Some(file.trust(trust)))
}

/// A directory of the program's own in the user's.
#[derive(Debug, Clone, Copy)]
enum Own {
    /// What was scanned.
    State,
    /// Clones.
    Cache,
}

/// By the XDG base directories, on Windows in the local application data.
fn own_directory(own: Own) -> anyhow::Result<PathBuf> {
    let (variable, in_home, name) = match own {
        Own::State => ("XDG_STATE_HOME", ".local/state", "histories"),
        Own::Cache => ("XDG_CACHE_HOME", ".cache", "repositories"),
    };
    let directory = |variable: &str| {
        let path = PathBuf::from(env::var_os(variable)?);
        // The specification says that a relative one is to be ignored.
        path.is_absolute().then_some(path)
    };
    let base = directory(variable)
        .or_else(|| directory("LOCALAPPDATA"))
        .or_else(|| Some(directory("HOME")?.join(in_home)));
    match base {
        Some(base) => Ok(base.join("keysift").join(name)),
        None => Err(Hint::new(
            format!("neither {variable} nor HOME says where the user's own files are"),
            "set one of them, or name a file with --state FILE",
        )
        .into()),
    }
}
