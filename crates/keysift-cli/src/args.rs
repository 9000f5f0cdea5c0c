//! What can be typed. Parsing validates and no more.

mod archive;
mod baseline;
mod config;
mod decision;
mod explain;
mod git;
mod hook;
mod import;
mod inventory;
mod list;
mod output;
mod progress;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use keysift::{Confidence, PrefilterChoice, ScannerOptions};

pub(crate) use self::archive::ArchiveArgs;
pub(crate) use self::baseline::{
    AuditArgs, BaselineCommand, BaselineScanArgs, CheckArgs, CreateArgs,
};
pub(crate) use self::config::{
    ConfigArgs, ConfigCheckArgs, ConfigCommand, ConfigInitArgs, ConfigShowArgs,
};
pub(crate) use self::decision::*;
pub(crate) use self::explain::{CardFormat, ExplainArgs};
use self::explain::{EXPLAIN_ABOUT, EXPLAIN_EXAMPLES};
pub(crate) use self::git::GitArgs;
use self::git::{GIT_ABOUT, GIT_EXAMPLES};
pub(crate) use self::hook::{
    BudgetArgs, HookArgs, HookCommand, InstallArgs, OnTimeout, PlaceArgs, RunArgs,
};
pub(crate) use self::import::ImportArgs;
use self::import::{IMPORT_ABOUT, IMPORT_EXAMPLES};
pub(crate) use self::inventory::*;
pub(crate) use self::list::{ListArgs, ListFilter, ListFormat};
pub(crate) use self::output::{OutputArgs, ReportArg, When};
pub(crate) use self::progress::ProgressArg;

const LONG_ABOUT: &str = "\
Finds the credentials of machines - API keys, tokens, service-account keys, private keys, logins - \
wherever they leaked, and says what they are.

keysift uses the network only where `keysift git` is given a URL to clone from, and shows no secret unless --show-secrets is given.";

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found
  1  findings
  2  wrong usage or configuration
  3  incomplete: something asked for could not be scanned (findings are still printed)";

/// The arguments of the program.
#[derive(Debug, Parser)]
#[command(name = "keysift", version, about = "Finds the credentials of machines wherever they leaked", long_about = LONG_ABOUT, after_help = EXIT_CODES)]
#[command(
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scan files, directories or standard input
    #[command(long_about = SCAN_ABOUT, after_long_help = SCAN_EXAMPLES)]
    Scan(ScanArgs),
    /// Scan the history of a repository, what is staged, or the commits of a range
    #[command(long_about = GIT_ABOUT, after_long_help = GIT_EXAMPLES)]
    Git(GitArgs),
    /// Install, remove and run Git hooks
    Hook(HookArgs),
    /// Print the identity card of a secret
    #[command(long_about = EXPLAIN_ABOUT, after_long_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArgs),
    /// List, show, check and test rules
    Rules(RulesArgs),
    /// Make, update, audit and check baselines of accepted findings
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Show, check and write configurations
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Keep an inventory of identities
    #[command(long_about = INVENTORY_ABOUT, after_long_help = INVENTORY_EXAMPLES)]
    Inventory(InventoryArgs),
    /// Check the inventory against policies
    #[command(long_about = CHECK_ABOUT)]
    Check(InventoryCheckArgs),
    /// Say how to rotate or retire an identity
    #[command(long_about = PLAN_ABOUT)]
    Plan(PlanArgs),
    /// Write files of other scanners as keysift's own
    #[command(long_about = IMPORT_ABOUT, after_long_help = IMPORT_EXAMPLES)]
    Import(ImportArgs),
    /// Print a completion script for a shell
    #[command(
        long_about = "Prints a completion script to standard output.\n\nFor example: keysift completions bash > ~/.local/share/bash-completion/completions/keysift"
    )]
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(
        long_about = "Prints the manual page, in roff, to standard output.\n\nFor example: keysift man > keysift.1; man ./keysift.1"
    )]
    Man,
}

const SCAN_ABOUT: &str = "\
Scans files, directories or standard input for credentials.

What .gitignore and .ignore name is left out unless --ignored is given; hidden files, binary files \
and folders such as vendor or node_modules are scanned, and so is what lies in archives. Symbolic links are not followed. Whatever is \
left out is counted in the summary; what cannot be read is named, and the exit code is 3.

A line with the comment `keysift:allow`, or one behind a line with that comment alone, is not \
reported; `keysift:allow RULE` allows one rule.";

const SCAN_EXAMPLES: &str = "\
Examples:
  keysift scan                               the current directory
  keysift scan src config/prod.env           some paths
  git diff | keysift scan -                  standard input
  keysift scan --format json --output leaks.json
  keysift scan --format sarif=keysift.sarif --format github    two reports of one scan
  keysift scan --enable 'aws-*' --enable github-app-installation-token
  keysift scan --min-confidence low --explain
  keysift scan --rules our-rules.toml        our own rules as well

Exit codes:
  0  nothing was found
  1  findings
  2  wrong usage or configuration
  3  incomplete: something asked for could not be scanned (findings are still printed)";

/// Which rules are in force.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArgs {
    /// Add the rules of a file, keysift's or another scanner's; may be given several times
    #[arg(long = "rules", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Leave the built-in rules out: use those of --rules alone
    #[arg(long, requires = "files")]
    pub(crate) rules_only: bool,
    /// Use only these rules; `*` stands for any characters; may be given several times
    #[arg(long, value_name = "RULE")]
    pub(crate) enable: Vec<String>,
    /// Leave these rules out; `*` stands for any characters; may be given several times
    #[arg(long, value_name = "RULE")]
    pub(crate) disable: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ScanArgs {
    /// Files and directories, or - for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) archives: ArchiveArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

const SCANNING: &str = "Scanning";

/// How to scan, wherever the blobs come from.
#[derive(Debug, clap::Args)]
pub(crate) struct EngineArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Report findings of at least this confidence [default: medium]
    #[arg(long, value_name = "LEVEL", env = "KEYSIFT_MIN_CONFIDENCE", value_parser = names(Confidence::ALL, |value| value.as_str()), help_heading = "Rules")]
    pub(crate) min_confidence: Option<String>,
    /// Scan with this many threads, at most 512 [default: as many as the machine has]
    #[arg(long, value_name = "N", env = "KEYSIFT_THREADS", value_parser = threads, help_heading = SCANNING)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Decode at most this many encodings in one another to find what is hidden, 3 at most; 0 for none [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=i64::from(ScannerOptions::MAX_DECODE_DEPTH)), help_heading = SCANNING)]
    pub(crate) decode_depth: Option<u8>,
    /// Key fingerprints with the bytes of this file, so that weak secrets get full fingerprints
    #[arg(long, value_name = "FILE", help_heading = SCANNING)]
    pub(crate) fingerprint_key: Option<PathBuf>,
    /// Exit with 0 or 1 even if something could not be scanned
    #[arg(long, help_heading = SCANNING)]
    pub(crate) exit_zero_incomplete: bool,
    /// Force a prefilter, for tests and reports of faults; the findings are the same under each
    #[arg(
        long,
        value_enum,
        value_name = "NAME",
        default_value_t,
        env = "KEYSIFT_PREFILTER"
    )]
    pub(crate) prefilter: Prefilter,
}

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Files")]
pub(crate) struct FileArgs {
    /// Scan what .gitignore and .ignore name as well
    #[arg(long)]
    pub(crate) ignored: bool,
    /// Leave out what this glob matches, written as in .gitignore; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Leave out files larger than this; suffixes K, M and G [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_file_size: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Prefilter {
    /// The best that this machine has
    #[default]
    Fastest,
    /// AVX-512 with VBMI; avx2 on a machine without
    Avx512,
    /// AVX2; grams on a machine without
    Avx2,
    /// NEON; grams on a machine without
    Neon,
    /// No vector instructions
    Grams,
    /// An aho-corasick automaton, the reference
    Automaton,
}

impl From<Prefilter> for PrefilterChoice {
    fn from(name: Prefilter) -> Self {
        match name {
            Prefilter::Fastest => Self::Fastest,
            Prefilter::Grams => Self::Grams,
            Prefilter::Automaton => Self::Automaton,
            Prefilter::Avx2 => Self::Avx2,
            Prefilter::Avx512 => Self::Avx512,
            Prefilter::Neon => Self::Neon,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List rules
    List(ListArgs),
    /// Show one rule in full: what it finds, how, and what the engine makes of it
    Show(ShowArgs),
    /// Run the examples of rules through the whole engine
    #[command(
        long_about = "Runs the examples of rules through the whole engine.\n\nWithout files, the built-in rules. The exit code is 1 when an example fails."
    )]
    Test(RuleFilesArgs),
    /// Check that rule files can be used
    #[command(
        long_about = "Checks that rule files can be used: their syntax, their keys, their patterns, beside the built-in rules.\n\nThe exit code is 2 when one cannot be used."
    )]
    Check(RuleFilesArgs),
    /// List the checks that a rule may name
    Checks,
    /// Scan, and say what each rule cost
    #[command(long_about = COST_ABOUT)]
    Cost(CostArgs),
}

const COST_ABOUT: &str = "\
Scans files, directories or standard input, and says what each rule cost behind the search for anchors: \
candidates, those that passed the look round their anchor, runs of the pattern (windows) and their bytes, \
matches, and time. Sorted by time; the last line is all rules together.

Findings are not shown. The exit code is 3 when something could not be scanned, and otherwise 0.";

#[derive(Debug, clap::Args)]
pub(crate) struct CostArgs {
    /// Files and directories, or - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) archives: ArchiveArgs,
    /// Show so many rules, the dearest first
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,
    /// Scan with this many threads, at most 512 [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// The format of the table
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The rule's id
    #[arg(value_name = "RULE")]
    pub(crate) id: String,
    /// Look in the rules of a file as well; may be given several times
    #[arg(long = "rules", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RuleFilesArgs {
    /// Rule files [default: the built-in rules]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

fn names<T: Copy>(all: &'static [T], name: fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|value| name(*value)))
}

/// A number of threads. More than a few hundred only wait for one another.
fn threads(text: &str) -> Result<NonZeroUsize, String> {
    const MOST: usize = 512;
    text.parse()
        .ok()
        .filter(|threads: &NonZeroUsize| threads.get() <= MOST)
        .ok_or_else(|| format!("a number from 1 to {MOST} is wanted"))
}

/// A number of bytes with an optional suffix: `500`, `64K`, `10M`, `2G`; powers of 1,024.
fn size(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (&text[..at], 1 << 10),
        Some((at, 'm' | 'M')) => (&text[..at], 1 << 20),
        Some((at, 'g' | 'G')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "a size is a number of bytes, with K, M or G behind it if wanted".to_owned())
}
