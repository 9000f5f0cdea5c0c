//! Archives made at test time.

use std::io::{Cursor, Write};

use flate2::Compression;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter};

/// The name of what a maker of [`KINDS`] puts into an archive that has names.
pub const NAME: &str = "inner/name";

/// Puts bytes into an archive of one kind.
pub type Make = fn(&[u8]) -> Vec<u8>;

/// Every kind, with its maker.
pub const KINDS: &[(&str, Make)] = &[
    ("7z", seven_zip),
    ("bzip2", bzip2),
    ("gzip", gzip),
    ("tar", |bytes| tar(NAME, bytes)),
    ("xz", xz),
    ("zip", |bytes| Zip::default().deflated(NAME, bytes).end()),
    ("zstd", zstd),
];

/// gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    write(&mut encoder, bytes);
    encoder.finish().expect("because memory can be written")
}

/// bzip2.
pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    write(&mut encoder, bytes);
    encoder.finish().expect("because memory can be written")
}

/// xz.
pub fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(0);
    let mut encoder =
        lzma_rust2::XzWriter::new(Vec::new(), options).expect("because the options are valid");
    write(&mut encoder, bytes);
    encoder.finish().expect("because memory can be written")
}

/// zstd.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// 7z, with one member.
pub fn seven_zip(bytes: &[u8]) -> Vec<u8> {
    let mut writer =
        ArchiveWriter::new(Cursor::new(Vec::new())).expect("because memory is written");
    writer
        .push_archive_entry(ArchiveEntry::new_file(NAME), Some(bytes))
        .expect("because memory is written");
    writer
        .finish()
        .expect("because memory is written")
        .into_inner()
}

/// A tar with one file.
pub fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    append(&mut builder, name, bytes);
    builder.into_inner().expect("because memory is written")
}

/// Appends a file to a tar.
pub fn append(builder: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    builder
        .append_data(&mut header, name, bytes)
        .expect("because memory is written");
}

fn write(to: &mut impl Write, bytes: &[u8]) {
    to.write_all(bytes).expect("because memory can be written");
}

/// A zip, written by hand so that it may be as odd as a test wants.
#[derive(Debug, Default)]
pub struct Zip {
    /// What was written so far; anything may be added.
    pub bytes: Vec<u8>,
    /// The directory's entries.
    pub directory: Vec<u8>,
    /// The archive's comment.
    pub comment: Vec<u8>,
    entries: u16,
}

/// An entry of a [`Zip`].
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// Bits as the format has them.
    pub flags: u16,
    /// The method by its number.
    pub method: u16,
    /// The data as they are to lie in the archive.
    pub data: &'a [u8],
    /// The extra field.
    pub extra: &'a [u8],
    /// Whether the directory names it.
    pub is_listed: bool,
}

impl Zip {
    /// Adds an entry. Where the flags say so, its length stands behind it alone.
    #[must_use]
    pub fn entry(mut self, entry: Entry<'_>) -> Self {
        let at = self.bytes.len() as u32;
        let is_behind = entry.flags & 8 != 0;
        let length = entry.data.len() as u32;
        let told = if is_behind { 0 } else { length };
        let mut common = Vec::new();
        for number in [20, entry.flags, entry.method, 0, 0] {
            common.extend(u16::to_le_bytes(number));
        }
        common.extend(u32::to_le_bytes(0));
        let lengths = |told: u32| [told.to_le_bytes(), told.to_le_bytes()].concat();
        let names = [
            (entry.name.len() as u16).to_le_bytes(),
            (entry.extra.len() as u16).to_le_bytes(),
        ]
        .concat();
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&common);
        self.bytes.extend(lengths(told));
        self.bytes.extend(&names);
        self.bytes.extend(entry.name.as_bytes());
        self.bytes.extend(entry.extra);
        self.bytes.extend(entry.data);
        if is_behind {
            self.bytes.extend(b"PK\x07\x08\0\0\0\0");
            self.bytes.extend(lengths(length));
        }
        if entry.is_listed {
            self.entries += 1;
            self.directory.extend(b"PK\x01\x02\x14\0");
            self.directory.extend(common);
            self.directory.extend(lengths(length));
            self.directory
                .extend((entry.name.len() as u16).to_le_bytes());
            self.directory.extend([0; 12]);
            self.directory.extend(at.to_le_bytes());
            self.directory.extend(entry.name.as_bytes());
        }
        self
    }

    /// Adds a member by the method that nearly all have.
    #[must_use]
    pub fn deflated(self, name: &str, bytes: &[u8]) -> Self {
        self.entry(Entry {
            name,
            flags: 0,
            method: 8,
            data: &deflate(bytes),
            extra: b"",
            is_listed: true,
        })
    }

    /// The archive with its directory.
    pub fn end(mut self) -> Vec<u8> {
        let at = self.bytes.len() as u32;
        let length = self.directory.len() as u32;
        self.bytes.append(&mut self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(at.to_le_bytes());
        self.bytes.extend((self.comment.len() as u16).to_le_bytes());
        self.bytes.append(&mut self.comment);
        self.bytes
    }
}

/// Deflate without anything round it.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    write(&mut encoder, bytes);
    encoder.finish().expect("because memory can be written")
}
