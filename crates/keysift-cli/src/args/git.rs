//! What can be typed behind `keysift git` and `keysift hook`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Subcommand, ValueEnum};
use keysift::Day;
use keysift::source::git::hook::Hook;

use super::{EngineArgs, OutputArgs, names, size};

pub(crate) const GIT_ABOUT: &str = "\
Scans what Git holds: what is staged, or what the commits of a range bring in.

Without --staged, --range or --since-merge-base, the whole history is scanned: every object of the repository \
once, also what no branch leads to any more. A secret is reported where it came in.

Objects are scanned as Git keeps them, not the working tree and not a diff: merges, commit messages, \
tags and notes as well as files. Each file is scanned whole, and a finding is reported if it touches a \
line that the change adds; --whole-files reports all. Nothing is written into the repository, and \
nothing is fetched: what a shallow or partial clone lacks is counted, and the exit code is 3.";

pub(crate) const GIT_EXAMPLES: &str = "\
Examples:
  keysift git                                     the whole history
  keysift git --refs 'refs/heads/*' --since 2026-01-01
  keysift git --staged                            what the next commit would bring
  keysift git --range origin/main..HEAD           the commits of a branch
  keysift git --since-merge-base origin/main      the same, as a pull request shows it
  keysift git --range HEAD                        the last commit alone
  keysift git --range v1.0..v1.1 --whole-files /srv/project.git

Exit codes:
  0  nothing was found
  1  findings
  2  wrong usage or configuration
  3  incomplete: something asked for could not be scanned (findings are still printed)";

#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("what")))]
#[command(group(ArgGroup::new("history").multiple(true).conflicts_with("what")))]
pub(crate) struct GitArgs {
    /// The repository: a directory in it, or a bare one
    #[arg(value_name = "REPO", default_value = ".")]
    pub(crate) repository: PathBuf,
    /// Scan what is staged
    #[arg(long, group = "what")]
    pub(crate) staged: bool,
    /// Scan what these commits bring in: A..B, A...B, or one revision for that commit alone
    #[arg(long, value_name = "RANGE", group = "what", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Scan what the commits of HEAD bring in since it left this revision
    #[arg(long, value_name = "REVISION", group = "what")]
    pub(crate) since_merge_base: Option<String>,
    /// Report what stands in lines that the change does not add, too
    #[arg(long, requires = "what")]
    pub(crate) whole_files: bool,
    /// Of the history only what this reference leads to, such as refs/heads/main; `*` stands for any characters; may be
    /// given several times [default: every object, also what nothing refers to]
    #[arg(long, value_name = "REF", group = "history")]
    pub(crate) refs: Vec<String>,
    /// Of the history not what this reference leads to; may be given several times
    #[arg(long, value_name = "REF", group = "history")]
    pub(crate) exclude_refs: Vec<String>,
    /// Of the history only what came in on this day or later: YYYY-MM-DD in UTC, or @SECONDS since 1970
    #[arg(long, value_name = "DAY", group = "history", value_parser = since)]
    pub(crate) since: Option<i64>,
    /// Of the history only what came in on this day or earlier
    #[arg(long, value_name = "DAY", group = "history", value_parser = until)]
    pub(crate) until: Option<i64>,
    /// Report every version of a file that has a secret, and not only the first
    #[arg(long, group = "history")]
    pub(crate) every_version: bool,
    /// Leave out blobs larger than this; suffixes K, M and G [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_blob_size: Option<u64>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

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

/// The first second of a day.
fn since(text: &str) -> Result<i64, String> {
    second(text, Day::first_second)
}

/// The last second of a day.
fn until(text: &str) -> Result<i64, String> {
    second(text, Day::last_second)
}

/// A second of a day in UTC, or the very second that `@` stands before.
fn second(text: &str, of_day: fn(Day) -> i64) -> Result<i64, String> {
    let parsed = match text.strip_prefix('@') {
        Some(seconds) => seconds.parse().ok(),
        None => Day::from_text(text).map(of_day),
    };
    parsed.ok_or_else(|| "a day is written YYYY-MM-DD".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_number_of_seconds() {
        assert_eq!(since("1970-01-01"), Ok(0));
        assert_eq!(since("2000-03-01"), Ok(951_868_800));
        assert_eq!(until("2026-11-25"), Ok(1_795_651_199));
        assert_eq!(since("@12"), Ok(12));
        for text in ["", "2026", "2026-13-01", "2026-00-01", "x", "2026-01-01-01"] {
            assert!(since(text).is_err(), "{text}");
        }
    }
}
