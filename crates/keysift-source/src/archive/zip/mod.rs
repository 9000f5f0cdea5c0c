//! zip, read by the entries before its members.
//!
//! The directory at its end is not needed, so that an archive can come from a pipe or out of another one. What is between
//! members, that directory too, is scanned as text: names, comments and extra fields stand there, and what was hidden.

mod descriptor;
mod entry;
mod outside;

use std::io;

use self::entry::Entry;
use self::outside::Outside;
use super::input::Input;
use super::walk::{Place, Stop, Walk};

const ENTRY: &[u8] = b"PK\x03\x04";
const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// In front of the first entry, if the archive was to be split, and in front of what a descriptor tells.
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// What a block with the signatures of Android packages ends with. It stands between the members and the directory.
const ANDROID_SIGNATURES: &[u8] = b"APK Sig Block 42";

/// Whether `bytes`, which begin with `PK`, are of zip.
pub(super) fn is_sign(bytes: &[u8]) -> bool {
    bytes.starts_with(ENTRY)
        || bytes.starts_with(END)
        || (bytes.starts_with(DESCRIPTOR) && bytes[4..].starts_with(ENTRY))
}

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let mut outside = Outside::default();
    let opened = records(walk, place, input, &mut outside);
    if !matches!(opened, Err(Stop::Ended)) {
        outside.flush(walk, place)?;
    }
    opened
}

/// Goes from record to record; ends behind the archive's end.
fn records(
    walk: &mut Walk<'_>,
    place: &Place,
    input: &mut Input<'_>,
    outside: &mut Outside,
) -> Result<(), Stop> {
    let mut is_behind_end = false;
    loop {
        walk.budget.check()?;
        let bytes = input.peek(4)?;
        if bytes.is_empty() {
            return if is_behind_end {
                Ok(())
            } else {
                Err(Stop::damaged("it has no end"))
            };
        }
        let sign = bytes.get(..4).unwrap_or_default().to_vec();
        if sign == ENTRY {
            is_behind_end = false;
            Entry::take(input, outside)?.scan(walk, place, input, outside)?;
            continue;
        }
        if sign == DESCRIPTOR {
            io::BufRead::consume(input, 4);
            continue;
        }
        if let Some(length) = record_bytes(&sign, input)? {
            outside.take(walk, place, input, length)?;
            is_behind_end |= sign == END;
            continue;
        }
        if is_behind_end {
            return Ok(());
        }
        gap(walk, place, input, outside)?;
    }
}

/// The length of a record that is no member; `None` where there is none.
fn record_bytes(sign: &[u8], input: &mut Input<'_>) -> Result<Option<u64>, Stop> {
    let number = |bytes: &[u8], at: usize| -> u64 {
        let bytes = bytes.get(at..at + 2).unwrap_or(&[0, 0]);
        u64::from(u16::from_le_bytes([bytes[0], bytes[1]]))
    };
    Ok(match sign {
        DIRECTORY_ENTRY => {
            let head = input.peek(46)?;
            Some(46 + number(head, 28) + number(head, 30) + number(head, 32))
        }
        END => Some(22 + number(input.peek(22)?, 20)),
        // The end of a large archive, where that is, and a signature.
        b"PK\x06\x06" => {
            let head = input.peek(12)?;
            let bytes = head.get(4..12).and_then(|it| it.try_into().ok());
            Some(bytes.map_or(0, u64::from_le_bytes).saturating_add(12))
        }
        b"PK\x06\x07" => Some(20),
        b"PK\x05\x05" => Some(6 + number(input.peek(6)?, 4)),
        _ => None,
    })
}

/// Takes bytes that are no record, up to one.
fn gap(
    walk: &mut Walk<'_>,
    place: &Place,
    input: &mut Input<'_>,
    outside: &mut Outside,
) -> Result<(), Stop> {
    let mut is_padding = true;
    let mut last = Vec::new();
    loop {
        let bytes = input.peek(4)?;
        if bytes.len() < 4 {
            let rest = bytes.len() as u64;
            is_padding &= bytes.iter().all(|byte| *byte == 0);
            outside.take(walk, place, input, rest)?;
            break;
        }
        let found = memchr::memmem::find_iter(bytes, b"PK").find(|at| {
            let behind = &bytes[*at..];
            [ENTRY, DIRECTORY_ENTRY, END]
                .iter()
                .any(|sign| behind.starts_with(sign))
        });
        let length = found.unwrap_or(bytes.len() - 3);
        is_padding &= bytes[..length].iter().all(|byte| *byte == 0);
        last.extend_from_slice(&bytes[length.saturating_sub(ANDROID_SIGNATURES.len())..length]);
        last.drain(..last.len().saturating_sub(ANDROID_SIGNATURES.len()));
        outside.take(walk, place, input, length as u64)?;
        if found.is_some() {
            break;
        }
    }
    if is_padding || last == ANDROID_SIGNATURES {
        return Ok(());
    }
    let message = "bytes between the members".to_owned();
    walk.unscanned(place, keysift_core::Skip::DamagedArchive, Some(message))
}
