//! How a command ends.

use std::io;
use std::process::ExitCode;

use keysift::baseline::BaselineError;
use keysift::config::ConfigError;
use keysift::source::Error as SourceError;
use keysift::source::git::hook::HookError;
use keysift::{RuleError, ScanError};

use crate::say;

/// The exit codes, documented in `--help` and the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing was found, or the command did what it was asked.
    Clean = 0,
    /// Findings, rules whose examples fail, or a secret that nothing is known of.
    Findings = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Something that was asked for could not be scanned.
    Incomplete = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Ends after arguments that clap did not take: help and version are no error.
pub(crate) fn of_usage(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    if error.use_stderr() || printed.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        return Exit::Usage.into();
    }
    Exit::Clean.into()
}

/// Ends after an error: says what, why, and what to do next. A reader that went away is no error.
pub(crate) fn of_error(error: &anyhow::Error) -> Exit {
    if is_broken_pipe(error) {
        return Exit::Clean;
    }
    let mut text = String::from("error: ");
    let mut last = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        // Some causes print their own cause as well; it is said once.
        if !last.ends_with(&cause) {
            text.push_str(if last.is_empty() { "" } else { ": " });
            text.push_str(&keysift_report::escape(cause.as_bytes()));
        }
        last = cause;
    }
    text.push('\n');
    if let Some(hint) = hint(error) {
        text.push_str("hint: ");
        text.push_str(hint);
        text.push('\n');
    }
    say(&text);
    // What was scanned could not be told: the report is not whole.
    let is_report = error
        .chain()
        .any(|cause| matches!(cause.downcast_ref(), Some(ScanError::<io::Error>::Sink(_))));
    if is_report {
        Exit::Incomplete
    } else {
        Exit::Usage
    }
}

fn hint(error: &anyhow::Error) -> Option<&str> {
    error.chain().find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<BaselineError>() {
            return error.hint();
        }
        if let Some(error) = cause.downcast_ref::<ConfigError>() {
            return error.hint();
        }
        if let Some(error) = cause.downcast_ref::<RuleError>() {
            return error.hint();
        }
        match cause.downcast_ref::<ScanError<io::Error>>() {
            Some(ScanError::Source(error)) => return error.hint(),
            Some(ScanError::State { .. }) => return Some("name another file with --state FILE"),
            _ => {}
        }
        if let Some(error) = cause.downcast_ref::<SourceError>() {
            return error.hint();
        }
        if let Some(error) = cause.downcast_ref::<keysift_registry::Error>() {
            return error.hint();
        }
        if let Some(error) = cause.downcast_ref::<HookError>() {
            return error.hint();
        }
        cause.downcast_ref::<Hint>().map(|hint| hint.hint.as_str())
    })
}

/// An error of the program itself, with what to do next.
#[derive(Debug)]
pub(crate) struct Hint {
    message: String,
    hint: String,
}

impl Hint {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl std::fmt::Display for Hint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Hint {}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = match cause.downcast_ref::<ScanError<io::Error>>() {
            Some(ScanError::Sink(error)) => Some(error),
            _ => cause.downcast_ref::<io::Error>(),
        };
        io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
