//! `keysift.toml`: what a repository, a directory of it, or whoever runs keysift wants.
//!
//! A file is found upwards from each scanned path, up to the top of the Git repository that the path lies in, and below
//! the path in each directory that has findings; nearer files refine outer ones. Files that the user names apply as well,
//! and win.
//!
//! **Trust:** a file that was found belongs to whoever wrote the tree. It may leave things out, which is counted and
//! shown. It may not read a file outside of its tree, nor write one; an error says what is wrong and where, never what a
//! file says. A file that the user names may do both.

mod allow;
mod configuration;
mod error;
mod file;
mod judge;
mod layer;
mod schema;
mod show;
mod table;
mod tree;
mod validate;

pub use self::allow::{Allowlist, Condition, Subject};
pub use self::configuration::{ConfigOptions, Configuration};
pub use self::error::{ConfigError, Problem, ProblemKind};
pub use self::file::{ConfigFile, Entry, Trust, load};
pub use self::judge::ConfigScreen;
pub(crate) use self::judge::place_in;
pub use self::layer::{Layer, Layers, nearest};
pub use self::schema::{Key, Kind, SCHEMA};
pub use self::show::{Shown, find_below, show};
pub use self::table::{
    AllowTable, ConfigTable, LimitsTable, OutputTable, PathsTable, RulesTable, Size, parse,
};
pub use self::tree::Tree;

/// What a file of configuration is called.
pub const FILE_NAME: &str = "keysift.toml";

/// The longest file of configuration, in bytes. A longer one is an error.
pub const MAX_FILE_BYTES: u64 = 1 << 20;
