//! Putting hooks in place, and taking them away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::place::{Manner, Place};
use super::script;
use super::{Hook, HookError, HookErrorKind, State, global, write};

/// The lines for a script that a team shares begin with this one.
const LINES_MARK: &str =
    "# keysift: made by `keysift hook install`; `keysift hook uninstall` takes it away.";

/// What Git runs must be executable.
const SCRIPT_MODE: u32 = 0o755;

/// What was done for a hook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Installed {
    /// It was written; there was none.
    New,
    /// It was ours already, and is as it is to be now.
    Renewed,
    /// Another hook was there; it is kept here and runs first.
    Chained(PathBuf),
    /// Lines were added to a script that the team shares.
    Added,
}

/// What was undone for a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Removed {
    /// There was none of ours.
    Nothing,
    /// Ours is gone.
    Ours,
    /// Ours is gone, and the hook from before is back in its place.
    Restored,
}

impl Place {
    /// The file of a hook.
    pub fn file(&self, hook: Hook) -> PathBuf {
        self.directory.join(hook.name())
    }

    fn previous(&self, hook: Hook) -> PathBuf {
        self.directory.join(format!("{hook}.before-keysift"))
    }
}

/// What a hook's file is at the moment.
///
/// # Errors
/// A file that cannot be read.
pub fn state(place: &Place, hook: Hook) -> Result<State, HookError> {
    let Some(text) = read(&place.file(hook))? else {
        return Ok(State::Absent);
    };
    if place.is_global && text == script::passing_on(hook.name()).as_bytes() {
        return Ok(State::Absent);
    }
    let is_ours = match place.manner {
        Manner::Script(_) => script::is_ours(&text),
        Manner::Lines => holds_our_lines(&text),
    };
    Ok(match is_ours {
        false => State::Foreign,
        true if exists(&place.previous(hook)) => State::OursBeforeAnother,
        true => State::Ours,
    })
}

/// Makes `hook` run `program`, with these options. A hook that was there before is kept and runs first.
///
/// # Errors
/// [`TwoPrevious`](HookErrorKind::TwoPrevious), [`Program`](HookErrorKind::Program), or a file that cannot be written;
/// what was there then stays in its place.
pub fn install(
    place: &Place,
    hook: Hook,
    program: &Path,
    options: &[String],
) -> Result<Installed, HookError> {
    let path = place.file(hook);
    fs::create_dir_all(&place.directory).map_err(|error| HookError::io(&place.directory, error))?;
    let was = state(place, hook)?;
    let Manner::Script(previous) = place.manner else {
        return add_lines(&path, hook, options, was);
    };
    let program = program
        .to_str()
        .ok_or_else(|| HookError::new(HookErrorKind::Program, program))?;
    let text = script::of(hook, program, options, previous);
    let kept = place.previous(hook);
    let installed = match was {
        State::Absent => Installed::New,
        State::Ours | State::OursBeforeAnother => Installed::Renewed,
        State::Foreign if exists(&kept) => {
            return Err(HookError::new(HookErrorKind::TwoPrevious, path));
        }
        State::Foreign => {
            fs::rename(&path, &kept).map_err(|error| HookError::io(&path, error))?;
            Installed::Chained(kept.clone())
        }
    };
    if let Err(error) = write(&path, text.as_bytes(), SCRIPT_MODE) {
        if installed == Installed::Chained(kept.clone()) {
            // Best effort: the error that counts is the one at hand.
            let _ = fs::rename(&kept, &path);
        }
        return Err(error);
    }
    if place.is_global {
        pass_on(place)?;
        if global::hooks_path()?.is_none() {
            global::set_hooks_path(Some(&place.directory))?;
        }
    }
    Ok(installed)
}

/// Takes our `hook` away, and puts the one from before back.
///
/// # Errors
/// A file that cannot be read or written.
pub fn uninstall(place: &Place, hook: Hook) -> Result<Removed, HookError> {
    let path = place.file(hook);
    let was = state(place, hook)?;
    if matches!(was, State::Absent | State::Foreign) {
        return Ok(Removed::Nothing);
    }
    if place.manner == Manner::Lines {
        return remove_lines(&path);
    }
    let removed = if was == State::OursBeforeAnother {
        fs::rename(place.previous(hook), &path).map_err(|error| HookError::io(&path, error))?;
        Removed::Restored
    } else {
        fs::remove_file(&path).map_err(|error| HookError::io(&path, error))?;
        Removed::Ours
    };
    if place.is_global {
        stop_passing_on(place)?;
    }
    Ok(removed)
}

/// Lets the hooks of repositories run on, which a directory for all repositories hides.
fn pass_on(place: &Place) -> Result<(), HookError> {
    for name in script::PASSED_ON {
        let path = place.directory.join(name);
        if !exists(&path) {
            write(&path, script::passing_on(name).as_bytes(), SCRIPT_MODE)?;
        }
    }
    Ok(())
}

/// Removes the scripts that only pass on, when none of the others is left.
fn stop_passing_on(place: &Place) -> Result<(), HookError> {
    for hook in Hook::ALL {
        if matches!(state(place, *hook)?, State::Ours | State::OursBeforeAnother) {
            // One of ours is left, and so must be what a repository has of this one.
            return pass_on(place);
        }
    }
    for name in script::PASSED_ON {
        let path = place.directory.join(name);
        if read(&path)?.is_some_and(|text| script::is_ours(&text)) {
            fs::remove_file(&path).map_err(|error| HookError::io(&path, error))?;
        }
    }
    // A directory that holds nothing more was made by us, or is of no use to anyone.
    if fs::remove_dir(&place.directory).is_ok() {
        global::set_hooks_path(None)?;
    }
    Ok(())
}

fn lines(hook: Hook, options: &[String]) -> String {
    // Older versions of husky do not end at the first command that fails.
    let run = script::run(hook, options);
    format!("{LINES_MARK}\nkeysift {run} || exit $?\n")
}

fn holds_our_lines(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n')
        .any(|line| line.trim_ascii_end() == LINES_MARK.as_bytes())
}

fn add_lines(
    path: &Path,
    hook: Hook,
    options: &[String],
    was: State,
) -> Result<Installed, HookError> {
    let ours = lines(hook, options);
    let mut text = read(path)?.unwrap_or_else(|| b"#!/bin/sh\n".to_vec());
    if was == State::Ours {
        let renewed = with_lines(&text, ours.as_bytes());
        if renewed != text {
            write(path, &renewed, mode_of(path))?;
        }
        return Ok(Installed::Renewed);
    }
    if text.last().is_some_and(|byte| *byte != b'\n') {
        text.push(b'\n');
    }
    text.extend_from_slice(ours.as_bytes());
    write(path, &text, mode_of(path))?;
    Ok(if was == State::Absent {
        Installed::New
    } else {
        Installed::Added
    })
}

fn remove_lines(path: &Path) -> Result<Removed, HookError> {
    let text = read(path)?.unwrap_or_default();
    let kept = with_lines(&text, b"");
    if kept == b"#!/bin/sh\n" {
        fs::remove_file(path).map_err(|error| HookError::io(path, error))?;
    } else {
        write(path, &kept, mode_of(path))?;
    }
    Ok(Removed::Ours)
}

/// A script in which `ours` stands for the lines of ours.
fn with_lines(text: &[u8], ours: &[u8]) -> Vec<u8> {
    let mut renewed = Vec::with_capacity(text.len() + ours.len());
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    while let Some(line) = lines.next() {
        if line.trim_ascii_end() == LINES_MARK.as_bytes() {
            // The line behind the mark is ours as well.
            lines.next();
            renewed.extend_from_slice(ours);
        } else {
            renewed.extend_from_slice(line);
        }
    }
    renewed
}

/// The mode of a team's script, which Git keeps; that of a new one if it is not there.
fn mode_of(path: &Path) -> u32 {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path) {
        use std::os::unix::fs::PermissionsExt;

        return metadata.permissions().mode() & 0o777;
    }
    SCRIPT_MODE
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// A file's bytes; `None` when it is not there.
fn read(path: &Path) -> Result<Option<Vec<u8>>, HookError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a hook is configuration, not what is scanned"
    )]
    match fs::read(path) {
        Ok(text) => Ok(Some(text)),
        // What a dangling link points to is not there, and the link would be lost.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !exists(path) => Ok(None),
        Err(error) => Err(HookError::io(path, error)),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_a_team_wrote_is_as_before_after_adding_and_removing(
            written in proptest::collection::vec("[ -~]{0,20}", 0..6),
            hooks in proptest::sample::subsequence(Hook::ALL.to_vec(), 1..3),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("hook");
            let text: String = written.iter().map(|line| format!("{line}\n")).collect();
            fs::write(&path, &text).unwrap();
            for hook in hooks {
                add_lines(&path, hook, &[], State::Foreign).unwrap();
            }
            prop_assert!(holds_our_lines(&fs::read(&path).unwrap()));
            remove_lines(&path).unwrap();
            prop_assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_script_that_cannot_be_written_leaves_the_one_that_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pre-commit");
        fs::write(&path, "#!/bin/sh\nexit 0\n").unwrap();
        // A draft of this name is in the way.
        let mut draft = path.clone().into_os_string();
        draft.push(format!(".keysift-{}", std::process::id()));
        fs::create_dir(&draft).unwrap();
        let place = Place::at(folder.path());
        install(&place, Hook::PreCommit, Path::new("/bin/keysift"), &[]).unwrap_err();
        let left = fs::read_to_string(&path).unwrap();
        assert_eq!(left, "#!/bin/sh\nexit 0\n");
        assert!(!exists(&place.previous(Hook::PreCommit)));
    }
}
