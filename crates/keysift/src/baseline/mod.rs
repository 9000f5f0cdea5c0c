//! Baselines: findings that were accepted, in a file that is committed beside what was scanned.
//!
//! A line is one secret at one place, without its line number and without the secret: its name is keyed by a key in the
//! file's header, and a secret that a dictionary could hold has so few bits there that thousands of words share them.
//! Lines are sorted by these names, which are as good as random, so that two branches hardly ever add lines at the same
//! spot.

mod entry;
mod file;
mod screen;
mod update;

pub use self::entry::{Entry, Status};
pub use self::file::{Baseline, BaselineError, Scanned};
pub use self::screen::{BaselineScreen, Extent, Places, Recorder};
pub use self::update::Changes;

/// What a baseline is called where nobody says otherwise.
pub const FILE_NAME: &str = "keysift.baseline";

/// The longest baseline, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 << 20;
