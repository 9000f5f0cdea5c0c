//! Which entries of a tree are left out: the user's globs, and ignore files with the order in which they win.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};
use keysift_core::Skip;

use super::globs::PathChoice;
use super::pattern;
use super::system::{self, Links};
use super::{FileOptions, UserExcludes};
use crate::error::{Error, ErrorKind};

/// Larger ignore files ignore nothing: reading their patterns would take minutes.
const MAX_IGNORE_FILE_BYTES: u64 = 1 << 20;

/// What holds in the whole walk.
#[derive(Debug)]
pub(super) struct Ignores {
    excludes: Gitignore,
    choices: Vec<PathChoice>,
    user_excludes: Gitignore,
    has_ignore_files: bool,
}

/// The ignore files of a directory that has any, and of those above it. All paths are absolute.
#[derive(Debug)]
pub(super) struct Level {
    above: Option<Arc<Self>>,
    directory: PathBuf,
    /// `.ignore`.
    plain: Gitignore,
    /// `.gitignore`; empty outside of repositories.
    git: Gitignore,
    /// `.git/info/exclude`; empty except at a repository's top.
    repository: Gitignore,
    /// Whether it is a repository's top. What lies above has no say.
    is_top: bool,
    /// Whether it is in a repository.
    is_in_repository: bool,
}

impl Ignores {
    pub(super) fn new(options: &FileOptions) -> Result<Self, Error> {
        let mut builder = GitignoreBuilder::new("");
        for glob in &options.exclude {
            if !pattern::add_line(&mut builder, glob) {
                return Err(Error::new(ErrorKind::InvalidGlob, glob));
            }
        }
        let excludes = builder.build().map_err(|error| {
            Error::new(ErrorKind::InvalidGlob, options.exclude.join(" ")).caused_by(error)
        })?;
        let user_excludes = match &options.user_excludes {
            _ if !options.respect_ignore_files => None,
            UserExcludes::None => None,
            UserExcludes::AsGit => gitconfig_excludes_path(),
            UserExcludes::File(path) => Some(path.clone()),
        };
        Ok(Self {
            excludes,
            choices: options.choices.clone(),
            user_excludes: matcher(user_excludes.as_deref(), Links::Follow),
            has_ignore_files: options.respect_ignore_files,
        })
    }

    /// Whether any entry of a directory can be left out.
    pub(super) fn have_a_say(&self, level: Option<&Level>) -> bool {
        level.is_some() || !self.excludes.is_empty() || !self.choices.is_empty()
    }

    /// Why the entry at `absolute` is left out, if it is. `level` is its directory's; `root` is absolute.
    pub(super) fn skip(
        &self,
        level: Option<&Level>,
        root: &Path,
        absolute: &Path,
        is_directory: bool,
    ) -> Option<Skip> {
        if !self.excludes.is_empty() {
            match self.excludes.matched(below(root, absolute), is_directory) {
                Match::Ignore(_) => return Some(Skip::Excluded),
                Match::Whitelist(_) => return None,
                Match::None => {}
            }
        }
        let is_out = |choice: &PathChoice| choice.leaves_out(absolute, is_directory);
        if self.choices.iter().any(is_out) {
            return Some(Skip::Excluded);
        }
        let is_ignored = level?.is_ignored(&self.user_excludes, absolute, is_directory);
        is_ignored.then_some(Skip::Ignored)
    }

    /// The level of a root: that of the directories above it.
    pub(super) fn above(&self, root: &Path) -> Option<Arc<Level>> {
        let mut directories: Vec<&Path> = root.ancestors().skip(1).collect();
        directories.reverse();
        directories.into_iter().fold(None, |level, directory| {
            let has = |name: &str| fs::symlink_metadata(directory.join(name)).is_ok();
            self.within(level, directory, has)
        })
    }

    /// The level of a directory in one whose level is `above`. `has` says whether it has an entry of a name.
    pub(super) fn within(
        &self,
        above: Option<Arc<Level>>,
        directory: &Path,
        has: impl Fn(&str) -> bool,
    ) -> Option<Arc<Level>> {
        if !self.has_ignore_files {
            return None;
        }
        let is_top = has(".git");
        let is_in_repository = is_top || above.as_ref().is_some_and(|it| it.is_in_repository);
        let matcher_of = |name: &str, is_read: bool| {
            let path = (is_read && has(name)).then(|| directory.join(name));
            matcher(path.as_deref(), Links::Refuse)
        };
        let plain = matcher_of(".ignore", true);
        let git = matcher_of(".gitignore", is_in_repository);
        if !is_top && plain.is_empty() && git.is_empty() {
            return above;
        }
        let exclude = is_top.then(|| git_directory(directory).join("info/exclude"));
        Some(Arc::new(Level {
            above,
            directory: directory.to_owned(),
            plain,
            git,
            repository: matcher(exclude.as_deref(), Links::Follow),
            is_top,
            is_in_repository,
        }))
    }
}

impl Level {
    fn is_ignored(&self, user_excludes: &Gitignore, path: &Path, is_directory: bool) -> bool {
        let levels = || std::iter::successors(Some(self), |level| level.above.as_deref());
        let matched = |gitignore: &Gitignore, level: &Self| {
            if gitignore.is_empty() {
                return Match::None;
            }
            let path = below(&level.directory, path);
            gitignore.matched(path, is_directory).map(|_| ())
        };
        let plain = || first(levels().map(|level| matched(&level.plain, level)));
        let git = || {
            if !self.is_in_repository {
                return Match::None;
            }
            let count = levels().take_while(|level| !level.is_top).count();
            first(
                levels()
                    .take(count + 1)
                    .map(|level| matched(&level.git, level)),
            )
        };
        let repository = || {
            let top = levels().find(|level| level.is_top);
            top.map_or(Match::None, |top| {
                matched(&top.repository, top).or(matched(user_excludes, top))
            })
        };
        let found = match plain() {
            Match::None => match git() {
                Match::None => repository(),
                found => found,
            },
            found => found,
        };
        found.is_ignore()
    }
}

fn first(mut matches: impl Iterator<Item = Match<()>>) -> Match<()> {
    matches
        .find(|found| !found.is_none())
        .unwrap_or(Match::None)
}

/// `path` as seen from `directory`, which it lies in.
fn below<'p>(directory: &Path, path: &'p Path) -> &'p Path {
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        // PERF: `strip_prefix` compares component by component, for every level and every entry.
        let directory = directory.as_os_str().as_bytes();
        let length = directory.len() + usize::from(!directory.ends_with(b"/"));
        let path = path.as_os_str().as_bytes();
        Path::new(OsStr::from_bytes(path.get(length..).unwrap_or_default()))
    }
    #[cfg(not(unix))]
    path.strip_prefix(directory).unwrap_or(path)
}

/// The patterns of an ignore file; none if it cannot be read, so that more is scanned, not less.
fn matcher(path: Option<&Path>, links: Links) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    if let Some(text) = path.and_then(|path| text(path, links)) {
        pattern::add_file(&mut builder, &text);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn text(path: &Path, links: Links) -> Option<Vec<u8>> {
    let file = system::open(path, links).ok()?;
    let facts = system::facts(&file).ok()?;
    if !facts.is_file || facts.bytes > MAX_IGNORE_FILE_BYTES {
        return None;
    }
    let mut text = Vec::new();
    file.take(MAX_IGNORE_FILE_BYTES)
        .read_to_end(&mut text)
        .ok()?;
    Some(text)
}

/// Where the repository with the top `top` keeps what its worktrees share.
fn git_directory(top: &Path) -> PathBuf {
    let named = |path: &Path, key: &str| {
        let text = text(path, Links::Follow)?;
        let line = text.strip_prefix(key.as_bytes())?;
        let line = std::str::from_utf8(line).ok()?;
        Some(PathBuf::from(line.trim_end_matches(['\n', '\r'])))
    };
    let dot_git = top.join(".git");
    // In a worktree and in a submodule it is a file that says where the directory is.
    let Some(directory) = named(&dot_git, "gitdir: ") else {
        return dot_git;
    };
    let directory = top.join(directory);
    match named(&directory.join("commondir"), "") {
        Some(common) => directory.join(common),
        None => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(directory: &Path, patterns: &[u8]) -> Level {
        let mut builder = GitignoreBuilder::new("");
        pattern::add_file(&mut builder, patterns);
        Level {
            above: None,
            directory: directory.to_owned(),
            plain: Gitignore::empty(),
            git: builder.build().unwrap(),
            repository: Gitignore::empty(),
            is_top: true,
            is_in_repository: true,
        }
    }

    #[test]
    fn a_path_is_seen_from_a_directory() {
        assert_eq!(below(Path::new("/"), Path::new("/a/b")), Path::new("a/b"));
        assert_eq!(below(Path::new("/a"), Path::new("/a/b")), Path::new("b"));
    }

    #[test]
    fn the_nearest_level_wins() {
        let top = level(Path::new("/r"), b"*.log\n");
        let mut inner = level(Path::new("/r/a"), b"!keep.log\n");
        inner.is_top = false;
        inner.above = Some(Arc::new(top));
        let none = Gitignore::empty();
        assert!(inner.is_ignored(&none, Path::new("/r/a/x.log"), false));
        assert!(!inner.is_ignored(&none, Path::new("/r/a/keep.log"), false));
    }

    #[test]
    fn what_lies_above_a_repository_has_no_say() {
        let mut inner = level(Path::new("/r/a"), b"");
        inner.above = Some(Arc::new(level(Path::new("/r"), b"*.log\n")));
        assert!(!inner.is_ignored(&Gitignore::empty(), Path::new("/r/a/x.log"), false));
    }

    #[test]
    fn a_glob_that_is_none_is_an_error() {
        let options = FileOptions {
            exclude: vec!["[a".into()],
            ..FileOptions::default()
        };
        let error = Ignores::new(&options).unwrap_err();
        assert_eq!(error.to_string(), "\"[a\": not a glob");
    }
}
