//! Reading one file: with as few system calls as there can be, into memory that is used again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysift_core::{Blob, Origin, Skip, Unscanned};

use super::root::is_missing;
use super::{FileOptions, MapPolicy};
use crate::encoding::{self, Encoding};
use crate::interrupt::Interrupt;
use crate::{Visitor, stream};

/// A file of up to this many bytes is read whole and is one blob; a larger one is a stream.
///
/// It bounds the memory of a thread: as much for the file, and one and a half times as much if it is decoded. A buffer that
/// stays in the processor's cache is faster: 120 MB in files of 3 MB took the visitor of the bench `files` 39 ms in pieces of
/// 256 KiB and 48 ms whole, 320 MB in files of 8 MB took 100 ms and 125 ms (medians of 15 rounds, one thread, Intel Xeon,
/// busy). At 256 KiB the bench was as fast as at 1 MiB, but a visitor may have to copy what comes in pieces.
pub const WHOLE_FILE_BYTES: usize = 1 << 20;

/// What to do at a symbolic link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Follow,
    Refuse,
}

/// Opens a file for reading. Never waits, whatever stands at `path`.
pub(super) fn open(path: &Path, links: Links) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        // What was a file when its directory was listed may be a FIFO or a link by now.
        let refuse = match links {
            Links::Follow => 0,
            Links::Refuse => libc::O_NOFOLLOW,
        };
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | refuse);
    }
    #[cfg(not(unix))]
    let _ = links;
    options.open(path)
}

/// A thread's visitor and the memory that it uses again and again.
pub(super) struct Reader<'v> {
    visitor: Box<dyn Visitor + 'v>,
    origin: Arc<Origin>,
    /// Longer by one than a whole file, to see whether the file is.
    buffer: Vec<u8>,
    decoded: Vec<u8>,
    max_file_bytes: Option<u64>,
    map: MapPolicy,
}

impl<'v> Reader<'v> {
    pub(super) fn new(visitor: Box<dyn Visitor + 'v>, options: &FileOptions) -> Self {
        Self {
            visitor,
            origin: Arc::new(Origin::File(PathBuf::new())),
            // The system gives zeros without touching memory, until a file is as long.
            buffer: vec![0; WHOLE_FILE_BYTES + 1],
            decoded: Vec::new(),
            max_file_bytes: options.max_file_bytes,
            map: options.map,
        }
    }

    /// Gives the visitor the file `name` in `directory`.
    pub(super) fn file(
        &mut self,
        directory: &Path,
        name: &Path,
        links: Links,
        interrupt: &Interrupt<'_>,
    ) -> ControlFlow<()> {
        interrupt.check()?;
        self.name(directory, name);
        match open(path(&self.origin), links) {
            Ok(file) => self.opened(file, interrupt),
            Err(error) => self.failed(&error),
        }
    }

    /// Gives the visitor what can be read from a FIFO or a device that the user named; waits for its other end.
    pub(super) fn special(&mut self, name: &Path, interrupt: &Interrupt<'_>) -> ControlFlow<()> {
        interrupt.check()?;
        self.name(Path::new(""), name);
        match File::open(path(&self.origin)) {
            Ok(file) => stream::push(&mut *self.visitor, &self.origin, file, interrupt),
            Err(error) => self.failed(&error),
        }
    }

    /// Tells the visitor that `name` was not scanned.
    pub(super) fn unscanned(
        &mut self,
        name: &Path,
        skip: Skip,
        message: Option<String>,
    ) -> ControlFlow<()> {
        let unscanned = Unscanned::new(name.display().to_string(), skip);
        self.visitor.unscanned(match message {
            Some(message) => unscanned.message(message),
            None => unscanned,
        })
    }

    /// Tells the visitor that `name` could not be opened, listed or read.
    pub(super) fn unreadable(&mut self, name: &Path, error: &io::Error) -> ControlFlow<()> {
        let skip = if is_missing(error) {
            Skip::Vanished
        } else {
            Skip::Unreadable
        };
        self.unscanned(name, skip, Some(error.to_string()))
    }

    /// Sets the origin, in the memory of the one before if the visitor did not keep it.
    fn name(&mut self, directory: &Path, name: &Path) {
        if let Some(Origin::File(path)) = Arc::get_mut(&mut self.origin) {
            path.clear();
            path.push(directory);
            path.push(name);
        } else {
            self.origin = Arc::new(Origin::File(directory.join(name)));
        }
    }

    fn failed(&mut self, error: &io::Error) -> ControlFlow<()> {
        let origin = Arc::clone(&self.origin);
        #[cfg(unix)]
        if error.raw_os_error() == Some(libc::ELOOP) {
            return self.unscanned(path(&origin), Skip::Symlink, None);
        }
        self.unreadable(path(&origin), error)
    }

    fn left_out(&mut self, skip: Skip) -> ControlFlow<()> {
        let origin = Arc::clone(&self.origin);
        self.unscanned(path(&origin), skip, None)
    }

    fn opened(&mut self, file: File, interrupt: &Interrupt<'_>) -> ControlFlow<()> {
        let metadata = match file.metadata() {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return self.left_out(Skip::Special),
            Err(error) => return self.failed(&error),
        };
        let file_bytes = metadata.len();
        if self.max_file_bytes.is_some_and(|most| file_bytes > most) {
            return self.left_out(Skip::TooLarge);
        }
        if let Some(map) = self.map.map(&file, file_bytes) {
            if Encoding::detect(&map).is_some() {
                return stream::push(&mut *self.visitor, &self.origin, &*map, interrupt);
            }
            return self.visitor.blob(Blob {
                origin: &self.origin,
                bytes: &map[encoding::utf8_mark_bytes(&map)..],
                changed: None,
            });
        }
        if file_bytes > WHOLE_FILE_BYTES as u64 {
            return stream::push(&mut *self.visitor, &self.origin, file, interrupt);
        }
        match self.read(&file, file_bytes as usize) {
            Ok(length) if length > WHOLE_FILE_BYTES => {
                let reader = self.buffer[..length].chain(file);
                stream::push(&mut *self.visitor, &self.origin, reader, interrupt)
            }
            Ok(length) => self.whole(length),
            Err(error) => self.failed(&error),
        }
    }

    /// Fills the buffer from `file`, which was `expected` bytes long; gives how many bytes there are.
    fn read(&mut self, mut file: &File, expected: usize) -> io::Result<usize> {
        let mut length = 0;
        while length < self.buffer.len() {
            match file.read(&mut self.buffer[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            // More was asked for, so this is the end. Files of /proc have no length until they are read.
            if length == expected {
                break;
            }
        }
        Ok(length)
    }

    fn whole(&mut self, length: usize) -> ControlFlow<()> {
        self.decoded.clear();
        self.visitor.blob(Blob {
            origin: &self.origin,
            bytes: encoding::text(&self.buffer[..length], &mut self.decoded),
            changed: None,
        })
    }
}

fn path(origin: &Origin) -> &Path {
    origin.path().unwrap_or(Path::new(""))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicBool;

    use super::*;

    /// Keeps the origins of blobs.
    struct Keeper<'a> {
        kept: &'a Mutex<Vec<Arc<Origin>>>,
    }

    impl Visitor for Keeper<'_> {
        fn blob(&mut self, blob: Blob<'_>) -> ControlFlow<()> {
            self.kept.lock().unwrap().push(Arc::clone(blob.origin));
            ControlFlow::Continue(())
        }

        fn stream(&mut self, _: &Arc<Origin>, _: &mut dyn Read) -> io::Result<ControlFlow<()>> {
            unreachable!("the test gives no stream")
        }

        fn unscanned(&mut self, _: Unscanned) -> ControlFlow<()> {
            unreachable!("the test gives nothing that cannot be read")
        }
    }

    #[test]
    fn an_origin_that_the_visitor_kept_stays_what_it_is() {
        let kept = Mutex::new(Vec::new());
        let mut reader = Reader::new(Box::new(Keeper { kept: &kept }), &FileOptions::default());
        let asked = AtomicBool::new(false);
        let interrupt = Interrupt::new(&asked);
        for name in ["lib.rs", "error.rs"] {
            let flow = reader.file(Path::new("src"), Path::new(name), Links::Refuse, &interrupt);
            assert!(flow.is_continue());
        }
        let names: Vec<String> = kept
            .lock()
            .unwrap()
            .iter()
            .map(|it| it.to_string())
            .collect();
        assert_eq!(names, ["src/lib.rs", "src/error.rs"]);
    }

    #[test]
    fn an_origin_that_nobody_kept_is_used_again() {
        let kept = Mutex::new(Vec::new());
        let mut reader = Reader::new(Box::new(Keeper { kept: &kept }), &FileOptions::default());
        let place = Arc::as_ptr(&reader.origin);
        reader.name(Path::new("a"), Path::new("b"));
        assert_eq!(reader.origin.to_string(), "a/b");
        assert_eq!(Arc::as_ptr(&reader.origin), place);
    }
}
