//! Globs as in a `.gitignore`, for whoever has paths and no tree to walk.

use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::pattern;
use crate::error::{Error, ErrorKind};

/// Globs written as in a `.gitignore`, matched against paths as seen from its directory.
///
/// What lies in a directory that they match is matched as well; a later glob wins over an earlier one, and `!glob` takes
/// out what an earlier one matched.
#[derive(Debug, Clone)]
pub struct Globs {
    matcher: Gitignore,
    written: Vec<String>,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Globs {}

/// Which paths below a directory are scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathChoice {
    /// The directory that the globs are relative to, absolute and without symbolic links.
    pub below: PathBuf,
    /// Only files that one of these matches; `None` for all.
    pub include: Option<Globs>,
    /// No files and directories that one of these matches; `None` for none.
    pub exclude: Option<Globs>,
}

impl PathChoice {
    /// Whether it leaves out the entry at an absolute path.
    pub(super) fn leaves_out(&self, absolute: &Path, is_directory: bool) -> bool {
        let Ok(path) = absolute.strip_prefix(&self.below) else {
            return false;
        };
        let matches = |globs: &Globs| globs.matches(path, is_directory);
        self.exclude.as_ref().is_some_and(matches)
            || (!is_directory && !self.include.as_ref().is_none_or(matches))
    }
}

impl Globs {
    /// Compiles globs.
    ///
    /// # Errors
    /// [`InvalidGlob`](ErrorKind::InvalidGlob): one is none, or together they are too large.
    ///
    /// # Examples
    /// ```
    /// let globs = keysift_source::Globs::new(&["/vendor/", "*.min.js"])?;
    /// assert!(globs.match_file("vendor/a/b.c"));
    /// assert!(globs.match_file("web/app.min.js"));
    /// assert!(!globs.match_file("src/vendor/a"));
    /// # Ok::<(), keysift_source::Error>(())
    /// ```
    pub fn new<G: AsRef<str>>(globs: &[G]) -> Result<Self, Error> {
        let mut builder = GitignoreBuilder::new("");
        for glob in globs {
            if !pattern::add_line(&mut builder, glob.as_ref()) {
                return Err(Error::new(ErrorKind::InvalidGlob, glob.as_ref()));
            }
        }
        let matcher = builder.build().map_err(|error| {
            let all: Vec<&str> = globs.iter().map(AsRef::as_ref).collect();
            Error::new(ErrorKind::InvalidGlob, all.join(" ")).caused_by(error)
        })?;
        Ok(Self {
            matcher,
            written: globs.iter().map(|glob| glob.as_ref().to_owned()).collect(),
        })
    }

    /// Whether they match a file, by its relative path.
    pub fn match_file(&self, path: impl AsRef<Path>) -> bool {
        self.matches(path.as_ref(), false)
    }

    /// Whether they match a directory, by its relative path.
    pub fn match_directory(&self, path: impl AsRef<Path>) -> bool {
        self.matches(path.as_ref(), true)
    }

    fn matches(&self, path: &Path, is_directory: bool) -> bool {
        // The nearest that anything is said of decides, and a directory that is matched takes all in it along.
        let mut above: Vec<&Path> = path
            .ancestors()
            .take_while(|it| !it.as_os_str().is_empty() && !it.has_root())
            .collect();
        above.reverse();
        let Some((own, above)) = above.split_last() else {
            return false;
        };
        above
            .iter()
            .any(|it| matches!(self.matcher.matched(it, true), Match::Ignore(_)))
            || matches!(self.matcher.matched(own, is_directory), Match::Ignore(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_mean_what_they_mean_in_an_ignore_file() {
        let globs = Globs::new(&["build/", "*.log", "!keep.log", "a/b"]).unwrap();
        for (path, is_matched) in [
            ("build/x", true),
            ("src/build/x/y", true),
            ("build", false),
            ("x.log", true),
            ("d/keep.log", false),
            ("build/keep.log", true),
            ("a/b", true),
            ("c/a/b", false),
            ("", false),
            ("/build/x", false),
        ] {
            assert_eq!(globs.match_file(path), is_matched, "{path}");
        }
        assert!(globs.match_directory("build"));
    }

    #[test]
    fn a_choice_is_for_what_lies_below_it() {
        let choice = PathChoice {
            below: "/r".into(),
            include: Some(Globs::new(&["/src/"]).unwrap()),
            exclude: Some(Globs::new(&["gen/"]).unwrap()),
        };
        for (path, is_directory, is_out) in [
            ("/r/src/a", false, false),
            ("/r/a", false, true),
            ("/r/a", true, false),
            ("/r/src/gen", true, true),
            ("/r/src/gen/a", false, true),
            ("/elsewhere/gen", true, false),
        ] {
            let path = Path::new(path);
            assert_eq!(choice.leaves_out(path, is_directory), is_out, "{path:?}");
        }
    }

    #[test]
    fn what_is_no_glob_is_an_error() {
        for glob in ["", "# a", "[a", "!"] {
            assert!(Globs::new(&[glob]).is_err(), "{glob:?}");
        }
    }
}
