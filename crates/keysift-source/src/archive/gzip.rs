//! gzip, also several one behind the other.

use flate2::bufread::GzDecoder;

use super::input::Input;
use super::layer::{self, Frames};
use super::walk::{Place, Stop, Walk};

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let frames = Frames::new(
        input,
        |bytes| bytes.starts_with(b"\x1F\x8B"),
        |input| Ok(GzDecoder::new(input)),
        GzDecoder::into_inner,
    );
    let scanned = layer::scan(walk, place, frames);
    if scanned.is_err() {
        input.rewind();
    }
    scanned
}
