//! Blobs that are too large for memory, read piece by piece.

use std::fs::File;
use std::io::{self, BufReader, Read};

use flate2::bufread::ZlibDecoder;
use gix::objs::Kind;
use gix::odb::pack::data::entry::Header;
use gix::oid;

use super::store::{Pack, Store};

/// A larger blob, in bytes, is read piece by piece, unless it is told by another or others are told by it. It is what two
/// threads may hold of such blobs beside the 400 MB that a sweep is to stay under.
pub(super) const LARGE_BYTES: u64 = 16 << 20;

/// The longest header of a loose object: its kind, a space, its length, a zero.
const MAX_HEADER_BYTES: usize = 32;

impl Store {
    /// A reader of a blob of more than [`LARGE_BYTES`] that is told by no other; `None` for any other object.
    pub(super) fn open_large(&self, id: &oid) -> Option<Box<dyn Read + '_>> {
        let in_pack = self.packs.iter().find_map(|pack| pack.open_large(id));
        in_pack.or_else(|| {
            let mut stores = self.loose.iter();
            stores.find_map(|store| open_loose(store.directory(), id))
        })
    }
}

impl Pack {
    fn open_large(&self, id: &oid) -> Option<Box<dyn Read + '_>> {
        let offset = self.index.pack_offset_at_index(self.index.lookup(id)?);
        let entry = self.data.entry(offset).ok()?;
        if entry.header != Header::Blob || entry.decompressed_size <= LARGE_BYTES {
            return None;
        }
        let end = self.data.pack_end() as u64;
        let bytes = self.data.entry_slice(entry.data_offset..end)?;
        Some(Box::new(Exact {
            reader: ZlibDecoder::new(bytes),
            left: entry.decompressed_size,
        }))
    }
}

fn open_loose(directory: &std::path::Path, id: &oid) -> Option<Box<dyn Read>> {
    let hex = id.to_string();
    let file = File::open(directory.join(&hex[..2]).join(&hex[2..])).ok()?;
    let mut reader = ZlibDecoder::new(BufReader::new(file));
    let mut header = Vec::new();
    while header.last() != Some(&0) {
        let mut byte = [0];
        reader.read_exact(&mut byte).ok()?;
        header.push(byte[0]);
        if header.len() > MAX_HEADER_BYTES {
            return None;
        }
    }
    let (kind, left, _) = gix::objs::decode::loose_header(&header).ok()?;
    let is_large = kind == Kind::Blob && left > LARGE_BYTES;
    is_large.then(|| Box::new(Exact { reader, left }) as Box<dyn Read>)
}

/// A reader that fails unless it gives as many bytes as it is to give.
struct Exact<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(to)?;
        let failed = |message| Err(io::Error::new(io::ErrorKind::InvalidData, message));
        match self.left.checked_sub(length as u64) {
            None => failed("the object is longer than it says"),
            Some(left) if length == 0 && left > 0 && !to.is_empty() => {
                failed("the object is shorter than it says")
            }
            Some(left) => {
                self.left = left;
                Ok(length)
            }
        }
    }
}
