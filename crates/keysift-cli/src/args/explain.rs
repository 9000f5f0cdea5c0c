//! The arguments of `keysift explain`.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};

use super::When;

pub(crate) const EXPLAIN_ABOUT: &str = "\
Prints the identity card of a secret: what it is, whose, what it can reach, since when, until when, and what to do. \
Each answer says where it comes from. Nothing is asked of any network, and the secret is not shown.

The secret is read from standard input, or from a file with --file. FILE:LINE explains a place instead: which rules \
matched there, and why each kept or dropped what it matched. --report looks a finding up in a report in the format \
json, by its fingerprint.";

pub(crate) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  pbpaste | keysift explain                        a secret from the clipboard
  keysift explain --file server.key                a file: a key, a certificate, a keystore
  keysift explain src/config.py:12                 a place, and what rules make of it
  keysift explain --report findings.json 032699d194b33db0aba6ddeaf466649a

Exit codes:
  0  it was recognised
  1  nothing is known of it
  2  wrong usage, or a file that cannot be read";

#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// A place as FILE:LINE, or with --report a fingerprint; without either, standard input is read
    #[arg(value_name = "FILE:LINE|FINGERPRINT", conflicts_with = "file")]
    pub(crate) what: Option<String>,
    /// Explain the contents of this file; - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// Look the fingerprint up in this report
    #[arg(long, value_name = "FILE.json", requires = "what", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,
    /// Add the rules of a file; may be given several times
    #[arg(long = "rules", value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// The format of the cards
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: CardFormat,
    /// Show the secret in full
    #[arg(long)]
    pub(crate) show_secrets: bool,
    /// Whether to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) color: When,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum CardFormat {
    /// For people
    #[default]
    Text,
    /// For programs: one JSON document
    Json,
}
