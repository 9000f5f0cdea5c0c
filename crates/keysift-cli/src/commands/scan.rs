//! `keysift scan`: files, directories, standard input.

use std::io;
use std::path::PathBuf;

use keysift::source::{FileOptions, Files, Source, Stdin};

use super::engine::{self, Nothing};
use crate::args::{FileArgs, ScanArgs};
use crate::exit::{Exit, Hint};

pub(crate) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let source = source(&args.paths, &args.files)?;
    engine::scan(&args.engine, &args.output, &*source, Nothing::IsAMistake)
}

/// Files and directories, or standard input.
pub(crate) fn source(paths: &[PathBuf], files: &FileArgs) -> anyhow::Result<Box<dyn Source>> {
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
