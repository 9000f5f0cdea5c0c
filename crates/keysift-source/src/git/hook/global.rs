//! The user's own `core.hooksPath`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::config::{File, Source};

use super::{HookError, HookErrorKind, write};
use crate::git::environment::variable;

const KEY: &str = "core.hooksPath";

/// The directory that the user's configuration names for the hooks of all repositories; `None` when it names none.
///
/// # Errors
/// A configuration that cannot be read.
pub fn hooks_path() -> Result<Option<PathBuf>, HookError> {
    let file = configuration()?;
    let Some(config) = read(&file)? else {
        return Ok(None);
    };
    let Some(path) = config.path(KEY) else {
        return Ok(None);
    };
    let home = variable("HOME").map(PathBuf::from);
    let context = gix::config::path::interpolate::Context {
        home_dir: home.as_deref(),
        ..Default::default()
    };
    match path.interpolate(context) {
        Ok(path) => Ok(Some(path)),
        Err(error) => Err(HookError::io(file, io::Error::other(error))),
    }
}

/// Sets or, with `None`, removes the directory in the user's configuration; everything else in it stays as it is.
pub(super) fn set_hooks_path(directory: Option<&Path>) -> Result<(), HookError> {
    let path = configuration()?;
    let mut config = read(&path)?.unwrap_or_else(|| {
        let metadata = gix::config::file::Metadata::from(Source::User);
        File::new(metadata)
    });
    match directory {
        Some(directory) => {
            let value = directory
                .to_str()
                .ok_or_else(|| HookError::new(HookErrorKind::Program, directory))?;
            config
                .set_raw_value(KEY, value.as_bytes().as_bstr())
                .map_err(|error| HookError::io(&path, io::Error::other(error)))?;
        }
        None => {
            if let Ok(mut value) = config.raw_value_mut(KEY) {
                value.delete();
            }
        }
    }
    // A link to a file that is kept elsewhere stays a link.
    let file = fs::canonicalize(&path).unwrap_or(path);
    write(&file, &config.to_bstring(), 0o644)
}

fn read(path: &Path) -> Result<Option<File>, HookError> {
    if !path.exists() {
        return Ok(None);
    }
    match File::from_path_no_includes(path.to_owned(), Source::User) {
        Ok(config) => Ok(Some(config)),
        Err(error) => Err(HookError::io(path, io::Error::other(error))),
    }
}

/// The file of the user's configuration, as Git looks for it.
fn configuration() -> Result<PathBuf, HookError> {
    if let Some(path) = variable("GIT_CONFIG_GLOBAL") {
        return Ok(path.into());
    }
    let home = variable("HOME")
        .or_else(|| variable("USERPROFILE"))
        .map(PathBuf::from);
    let own = home.as_ref().map(|home| home.join(".gitconfig"));
    let shared = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home?.join(".config")))
        .map(|path| path.join("git").join("config"));
    match (own, shared) {
        (Some(own), _) if own.exists() => Ok(own),
        (_, Some(shared)) if shared.exists() => Ok(shared),
        (Some(own), _) => Ok(own),
        (None, _) => Err(HookError::new(HookErrorKind::NoHome, "hooks")),
    }
}
