//! What can be typed to decide about an identity: approve, assign, retire, review, waive and unite.

use keysift_registry::Decision;

use super::{ByArgs, PolicyArgs, RegistryArgs, names};

/// A decision about an identity.
#[derive(Debug, clap::Args)]
pub(crate) struct DecisionArgs {
    /// The identity: its number, its key, or the beginning of it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) registry: RegistryArgs,
    #[command(flatten)]
    pub(crate) by: ByArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AssignArgs {
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    /// An e-mail address, @handle, @organisation/team, or the name of a team
    #[arg(value_name = "OWNER")]
    pub(crate) owner: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RetireArgs {
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    /// It is out of use already
    #[arg(long)]
    pub(crate) done: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ReviewArgs {
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    /// What was decided
    #[arg(value_name = "DECISION", value_parser = names(Decision::ALL, |value| value.as_str()))]
    pub(crate) outcome: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct WaiveArgs {
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    /// The policy
    #[arg(value_name = "POLICY")]
    pub(crate) waived: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Until when: RFC 3339, or a day
    #[arg(long, value_name = "TIME")]
    pub(crate) until: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UniteArgs {
    #[command(flatten)]
    pub(crate) decision: DecisionArgs,
    /// The identity that it is a part of
    #[arg(
        value_name = "WHOLE",
        required_unless_present = "undo",
        conflicts_with = "undo"
    )]
    pub(crate) whole: Option<String>,
    /// The identity with this key stands for itself again
    #[arg(long)]
    pub(crate) undo: bool,
}
