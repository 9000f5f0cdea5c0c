//! Packs that Git would not write: what they claim is not believed, and what is sound in them is scanned.

use std::fs;
use std::path::Path;

use keysift::Skip;

use super::git;
use super::harness::{every, secrets, token};

/// An entry of a pack: its id, of a byte over and over, its type, its base's id, and what is compressed in it.
struct Entry {
    id: u8,
    kind: u8,
    base: Option<u8>,
    claimed: u64,
    bytes: Vec<u8>,
}

const BLOB: u8 = 3;
const REF_DELTA: u8 = 7;

fn entry(id: u8, kind: u8, base: Option<u8>, bytes: &[u8]) -> Entry {
    Entry {
        id,
        kind,
        base,
        claimed: bytes.len() as u64,
        bytes: bytes.to_vec(),
    }
}

/// A stream of zlib that compresses nothing.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u16;
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut stream = vec![0x78, 0x01, 1];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

/// Writes a pack and its index; the checksums are zeros, which no reader of one object looks at.
fn write_pack(repository: &Path, entries: &[Entry]) {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    let mut places = Vec::new();
    for entry in entries {
        places.push((entry.id, pack.len() as u32));
        let mut size = entry.claimed;
        let mut byte = entry.kind << 4 | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            pack.push(byte | 0x80);
            byte = (size & 0x7f) as u8;
            size >>= 7;
        }
        pack.push(byte);
        pack.extend(entry.base.map(|base| [base; 20]).into_iter().flatten());
        pack.extend(stored(&entry.bytes));
    }
    pack.extend([0; 20]);
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
    let directory = repository.join(".git/objects/pack");
    fs::write(directory.join("pack-0.pack"), pack).unwrap();
    fs::write(directory.join("pack-0.idx"), index).unwrap();
}

/// A delta that copies all of a base and puts something behind it.
fn appending(base_bytes: usize, new: &[u8]) -> Vec<u8> {
    let (base, made) = (base_bytes as u8, (base_bytes + new.len()) as u8);
    let mut delta = vec![base, made, 0x90, base, new.len() as u8];
    delta.extend(new);
    delta
}

#[test]
fn what_a_pack_claims_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    git(directory.path(), &["init", "-q"]);
    let text = format!("{} ", token(1));
    let base = text.len();
    let more = token(2);
    let ring = appending(base, b"x");
    let mut bomb = vec![base as u8, 0xff, 0xff, 0xff, 0xff, 0x7f];
    bomb.extend([0x90, base as u8].repeat(1000));
    let mut huge = entry(7, BLOB, None, b"small");
    huge.claimed = 1 << 40;
    let entries = [
        entry(1, BLOB, None, text.as_bytes()),
        entry(2, REF_DELTA, Some(1), &appending(base, more.as_bytes())),
        entry(3, REF_DELTA, Some(4), &ring),
        entry(4, REF_DELTA, Some(3), &ring),
        entry(5, REF_DELTA, Some(99), &ring),
        entry(6, REF_DELTA, Some(1), &bomb),
        huge,
        entry(8, REF_DELTA, Some(8), &ring),
        entry(9, REF_DELTA, Some(7), &ring),
        entry(10, 5, None, b"of no type that there is"),
    ];
    write_pack(directory.path(), &entries);
    let (sink, summary) = every(directory.path());
    assert_eq!(secrets(&sink), [1, 2].map(token).into());
    assert!(summary.is_incomplete());
    assert_eq!(summary.skipped.get(&Skip::Unreadable), Some(&8));
    for id in 3..=10_u8 {
        let id = format!("{id:02x}").repeat(20);
        let is_named = |name: &String| name.ends_with(&id);
        assert!(
            sink.unscanned
                .iter()
                .any(|unscanned| is_named(&unscanned.name)),
            "{id}"
        );
    }
}
