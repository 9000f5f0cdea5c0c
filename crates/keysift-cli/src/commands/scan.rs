//! `keysift scan`: files, directories, standard input.

use std::fs;
use std::io;
use std::path::PathBuf;

use keysift::baseline::Extent;
use keysift::source::{ArchiveOptions, Archives, FileOptions, Files, Source, Stdin};

use super::engine::{self, Looks, Nothing};
use crate::args::{FileArgs, ScanArgs};
use crate::exit::{Exit, Hint};
use crate::settings::Settings;

pub(crate) fn run(args: ScanArgs) -> anyhow::Result<Exit> {
    let settings = Settings::of_paths(&args.engine.config, &args.paths)?;
    let archives = settings.archives(&args.archives);
    let source = source(&args.paths, settings.files(&args.files), archives)?;
    engine::scan(
        &args.engine,
        &args.output,
        &settings,
        &*source,
        Looks {
            extent: extent(&args.paths, &args.files),
            nothing: Nothing::IsAMistake,
        },
    )
}

/// How far a scan of these paths looks: of what options leave out nothing is known.
fn extent(paths: &[PathBuf], files: &FileArgs) -> Extent {
    if !files.exclude.is_empty() || files.max_file_size.is_some() {
        return Extent::Changes;
    }
    let roots = paths.iter().filter_map(|path| fs::canonicalize(path).ok());
    Extent::Trees(roots.collect())
}

/// Files and directories, or standard input, and archives in them unless `archives` is `None`.
pub(crate) fn source(
    paths: &[PathBuf],
    files: FileOptions,
    archives: Option<ArchiveOptions>,
) -> anyhow::Result<Box<dyn Source>> {
    Ok(opened(unopened(paths, files)?, archives))
}

/// A source with its archives opened, unless `archives` is `None`.
pub(crate) fn opened(source: Box<dyn Source>, archives: Option<ArchiveOptions>) -> Box<dyn Source> {
    match archives {
        Some(options) => Box::new(Archives::new(source, options)),
        None => source,
    }
}

fn unopened(paths: &[PathBuf], files: FileOptions) -> anyhow::Result<Box<dyn Source>> {
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
    Ok(Box::new(Files::new(paths.to_vec(), files)))
}
