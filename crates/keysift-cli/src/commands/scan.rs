//! `keysift scan`: files, directories, standard input.

use std::io;
use std::path::PathBuf;

use keysift::source::{ArchiveOptions, Archives, FileOptions, Files, Source, Stdin};

use super::engine::{self, Nothing};
use crate::args::{ArchiveArgs, FileArgs, ScanArgs};
use crate::exit::{Exit, Hint};

pub(crate) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let source = source(&args.paths, &args.files, &args.archives)?;
    engine::scan(&args.engine, &args.output, &*source, Nothing::IsAMistake)
}

/// Files and directories, or standard input, and archives in them.
pub(crate) fn source(
    paths: &[PathBuf],
    files: &FileArgs,
    archives: &ArchiveArgs,
) -> anyhow::Result<Box<dyn Source>> {
    let source = unopened(paths, files)?;
    if archives.no_archives {
        return Ok(source);
    }
    let defaults = ArchiveOptions::default();
    let options = ArchiveOptions {
        max_depth: archives.max_archive_depth.unwrap_or(defaults.max_depth),
        max_bytes: archives.max_archive_bytes.unwrap_or(defaults.max_bytes),
        max_ratio: archives.max_archive_ratio.unwrap_or(defaults.max_ratio),
        ..defaults
    };
    Ok(Box::new(Archives::new(source, options)))
}

fn unopened(paths: &[PathBuf], files: &FileArgs) -> anyhow::Result<Box<dyn Source>> {
    let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
    if paths.iter().any(is_stdin) {
        if paths.len() > 1 {
            return Err(Hint::new(
                "-: standard input cannot be scanned beside paths",
                "run keysift once for each",
            )
            .into());
        }
        return Ok(Box::new(Stdin::new(io::stdin())));
    }
    let options = FileOptions {
        respect_ignore_files: !files.ignored,
        max_file_bytes: files.max_file_size,
        exclude: files.exclude.clone(),
        ..FileOptions::default()
    };
    Ok(Box::new(Files::new(paths.to_vec(), options)))
}
