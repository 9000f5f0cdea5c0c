//! The trees that are scanned: which directories can hold a configuration for them.

use std::fs;
use std::path::{Component, Path, PathBuf};

use keysift_core::Origin;

use super::FILE_NAME;
use super::error::Problem;
use super::file::Trust;
use super::show::find_below;

/// A tree that is scanned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tree {
    /// What the names of its files begin with; `None` for what Git holds, whose names are the repository's.
    shown: Option<PathBuf>,
    /// Its directory, absolute and without symbolic links.
    pub(super) directory: PathBuf,
    /// The top of the repository that it lies in; its own directory where there is none.
    pub(super) top: PathBuf,
    is_in_repository: bool,
}

impl Tree {
    /// The tree of a path that is scanned: a directory, or a file in one. A path that does not exist is left for the
    /// scan to complain of.
    pub fn of_path(path: &Path) -> Self {
        let shown = if path.components().all(|part| part == Component::CurDir) {
            PathBuf::new()
        } else {
            path.to_owned()
        };
        let absolute = fs::canonicalize(path)
            .or_else(|_| std::path::absolute(path))
            .unwrap_or_else(|_| path.to_owned());
        if absolute.is_dir() {
            return Self::new(Some(shown), absolute);
        }
        let up = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
        Self::new(Some(up(&shown)), up(&absolute))
    }

    /// The top of the repository that it lies in, absolute; its own directory where there is none.
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The working tree of a repository whose objects are scanned.
    pub fn of_worktree(top: &Path) -> Self {
        let absolute = fs::canonicalize(top).unwrap_or_else(|_| top.to_owned());
        Self {
            shown: None,
            top: absolute.clone(),
            directory: absolute,
            is_in_repository: true,
        }
    }

    fn new(shown: Option<PathBuf>, directory: PathBuf) -> Self {
        let top = directory
            .ancestors()
            .find(|it| fs::symlink_metadata(it.join(".git")).is_ok())
            .map(Path::to_owned);
        Self {
            shown,
            is_in_repository: top.is_some(),
            top: top.unwrap_or_else(|| directory.clone()),
            directory,
        }
    }

    /// The directories that may hold a configuration for the whole tree, the outermost first: from the top of its
    /// repository, or else from the system's root, down to its own.
    ///
    /// Without a repository, a directory above it that everyone may write to has no say: anyone could silence the scan.
    pub(super) fn directories_above(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = self
            .directory
            .ancestors()
            .take_while(|it| !self.is_in_repository || it.starts_with(&self.top))
            .filter(|it| *it == self.directory || self.is_in_repository || !is_everyones(it))
            .map(Path::to_owned)
            .collect();
        all.reverse();
        all
    }

    /// The files of configuration that there are for this tree, with the names that messages give them; and with `below`,
    /// those below its directory. Also a problem for each directory below that cannot be listed.
    pub fn files(&self, below: bool) -> (Vec<(PathBuf, String, Trust)>, Vec<Problem>) {
        let above = self.directories_above().into_iter();
        let mut paths: Vec<PathBuf> = above
            .map(|it| it.join(FILE_NAME))
            .filter(|it| fs::symlink_metadata(it).is_ok())
            .collect();
        let mut problems = Vec::new();
        if below {
            let (found, unlisted) = find_below(&self.directory);
            paths.extend(found);
            problems = unlisted;
        }
        paths.sort();
        paths.dedup();
        let trust = |path: &PathBuf| self.trust(path.parent().unwrap_or(Path::new("")));
        let files = paths.into_iter().map(|path| {
            let (name, trust) = (shown(&path), trust(&path));
            (path, name, trust)
        });
        (files.collect(), problems)
    }

    /// How far the trust in a file reaches that was found in a directory.
    pub(super) fn trust(&self, directory: &Path) -> Trust {
        let is_inside = directory.starts_with(&self.top);
        Trust::Found(if is_inside { &self.top } else { directory }.to_owned())
    }

    /// The absolute path of what an origin names, if it lies in this tree.
    pub(super) fn locate(&self, origin: &Origin) -> Option<PathBuf> {
        match (origin, &self.shown) {
            (Origin::Member { archive, .. }, _) => self.locate(archive),
            (Origin::File(path), Some(shown)) => {
                let rest = path.strip_prefix(shown).ok()?;
                is_plain(rest).then(|| self.directory.join(rest))
            }
            (Origin::Staged { path, .. } | Origin::Committed { path, .. }, None) => {
                is_plain(path).then(|| self.directory.join(path))
            }
            _ => None,
        }
    }
}

/// Whether a path only leads downwards. That of a tree object may hold anything.
fn is_plain(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(unix)]
fn is_everyones(directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    const OTHERS_MAY_WRITE: u32 = 0o002;
    fs::metadata(directory).is_ok_and(|it| it.mode() & OTHERS_MAY_WRITE != 0)
}

#[cfg(not(unix))]
fn is_everyones(_: &Path) -> bool {
    false
}

/// The names of the members that an origin goes through, each behind a `!`; empty outside of archives.
pub(crate) fn members(origin: &Origin) -> String {
    match origin {
        Origin::Member { archive, path } => format!("{}!{}", members(archive), path.display()),
        _ => String::new(),
    }
}

/// A path as messages show it: from the current directory where it lies below that.
pub(super) fn shown(path: &Path) -> String {
    let current = std::env::current_dir().and_then(fs::canonicalize).ok();
    let below = current.and_then(|current| path.strip_prefix(current).ok().map(Path::to_owned));
    below.as_deref().unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_file_is_found_by_the_name_that_the_scan_gives_it() {
        let directory = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(directory.path()).unwrap();
        fs::create_dir_all(real.join("a/b")).unwrap();
        let tree = Tree::of_path(&directory.path().join("a"));
        let file = Origin::File(directory.path().join("a/b/c"));
        assert_eq!(tree.locate(&file), Some(real.join("a/b/c")));
        let member = Origin::Member {
            archive: Arc::new(file),
            path: "../../etc/passwd".into(),
        };
        assert_eq!(tree.locate(&member), Some(real.join("a/b/c")));
        assert_eq!(members(&member), "!../../etc/passwd");
        assert_eq!(tree.locate(&Origin::File("elsewhere".into())), None);
        assert_eq!(tree.locate(&Origin::Stdin), None);
    }

    #[test]
    fn a_path_of_git_leads_nowhere_else() {
        let tree = Tree::of_worktree(Path::new("/srv/repo"));
        let staged = |path: &str| Origin::Staged {
            path: path.into(),
            stage: 0,
        };
        assert_eq!(tree.locate(&staged("a/b")), Some("/srv/repo/a/b".into()));
        assert_eq!(tree.locate(&staged("../../etc/x")), None);
        assert_eq!(tree.locate(&staged("/etc/x")), None);
    }

    #[test]
    fn the_search_ends_at_the_top_of_a_repository() {
        let directory = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(directory.path()).unwrap();
        fs::create_dir_all(real.join("r/.git")).unwrap();
        fs::create_dir_all(real.join("r/a")).unwrap();
        let tree = Tree::of_path(&real.join("r/a"));
        assert_eq!(tree.directories_above(), [real.join("r"), real.join("r/a")]);
    }
}
