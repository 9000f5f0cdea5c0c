//! The directories of objects that the environment names.
//!
//! While a push is judged, Git keeps its objects in a directory of their own (`GIT_OBJECT_DIRECTORY`, with the
//! repository's objects as an alternate), which goes away when the push is refused. gix reads alternates from a file
//! alone, so that such a file is made, in a directory outside the repository.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::odb::Store;
use tempfile::TempDir;

use super::environment::variable;

/// Directories of objects, told as alternates of an empty one.
#[derive(Debug)]
pub(super) struct Joined {
    directory: TempDir,
}

impl Joined {
    /// What the environment names; `None` when it names none. `own` are the repository's own objects.
    pub(super) fn of_environment(own: &Path) -> io::Result<Option<Self>> {
        let first = variable("GIT_OBJECT_DIRECTORY");
        let others = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES");
        if first.is_none() && others.is_none() {
            return Ok(None);
        }
        let mut directories = vec![first.map_or_else(|| own.to_owned(), PathBuf::from)];
        directories.extend(others.iter().flat_map(env::split_paths));
        Self::new(&directories).map(Some)
    }

    fn new(directories: &[PathBuf]) -> io::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("keysift-objects-")
            .tempdir()?;
        fs::create_dir(directory.path().join("info"))?;
        fs::create_dir(directory.path().join("pack"))?;
        let mut text = Vec::new();
        for path in directories {
            let path = std::path::absolute(path)?;
            let bytes = path.as_os_str().as_encoded_bytes();
            if bytes.contains(&b'\n') {
                let message = format!("{}: a line break in a directory of objects", path.display());
                return Err(io::Error::other(message));
            }
            text.extend_from_slice(bytes);
            text.push(b'\n');
        }
        fs::write(directory.path().join("info").join("alternates"), text)?;
        Ok(Self { directory })
    }

    /// A store of all these objects, for a repository whose own store is `like`.
    pub(super) fn store(&self, like: &Store, alloc_limit_bytes: usize) -> io::Result<Arc<Store>> {
        let options = gix::odb::store::init::Options {
            alloc_limit_bytes: Some(alloc_limit_bytes),
            ..Default::default()
        };
        let path = self.directory.path().to_owned();
        let store = Store::at_opts(path, like.object_hash(), &mut std::iter::empty(), options)?;
        Ok(Arc::new(store))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
mod tests {
    use super::*;

    #[test]
    fn each_directory_is_an_alternate_and_goes_with_the_value() {
        let folder = tempfile::tempdir().unwrap();
        let directories = [folder.path().join("incoming"), folder.path().join("own")];
        let joined = Joined::new(&directories).unwrap();
        let made = joined.directory.path().to_owned();
        let text = fs::read_to_string(made.join("info/alternates")).unwrap();
        let lines: Vec<PathBuf> = text.lines().map(PathBuf::from).collect();
        assert_eq!(lines, directories);
        drop(joined);
        assert!(!made.exists());
    }

    #[test]
    fn a_line_break_cannot_name_another_directory() {
        let error = Joined::new(&[PathBuf::from("/a\n/b")]).unwrap_err();
        assert!(error.to_string().contains("a line break"), "{error}");
    }
}
