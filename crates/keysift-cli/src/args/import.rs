//! What `keysift import` takes.

use std::path::PathBuf;

use keysift::import::Kind;

pub(crate) const IMPORT_ABOUT: &str = "\
Reads files of other scanners, and writes what they say as keysift's own.

What has no equal is named on standard error, by key and place: an error where something is lost, a warning \
where findings may differ, a note where they hardly ever do. The exit code is 2 when something is lost; what \
can be used is written all the same.";

pub(crate) const IMPORT_EXAMPLES: &str = "\
Examples:
  keysift import .gitleaks.toml > our-rules.toml
  keysift import .gitleaks.toml --output keysift
  keysift scan --rules our-rules.toml --rules-only
  keysift scan --rules .gitleaks.toml        the file itself will do as well";

#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// Files of other scanners
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Whose files they are [default: told by their content]
    #[arg(long, value_name = "KIND", value_parser = super::names(Kind::ALL, |kind| kind.as_str()))]
    pub(crate) from: Option<String>,
    /// Write files to this directory instead of standard output
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}
