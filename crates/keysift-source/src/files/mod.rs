//! Files and trees of files as a source.

mod globs;
mod ignored;
mod list;
mod map;
mod pattern;
mod read;
mod root;
mod system;
mod walk;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

pub use self::globs::{Globs, PathChoice};
pub use self::map::MapPolicy;
pub use self::read::WHOLE_FILE_BYTES;
use crate::{Error, MakeVisitor, Source};

/// Files, and all files in directories, walked by several threads.
///
/// Hidden files are scanned. Symbolic links are not followed, and what is neither file nor directory is not opened, unless
/// it is a root itself. Everything that is left out is given to a visitor with the reason; a directory that is left out
/// counts once, and nothing in it is looked at.
///
/// A file of up to [`WHOLE_FILE_BYTES`] is one blob; a larger one is a stream. A path has to be short enough for the
/// system (4,096 bytes on Linux); what lies deeper is reported as unreadable.
///
/// # Ignore files
/// `.gitignore`, `.git/info/exclude` and the user's own excludes are read in Git repositories, `.ignore` everywhere, in
/// each directory and in the parents of the root: up to the top of the repository for those of Git, up to `/` for
/// `.ignore`. They mean what they mean to Git, with these differences:
/// * A file that is tracked although it is ignored is left out, as the index is not read.
/// * A pattern that is not UTF-8 ignores nothing. So does an ignore file of more than 1 MiB.
/// * Between brackets, bytes that are not ASCII match nothing; a negated bracket expression with any makes its pattern
///   ignore nothing.
/// * `core.excludesFile` is looked for in the user's and in the system's configuration, not in the repository's.
///
/// `.ignore` wins over all files of Git. A root is scanned even if it is ignored.
#[derive(Debug, Clone)]
pub struct Files {
    roots: Vec<PathBuf>,
    options: FileOptions,
}

/// Which files [`Files`] gives, and how it reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOptions {
    /// Whether `.gitignore`, `.ignore` and the like leave files out. Default: true.
    pub respect_ignore_files: bool,
    /// Where the user's own excludes are. Default: where Git would look.
    pub user_excludes: UserExcludes,
    /// Files larger than this many bytes are left out, roots too; `None` means no limit. Default: `None`.
    pub max_file_bytes: Option<u64>,
    /// Globs as in a `.gitignore` that stands in each root; what they match is left out, whatever the ignore files say.
    /// A later one wins over an earlier one, and `!glob` takes in what is ignored. Roots are not matched. Default: none.
    pub exclude: Vec<String>,
    /// What configurations choose: each leaves out what it does not want below its directory. Roots are not matched.
    /// Default: none.
    pub choices: Vec<PathChoice>,
    /// Which files are mapped into memory. Default: none.
    pub map: MapPolicy,
    /// Whether directories called `.git` are walked. No ignore file has a say in them. Default: false.
    pub scan_git_directory: bool,
}

/// Where the user's own excludes are, which Git calls `core.excludesFile`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum UserExcludes {
    /// Where Git's configuration says, or `$XDG_CONFIG_HOME/git/ignore`.
    #[default]
    AsGit,
    /// Nowhere.
    None,
    /// In this file.
    File(PathBuf),
}

impl Default for FileOptions {
    fn default() -> Self {
        Self {
            respect_ignore_files: true,
            user_excludes: UserExcludes::AsGit,
            max_file_bytes: None,
            exclude: Vec::new(),
            choices: Vec::new(),
            map: MapPolicy::never(),
            scan_git_directory: false,
        }
    }
}

impl Files {
    /// The files `roots`, and all files in those that are directories. Without roots there is nothing to visit.
    ///
    /// Roots may overlap; every file is visited once. The names of files begin with their root, except that `.` is left
    /// away.
    pub const fn new(roots: Vec<PathBuf>, options: FileOptions) -> Self {
        Self { roots, options }
    }
}

impl Source for Files {
    /// Walks and reads on `threads` threads of its own, while the calling one waits. The order of blobs is not defined. The
    /// interrupt is looked at before each file and each piece of a stream.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when a root does not exist, and
    /// [`InvalidGlob`](crate::ErrorKind::InvalidGlob); nothing was visited then.
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let roots = root::resolve(&self.roots)?;
        walk::walk(roots, &self.options, threads, should_interrupt, make)
    }
}
