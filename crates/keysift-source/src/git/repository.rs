//! Opening a repository as Git would, and refusing one as Git would.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::sec;

use super::object_store::Joined;
use crate::error::{Error, ErrorKind};

/// An object that would take more bytes than this in memory is not read and is reported as unreadable.
///
/// A few bytes of a pack can claim any length. 2 GiB is more than any host of repositories takes.
pub(super) const MAX_OBJECT_BYTES: u64 = 2 << 30;

/// How a repository is found and opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RepositoryOptions {
    /// Whether variables such as `GIT_DIR` have a say. Default: as with Git.
    pub environment: Environment,
    /// The index to read; `None`, the default, means the repository's own, or that of `GIT_INDEX_FILE`.
    pub index_file: Option<PathBuf>,
}

/// Whether Git's environment variables have a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Environment {
    /// As with Git: `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY`, `GIT_CEILING_DIRECTORIES` and so
    /// on. Git sets them for hooks.
    #[default]
    AsGit,
    /// They are not looked at.
    Ignored,
}

impl RepositoryOptions {
    /// Sets whether Git's environment variables have a say; as with Git by default.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Sets the index to read; the repository's own by default.
    #[must_use]
    pub fn index_file(mut self, path: Option<PathBuf>) -> Self {
        self.index_file = path;
        self
    }
}

/// A repository that was opened for reading. Clones are cheap and share what was read.
#[derive(Debug, Clone)]
pub struct Repository {
    shared: gix::ThreadSafeRepository,
    index_file: Option<Arc<Path>>,
    /// Must be there as long as objects are read.
    _objects: Option<Arc<Joined>>,
    /// As the user named it.
    name: Arc<str>,
}

/// Opens the repository that `path` is in: in it or above it, bare or not, a linked worktree too.
///
/// # Errors
/// [`NotARepository`](ErrorKind::NotARepository); [`UnsafeOwner`](ErrorKind::UnsafeOwner) when it belongs to another user and
/// `safe.directory` does not name it; [`UnreadableRepository`](ErrorKind::UnreadableRepository) when it is damaged or of a
/// format that is not known.
pub fn open(path: &Path, options: &RepositoryOptions) -> Result<Repository, Error> {
    let name = path.display().to_string();
    let fail = |kind: ErrorKind, error: gix::Error| Error::new(kind, &*name).caused_by(error);
    let mapping = sec::trust::Mapping {
        full: open_options(options),
        reduced: open_options(options),
    };
    let upwards = gix::discover::upwards::Options {
        match_ceiling_dir_or_error: false,
        ..Default::default()
    };
    // From a path that begins with `..` gix finds a bare repository under a wrong name. What is not there fails below.
    let resolved = match path == Path::new(".") {
        true => None,
        false => path.canonicalize().ok(),
    };
    let from = resolved.as_deref().unwrap_or(path);
    let opened = match options.environment {
        Environment::AsGit => gix::ThreadSafeRepository::discover_with_environment_overrides_opts(
            from, upwards, mapping,
        ),
        Environment::Ignored => gix::ThreadSafeRepository::discover_opts(from, upwards, mapping),
    };
    let mut repository = match opened {
        Ok(shared) => shared.to_thread_local(),
        Err(error) if is_within_repository(from) => {
            return Err(fail(ErrorKind::UnreadableRepository, error));
        }
        Err(error) => return Err(fail(ErrorKind::NotARepository, error)),
    };
    if repository.git_dir_trust() != sec::Trust::Full {
        return Err(unsafe_owner(&name, &repository));
    }
    repository.objects.ignore_replacements = true;
    let mut shared = repository.into_sync();
    let objects = match options.environment {
        Environment::AsGit => join_objects(&mut shared).map_err(|error| {
            Error::new(ErrorKind::UnreadableRepository, &*name).caused_by(error)
        })?,
        Environment::Ignored => None,
    };
    Ok(Repository {
        shared,
        _objects: objects,
        index_file: options.index_file.as_deref().map(Arc::from),
        name: name.into(),
    })
}

/// Makes the repository read the objects that the environment names.
fn join_objects(shared: &mut gix::ThreadSafeRepository) -> io::Result<Option<Arc<Joined>>> {
    let Some(joined) = Joined::of_environment(shared.objects.path())? else {
        return Ok(None);
    };
    shared.objects = joined.store(&shared.objects, MAX_OBJECT_BYTES as usize)?;
    Ok(Some(Arc::new(joined)))
}

fn open_options(options: &RepositoryOptions) -> gix::open::Options {
    let mut permissions = gix::open::Permissions::all();
    if options.environment == Environment::Ignored {
        permissions.env.git_prefix = sec::Permission::Deny;
        permissions.env.objects = sec::Permission::Deny;
        permissions.config.env = false;
    }
    gix::open::Options::default()
        .permissions(permissions)
        .lossy_config(true)
        .config_overrides([format!("gitoxide.objects.allocLimit={MAX_OBJECT_BYTES}")])
}

/// Whether something above `path` looks like a repository, so that it is one that cannot be opened.
fn is_within_repository(path: &Path) -> bool {
    gix::discover::upwards(path).is_ok()
}

fn unsafe_owner(name: &str, repository: &gix::Repository) -> Error {
    let directory = repository.workdir().unwrap_or(repository.git_dir());
    let directory = directory
        .canonicalize()
        .unwrap_or_else(|_| directory.to_owned());
    Error::new(ErrorKind::UnsafeOwner, name).with_hint(format!(
        "if you trust it, run `git config --global --add safe.directory {}`",
        directory.display()
    ))
}

impl Repository {
    /// Where the repository's own files are, usually a directory called `.git`.
    pub fn git_dir(&self) -> &Path {
        self.shared.path()
    }

    /// The root of the working tree; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.shared.work_dir()
    }

    /// Whether it has no working tree.
    pub fn is_bare(&self) -> bool {
        self.work_tree().is_none()
    }

    /// The directory that all linked working trees of the repository share.
    pub fn common_dir(&self) -> PathBuf {
        self.handle().common_dir().to_owned()
    }

    /// What `core.hooksPath` says, with `~` resolved; `None` when it is not set.
    ///
    /// # Errors
    /// [`UnreadableRepository`](ErrorKind::UnreadableRepository) for a value that is no path.
    pub fn hooks_path(&self) -> Result<Option<PathBuf>, Error> {
        let handle = self.handle();
        match handle.config_snapshot().trusted_path("core.hooksPath") {
            Ok(path) => Ok(path),
            Err(error) => Err(self.error(ErrorKind::UnreadableRepository).caused_by(error)),
        }
    }

    /// A handle for one thread.
    pub(super) fn handle(&self) -> gix::Repository {
        let mut handle = self.shared.to_thread_local();
        handle.objects.ignore_replacements = true;
        handle
    }

    pub(super) fn index_path(&self, handle: &gix::Repository) -> PathBuf {
        match &self.index_file {
            Some(path) => path.to_path_buf(),
            None => handle.index_path(),
        }
    }

    /// An error that names the repository.
    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, &*self.name)
    }
}
