//! Where reports go: `--format` and `--output` made into a sink.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;
use std::time::SystemTime;

use anyhow::Context as _;
use keysift::Order;
use keysift_report::{Color, ReportOptions, ReportSink, SecretDisplay, Tee};

use crate::args::{OutputArgs, ReportArg, When};
use crate::exit::Hint;

/// The order of findings that suits the reports.
pub(crate) fn order(args: &OutputArgs, reports: &[ReportArg]) -> Order {
    match args.order {
        Some(order) => order.into(),
        // A stream of lines is there to be read while the scan runs.
        None if reports.iter().all(|it| it.format.name == "jsonl") => Order::AsFound,
        None => Order::ByOrigin,
    }
}

/// Opens every report. A report without a file of its own goes to `--output`, or else to standard output.
pub(crate) fn open(args: &OutputArgs, reports: &[ReportArg]) -> anyhow::Result<Tee> {
    check(args, reports)?;
    let mut sinks = Vec::new();
    for report in reports {
        let file = report.file.as_deref().or(args.output.as_deref());
        sinks.push(open_one(report, file, args)?);
    }
    if !reports.iter().any(|report| report.format.has_coverage) {
        let options = options(args, io::stderr().is_terminal());
        sinks.push(keysift_report::coverage(Box::new(io::stderr()), &options));
    }
    Ok(Tee::new(sinks))
}

/// Each report has a place, and each place one report.
fn check(args: &OutputArgs, reports: &[ReportArg]) -> anyhow::Result<()> {
    let without_file: Vec<&str> = reports
        .iter()
        .filter(|report| report.file.is_none())
        .map(|report| report.format.name)
        .collect();
    if let [first, second, ..] = without_file[..] {
        let message = format!("--format: {first} and {second} would go to the same place");
        let hint = format!("give one a file of its own: --format {second}=FILE");
        return Err(Hint::new(message, hint).into());
    }
    if let (Some(output), []) = (&args.output, &without_file[..]) {
        let message = format!(
            "--output {}: every format has a file of its own",
            output.display()
        );
        return Err(Hint::new(message, "leave --output out, or give it one more --format").into());
    }
    let files: Vec<&Path> = reports
        .iter()
        .filter_map(|report| report.file.as_deref())
        .chain(args.output.as_deref())
        .collect();
    for (index, file) in files.iter().enumerate() {
        if files[..index].contains(file) {
            let message = format!("{}: two reports would go to this file", file.display());
            return Err(Hint::new(message, "give each report a file of its own").into());
        }
    }
    Ok(())
}

fn open_one(
    report: &ReportArg,
    file: Option<&Path>,
    args: &OutputArgs,
) -> anyhow::Result<ReportSink> {
    let out: Box<dyn Write + Send> = match file {
        Some(path) => Box::new(BufWriter::new(ReportFile::open(path)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let is_terminal = file.is_none() && io::stdout().is_terminal();
    Ok((report.format.open)(out, &options(args, is_terminal)))
}

/// How cards are written to standard output.
pub(crate) fn card_options(color: When, show_secrets: bool) -> ReportOptions {
    written(color, show_secrets, io::stdout().is_terminal())
}

fn options(args: &OutputArgs, is_terminal: bool) -> ReportOptions {
    ReportOptions {
        explain: args.explain,
        ..written(args.color, args.show_secrets, is_terminal)
    }
}

fn written(color: When, show_secrets: bool, is_terminal: bool) -> ReportOptions {
    let has_color = match color {
        When::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
        When::Always => true,
        When::Never => false,
    };
    ReportOptions {
        secrets: if show_secrets {
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
        tool_version: env!("CARGO_PKG_VERSION"),
        started: SystemTime::now(),
        ..ReportOptions::default()
    }
}

/// A report's file. What was in it stays until there is something to write: a scan that cannot begin spoils nothing.
pub(crate) struct ReportFile {
    file: File,
    is_emptied: bool,
}

impl ReportFile {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
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
