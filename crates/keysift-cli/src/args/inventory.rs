//! What can be typed behind `keysift inventory`, `keysift check` and `keysift plan`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::decision::{ApproveArgs, AssignArgs, RetireArgs, ReviewArgs, UniteArgs, WaiveArgs};
use super::progress::{ProgressArg, ProgressParser};
use super::{ArchiveArgs, FileArgs, RuleArgs, names, threads};

pub(crate) const INVENTORY_ABOUT: &str = "\
Keeps an inventory of the identities of machines: whose credentials lie where, who owns them, how old they are.

`update` scans and records; the other commands read what was recorded, and scan nothing. No secret is stored: \
a fingerprint under a key that lies in a file of its own, and what a report shows of a redacted secret. Every \
answer has its basis, and where nothing says it the answer is \"unknown\".";

pub(crate) const INVENTORY_EXAMPLES: &str = "\
Examples:
  keysift inventory update --git .            the whole history of a repository
  keysift inventory update deploy /etc/app    some trees
  keysift inventory list --kind api-key
  keysift inventory show 12
  keysift inventory assign 12 @acme/payments
  keysift check                               which policies are not met

Exit codes:
  0  done
  1  `diff` found that something became worse
  2  wrong usage or configuration
  3  incomplete: something asked for could not be scanned";

/// Where the registry is, and who does something to it.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct RegistryArgs {
    /// The registry [default: keysift/registry.db in $XDG_DATA_HOME or ~/.local/share]
    #[arg(long, value_name = "FILE", env = "KEYSIFT_REGISTRY")]
    pub(crate) registry: Option<PathBuf>,
    /// The file with its key, made with the registry [default: the registry's name with .key]; the environment variable
    /// KEYSIFT_REGISTRY_KEY may hold the key itself
    #[arg(long, value_name = "FILE")]
    pub(crate) registry_key: Option<PathBuf>,
    /// Take this for the present: RFC 3339, or a day
    #[arg(long, value_name = "TIME")]
    pub(crate) now: Option<String>,
}

/// Where policies are set.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Policies")]
pub(crate) struct PolicyArgs {
    /// The configuration whose table [policy] counts [default: keysift.toml here or in a directory above]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InventoryArgs {
    #[command(subcommand)]
    pub(crate) command: InventoryCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InventoryCommand {
    /// Scan, and record what is found
    Update(UpdateArgs),
    /// List identities, the riskiest first
    List(InventoryListArgs),
    /// Show all that is known of one identity
    Show(InventoryShowArgs),
    /// Show the inventory in a few numbers
    Summary(ReadArgs),
    /// Compare two scans, or two registries, and say what became worse
    #[command(long_about = DIFF_ABOUT)]
    Diff(DiffArgs),
    /// Write the inventory for other programs
    Export(ExportArgs),
    /// Approve an identity
    Approve(ApproveArgs),
    /// Make someone the owner of an identity
    Assign(AssignArgs),
    /// Take an identity out of use, by a day; or say that it is
    Retire(RetireArgs),
    /// Write down what a review of an identity came to
    Review(ReviewArgs),
    /// Let a policy not count for an identity, for a time
    Waive(WaiveArgs),
    /// Say that two identities are one
    Unite(UniteArgs),
    /// Take what other registries know into this one
    #[command(long_about = MERGE_ABOUT)]
    Merge(MergeArgs),
    /// Verify that nothing but keysift has changed the registry
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArgs {
    /// Files and directories; with --git, repositories
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Scan the whole history of the repositories that the paths are in
    #[arg(long)]
    pub(crate) git: bool,
    /// The name of the source, the same on every machine, where there is one path [default: its absolute path]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// A table of people as CSV: email, and if wanted name, handle, left_at
    #[arg(long, value_name = "FILE")]
    pub(crate) people: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Record findings of at least this confidence
    #[arg(long, value_name = "LEVEL", default_value = "medium", value_parser = names(keysift::Confidence::ALL, |value| value.as_str()), help_heading = "Rules")]
    pub(crate) min_confidence: String,
    /// Scan with this many threads, at most 512 [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) archives: ArchiveArgs,
    /// Whether to show progress on standard error; json=FILE writes it to a file
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = ProgressParser)]
    pub(crate) progress: ProgressArg,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) by: ByArgs,
}

/// Who does it.
#[derive(Debug, clap::Args)]
pub(crate) struct ByArgs {
    /// Who does it, as the journal names it [default: $USER]
    #[arg(long, value_name = "NAME", help_heading = "Registry")]
    pub(crate) by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ViewFormat {
    /// For people
    #[default]
    Text,
    /// A JSON document
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InventoryListArgs {
    /// Only identities of this kind
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Vec<String>,
    /// Only identities of this provider, in any case
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Vec<String>,
    /// Only identities of this owner: a part of the name or of the address
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// Only identities in this stage, such as discovered or approved
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Vec<String>,
    /// Only identities that do not meet this policy
    #[arg(long, value_name = "POLICY")]
    pub(crate) violates: Vec<String>,
    /// Only identities whose risk is at least this, from 0 to 100
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) min_risk: u8,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

/// How an inventory is read.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The format
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: ViewFormat,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InventoryShowArgs {
    /// The identity: its number, its key, or the beginning of it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

pub(crate) const MERGE_ABOUT: &str = "\
Takes what other registries know into this one: sources, identities, credentials, places, owners and decisions.

All have to have one key: the secrets are in none of them, so that their fingerprints cannot be made anew under another \
key. Of a source that several know the last scan counts. Where registries decided differently about an identity, this \
one's decision stays, and how many there are is said. The others are verified first, and only read. What is merged once \
more changes nothing.";

#[derive(Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// Files of registries that have the same key
    #[arg(value_name = "OTHER", required = true)]
    pub(crate) others: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) by: ByArgs,
}

const DIFF_ABOUT: &str = "\
Compares two inventories: new and removed identities, new and closed places, rotations, grants and owners.

BEFORE and AFTER are numbers of scans of the registry, or files of registries that have the same key. Without AFTER, \
the inventory as it is. Of scans, owners and stages are told as they are now.

The exit code is 1 when something became worse: an identity is new and nobody has approved it, a credential is new or \
lies in a new place, an identity may do more, or a retired one is back.";

#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// A scan or a registry to start from
    #[arg(value_name = "BEFORE")]
    pub(crate) before: String,
    /// A scan or a registry to compare with it
    #[arg(value_name = "AFTER")]
    pub(crate) after: Option<String>,
    /// The format
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: DiffFormat,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people
    #[default]
    Text,
    /// A JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A JSON document with everything
    #[default]
    Json,
    /// A row for each identity
    Csv,
    /// A calendar file of what is due
    Ics,
    /// A page for people, which works without a network
    Html,
    /// The rows of csv with types, for databases and notebooks
    Parquet,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The format
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: ExportFormat,
    /// Write it to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

pub(crate) const PLAN_ABOUT: &str = "\
Says what to do to replace an identity's credentials, or to take an identity out of use: the steps in order, with the \
provider's commands where they are known, and the files.

Nothing is run. Look at a command before you run it.";

#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    #[command(subcommand)]
    pub(crate) command: PlanCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Replace an identity's credentials by new ones
    Rotate(PlanOfArgs),
    /// Take an identity out of use
    Retire(PlanOfArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct PlanOfArgs {
    /// The identity: its number, its key, or the beginning of it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// Show the journal as well
    #[arg(long)]
    pub(crate) journal: bool,
    /// The format
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: ViewFormat,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
}

pub(crate) const CHECK_ABOUT: &str = "\
Checks the inventory against policies, and says which identities do not meet them, the worst first.

Policies and their numbers are set in the table [policy] of keysift.toml; what is not set there has a default. \
Nothing is scanned: `keysift inventory update` does that.

The exit code is 1 when a policy fails that is not waived, and otherwise 0; warnings are shown.";

#[derive(Debug, clap::Args)]
pub(crate) struct InventoryCheckArgs {
    /// List the policies, and check nothing
    #[arg(long)]
    pub(crate) policies: bool,
    /// Remember what is not met, so that later checks say what is new and since when the rest is open
    #[arg(long, conflicts_with = "policies")]
    pub(crate) remember: bool,
    #[command(flatten)]
    pub(crate) by: ByArgs,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
}
