//! Archives, opened on the way from a source to a visitor.
//!
//! An archive is told by its first bytes, never by its name. It is read once, from front to back, in bounded memory, and its
//! members go to the visitor as blobs and streams called `archive!member`. A member that is an archive is opened too.

mod budget;
mod bzip2;
mod gzip;
mod input;
mod layer;
mod opener;
mod options;
mod seven_zip;
mod tar;
mod walk;
mod xz;
mod zip;
mod zstd;

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use self::input::Input;
use self::opener::Opener;
pub use self::options::{ArchiveOptions, FREE_BYTES};
use self::walk::{Place, Stop, Walk};
use crate::interrupt::Interrupt;
use crate::{Error, MakeVisitor, Source, Visitor};

/// How much memory a dictionary of LZMA may take, in KiB: twice what `xz -9` and thrice what `7z -mx=9` commonly asks for.
const MAX_DICTIONARY_KIB: u32 = 192 << 10;

/// A kind of archive.
struct Kind {
    /// Whether a blob with these first bytes is one; the first [`SIGN_BYTES`] suffice.
    is_sign: fn(&[u8]) -> bool,
    /// Gives all members to the walk. An error is what is wrong with the archive, whose input then stands where it is to be
    /// scanned as it is; without one, the input stands behind the archive's end.
    open: fn(&mut Walk<'_>, &Place, &mut Input<'_>) -> Result<(), Stop>,
}

/// How many bytes tell every kind: a block of tar.
const SIGN_BYTES: usize = 512;

/// Every kind, with what its first bytes are.
const KINDS: &[Kind] = &[
    Kind {
        is_sign: |bytes| bytes.starts_with(b"\x1F\x8B\x08"),
        open: gzip::open,
    },
    Kind {
        is_sign: |bytes| bytes.starts_with(b"PK") && zip::is_sign(bytes),
        open: zip::open,
    },
    Kind {
        is_sign: |bytes| bytes.starts_with(b"BZh") && bzip2::is_sign(bytes),
        open: bzip2::open,
    },
    Kind {
        is_sign: |bytes| bytes.starts_with(b"\xFD7zXZ\0"),
        open: xz::open,
    },
    Kind {
        is_sign: |bytes| bytes.starts_with(b"\x28\xB5\x2F\xFD") || zstd::is_skippable(bytes),
        open: zstd::open,
    },
    Kind {
        is_sign: |bytes| bytes.starts_with(b"7z\xBC\xAF\x27\x1C"),
        open: seven_zip::open,
    },
    Kind {
        is_sign: tar::is_sign,
        open: tar::open,
    },
];

/// What kind of archive begins with `bytes`; `None` for anything else.
fn kind(bytes: &[u8]) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| (kind.is_sign)(bytes))
}

/// Whether [`Archives`] opens a blob that begins with these bytes. The first 512 suffice.
pub fn is_archive(bytes: &[u8]) -> bool {
    kind(bytes).is_some()
}

/// A source whose archives are opened: zip and what is built on it (jar, wheel, apk, nupkg, documents of offices), tar,
/// gzip, bzip2, xz, zstd and 7z, also in one another.
///
/// A blob that is an archive is replaced by its members, called [`Origin::Member`](keysift_core::Origin::Member). What lies
/// between them, such as comments, extra fields and a directory's entries, is given under the archive's own name, and so is
/// what cannot be opened: it is scanned as it is, and counted as encrypted, damaged, or of a method that is not known. What
/// a compressed file holds is called by the file's name without its last ending, and a compressed archive's members by
/// the one name: `a.tar.gz!member`.
///
/// Symbolic and hard links in a tar are given as texts that hold their target. Every layer of an image of a container is
/// opened, so that what a later layer takes away is scanned too.
///
/// Zip archives are read by the entries before their members, and not by their directory: entries that the directory does
/// not name are not missed, and entries that overlap are not read twice.
///
/// # Examples
/// ```
/// use keysift_source::{ArchiveOptions, Archives, FileOptions, Files};
///
/// let files = Files::new(vec!["dist".into()], FileOptions::default());
/// let source = Archives::new(files, ArchiveOptions::default());
/// ```
#[derive(Debug, Clone)]
pub struct Archives<S> {
    source: S,
    options: ArchiveOptions,
}

impl<S: Source> Archives<S> {
    /// What `source` gives, its archives opened within the limits of `options`.
    pub const fn new(source: S, options: ArchiveOptions) -> Self {
        Self { source, options }
    }
}

impl<S: Source> Source for Archives<S> {
    /// Visits the source. An archive is opened by the thread that has it. A thread keeps 1 MiB for each archive that lies in
    /// another, what decompressors need for their dictionaries, and for an archive in 7z all of it, up to 64 MiB.
    ///
    /// # Errors
    /// The source's.
    fn visit(
        &self,
        threads: NonZeroUsize,
        should_interrupt: &AtomicBool,
        make: &MakeVisitor<'_>,
    ) -> Result<(), Error> {
        let interrupt = Interrupt::new(should_interrupt);
        let options = &self.options;
        let make =
            || -> Box<dyn Visitor + '_> { Box::new(Opener::new(make(), options, &interrupt)) };
        self.source.visit(threads, should_interrupt, &make)
    }
}
