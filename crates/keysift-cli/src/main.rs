//! The program `keysift`: arguments to options, options to the library, outcome to exit code.
//!
//! **Invariant:** this crate has no loop over blobs. What a scan does, an embedder can do with the library.

mod args;
mod commands;
mod exit;
mod others;
mod progress;
mod report;
mod rules;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return exit::of_usage(&error),
    };
    let outcome = match args.command {
        Command::Scan(args) => commands::scan::run(args),
        Command::Git(args) => commands::git::run(args),
        Command::Hook(args) => commands::hook::run(args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Rules(args) => commands::rules::run(args),
        Command::Baseline(command) => commands::baseline::run(command),
        Command::Config(command) => commands::config::run(command),
        Command::Inventory(args) => commands::inventory::run(args),
        Command::Check(args) => commands::inventory::check::run(&args),
        Command::Plan(args) => commands::inventory::plan::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man => commands::man::run(),
    };
    outcome
        .unwrap_or_else(|error| exit::of_error(&error))
        .into()
}

/// Writes to standard error, where nobody can be told of a failure.
fn say(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
