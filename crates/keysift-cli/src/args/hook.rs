//! What can be typed behind `keysift hook`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use keysift::source::git::hook::Hook;

use super::{ArchiveArgs, Args, Command, EngineArgs, names};

#[derive(Debug, clap::Args)]
pub(crate) struct HookArgs {
    #[command(subcommand)]
    pub(crate) command: HookCommand,
}

const INSTALL_ABOUT: &str = "\
Makes Git run keysift before a commit, or at other points.

A hook that is there already is kept beside ours as HOOK.before-keysift and runs first. With husky, \
lines are added to the scripts that the team shares. core.hooksPath is honoured. Without a choice, \
pre-commit is installed, and pre-receive in a bare repository.

Options of `keysift hook run` behind `--` are written into the hook, such as `-- --no-archives`. What is \
to hold for everyone who works on a repository belongs into its keysift.toml, which hooks read.

Nothing else stops a commit with `git commit --no-verify`, which Git gives to everyone: what must hold \
belongs on the server (pre-receive) or into CI as well.";

const RUN_ABOUT: &str = "\
Does what a hook does. Git calls it, through the scripts that `keysift hook install` writes.

SKIP=keysift, or KEYSIFT_SKIP=REASON, skips the hooks of the pushing side; that they were skipped is \
said on standard error. On a server (pre-receive, update) they have no effect.

The exit code is that of a scan: 0 lets Git go on, 1 to 3 stop it.";

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Make Git run keysift
    #[command(long_about = INSTALL_ABOUT)]
    Install(InstallArgs),
    /// Take the hooks away, and put back those that were there before
    Uninstall(PlaceArgs),
    /// Say which hooks are in place
    Status(PlaceArgs),
    /// Do what a hook does
    #[command(long_about = RUN_ABOUT)]
    Run(Box<RunArgs>),
}

#[derive(Debug, clap::Args)]
pub(crate) struct PlaceArgs {
    /// The repository: a directory in it, or a bare one
    #[arg(value_name = "REPO", default_value = ".", conflicts_with = "global")]
    pub(crate) repository: PathBuf,
    /// For all repositories of the user, through core.hooksPath; each repository's own hooks still run
    #[arg(long)]
    pub(crate) global: bool,
    /// What is staged, before a commit
    #[arg(long, help_heading = "Hooks")]
    pub(crate) pre_commit: bool,
    /// The message of a commit
    #[arg(long, help_heading = "Hooks")]
    pub(crate) commit_msg: bool,
    /// The commits that the other side does not have, before a push
    #[arg(long, help_heading = "Hooks")]
    pub(crate) pre_push: bool,
    /// On a server: all that a push brings, before anything changes
    #[arg(long, help_heading = "Hooks")]
    pub(crate) pre_receive: bool,
    /// On a server: what a push brings to one reference
    #[arg(long, help_heading = "Hooks")]
    pub(crate) update: bool,
}

impl Args {
    /// Whether it runs a hook with what Git gives one.
    pub(crate) fn has_hook_arguments(&self) -> bool {
        match &self.command {
            Command::Hook(HookArgs {
                command: HookCommand::Run(run),
            }) => !run.arguments.is_empty(),
            _ => false,
        }
    }
}

impl PlaceArgs {
    /// The hooks that were named.
    pub(crate) fn named(&self) -> Vec<Hook> {
        let named = [
            (self.pre_commit, Hook::PreCommit),
            (self.commit_msg, Hook::CommitMsg),
            (self.pre_push, Hook::PrePush),
            (self.pre_receive, Hook::PreReceive),
            (self.update, Hook::Update),
        ];
        named
            .iter()
            .filter(|(is_named, _)| *is_named)
            .map(|(_, hook)| *hook)
            .collect()
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) budget: BudgetArgs,
    /// Options of `keysift hook run` that the hook is to have
    #[arg(value_name = "OPTION", last = true)]
    pub(crate) options: Vec<String>,
}

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Servers")]
pub(crate) struct BudgetArgs {
    /// The time that pre-receive and update may take, such as 20s or 2m [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) time_budget: Option<Duration>,
    /// What becomes of a push that takes longer; either way it is said
    #[arg(long, value_name = "POLICY", value_enum, default_value_t)]
    pub(crate) on_timeout: OnTimeout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum OnTimeout {
    /// It is refused
    #[default]
    Refuse,
    /// It is let in as far as it was not found to hold a secret
    Allow,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// The hook
    #[arg(value_name = "HOOK", value_parser = names(Hook::ALL, |hook| hook.name()))]
    pub(crate) hook: String,
    #[command(flatten)]
    pub(crate) budget: BudgetArgs,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) archives: ArchiveArgs,
    /// What Git gave the hook
    #[arg(value_name = "ARG", last = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// A time: `500ms`, `20s`, `2m`; a number alone means seconds.
fn time(text: &str) -> Result<Duration, String> {
    let units: [(&str, u64); 3] = [("ms", 1), ("s", 1000), ("m", 60_000)];
    let (digits, millis) = units
        .iter()
        .find_map(|(unit, millis)| Some((text.strip_suffix(unit)?, *millis)))
        .unwrap_or((text, 1000));
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(millis))
        .filter(|millis| *millis > 0)
        .map(Duration::from_millis)
        .ok_or_else(|| {
            "a time is a number of seconds, with ms, s or m behind it if wanted".to_owned()
        })
}
