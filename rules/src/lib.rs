//! keysift's built-in rules, as data: one TOML file a provider, embedded in the program.
//!
//! **Invariant:** this crate has no logic. What a rule means is the engine's business.

/// The built-in rule files: name and text, sorted by name.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/files.rs"));
