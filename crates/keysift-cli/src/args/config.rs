//! Which configuration has a say, and what can be typed behind `keysift config`.

use std::path::PathBuf;

use clap::Subcommand;

use super::ListFormat;

/// Which configuration has a say.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct ConfigArgs {
    /// Use this configuration beside every keysift.toml that is found, and let it win; may be given several times
    /// [env: KEYSIFT_CONFIG=]
    #[arg(long = "config", value_name = "FILE", conflicts_with_all = ["config_only", "no_config"])]
    pub(crate) config_files: Vec<PathBuf>,
    /// Use this configuration and no other: nothing in what is scanned can leave anything out
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config_only: Option<PathBuf>,
    /// Use no configuration
    #[arg(long)]
    pub(crate) no_config: bool,
    /// Report nothing that this baseline has accepted
    #[arg(long, value_name = "FILE", env = "KEYSIFT_BASELINE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Accept a secret of the baseline wherever it stands, and not only at the places that the baseline has
    #[arg(long)]
    pub(crate) accept_new_places: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show each value of the configuration that applies to a path, and where it comes from
    Show(ConfigShowArgs),
    /// Say what is wrong with every keysift.toml at, above and below a path
    #[command(long_about = CHECK_ABOUT)]
    Check(ConfigCheckArgs),
    /// Write a keysift.toml with every key, commented out
    Init(ConfigInitArgs),
    /// Print the JSON schema of keysift.toml, for editors
    Schema,
    /// Print the reference of all keys, in Markdown
    Reference,
}

const CHECK_ABOUT: &str = "\
Says what is wrong with every keysift.toml at, above and below a path: unknown keys, values of the wrong type, \
patterns that are none, rules that are not there, entries that allow everything or have expired; and with --dead, \
entries that allow nothing in a scan of the path.

The exit code is 2 when a file cannot be used, 1 when there are warnings alone, and 0 when nothing is wrong.";

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigShowArgs {
    /// A file or a directory
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// The format of the list
    #[arg(long, short, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigCheckArgs {
    /// A file or a directory
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) path: PathBuf,
    /// Scan the path, and warn of entries that allow nothing in it; those for commits are not looked at
    #[arg(long)]
    pub(crate) dead: bool,
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConfigInitArgs {
    /// The directory to write it to
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Write it to standard output instead
    #[arg(long)]
    pub(crate) print: bool,
}
