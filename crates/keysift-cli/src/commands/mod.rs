//! One file a command.

pub(crate) mod baseline;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod cost;
pub(crate) mod engine;
pub(crate) mod explain;
pub(crate) mod git;
pub(crate) mod hook;
pub(crate) mod import;
pub(crate) mod inventory;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod rules;
pub(crate) mod scan;
