//! A tree to scan, and a visitor that keeps what it is given.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use keysift_core::{Blob, Origin, Skip, Unscanned};
use keysift_source::{FileOptions, Files, Source, UserExcludes, Visitor};
use tempfile::TempDir;

/// What a visit gave, in order of names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) blobs: BTreeMap<PathBuf, Vec<u8>>,
    pub(crate) streams: BTreeMap<PathBuf, Vec<u8>>,
    pub(crate) unscanned: BTreeMap<String, Skip>,
    pub(crate) messages: BTreeMap<String, String>,
}

impl Seen {
    /// The names of blobs.
    pub(crate) fn names(&self) -> Vec<&str> {
        let names = self.blobs.keys().map(|path| path.to_str().unwrap());
        names.collect()
    }

    /// The names of what was left out for the reason `skip`.
    pub(crate) fn skipped(&self, skip: Skip) -> Vec<&str> {
        self.unscanned
            .iter()
            .filter(|(_, why)| **why == skip)
            .map(|(name, _)| &**name)
            .collect()
    }

    /// The same with `root` taken from all names.
    pub(crate) fn below(self, root: &Path) -> Self {
        let path = |path: PathBuf| match path.strip_prefix(root) {
            Ok(rest) => rest.to_owned(),
            Err(_) => path,
        };
        let name = |name: String| {
            let path = path(PathBuf::from(name));
            path.into_os_string().into_string().unwrap()
        };
        let paths = |map: BTreeMap<PathBuf, Vec<u8>>| {
            let renamed = map.into_iter().map(|(key, bytes)| (path(key), bytes));
            renamed.collect()
        };
        Self {
            blobs: paths(self.blobs),
            streams: paths(self.streams),
            unscanned: self
                .unscanned
                .into_iter()
                .map(|(key, skip)| (name(key), skip))
                .collect(),
            messages: self
                .messages
                .into_iter()
                .map(|(key, message)| (name(key), message))
                .collect(),
        }
    }
}

/// Keeps what it is given, after `on_blob` had its say.
pub(crate) struct Keeper<'a> {
    pub(crate) seen: &'a Mutex<Seen>,
    pub(crate) on_blob: &'a (dyn Fn(&Path) -> ControlFlow<()> + Sync),
}

fn path(origin: &Origin) -> PathBuf {
    origin
        .path()
        .map_or_else(|| PathBuf::from(origin.to_string()), Path::to_owned)
}

impl Visitor for Keeper<'_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        let path = path(blob.origin);
        let flow = (self.on_blob)(&path);
        let before = self
            .seen
            .lock()
            .unwrap()
            .blobs
            .insert(path.clone(), blob.bytes.to_vec());
        assert_eq!(before, None, "{} came twice", path.display());
        flow
    }

    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>> {
        let path = path(origin);
        let flow = (self.on_blob)(&path);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes)?;
        let before = self
            .seen
            .lock()
            .unwrap()
            .streams
            .insert(path.clone(), bytes);
        assert_eq!(before, None, "{} came twice", path.display());
        Ok(flow)
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        let mut seen = self.seen.lock().unwrap();
        if let Some(message) = unscanned.message {
            seen.messages.insert(unscanned.name.clone(), message);
        }
        let before = seen
            .unscanned
            .insert(unscanned.name.clone(), unscanned.skip);
        assert_eq!(before, None, "{} came twice", unscanned.name);
        ControlFlow::Continue(())
    }
}

/// The defaults, but without the excludes of the user who runs the tests.
pub(crate) fn options() -> FileOptions {
    FileOptions {
        user_excludes: UserExcludes::None,
        ..FileOptions::default()
    }
}

pub(crate) fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

/// Visits `source`; `on_blob` is called at each blob and stream before it is kept.
pub(crate) fn visit_with(
    source: &dyn Source,
    count: usize,
    on_blob: &(dyn Fn(&Path) -> ControlFlow<()> + Sync),
) -> Seen {
    let seen = Mutex::new(Seen::default());
    let seen_ref = &seen;
    source
        .visit(threads(count), &AtomicBool::new(false), &move || {
            Box::new(Keeper {
                seen: seen_ref,
                on_blob,
            })
        })
        .unwrap();
    seen.into_inner().unwrap()
}

pub(crate) fn visit(roots: &[&Path], options: FileOptions, count: usize) -> Seen {
    let roots = roots.iter().map(|root| root.to_path_buf()).collect();
    visit_with(&Files::new(roots, options), count, &|_| {
        ControlFlow::Continue(())
    })
}

/// Visits `root` with 2 threads; names are as seen from it.
pub(crate) fn visit_tree(root: &Path, options: FileOptions) -> Seen {
    visit(&[root], options, 2).below(root)
}

/// A directory with files of the given names; each holds its own name. Names with a final `/` are directories.
pub(crate) fn tree(names: &[&str]) -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    for name in names {
        let path = tree.path().join(name);
        if name.ends_with('/') {
            fs::create_dir_all(path).unwrap();
        } else {
            write(&path, name.as_bytes());
        }
    }
    tree
}

/// Writes a file, and makes the directories above it.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
