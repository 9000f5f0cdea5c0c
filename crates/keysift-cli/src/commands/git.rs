//! `keysift git`: what is staged, and ranges of commits.

use keysift::source::Source;
use keysift::source::git::{
    self, Range, RangeOptions, RepositoryOptions, Revisions, Scope, Staged, StagedOptions,
};

use super::engine::{self, Nothing};
use crate::args::GitArgs;
use crate::exit::Exit;

pub(crate) fn run(args: GitArgs) -> anyhow::Result<Exit> {
    let source = source(&args)?;
    engine::scan(&args.engine, &args.output, &*source, Nothing::IsFine)
}

fn source(args: &GitArgs) -> anyhow::Result<Box<dyn Source>> {
    let repository = git::open(&args.repository, &RepositoryOptions::default())?;
    let scope = if args.whole_files {
        Scope::WholeBlobs
    } else {
        Scope::ChangedLines
    };
    if args.staged {
        let options = StagedOptions::default()
            .scope(scope)
            .max_blob_bytes(args.max_blob_size);
        return Ok(Box::new(Staged::new(repository, options)));
    }
    let revisions = match (&args.range, &args.since_merge_base) {
        (Some(range), _) => Revisions::Spec(range.clone()),
        (None, Some(revision)) => Revisions::SinceMergeBase(revision.clone()),
        (None, None) => return Err(anyhow::anyhow!("nothing to scan was named")),
    };
    let options = RangeOptions::default()
        .scope(scope)
        .max_blob_bytes(args.max_blob_size);
    Ok(Box::new(Range::new(repository, revisions, options)))
}
