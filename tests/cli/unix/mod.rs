//! Permissions, signals, pipes, and names that only Unix allows.

mod pipes;
mod signals;
#[cfg(target_os = "linux")]
mod terminal;
mod unreadable;
