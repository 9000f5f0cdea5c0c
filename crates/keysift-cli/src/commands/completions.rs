//! `keysift completions`: a script for a shell.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use crate::args::{Args, CompletionsArgs};
use crate::exit::Exit;

pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "keysift", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Clean)
}
