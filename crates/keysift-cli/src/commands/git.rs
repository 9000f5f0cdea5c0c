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

pub(crate) fn run(args: GitArgs) -> anyhow::Result<Exit> {
    let repository = git::open(&args.repository, &RepositoryOptions::default())?;
    match source(&args, &repository) {
        Some(source) => engine::scan(&args.engine, &args.output, &*source, Nothing::IsFine),
        None => {
            let (history, how) = history(&args, repository);
            engine::scan_history(&args.engine, &args.output, &history, how)
        }
    }
}

/// What is staged, or a range; `None` for the whole history.
fn source(args: &GitArgs, repository: &Repository) -> Option<Box<dyn Source>> {
    let repository = repository.clone();
    let scope = if args.whole_files {
        Scope::WholeBlobs
    } else {
        Scope::ChangedLines
    };
    if args.staged {
        let options = ChangeOptions::default()
            .scope(scope)
            .max_blob_bytes(args.max_blob_size);
        return Some(Box::new(Staged::new(repository, options)));
    }
    let revisions = match (&args.range, &args.since_merge_base) {
        (Some(range), _) => Revisions::Spec(range.clone()),
        (None, Some(revision)) => Revisions::SinceMergeBase(revision.clone()),
        (None, None) => return None,
    };
    let options = ChangeOptions::default()
        .scope(scope)
        .max_blob_bytes(args.max_blob_size);
    Some(Box::new(Range::new(repository, revisions, options)))
}

fn history(args: &GitArgs, repository: Repository) -> (History, HistoryScan) {
    let options = HistoryOptions::default()
        .refs(args.refs.clone())
        .exclude_refs(args.exclude_refs.clone())
        .since(args.since)
        .until(args.until)
        .max_blob_bytes(args.max_blob_size);
    let repeats = if args.every_version {
        Repeats::Every
    } else {
        Repeats::First
    };
    let how = HistoryScan::default().repeats(repeats);
    (History::new(repository, options), how)
}
