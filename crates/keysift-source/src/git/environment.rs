//! What the environment says.

use std::env;
use std::ffi::OsString;

/// A variable that is not empty.
pub(super) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
