//! The walk through an outermost archive and all that lies in it.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use keysift_core::{Blob, Origin, Skip, Unscanned};

use super::budget::{Budget, Metered};
use super::input::Input;
use super::{Kind, kind};
use crate::files::WHOLE_FILE_BYTES;
use crate::{Visitor, encoding, stream};

/// The longest name of a member, in bytes; a longer one is cut.
const MAX_NAME_BYTES: usize = 4096;

/// Why an archive is not read on.
#[derive(Debug)]
pub(super) enum Stop {
    /// The visit is to end, or a limit was exceeded.
    Ended,
    /// Something is wrong with the archive, or with a member.
    Fault(Skip, String),
}

impl Stop {
    pub(super) fn damaged(message: impl ToString) -> Self {
        Self::Fault(Skip::DamagedArchive, message.to_string())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::OutOfMemory => Self::Fault(Skip::ArchiveMemory, error.to_string()),
            io::ErrorKind::Unsupported => Self::Fault(Skip::UnknownMethod, error.to_string()),
            _ => Self::damaged(error),
        }
    }
}

/// An archive, or what may be one.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) origin: Arc<Origin>,
    /// How many archives it lies in.
    depth: usize,
    /// What it is called if it is an archive: the compressed file that it is all of.
    compressed: Option<Arc<Origin>>,
}

impl Place {
    pub(super) const fn outermost(origin: Arc<Origin>) -> Self {
        Self {
            origin,
            depth: 0,
            compressed: None,
        }
    }

    /// The member that is called `name` in it.
    pub(super) fn member(&self, name: &[u8]) -> Self {
        let name = &name[..name.len().min(MAX_NAME_BYTES)];
        Self {
            origin: Arc::new(Origin::Member {
                archive: Arc::clone(&self.origin),
                path: PathBuf::from(String::from_utf8_lossy(name).into_owned()),
            }),
            depth: self.depth + 1,
            compressed: None,
        }
    }

    /// What it is all of, compressed.
    pub(super) fn content(&self, name: &str) -> Self {
        Self {
            compressed: Some(Arc::clone(&self.origin)),
            ..self.member(name.as_bytes())
        }
    }

    fn behind(&self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self.clone()
        }
    }
}

/// What a thread uses again and again.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// One for each archive that lies in another, longer by one than a whole blob.
    buffers: Vec<Vec<u8>>,
    decoded: Vec<u8>,
}

/// Gives a visitor all that lies in an outermost archive.
pub(super) struct Walk<'w> {
    visitor: &'w mut dyn Visitor,
    pub(super) budget: &'w Budget<'w>,
    memory: &'w mut Memory,
}

impl<'w> Walk<'w> {
    pub(super) fn new(
        visitor: &'w mut dyn Visitor,
        budget: &'w Budget<'w>,
        memory: &'w mut Memory,
    ) -> Self {
        Self {
            visitor,
            budget,
            memory,
        }
    }

    /// Opens an archive. What cannot be opened is told and scanned as it is; what is behind its end is looked at as well.
    ///
    /// # Errors
    /// [`Stop::Ended`] and no other.
    pub(super) fn open(
        &mut self,
        kind: &Kind,
        place: &Place,
        input: &mut Input<'_>,
    ) -> Result<(), Stop> {
        if place.depth >= self.budget.max_depth() {
            let message = format!("more than {} in one another", self.budget.max_depth());
            self.unscanned(place, Skip::ArchiveDepth, Some(message))?;
            return self.raw(place, input);
        }
        let opened = (kind.open)(self, place, input);
        self.budget.check()?;
        match opened {
            Err(Stop::Ended) => Err(Stop::Ended),
            // Then the fault is told where it lies: by the archive around this one, or by the source.
            _ if input.has_failed() => Ok(()),
            Err(Stop::Fault(skip, message)) => {
                self.unscanned(place, skip, Some(message))?;
                self.raw(place, input)
            }
            Ok(()) => match input.is_at_end_but_zeros() {
                Ok(true) | Err(_) => Ok(()),
                Ok(false) => self.content(&place.behind(), input),
            },
        }
    }

    /// Takes a member of `archive`, which is read from `reader`.
    pub(super) fn member(&mut self, member: &Place, reader: &mut dyn Read) -> Result<(), Stop> {
        self.budget.member()?;
        self.content(member, reader)
    }

    /// Takes bytes that decompression gives, as a member; says what went wrong in it.
    pub(super) fn decoded(&mut self, member: &Place, reader: impl Read) -> Result<(), Stop> {
        let mut metered = Metered::decoded(reader, self.budget);
        self.member(member, &mut metered)?;
        metered
            .into_fault()
            .map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// Takes bytes that lie in the archive as they are, as a member; says what went wrong in it.
    pub(super) fn stored(&mut self, member: &Place, reader: impl Read) -> Result<(), Stop> {
        let mut metered = Metered::stored(reader, self.budget);
        self.member(member, &mut metered)?;
        metered
            .into_fault()
            .map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// Scans a text that is in memory.
    pub(super) fn text(&mut self, place: &Place, bytes: &[u8]) -> Result<(), Stop> {
        self.memory.decoded.clear();
        let flow = self.visitor.blob(Blob {
            origin: &place.origin,
            bytes: encoding::text(bytes, &mut self.memory.decoded),
            changed: None,
        });
        ended(flow)
    }

    /// Scans all that `reader` gives as it is, opening nothing. Nothing is scanned if there is nothing.
    pub(super) fn raw(&mut self, place: &Place, reader: &mut dyn Read) -> Result<(), Stop> {
        let mut metered = Metered::stored(reader, self.budget);
        self.with_head(&mut metered, |walk, head, reader| {
            if head.is_empty() {
                return Ok(());
            }
            walk.scan(place, head, reader)
        })
    }

    /// Tells that `place` was not scanned.
    pub(super) fn unscanned(
        &mut self,
        place: &Place,
        skip: Skip,
        message: Option<String>,
    ) -> Result<(), Stop> {
        let unscanned = Unscanned::new(place.origin.to_string(), skip);
        ended(self.visitor.unscanned(match message {
            Some(message) => unscanned.message(message),
            None => unscanned,
        }))
    }

    /// Scans what `reader` gives, or opens it if it is an archive. What fails is known to the reader's owner.
    fn content(&mut self, place: &Place, reader: &mut dyn Read) -> Result<(), Stop> {
        self.with_head(reader, |walk, head, reader| match kind(head) {
            Some(kind) => {
                let mut place = place.clone();
                if let Some(compressed) = place.compressed.take() {
                    place.origin = compressed;
                }
                walk.open(kind, &place, &mut Input::new(head, reader))
            }
            None => walk.scan(place, head, reader),
        })
    }

    /// Reads as much as a whole blob may have, and lends it with the reader of what is behind it.
    fn with_head(
        &mut self,
        reader: &mut dyn Read,
        work: impl FnOnce(&mut Self, &[u8], &mut dyn Read) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let buffer = self.memory.buffers.pop();
        let mut buffer = buffer.unwrap_or_else(|| vec![0; WHOLE_FILE_BYTES + 1]);
        let (length, _) = fill(reader, &mut buffer);
        let worked = work(self, &buffer[..length], reader);
        self.memory.buffers.push(buffer);
        worked?;
        self.budget.check()
    }

    fn scan(&mut self, place: &Place, head: &[u8], reader: &mut dyn Read) -> Result<(), Stop> {
        if head.len() <= WHOLE_FILE_BYTES {
            return self.text(place, head);
        }
        match stream::decoded(self.visitor, &place.origin, head.chain(reader)) {
            Ok(flow) => ended(flow),
            Err(_) => Ok(()),
        }
    }
}

fn ended(flow: ControlFlow<()>) -> Result<(), Stop> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Stop::Ended),
    }
}

/// Reads until `to` is full or there is no more; gives how many bytes were read, and why there are no more if that is an
/// error.
pub(super) fn fill(reader: &mut dyn Read, to: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut length = 0;
    while length < to.len() {
        match reader.read(&mut to[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (length, Some(error)),
        }
    }
    (length, None)
}
