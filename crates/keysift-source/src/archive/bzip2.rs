//! bzip2, also several one behind the other.

use bzip2::bufread::BzDecoder;

use super::input::Input;
use super::layer::{self, Frames};
use super::walk::{Place, Stop, Walk};

/// Behind `BZh` and the size of blocks: the mark of a block, or of the end.
const MARKS: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];

/// Whether `bytes`, which begin with `BZh`, are of bzip2.
pub(super) fn is_sign(bytes: &[u8]) -> bool {
    matches!(bytes.get(3), Some(b'1'..=b'9'))
        && bytes
            .get(4..)
            .is_some_and(|behind| MARKS.iter().any(|mark| behind.starts_with(mark)))
}

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let frames = Frames::new(
        input,
        |bytes| matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', ..]),
        |input| Ok(BzDecoder::new(input)),
        BzDecoder::into_inner,
    );
    let scanned = layer::scan(walk, place, frames);
    if scanned.is_err() {
        input.rewind();
    }
    scanned
}
