//! What can be typed behind `keysift git`.

use std::path::PathBuf;

use clap::ArgGroup;
use keysift::Day;

use super::{ArchiveArgs, EngineArgs, OutputArgs, size};

pub(crate) const GIT_ABOUT: &str = "\
Scans what Git holds: the whole history, what is staged, or what the commits of a range bring in.

Without --staged, --range or --since-merge-base, the whole history is scanned: every object of the repository \
once, also what no branch leads to any more. A secret is reported where it came in.

Objects are scanned as Git keeps them, not the working tree and not a diff: merges, commit messages, \
tags and notes as well as files, and what lies in archives. Each file is scanned whole, and a finding is \
reported if it touches a line that the change adds; --whole-files reports all. Nothing is written into the \
repository, and nothing is fetched: what a shallow or partial clone lacks is counted, and the exit code is 3.

With --since-last, what an earlier run scanned with the same rules is not scanned again, and what it found is \
not reported again: the report has only what is new, and says how many objects were known. When the rules or \
options are others, everything is scanned and reported. An interrupted run goes on where it ended.

A REPO may be a URL that begins with https://, ssh://, git:// or file://. Then, and only then, the network is \
used: the system's git clones the repository into a cache, or fetches what is new, with its own credential \
helpers.";

pub(crate) const GIT_EXAMPLES: &str = "\
Examples:
  keysift git                                     the whole history
  keysift git --refs 'refs/heads/*' --since 2026-01-01
  keysift git --since-last                        what came in since the last time
  keysift git /srv/git                            every repository below a directory
  keysift git https://git.example/project.git     a clone in the cache
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
    /// Repositories: a directory in one, a bare one, a directory of several, or a URL to clone from, which uses the network
    #[arg(value_name = "REPO", default_value = ".")]
    pub(crate) repositories: Vec<PathBuf>,
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
    /// Of the history only what no earlier run with --since-last scanned; remembers what this one does
    #[arg(long, group = "history", conflicts_with_all = ["refs", "exclude_refs", "since", "until"])]
    pub(crate) since_last: bool,
    /// Remember what was scanned in this file [default: one for each repository in the user's state directory]
    #[arg(long, value_name = "FILE", requires = "since_last")]
    pub(crate) state: Option<PathBuf>,
    /// Scan everything, and compare it with what was remembered; what differs is named, and the exit code is 3
    #[arg(long, requires = "since_last")]
    pub(crate) verify_state: bool,
    /// Use about so much memory for the objects at hand; suffixes K, M and G [default: 256M, and 2G for one object]
    #[arg(long, value_name = "SIZE", value_parser = memory, group = "history")]
    pub(crate) max_memory: Option<u64>,
    /// Leave out blobs larger than this; suffixes K, M and G [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_blob_size: Option<u64>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) archives: ArchiveArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// The memory for objects: with less, ordinary files would not fit.
fn memory(text: &str) -> Result<u64, String> {
    const LEAST: u64 = 64 << 20;
    let bytes = size(text)?;
    if bytes < LEAST {
        return Err("at least 64M is wanted".to_owned());
    }
    Ok(bytes)
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
