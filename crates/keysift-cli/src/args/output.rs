//! How to report.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use keysift::Order;
use keysift_report::Format;

use super::progress::{ProgressArg, ProgressParser};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// The format of the report, and its file if it has one of its own; may be given several times [default: text]
    #[arg(long = "format", short = 'f', value_name = "FORMAT[=FILE]", env = "KEYSIFT_FORMAT", value_parser = ReportParser)]
    pub(crate) reports: Vec<ReportArg>,
    /// Write the report that has no file of its own to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show secrets in full
    #[arg(long)]
    pub(crate) show_secrets: bool,
    /// Show also what the checks dropped, and why
    #[arg(long)]
    pub(crate) explain: bool,
    /// The order of findings: by origin, when the scan is over, or as they are found
    #[arg(long, value_enum, value_name = "ORDER")]
    pub(crate) order: Option<OrderName>,
    /// Whether to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: When,
    /// Whether to show progress on standard error; json=FILE writes it to a file
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ProgressParser)]
    pub(crate) progress: ProgressArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OrderName {
    /// Sorted by path, when the scan is over
    ByOrigin,
    /// At once
    AsFound,
}

impl From<OrderName> for Order {
    fn from(name: OrderName) -> Self {
        match name {
            OrderName::ByOrigin => Self::ByOrigin,
            OrderName::AsFound => Self::AsFound,
        }
    }
}

/// A report: `sarif`, or `sarif=report.sarif`.
#[derive(Debug, Clone)]
pub(crate) struct ReportArg {
    pub(crate) format: &'static Format,
    /// `None` for `--output` or standard output.
    pub(crate) file: Option<PathBuf>,
}

impl ReportArg {
    /// Reads `FORMAT` or `FORMAT=FILE`; `None` where no format has this name.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let (name, file) = match text.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = keysift_report::format(name)?;
        Some(Self { format, file })
    }
}

#[derive(Debug, Clone)]
struct ReportParser;

impl ReportParser {
    fn names() -> impl Iterator<Item = PossibleValue> {
        keysift_report::formats()
            .iter()
            .map(|format| PossibleValue::new(format.name).help(format.summary))
    }
}

impl TypedValueParser for ReportParser {
    type Value = ReportArg;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<ReportArg, clap::Error> {
        let text = value
            .to_str()
            .ok_or_else(|| clap::Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        let name = text.split_once('=').map_or(text, |(name, _)| name);
        // It knows how to offer the near name.
        let names = PossibleValuesParser::new(Self::names());
        names.parse_ref(command, argument, OsStr::new(name))?;
        ReportArg::from_text(text)
            .ok_or_else(|| clap::Error::new(ErrorKind::InvalidValue).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Self::names()))
    }
}
