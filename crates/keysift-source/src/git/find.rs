//! Finding repositories: those that are named, and those below a directory.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keysift_core::{Skip, Unscanned};

use super::repository::{Environment, Repository, RepositoryOptions, open};
use crate::error::{Error, ErrorKind};

/// Repositories that were found, each once.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct FoundRepositories {
    /// The repositories, each with the path that it was found by.
    pub repositories: Vec<(PathBuf, Repository)>,
    /// What looks like a repository and cannot be opened, and directories that cannot be listed.
    pub unscanned: Vec<Unscanned>,
}

/// Opens what `paths` name: the repository that a path is in, or if it is in none, every repository below it, bare or not,
/// with those of submodules. Symbolic links are not followed there, and Git's environment variables have no say. Linked
/// working trees and other ways to the same repository count once.
///
/// What cannot be opened is told and not an error, unless it is the only path and there is nothing else.
///
/// # Errors
/// Those of [`open`] for a single path without any repository, and
/// [`NotARepository`](ErrorKind::NotARepository) for paths without any.
pub fn find(paths: &[PathBuf], options: &RepositoryOptions) -> Result<FoundRepositories, Error> {
    let mut finder = Finder {
        found: FoundRepositories::default(),
        seen: HashSet::new(),
    };
    for path in paths {
        match open(path, options) {
            Ok(repository) => finder.add(path.clone(), repository),
            Err(error) => {
                let before = finder.count();
                if error.kind() == ErrorKind::NotARepository && path.is_dir() {
                    finder.below(path);
                }
                if finder.count() == before {
                    if paths.len() == 1 {
                        return Err(error);
                    }
                    finder.unreadable(path, told(&error));
                }
            }
        }
    }
    let found = finder.found;
    if found.repositories.is_empty() && found.unscanned.is_empty() {
        return Err(Error::new(ErrorKind::NotARepository, "no path"));
    }
    Ok(found)
}

/// An error with its cause.
fn told(error: &Error) -> String {
    use std::error::Error as _;
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

struct Finder {
    found: FoundRepositories,
    /// What all working trees of a repository share, by its resolved name.
    seen: HashSet<PathBuf>,
}

impl Finder {
    fn count(&self) -> usize {
        self.seen.len() + self.found.unscanned.len()
    }

    fn add(&mut self, path: PathBuf, repository: Repository) {
        let common = repository.common_dir();
        let common = common.canonicalize().unwrap_or(common);
        if self.seen.insert(common) {
            self.found.repositories.push((path, repository));
        }
    }

    fn unreadable(&mut self, path: &Path, message: String) {
        let name = path.display().to_string();
        let unscanned = Unscanned::new(name, Skip::Unreadable).message(message);
        self.found.unscanned.push(unscanned);
    }

    /// Adds every repository below a directory.
    fn below(&mut self, directory: &Path) {
        let mut open = vec![directory.to_owned()];
        while let Some(directory) = open.pop() {
            if is_bare(&directory) {
                self.open(&directory);
                let modules = directory.join("modules");
                open.extend(modules.is_dir().then_some(modules));
                continue;
            }
            let mut inner = match list(&directory) {
                Ok(inner) => inner,
                Err(error) => {
                    self.unreadable(&directory, error.to_string());
                    continue;
                }
            };
            let git = directory.join(".git");
            if fs::symlink_metadata(&git).is_ok_and(|it| it.is_dir() || it.is_file()) {
                self.open(&directory);
                let modules = git.join("modules");
                inner.retain(|path| *path != git);
                inner.extend(modules.is_dir().then_some(modules));
            }
            // The last is taken first.
            inner.sort_unstable_by(|one, other| other.cmp(one));
            open.extend(inner);
        }
    }

    fn open(&mut self, path: &Path) {
        let options = RepositoryOptions::default().environment(Environment::Ignored);
        match open(path, &options) {
            Ok(repository) if is_at(&repository, path) => self.add(path.to_owned(), repository),
            Ok(_) => self.unreadable(path, "it looks like a repository and is none".to_owned()),
            Err(error) => self.unreadable(path, told(&error)),
        }
    }
}

/// Whether a repository is that of this very directory, and not of one above it.
fn is_at(repository: &Repository, path: &Path) -> bool {
    let is_same = |other: &Path| match (path.canonicalize(), other.canonicalize()) {
        (Ok(path), Ok(other)) => path == other,
        _ => false,
    };
    is_same(repository.git_dir()) || repository.work_tree().is_some_and(is_same)
}

/// The directories in a directory.
fn list(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut inner = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            inner.push(entry.path());
        }
    }
    Ok(inner)
}

/// Whether a directory is what Git keeps of a repository.
fn is_bare(directory: &Path) -> bool {
    fs::symlink_metadata(directory.join("HEAD")).is_ok()
        && directory.join("objects").is_dir()
        && directory.join("refs").is_dir()
}
