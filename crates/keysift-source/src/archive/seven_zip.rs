//! 7z, which is read from its end, and so held in memory.

use std::io::{Cursor, Read};

use keysift_core::Skip;
use sevenz_rust2::{ArchiveReader, EntryDecision, Error, Password};

use super::MAX_DICTIONARY_KIB;
use super::input::Input;
use super::walk::{Place, Stop, Walk};

/// The largest archive that is opened, in bytes.
const MAX_HELD_BYTES: usize = 64 << 20;

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let mut held = Vec::new();
    if !input.hold(MAX_HELD_BYTES, &mut held)? {
        let message = format!("a 7z archive of more than {MAX_HELD_BYTES} bytes");
        walk.unscanned(place, Skip::ArchiveMemory, Some(message))?;
        return walk.raw(place, &mut held.chain(input));
    }
    let opened = members(walk, place, &held);
    if let Err(Stop::Fault(skip, message)) = opened {
        walk.unscanned(place, skip, Some(message))?;
        return walk.raw(place, &mut &*held);
    }
    opened
}

fn members(walk: &mut Walk<'_>, place: &Place, bytes: &[u8]) -> Result<(), Stop> {
    let memory = MAX_DICTIONARY_KIB as usize;
    let source = Cursor::new(bytes);
    let mut archive =
        ArchiveReader::new_with_memory_limit(source, Password::empty(), memory).map_err(fault)?;
    archive.set_thread_count(1);
    let mut outcome = Ok(());
    archive
        .for_each_entries_with_decision_allowing_surplus(|entry, reader| {
            if entry.is_directory() {
                return Ok(EntryDecision::Continue);
            }
            outcome = walk.decoded(&place.member(entry.name().as_bytes()), reader);
            Ok(match outcome {
                Ok(()) => EntryDecision::Continue,
                Err(_) => EntryDecision::Stop,
            })
        })
        .map_err(fault)?;
    outcome
}

fn fault(error: Error) -> Stop {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => {
            Stop::Fault(Skip::Encrypted, "7z".to_owned())
        }
        Error::UnsupportedCompressionMethod(method) => Stop::Fault(Skip::UnknownMethod, method),
        Error::Unsupported(what) => Stop::Fault(Skip::UnknownMethod, what.into_owned()),
        Error::MaxMemLimited { actaul_kb, .. } => {
            Stop::Fault(Skip::ArchiveMemory, format!("{actaul_kb} KiB"))
        }
        Error::Io(error, _) => Stop::damaged(error),
        other => Stop::damaged(other),
    }
}
