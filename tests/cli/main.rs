//! The program, as its users meet it.
//!
//! `KEYSIFT_UPDATE_GOLDENS=1 cargo test -p keysift-cli --test cli` writes `tests/cli/goldens/` anew; read the
//! difference before you commit it.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads its own files"
)]

mod harness;
mod repository;

#[cfg(unix)]
mod action;
#[cfg(unix)]
mod action_steps;
mod archives;
mod baseline;
mod config;
mod cost;
mod covered;
mod explain;
mod filtered;
mod findings;
mod git;
#[cfg(unix)]
mod gitlab_job;
mod help;
mod hidden;
mod history;
mod hook;
mod import;
mod inventory;
mod output;
mod pages;
mod rule_choice;
mod rule_files;
mod rules;
mod secrets;
mod standard_input;
#[cfg(unix)]
mod unix;
mod usage;
