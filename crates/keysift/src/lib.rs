//! The library to embed: scans a source with a scanner into a sink.
//!
//! **Invariant:** for one scanner and one source, the findings and their order are the same whatever the number of
//! threads.
//!
//! # Examples
//! ```
//! use std::sync::atomic::AtomicBool;
//! use keysift::{Collect, ScanOptions, Scanner, ScannerOptions, source::Stdin};
//!
//! let scanner = Scanner::new(keysift::builtin_rules()?, ScannerOptions::default())?;
//! let text = format!("token = \"{}_{}\"", "ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO2y6cGD");
//! let mut sink = Collect::default();
//! let source = Stdin::new(text.as_bytes());
//! let summary = keysift::scan(&scanner, &source, &mut sink, &ScanOptions::default(), &AtomicBool::new(false))?;
//! assert_eq!(summary.bytes, text.len() as u64);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod baseline;
mod collect;
mod collector;
pub mod config;
mod day;
mod examples;
mod explain;
#[cfg(feature = "git")]
mod history;
pub mod import;
mod options;
mod progress;
mod scan;
mod screen;
#[cfg(test)]
mod test_finding;

pub use keysift_core::*;
pub use keysift_facts as facts;
pub use keysift_source as source;

pub use self::collect::Collect;
pub use self::day::Day;
pub use self::examples::{FailedExample, failing_examples};
pub use self::explain::{Explanation, explain};
#[cfg(feature = "git")]
pub use self::history::{
    Histories, HistoryScan, HistoryTask, Repeats, StateFile, StateTrust, scan_histories,
    scan_history,
};
pub use self::options::{Order, ScanError, ScanOptions};
pub use self::progress::Progress;
pub use self::scan::scan;
pub use self::screen::{Screen, Screens};

/// The built-in rules, worked out when the program was built.
///
/// # Errors
/// None in a released build: a test reads them.
pub fn builtin_rules() -> Result<RuleSet, RuleError> {
    RuleSet::prepared(include_bytes!(concat!(env!("OUT_DIR"), "/builtin.rules")))
}
