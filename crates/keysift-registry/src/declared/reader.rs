//! Reading declarations while files are scanned.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use keysift_core::{Blob, Origin};

use super::{Declarations, Unread, declarations, may_declare};
use crate::recorder::Recorder;
use crate::slot;

/// Reads what the files of a source declare. Threads share it.
///
/// Members of archives and files of a history's past are not read: what they declare does not hold now.
#[derive(Debug)]
pub struct Reader {
    root: PathBuf,
    repository: String,
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    read: Vec<(String, Declarations)>,
    unread: Vec<(String, Unread)>,
}

impl Reader {
    /// A reader of files under `root`. `repository` is the name that keys of what is local to it begin with; empty for
    /// none.
    pub fn new(root: impl Into<PathBuf>, repository: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            repository: repository.into(),
            files: Mutex::default(),
        }
    }

    /// Reads a blob, if it is a file whose name may declare something.
    pub fn take(&self, blob: &Blob<'_>) {
        if let Origin::File(path) = &**blob.origin
            && may_declare(path)
        {
            self.take_file(&slot::place(blob.origin, &self.root), blob.bytes);
        }
    }

    /// Reads a file of a source; `path` is told from the source's root on.
    pub fn take_file(&self, path: &str, bytes: &[u8]) {
        let Some(read) = declarations(&self.repository, Path::new(path), bytes) else {
            return;
        };
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(read) => files.read.push((path.to_owned(), read)),
            Err(unread) => files.unread.push((path.to_owned(), unread)),
        }
    }

    /// Takes note of a file that is not in memory, and so is not read, if its name alone says that it declares something.
    pub fn take_stream(&self, origin: &Origin) {
        let place = slot::place(origin, &self.root);
        if matches!(origin, Origin::File(_)) && declarations("", Path::new(&place), b"").is_some() {
            let unread = Unread {
                kind: "large-file",
                message: "too large to be read for declarations".to_owned(),
            };
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.unread.push((place, unread));
        }
    }

    /// Gives all that was read to a recorder, before its scan ends or behind it; and what was not read, by path.
    #[must_use = "what was not read has to be told"]
    pub fn finish(self, recorder: &mut Recorder) -> Vec<(String, Unread)> {
        let Files {
            mut read,
            mut unread,
        } = self
            .files
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        // Threads come in any order.
        read.sort_by(|a, b| a.0.cmp(&b.0));
        unread.sort_by(|a, b| a.0.cmp(&b.0));
        recorder.has_unread_declarations |= !unread.is_empty();
        for (path, declarations) in read {
            recorder.declare_file(&path, declarations);
        }
        unread
    }
}
