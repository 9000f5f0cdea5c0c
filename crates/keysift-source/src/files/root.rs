//! The paths that the user named: whether they exist, what they are, and which of them lie in another.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// A path that the user named.
#[derive(Debug)]
pub(super) struct Root {
    /// As the user wrote it.
    pub(super) path: PathBuf,
    /// Without symbolic links.
    pub(super) absolute: PathBuf,
    pub(super) kind: RootKind,
}

#[derive(Debug)]
pub(super) enum RootKind {
    Directory,
    File,
    /// A FIFO or a device, which is read as a stream: the user asked for it.
    Special,
    /// It exists, and that is all the system tells.
    Unreadable(io::Error),
}

#[derive(Debug)]
pub(super) struct Roots {
    pub(super) roots: Vec<Root>,
    /// Absolute paths of roots that lie in another root. The walk of the outer one leaves them to themselves: it may
    /// ignore what the user named.
    pub(super) nested: HashSet<PathBuf>,
}

/// Looks at every root before anything is scanned.
pub(super) fn resolve(paths: &[PathBuf]) -> Result<Roots, Error> {
    let mut seen = HashSet::new();
    let mut roots = Vec::new();
    for path in paths {
        let root = look_at(path)?;
        if seen.insert(root.absolute.clone()) {
            roots.push(root);
        }
    }
    let directories: HashSet<&Path> = roots
        .iter()
        .filter(|root| matches!(root.kind, RootKind::Directory))
        .map(|root| &*root.absolute)
        .collect();
    let nested = roots
        .iter()
        .filter(|root| {
            let mut outer = root.absolute.ancestors().skip(1);
            outer.any(|outer| directories.contains(outer))
        })
        .map(|root| root.absolute.clone())
        .collect();
    Ok(Roots { roots, nested })
}

fn look_at(path: &Path) -> Result<Root, Error> {
    let kind = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => RootKind::Directory,
        Ok(metadata) if metadata.is_file() => RootKind::File,
        Ok(_) => RootKind::Special,
        Err(error) if is_missing(&error) => {
            return Err(Error::new(ErrorKind::NotFound, path.display().to_string()));
        }
        Err(error) => RootKind::Unreadable(error),
    };
    // A pipe under /dev/fd has no path of its own.
    let absolute = fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned());
    Ok(Root {
        path: path.to_owned(),
        absolute,
        kind,
    })
}

/// Whether an error says that there is nothing at a path.
pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// What the names of files in `root` begin with: nothing for `.`.
pub(super) fn shown(root: &Path) -> PathBuf {
    if root
        .components()
        .all(|component| component == Component::CurDir)
    {
        PathBuf::new()
    } else {
        root.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_root_is_named() {
        let error = resolve(&["src".into(), "no/such".into()]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.to_string(), "no/such: no such file or directory");
    }

    #[test]
    fn a_root_counts_once_however_it_is_written() {
        let roots = resolve(&["src".into(), "./src/".into(), "src/../src".into()]).unwrap();
        assert_eq!(roots.roots.len(), 1);
        assert!(roots.nested.is_empty());
    }

    #[test]
    fn a_root_in_another_is_known() {
        let roots = resolve(&["src/lib.rs".into(), "src".into()]).unwrap();
        assert_eq!(roots.roots.len(), 2);
        assert_eq!(roots.nested.len(), 1);
        assert!(roots.nested.iter().all(|root| root.ends_with("src/lib.rs")));
    }

    #[test]
    fn the_current_directory_is_not_shown() {
        assert_eq!(shown(Path::new("./")), Path::new(""));
        assert_eq!(shown(Path::new("./a")), Path::new("./a"));
    }
}
