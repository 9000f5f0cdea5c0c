//! What can be typed behind `keysift baseline`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{EngineArgs, FileArgs};

const CREATE_ABOUT: &str = "\
Scans, and writes what is found to a baseline, each secret at each place as a line. What is in a baseline is no longer \
reported by a scan with --baseline FILE, until its line says that it is real or its last day is over.

The baseline holds no secrets. It is meant to be committed.";

const UPDATE_ABOUT: &str = "\
Scans what the baseline was made from, adds what is new as unreviewed, and takes out what is gone; both are listed. \
Reasons and last days stay. Where not all could be scanned, nothing is taken out, and the exit code is 3.";

const AUDIT_ABOUT: &str = "\
Shows each entry that nobody has looked at, with the line round it, and asks what it is. Each answer is written at once, so \
that an audit can be left and taken up again.

  a  accept it: no danger, with a reason
  r  it is real: report it until it is revoked
  s  skip it
  b  go back to the one before
  q  quit";

const CHECK_ABOUT: &str = "\
Says whether a baseline is one: its header and key, each line, their order, no line twice, none past its last day.

The exit code is 2 when it cannot be used, 1 when something is to be put in order, and 0 when nothing is wrong.";

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Write a baseline of what a scan finds
    #[command(long_about = CREATE_ABOUT)]
    Create(CreateArgs),
    /// Add what is new, take out what is gone, keep the reasons
    #[command(long_about = UPDATE_ABOUT)]
    Update(BaselineScanArgs),
    /// Walk through the entries on a terminal and decide on each
    #[command(long_about = AUDIT_ABOUT)]
    Audit(AuditArgs),
    /// Say whether a baseline can be used and is in order
    #[command(long_about = CHECK_ABOUT)]
    Check(CheckArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    pub(crate) scan: BaselineScanArgs,
    /// Scan the whole history of the repository at PATH instead of files
    #[arg(long)]
    pub(crate) history: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BaselineScanArgs {
    /// Files and directories, or one repository
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The reason of what is added
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "there when the baseline was made"
    )]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) files: FileArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) scan: BaselineScanArgs,
    /// Show also what has been decided on
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The baseline
    #[arg(value_name = "FILE", default_value = keysift::baseline::FILE_NAME)]
    pub(crate) file: PathBuf,
}
