//! tar, in all its dialects, also the images of containers that `docker save` and OCI tools make.

use std::io::{self, Read};

use keysift_core::Skip;
use tar::{EntryType, Header, PaxExtensions};

use super::input::Input;
use super::walk::{Place, Stop, Walk};

const BLOCK_BYTES: usize = 512;

/// The longest name, link or extended header that is read, in bytes.
const MAX_EXTENSION_BYTES: u64 = 64 << 10;

/// Where in a block of a sparse file's map it says whether there is one more, in the header and in the blocks behind it.
const SPARSE_MORE_IN_HEADER: usize = 482;
const SPARSE_MORE_BEHIND: usize = 504;

/// Keys of extended headers whose values say nothing that could hold a secret.
const PLAIN_KEYS: &[&[u8]] = &[
    b"path",
    b"linkpath",
    b"size",
    b"uid",
    b"gid",
    b"uname",
    b"gname",
    b"mtime",
    b"atime",
    b"ctime",
];

/// Whether `bytes` begin with a header: one whose sum is right.
pub(super) fn is_sign(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(..BLOCK_BYTES) else {
        return false;
    };
    // Every writer ends the field of the sum with a zero, alone or beside a space; no text holds one.
    block[154..156].contains(&0) && has_right_sum(block)
}

fn has_right_sum(block: &[u8]) -> bool {
    let sum = |byte: fn(u8) -> i64| -> i64 {
        let field = 8 * byte(b' ');
        let bytes = block[..148].iter().chain(&block[156..]);
        field + bytes.map(|it| byte(*it)).sum::<i64>()
    };
    let told = Header::from_byte_slice(block).cksum().map(i64::from);
    // Some old programs took bytes for signed numbers.
    told.is_ok_and(|told| told == sum(i64::from) || told == sum(|it| i64::from(it as i8)))
}

/// What headers said of the entry that follows.
#[derive(Debug, Default)]
struct Told {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    bytes: Option<u64>,
}

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let mut told = Told::default();
    let mut is_behind_zeros = false;
    loop {
        walk.budget.check()?;
        let block = input.peek(BLOCK_BYTES)?;
        if block.is_empty() {
            return Ok(());
        }
        let Some(block) = block.get(..BLOCK_BYTES) else {
            return short(is_behind_zeros);
        };
        if block.iter().all(|byte| *byte == 0) {
            is_behind_zeros = true;
            io::BufRead::consume(input, BLOCK_BYTES);
            continue;
        }
        if !has_right_sum(block) {
            return short(is_behind_zeros);
        }
        let header = Header::from_byte_slice(block).clone();
        io::BufRead::consume(input, BLOCK_BYTES);
        is_behind_zeros = false;
        entry(walk, place, input, &header, &mut told)?;
    }
}

/// The end of the headers: behind blocks of zeros it is the archive's end, whatever follows.
fn short(is_behind_zeros: bool) -> Result<(), Stop> {
    if is_behind_zeros {
        return Ok(());
    }
    Err(Stop::damaged("no header where one should be"))
}

fn entry(
    walk: &mut Walk<'_>,
    place: &Place,
    input: &mut Input<'_>,
    header: &Header,
    told: &mut Told,
) -> Result<(), Stop> {
    let kind = header.entry_type();
    let bytes = header.entry_size()?;
    match kind {
        EntryType::GNULongName => told.path = Some(name(extension(input, bytes)?)),
        EntryType::GNULongLink => told.link = Some(name(extension(input, bytes)?)),
        EntryType::XHeader | EntryType::XGlobalHeader => {
            let extended = extension(input, bytes)?;
            if kind == EntryType::XHeader {
                tell(&extended, told);
            }
            if has_texts(&extended) {
                walk.text(place, &extended)?;
            }
        }
        _ => {
            let told = std::mem::take(told);
            let path = told
                .path
                .unwrap_or_else(|| header.path_bytes().into_owned());
            let member = place.member(&path);
            match kind {
                EntryType::Link | EntryType::Symlink => {
                    let link = told
                        .link
                        .or_else(|| Some(header.link_name_bytes()?.into_owned()));
                    walk.budget.member()?;
                    walk.text(&member, &link.unwrap_or_default())?;
                }
                EntryType::Char | EntryType::Block | EntryType::Fifo => {
                    walk.budget.member()?;
                    walk.unscanned(&member, Skip::Special, None)?;
                }
                _ => {
                    if kind == EntryType::GNUSparse {
                        pass_map(input, header)?;
                    }
                    let bytes = told.bytes.unwrap_or(bytes);
                    let is_directory = kind == EntryType::Directory || path.ends_with(b"/");
                    if !(is_directory && bytes == 0) {
                        data(walk, &member, input, bytes)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn data(
    walk: &mut Walk<'_>,
    member: &Place,
    input: &mut Input<'_>,
    bytes: u64,
) -> Result<(), Stop> {
    let mut data = Read::take(&mut *input, bytes);
    walk.stored(member, &mut data)?;
    io::copy(&mut data, &mut io::sink())?;
    if data.limit() > 0 {
        return Err(Stop::damaged("it ends within a member"));
    }
    pad(input, bytes)
}

/// Takes what fills up a block behind `bytes`.
fn pad(input: &mut Input<'_>, bytes: u64) -> Result<(), Stop> {
    let behind = bytes % BLOCK_BYTES as u64;
    if behind > 0 {
        let padding = BLOCK_BYTES as u64 - behind;
        io::copy(&mut Read::take(input, padding), &mut io::sink())?;
    }
    Ok(())
}

/// The data of an entry that tells something of the next.
fn extension(input: &mut Input<'_>, bytes: u64) -> Result<Vec<u8>, Stop> {
    if bytes > MAX_EXTENSION_BYTES {
        return Err(Stop::damaged("an extended header is too long"));
    }
    let data = input.take_exact(bytes as usize)?;
    pad(input, bytes)?;
    Ok(data)
}

/// A name without the zero behind it.
fn name(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0);
    bytes.truncate(end.unwrap_or(bytes.len()));
    bytes
}

fn tell(extended: &[u8], told: &mut Told) {
    for record in PaxExtensions::new(extended).flatten() {
        let value = record.value_bytes();
        match record.key_bytes() {
            b"path" | b"GNU.sparse.name" => told.path = Some(value.to_vec()),
            b"linkpath" => told.link = Some(value.to_vec()),
            b"size" => {
                let digits = std::str::from_utf8(value).ok();
                told.bytes = digits.and_then(|digits| digits.parse().ok());
            }
            _ => {}
        }
    }
}

/// Whether an extended header holds more than names and numbers: comments, extended attributes.
fn has_texts(extended: &[u8]) -> bool {
    PaxExtensions::new(extended).any(|record| match record {
        Ok(record) => {
            let key = record.key_bytes();
            !PLAIN_KEYS.contains(&key) && !key.starts_with(b"GNU.sparse.")
        }
        Err(_) => true,
    })
}

/// Takes the blocks behind a header that tell where a sparse file's data belong. The data are scanned as they lie.
fn pass_map(input: &mut Input<'_>, header: &Header) -> Result<(), Stop> {
    let mut has_more = header.as_bytes()[SPARSE_MORE_IN_HEADER] != 0;
    while has_more {
        has_more = input.take_exact(BLOCK_BYTES)?[SPARSE_MORE_BEHIND] != 0;
    }
    Ok(())
}
