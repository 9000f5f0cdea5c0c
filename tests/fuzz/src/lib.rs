//! Fuzz targets: each takes arbitrary bytes and panics where keysift breaks a promise.
//!
//! **Invariant:** a target is a pure function of its bytes, so that an input found once fails for ever until the
//! fault is gone. An input that a fuzzer found is kept under `regressions/`, with a line in `tests/replay.rs` that
//! says what it was.
//!
//! # Examples
//! ```
//! let (_, scan) = keysift_fuzz::TARGETS
//!     .iter()
//!     .find(|(name, _)| *name == "scan")
//!     .expect("the target is in the table");
//! scan(b"any bytes will do");
//! ```

mod archive;
mod declared;
mod encoding;
mod facts;
mod input;
mod mutate;
mod pack;
mod report;
mod rule_match;
mod rule_parse;
mod scan;
pub mod seeds;

pub use self::archive::archive;
pub use self::declared::declared;
pub use self::encoding::encoding;
pub use self::facts::facts;
pub use self::mutate::Mutator;
pub use self::pack::{delta, pack};
pub use self::report::report;
pub use self::rule_match::rule_match;
pub use self::rule_parse::rule_parse;
pub use self::scan::{scan, scan_builtin};

/// A function that takes arbitrary bytes and panics where a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by name, sorted. Each has a program of its name in `fuzz_targets/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("archive", archive),
    ("declared", declared),
    ("delta", delta),
    ("encoding", encoding),
    ("facts", facts),
    ("pack", pack),
    ("report", report),
    ("rule_match", rule_match),
    ("rule_parse", rule_parse),
    ("scan", scan),
    ("scan_builtin", scan_builtin),
];

/// One target for each format of facts, by the format's name, sorted. The program `facts` chooses one by the first byte.
pub const FACTS: &[(&str, Target)] = facts::FORMATS;
