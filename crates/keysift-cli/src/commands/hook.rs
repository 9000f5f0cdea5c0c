//! `keysift hook`: putting hooks in place, and what they do.

mod install;
mod run;

use std::io::{self, Write as _};

use keysift::source::git::hook::{self, Hook, Place, Removed, State};
use keysift::source::git::{self, Repository, RepositoryOptions};

use crate::args::{HookArgs, HookCommand, PlaceArgs};
use crate::exit::Exit;

pub(crate) fn run(args: HookArgs) -> anyhow::Result<Exit> {
    match args.command {
        HookCommand::Install(args) => install::run(&args),
        HookCommand::Uninstall(args) => uninstall(&args),
        HookCommand::Status(args) => status(&args),
        HookCommand::Run(args) => run::run(&args),
    }
}

/// The place that the arguments name, and the repository, unless it is the place of all repositories.
fn place(args: &PlaceArgs) -> anyhow::Result<(Place, Option<Repository>)> {
    if args.global {
        return Ok((Place::global()?, None));
    }
    let repository = git::open(&args.repository, &RepositoryOptions::default())?;
    Ok((Place::of(&repository)?, Some(repository)))
}

/// The hooks that were named, or all of them.
fn named_or_all(args: &PlaceArgs) -> Vec<Hook> {
    let named = args.named();
    if named.is_empty() {
        Hook::ALL.to_vec()
    } else {
        named
    }
}

fn uninstall(args: &PlaceArgs) -> anyhow::Result<Exit> {
    let (place, _) = place(args)?;
    let mut out = io::stdout().lock();
    let mut has_removed = false;
    for hook in named_or_all(args) {
        let done = match hook::uninstall(&place, hook)? {
            Removed::Restored => "removed; the hook from before is back in its place",
            Removed::Ours => "removed",
            _ => continue,
        };
        has_removed = true;
        writeln!(out, "{hook}: {done}")?;
    }
    if !has_removed {
        let directory = keysift_report::escape(place.directory().as_os_str().as_encoded_bytes());
        writeln!(out, "none of our hooks is in {directory}")?;
    }
    Ok(Exit::Clean)
}

fn status(args: &PlaceArgs) -> anyhow::Result<Exit> {
    let (place, _) = place(args)?;
    let mut out = io::stdout().lock();
    let directory = keysift_report::escape(place.directory().as_os_str().as_encoded_bytes());
    writeln!(out, "hooks in {directory}:")?;
    for hook in named_or_all(args) {
        let told = match hook::state(&place, hook)? {
            State::Ours => "keysift",
            State::OursBeforeAnother => "keysift, behind the hook that was there before",
            State::Foreign => "another program's",
            _ => "none",
        };
        writeln!(out, "  {:<12} {told}", hook.name())?;
    }
    Ok(Exit::Clean)
}
