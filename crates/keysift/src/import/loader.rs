//! Files that a file of another scanner names.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::ImportError;

/// No configuration is longer, in bytes.
pub(super) const MAX_FILE_BYTES: u64 = 16 << 20;

/// Whom a file was named by, and so what it may name itself.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'a> {
    /// The user: the file may name any other.
    Named,
    /// It was found in what is scanned: it may name files below this directory and no others.
    Found(&'a Path),
}

/// Reads the files that others name.
#[derive(Debug)]
pub(super) struct Loader<'a> {
    trust: Trust<'a>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(trust: Trust<'a>) -> Self {
        Self { trust }
    }

    /// The name and the text of the file `path`, which `by` names: as seen from where the program runs, or else from
    /// the directory of the file that names it.
    pub(super) fn load(
        &mut self,
        path: &str,
        by: Option<&PathBuf>,
    ) -> Result<(PathBuf, String), ImportError> {
        let from_here = PathBuf::from(path);
        let beside = by
            .and_then(|by| by.parent())
            .map(|folder| folder.join(path));
        let found = std::iter::once(from_here.clone())
            .chain(beside)
            .find(|path| path.is_file())
            .ok_or_else(|| ImportError::new(path, "the file that extend names cannot be found"))?;
        if let Trust::Found(root) = self.trust {
            let is_inside = fs::canonicalize(&found)
                .and_then(|found| Ok(found.starts_with(fs::canonicalize(root)?)))
                .unwrap_or(false);
            if !is_inside {
                return Err(ImportError::new(
                    path,
                    "a configuration that was found in the tree extends a file outside of it: name the configuration with --rules if you trust it",
                ));
            }
        }
        let text = read(&found)?;
        Ok((found, text))
    }
}

/// Reads a file that is no longer than a configuration is.
pub(super) fn read(path: &Path) -> Result<String, ImportError> {
    let shown = path.display().to_string();
    let failed =
        |error: std::io::Error| ImportError::new(&shown, format!("cannot be read: {error}"));
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(failed)?;
    let mut limited = file.take(MAX_FILE_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ImportError::new(
            &shown,
            format!("is longer than {MAX_FILE_BYTES} bytes"),
        ));
    }
    String::from_utf8(bytes).map_err(|_| ImportError::new(&shown, "is not UTF-8"))
}
