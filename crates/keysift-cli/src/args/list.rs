//! Which rules `keysift rules list` lists.

use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use keysift::facts::formats;
use keysift::{Confidence, IdentityKind, Severity};

use super::{RuleArgs, names};

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) filter: ListFilter,
    /// The format of the list
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

/// What a rule must be to be listed; all that is given counts.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct ListFilter {
    /// Only rules of this provider, in any case
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// Only rules for this kind of identity
    #[arg(long, value_name = "KIND", value_parser = names(IdentityKind::ALL, |value| value.as_str()))]
    pub(crate) kind: Option<String>,
    /// Only rules of at least this severity
    #[arg(long, value_name = "LEVEL", value_parser = names(Severity::ALL, |value| value.as_str()))]
    pub(crate) min_severity: Option<String>,
    /// Only rules of at least this confidence
    #[arg(long, value_name = "LEVEL", value_parser = names(Confidence::ALL, |value| value.as_str()))]
    pub(crate) min_confidence: Option<String>,
    /// Only rules with this check; `keysift rules checks` lists the checks
    #[arg(long, value_name = "CHECK", value_parser = PossibleValuesParser::new(formats().iter().map(|format| format.name)), hide_possible_values = true)]
    pub(crate) check: Option<String>,
    /// Only rules that look for an id or another companion beside the secret
    #[arg(long)]
    pub(crate) paired: bool,
    /// Only rules with this text, in any case, in their id, name, provider, description or keywords
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table for people
    #[default]
    Text,
    /// A JSON array
    Json,
}
