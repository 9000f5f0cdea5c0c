//! Git hooks that run keysift: what they are called, where they lie, and putting them there.
//!
//! A hook is a small shell script that runs the program. A hook that was there before is kept beside it, under the name
//! `<hook>.before-keysift`, and runs first; when ours is taken away it goes back to its place.

mod global;
mod install;
mod place;
mod script;

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

pub use self::global::hooks_path as global_hooks_path;
pub use self::install::{Installed, Removed, install, state, uninstall};
pub use self::place::{Manager, Place};
pub use self::script::quoted;

/// Which of Git's hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Hook {
    /// Before a commit is made: what is staged.
    PreCommit,
    /// When a commit's message was written: the message.
    CommitMsg,
    /// Before a push: the commits that the other side does not have.
    PrePush,
    /// On a server, before any reference of a push changes: all that the push brings.
    PreReceive,
    /// On a server, before one reference changes: what it brings.
    Update,
}

impl Hook {
    /// Every hook.
    pub const ALL: &'static [Self] = &[
        Self::PreCommit,
        Self::CommitMsg,
        Self::PrePush,
        Self::PreReceive,
        Self::Update,
    ];

    /// The name of the file that Git runs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
        }
    }

    /// The hook with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|hook| hook.name() == name)
    }

    /// Whether Git tells the hook on its standard input what is going on.
    const fn reads_input(self) -> bool {
        matches!(self, Self::PrePush | Self::PreReceive)
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a hook file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// There is none.
    Absent,
    /// It runs keysift.
    Ours,
    /// It is ours, and a hook that was there before runs first.
    OursBeforeAnother,
    /// It is somebody else's.
    Foreign,
}

/// Why a hook could not be put in place or taken away.
#[derive(Debug)]
pub struct HookError {
    path: PathBuf,
    kind: HookErrorKind,
    source: Option<io::Error>,
}

/// The kinds of [`HookError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HookErrorKind {
    /// A file or directory could not be read or written.
    Io,
    /// Both a hook that is not ours and one that was kept from before are there, so that one would be lost.
    TwoPrevious,
    /// The path of the program cannot be written into a shell script.
    Program,
    /// No directory of the user's is known: neither `XDG_CONFIG_HOME` nor `HOME` is set.
    NoHome,
}

impl HookError {
    fn new(kind: HookErrorKind, path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            kind,
            source: None,
        }
    }

    fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self {
            source: Some(source),
            ..Self::new(HookErrorKind::Io, path)
        }
    }

    /// What kind of error it is.
    pub const fn kind(&self) -> HookErrorKind {
        self.kind
    }

    /// What may help; `None` where there is nothing to say.
    pub const fn hint(&self) -> Option<&'static str> {
        match self.kind {
            HookErrorKind::Io => None,
            HookErrorKind::TwoPrevious => {
                Some("look at both files, keep what is needed in one of them, and remove the other")
            }
            HookErrorKind::Program => Some("install the program under a path that is UTF-8"),
            HookErrorKind::NoHome => Some("set HOME"),
        }
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.kind {
            HookErrorKind::Io => write!(f, "{path}: cannot be read or written"),
            HookErrorKind::TwoPrevious => write!(
                f,
                "{path}: another hook took our place, and the one from before ours is still kept beside it"
            ),
            HookErrorKind::Program => write!(f, "{path}: no path for a shell script"),
            HookErrorKind::NoHome => {
                write!(f, "{path}: no directory for the user's hooks is known")
            }
        }
    }
}

impl std::error::Error for HookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Writes a file so that who reads it at this moment sees the old one or the new one.
fn write(path: &Path, text: &[u8], mode: u32) -> Result<(), HookError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".keysift-{}", std::process::id()));
    let draft = PathBuf::from(draft);
    let written = draft_file(&draft, mode)
        .and_then(|mut file| file.write_all(text))
        .and_then(|()| fs::rename(&draft, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&draft);
        HookError::io(path, error)
    })
}

fn draft_file(path: &Path, mode: u32) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}
