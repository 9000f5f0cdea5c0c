//! Packs made at test time, also such as Git would not write.

use std::fs;
use std::io;
use std::path::Path;

/// An entry of a pack: its id, of a byte over and over, its type, its base's id, and what is compressed in it.
#[derive(Debug, Clone)]
pub struct PackEntry {
    /// The byte that its id is made of.
    pub id: u8,
    /// Its type, as the format has it.
    pub kind: u8,
    /// The byte that its base's id is made of.
    pub base: Option<u8>,
    /// The length that it claims.
    pub claimed: u64,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The type of a blob.
pub const BLOB: u8 = 3;

/// The type of a delta whose base is named by its id.
pub const REF_DELTA: u8 = 7;

impl PackEntry {
    /// An entry that claims what it holds.
    pub fn new(id: u8, kind: u8, base: Option<u8>, bytes: &[u8]) -> Self {
        Self {
            id,
            kind,
            base,
            claimed: bytes.len() as u64,
            bytes: bytes.to_vec(),
        }
    }
}

/// A stream of zlib that compresses nothing.
pub fn stored(bytes: &[u8]) -> Vec<u8> {
    const MOST: usize = 0xffff;
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut stream = vec![0x78, 0x01];
    let pieces = bytes.len().div_ceil(MOST).max(1);
    for (number, piece) in (1..).zip((0..pieces).map(|piece| piece * MOST)) {
        let piece = &bytes[piece..bytes.len().min(piece + MOST)];
        let length = piece.len() as u16;
        stream.push(u8::from(number == pieces));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(piece);
    }
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

/// A number in groups of bits, seven after the first, the lowest first.
pub fn sized(first_bits: u32, first: u8, mut size: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut byte = first | (size & ((1 << first_bits) - 1)) as u8;
    size >>= first_bits;
    while size > 0 {
        bytes.push(byte | 0x80);
        byte = (size & 0x7f) as u8;
        size >>= 7;
    }
    bytes.push(byte);
    bytes
}

/// Writes a pack and its index into a directory; the checksums are zeros, which no reader of one object looks at.
///
/// # Errors
/// The system's.
pub fn write_pack(directory: &Path, entries: &[PackEntry]) -> io::Result<()> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    let mut places = Vec::new();
    for entry in entries {
        places.push((entry.id, pack.len() as u32));
        pack.extend(sized(4, entry.kind << 4, entry.claimed));
        pack.extend(entry.base.map(|base| [base; 20]).into_iter().flatten());
        pack.extend(stored(&entry.bytes));
    }
    pack.extend([0; 20]);
    write_files(directory, &pack, places)
}

/// Writes the bytes of a pack, with an index of these places.
///
/// # Errors
/// The system's.
pub fn write_files(directory: &Path, pack: &[u8], mut places: Vec<(u8, u32)>) -> io::Result<()> {
    places.sort_unstable();
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=u8::MAX {
        let count = places.iter().filter(|(id, _)| *id <= first).count();
        index.extend((count as u32).to_be_bytes());
    }
    index.extend(places.iter().flat_map(|(id, _)| [*id; 20]));
    index.extend(places.iter().flat_map(|_| [0; 4]));
    index.extend(places.iter().flat_map(|(_, offset)| offset.to_be_bytes()));
    index.extend([0; 40]);
    fs::write(directory.join("pack-0.pack"), pack)?;
    fs::write(directory.join("pack-0.idx"), index)
}

/// A repository without anything in it, as Git would make it.
///
/// # Errors
/// The system's.
pub fn empty_repository(directory: &Path) -> io::Result<()> {
    for inner in ["objects/pack", "objects/info", "refs/heads"] {
        fs::create_dir_all(directory.join(inner))?;
    }
    fs::write(directory.join("HEAD"), "ref: refs/heads/main\n")?;
    fs::write(directory.join("config"), "[core]\n\tbare = true\n")
}
