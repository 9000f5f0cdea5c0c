//! Pushing a reader to a visitor: decoded, interruptible, and its errors told.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use keysift_core::{Origin, Skip, Unscanned};

use crate::Visitor;
use crate::encoding::{self, BOM_BYTES, Decoder, Encoding};
use crate::interrupt::{Interrupt, Interruptible};

/// Pushes all that `reader` gives; `Break` when the visit is to end.
pub(crate) fn push(
    visitor: &mut dyn Visitor,
    origin: &Arc<Origin>,
    reader: impl Read,
    interrupt: &Interrupt<'_>,
) -> ControlFlow<()> {
    let reader = Interruptible::new(reader, interrupt);
    match decoded(visitor, origin, reader) {
        Ok(flow) => flow,
        Err(_) if interrupt.is_set() => ControlFlow::Break(()),
        Err(error) => visitor.unscanned(
            Unscanned::new(origin.to_string(), Skip::Unreadable).message(error.to_string()),
        ),
    }
}

/// Gives the visitor what `reader` gives, decoded where a byte-order mark asks for it.
pub(crate) fn decoded(
    visitor: &mut dyn Visitor,
    origin: &Arc<Origin>,
    mut reader: impl Read,
) -> io::Result<ControlFlow<()>> {
    let mut head = [0; BOM_BYTES];
    let mut length = 0;
    while length < head.len() {
        match reader.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let head = &head[..length];
    match Encoding::detect(head) {
        None => {
            let mark = encoding::utf8_mark_bytes(head);
            visitor.stream(origin, &mut head[mark..].chain(reader))
        }
        Some(encoding) => visitor.stream(origin, &mut Decoder::new(encoding, head.chain(reader))),
    }
}
