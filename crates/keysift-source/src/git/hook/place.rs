//! Where hooks lie, and who else looks after them.

use std::path::{Path, PathBuf};

use super::global;
use super::script::{self, Previous};
use super::{HookError, HookErrorKind};
use crate::error::Error;
use crate::git::Repository;
use crate::git::environment::variable;

/// A program that puts hooks in place for a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manager {
    /// husky: the hooks are files of the repository, under `.husky`.
    Husky,
    /// lefthook: the hooks are told in `lefthook.yml`, and `lefthook install` writes them again.
    Lefthook,
    /// The framework pre-commit: the hooks are told in `.pre-commit-config.yaml`.
    PreCommit,
}

/// How our hook gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As a script of our own.
    Script(Previous),
    /// As lines in a script that the team shares.
    Lines,
}

/// A directory of hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(super) directory: PathBuf,
    pub(super) manner: Manner,
    manager: Option<Manager>,
    pub(super) is_global: bool,
}

/// The files by which a manager's configuration is known, at the root of a working tree.
const LEFTHOOK_FILES: &[&str] = &[
    "lefthook.yml",
    "lefthook.yaml",
    "lefthook.toml",
    "lefthook.json",
    ".lefthook.yml",
    ".lefthook.yaml",
    ".lefthook.toml",
    ".lefthook.json",
];
const PRE_COMMIT_FILE: &str = ".pre-commit-config.yaml";

impl Place {
    /// The hooks of a repository: what `core.hooksPath` says, or the directory `hooks` of the repository, which linked
    /// worktrees share.
    ///
    /// # Errors
    /// A `core.hooksPath` that is no path.
    pub fn of(repository: &Repository) -> Result<Self, Error> {
        let root = repository.work_tree().unwrap_or(repository.git_dir());
        // Git runs hooks at the root of the working tree, from where it looks a relative path up.
        let configured = repository.hooks_path()?.map(|path| root.join(path));
        // What is for all repositories is not changed for one: it passes on to the repository's own hooks.
        let directory = configured
            .filter(|directory| !passes_on(directory))
            .unwrap_or_else(|| repository.common_dir().join("hooks"));
        if let Some(directory) = husky(&directory) {
            return Ok(Self {
                directory,
                manner: Manner::Lines,
                manager: Some(Manager::Husky),
                is_global: false,
            });
        }
        let manager = repository.work_tree().and_then(|root| {
            let has = |name: &str| root.join(name).is_file();
            if LEFTHOOK_FILES.iter().any(|name| has(name)) {
                Some(Manager::Lefthook)
            } else {
                has(PRE_COMMIT_FILE).then_some(Manager::PreCommit)
            }
        });
        Ok(Self {
            directory,
            manner: Manner::Script(Previous::Beside),
            manager,
            is_global: false,
        })
    }

    /// The hooks of all the user's repositories: what the user's `core.hooksPath` says, or `keysift/hooks` in the
    /// directory of configurations.
    ///
    /// # Errors
    /// [`NoHome`](HookErrorKind::NoHome), or a configuration that cannot be read.
    pub fn global() -> Result<Self, HookError> {
        let directory = match global::hooks_path()? {
            Some(path) => path,
            None => own_directory()?,
        };
        Ok(Self {
            directory,
            manner: Manner::Script(Previous::OfRepository),
            manager: None,
            is_global: true,
        })
    }

    /// A directory with scripts of our own.
    #[cfg(test)]
    pub(super) fn at(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            manner: Manner::Script(Previous::Beside),
            manager: None,
            is_global: false,
        }
    }

    /// The directory that holds the hooks.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Who else looks after the hooks; `None` when nobody is known to.
    pub const fn manager(&self) -> Option<Manager> {
        self.manager
    }
}

/// Whether the hooks in a directory run those of each repository, as ours for all repositories do.
fn passes_on(directory: &Path) -> bool {
    // Never one of ours to run, so that it is there, unchanged, as long as one of ours is.
    const NAME: &str = "post-commit";
    #[expect(
        clippy::disallowed_methods,
        reason = "a hook is configuration, not what is scanned"
    )]
    let text = std::fs::read(directory.join(NAME));
    text.is_ok_and(|text| text == script::passing_on(NAME).as_bytes())
}

/// The directory that keysift makes for the hooks of all repositories.
fn own_directory() -> Result<PathBuf, HookError> {
    let configuration = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| {
            Some(
                PathBuf::from(variable("HOME").or_else(|| variable("USERPROFILE"))?)
                    .join(".config"),
            )
        })
        .ok_or_else(|| HookError::new(HookErrorKind::NoHome, "hooks"))?;
    Ok(configuration.join("keysift").join("hooks"))
}

/// The directory of husky's scripts that a team shares, if husky wrote the one that Git looks in.
fn husky(hooks: &Path) -> Option<PathBuf> {
    let is = |path: &Path, name: &str| path.file_name().is_some_and(|last| last == name);
    // Newer versions keep generated scripts, which run the shared ones, one directory further down.
    if is(hooks, "_") {
        return hooks
            .parent()
            .filter(|parent| is(parent, ".husky"))
            .map(Path::to_owned);
    }
    is(hooks, ".husky").then(|| hooks.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn huskys_directories_are_told_from_others() {
        let shared = Some(PathBuf::from("/a/.husky"));
        assert_eq!(husky(Path::new("/a/.husky/_")), shared);
        assert_eq!(husky(Path::new("/a/.husky")), shared);
        for other in ["/a/_", "/a/husky", "/a/.husky/hooks", "/a/.git/hooks"] {
            assert_eq!(husky(Path::new(other)), None);
        }
    }
}
