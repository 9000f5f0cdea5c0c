//! zstd, with what its frames may be skipped: that is scanned too.

use std::io::{self, Read, Take};

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::input::Input;
use super::layer::{self, Frames};
use super::walk::{Place, Stop, Walk};

/// A frame that is to be decoded, or one that decoders skip.
enum Frame<'a, 'i> {
    Compressed(Box<StreamingDecoder<&'a mut Input<'i>, FrameDecoder>>),
    Skippable(Take<&'a mut Input<'i>>),
}

/// Whether a frame that decoders skip begins with `bytes`.
pub(super) fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..])
}

/// Begins to decode one frame.
///
/// # Errors
/// When it is none, `OutOfMemory` when its window is too large, `Unsupported` when a dictionary is needed.
pub(super) fn decoder<R: Read>(reader: R) -> io::Result<StreamingDecoder<R, FrameDecoder>> {
    StreamingDecoder::new(reader).map_err(|error| {
        let kind = match error {
            FrameDecoderError::WindowSizeTooBig { .. } => io::ErrorKind::OutOfMemory,
            FrameDecoderError::DictNotProvided { .. } => io::ErrorKind::Unsupported,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error.to_string())
    })
}

fn begin<'a, 'i>(input: &'a mut Input<'i>) -> io::Result<Frame<'a, 'i>> {
    if !is_skippable(input.peek(4)?) {
        return Ok(Frame::Compressed(Box::new(decoder(input)?)));
    }
    let mut header = [0; 8];
    input.read_exact(&mut header)?;
    let [.., a, b, c, d] = header;
    let length = u32::from_le_bytes([a, b, c, d]);
    Ok(Frame::Skippable(input.take(u64::from(length))))
}

impl Read for Frame<'_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Compressed(decoder) => decoder.read(to),
            Self::Skippable(bytes) => bytes.read(to),
        }
    }
}

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let frames = Frames::new(
        input,
        |bytes| bytes.starts_with(b"\x28\xB5\x2F\xFD") || is_skippable(bytes),
        begin,
        |frame| match frame {
            Frame::Compressed(decoder) => decoder.into_inner(),
            Frame::Skippable(bytes) => bytes.into_inner(),
        },
    );
    let scanned = layer::scan(walk, place, frames);
    if scanned.is_err() {
        input.rewind();
    }
    scanned
}
