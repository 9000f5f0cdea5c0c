//! A visitor that keeps what archives hold.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use keysift_core::{Blob, Origin, Skip, Unscanned};
use keysift_source::{ArchiveOptions, Archives, FileOptions, Files, Source, Stdin, Visitor};

/// What a visit gave, in its order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Blobs and streams: name and bytes.
    pub(crate) given: Vec<(String, Vec<u8>)>,
    pub(crate) unscanned: Vec<(String, Skip)>,
    pub(crate) streams: usize,
}

impl Seen {
    /// The bytes that came under this name, each time.
    pub(crate) fn of(&self, name: &str) -> Vec<&[u8]> {
        let given = self.given.iter().filter(|(known, _)| known == name);
        given.map(|(_, bytes)| &**bytes).collect()
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.given.iter().map(|(name, _)| &**name).collect()
    }

    /// Whether something holds `text`.
    pub(crate) fn holds(&self, text: &[u8]) -> bool {
        self.given
            .iter()
            .any(|(_, bytes)| bytes.windows(text.len()).any(|window| window == text))
    }

    pub(crate) fn skips(&self) -> Vec<Skip> {
        self.unscanned.iter().map(|(_, skip)| *skip).collect()
    }
}

struct Keeper<'a> {
    seen: &'a Mutex<Seen>,
    on_blob: &'a (dyn Fn() -> ControlFlow<()> + Sync),
}

impl Visitor for Keeper<'_> {
    fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
        let given = (blob.origin.to_string(), blob.bytes.to_vec());
        self.seen.lock().unwrap().given.push(given);
        (self.on_blob)()
    }

    fn stream(
        &mut self,
        origin: &Arc<Origin>,
        reader: &mut dyn Read,
    ) -> io::Result<ControlFlow<()>> {
        let mut bytes = Vec::new();
        let read = reader.read_to_end(&mut bytes);
        let mut seen = self.seen.lock().unwrap();
        seen.streams += 1;
        seen.given.push((origin.to_string(), bytes));
        read?;
        Ok((self.on_blob)())
    }

    fn unscanned(&mut self, unscanned: Unscanned) -> ControlFlow<()> {
        let mut seen = self.seen.lock().unwrap();
        seen.unscanned.push((unscanned.name, unscanned.skip));
        ControlFlow::Continue(())
    }
}

pub(crate) fn visit(source: &dyn Source) -> Seen {
    visit_until(source, &AtomicBool::new(false), &|| {
        ControlFlow::Continue(())
    })
}

/// Visits; `on_blob` is called behind each blob.
pub(crate) fn visit_until(
    source: &dyn Source,
    asked: &AtomicBool,
    on_blob: &(dyn Fn() -> ControlFlow<()> + Sync),
) -> Seen {
    let seen = Mutex::new(Seen::default());
    source
        .visit(NonZeroUsize::MIN, asked, &|| {
            Box::new(Keeper {
                seen: &seen,
                on_blob,
            })
        })
        .unwrap();
    seen.into_inner().unwrap()
}

/// Opens an archive that comes from standard input.
pub(crate) fn opened(bytes: &[u8]) -> Seen {
    within(bytes, ArchiveOptions::default())
}

pub(crate) fn within(bytes: &[u8], options: ArchiveOptions) -> Seen {
    visit(&Archives::new(Stdin::new(bytes), options))
}

/// Opens an archive that is a file; names are as seen from its directory.
pub(crate) fn opened_file(name: &str, bytes: &[u8]) -> Seen {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let files = Files::new(vec![path], FileOptions::default());
    let mut seen = visit(&Archives::new(files, ArchiveOptions::default()));
    let root = format!("{}/", directory.path().display());
    let names = seen.given.iter_mut().map(|(name, _)| name);
    for name in names.chain(seen.unscanned.iter_mut().map(|(name, _)| name)) {
        *name = name.replace(&root, "");
    }
    seen
}
