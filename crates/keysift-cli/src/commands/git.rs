//! `keysift git`: histories, what is staged, and ranges of commits.

use keysift::source::Source;
use keysift::source::git::{
    self, ChangeOptions, History, HistoryOptions, Range, Repository, RepositoryOptions, Revisions,
    Scope, Staged,
};
use keysift::{HistoryScan, Repeats};

use super::engine::{self, Nothing};
use crate::args::GitArgs;
use crate::exit::Exit;
use crate::settings::Settings;

pub(crate) fn run(args: GitArgs) -> anyhow::Result<Exit> {
    let repository = git::open(&args.repository, &RepositoryOptions::default())?;
    let settings = Settings::of_repository(&args.engine.config, &repository)?;
    let max_blob_bytes = settings.max_blob_bytes(args.max_blob_size);
    let (engine, output) = (&args.engine, &args.output);
    match source(&args, &repository, max_blob_bytes) {
        Some(source) => engine::scan(engine, output, &settings, &*source, Nothing::IsFine),
        None => {
            let (history, how) = history(&args, repository, max_blob_bytes);
            engine::scan_history(engine, output, &settings, &history, how)
        }
    }
}

/// What is staged, or a range; `None` for the whole history.
fn source(
    args: &GitArgs,
    repository: &Repository,
    max_blob_bytes: Option<u64>,
) -> Option<Box<dyn Source>> {
    let repository = repository.clone();
    let scope = if args.whole_files {
        Scope::WholeBlobs
    } else {
        Scope::ChangedLines
    };
    if args.staged {
        let options = ChangeOptions::default()
            .scope(scope)
            .max_blob_bytes(max_blob_bytes);
        return Some(Box::new(Staged::new(repository, options)));
    }
    let revisions = match (&args.range, &args.since_merge_base) {
        (Some(range), _) => Revisions::Spec(range.clone()),
        (None, Some(revision)) => Revisions::SinceMergeBase(revision.clone()),
        (None, None) => return None,
    };
    let options = ChangeOptions::default()
        .scope(scope)
        .max_blob_bytes(max_blob_bytes);
    Some(Box::new(Range::new(repository, revisions, options)))
}

fn history(
    args: &GitArgs,
    repository: Repository,
    max_blob_bytes: Option<u64>,
) -> (History, HistoryScan) {
    let options = HistoryOptions::default()
        .refs(args.refs.clone())
        .exclude_refs(args.exclude_refs.clone())
        .since(args.since)
        .until(args.until)
        .max_blob_bytes(max_blob_bytes);
    let repeats = if args.every_version {
        Repeats::Every
    } else {
        Repeats::First
    };
    let how = HistoryScan::default().repeats(repeats);
    (History::new(repository, options), how)
}
