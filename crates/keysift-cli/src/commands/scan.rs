//! `keysift scan`: files, directories, standard input.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use keysift::source::{FileOptions, Files, Source, Stdin};
use keysift::{Order, Sink};
use keysift_report::{Color, ReportOptions, SecretDisplay};

use super::engine::{self, Nothing};
use crate::args::{FileArgs, OutputArgs, ScanArgs, When};
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

pub(super) fn order(args: &OutputArgs) -> Order {
    match args.order {
        Some(order) => order.into(),
        // A stream of lines is there to be read while the scan runs.
        None if args.format == "jsonl" => Order::AsFound,
        None => Order::ByOrigin,
    }
}

pub(super) fn open_sink(args: &OutputArgs) -> anyhow::Result<Box<dyn Sink<Error = io::Error>>> {
    let format = keysift_report::format(&args.format)
        .with_context(|| format!("{}: no such format", args.format))?;
    let is_terminal = args.output.is_none() && io::stdout().is_terminal();
    let out: Box<dyn Write + Send> = match &args.output {
        Some(path) => Box::new(BufWriter::new(ReportFile::open(path)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let has_color = match args.color {
        When::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
        When::Always => true,
        When::Never => false,
    };
    let options = ReportOptions {
        secrets: if args.show_secrets {
            SecretDisplay::Shown
        } else {
            SecretDisplay::Redacted
        },
        color: if has_color {
            Color::Always
        } else {
            Color::Never
        },
        width: if is_terminal {
            terminal_size::terminal_size().map(|(width, _)| width.0.into())
        } else {
            None
        },
        explain: args.explain,
        tool_version: env!("CARGO_PKG_VERSION"),
    };
    Ok((format.open)(out, &options))
}

/// A report's file. What was in it stays until there is something to write: a scan that cannot begin spoils nothing.
struct ReportFile {
    file: File,
    is_emptied: bool,
}

impl ReportFile {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .with_context(|| format!("{}: cannot write the report", path.display()))?;
        Ok(Self {
            file,
            is_emptied: false,
        })
    }
}

impl Write for ReportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A pipe or a terminal has nothing in it.
        if !std::mem::replace(&mut self.is_emptied, true) && self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
