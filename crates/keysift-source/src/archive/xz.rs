//! xz, also several one behind the other.

use lzma_rust2::XzReader;

use super::input::Input;
use super::walk::{Place, Stop, Walk};
use super::{MAX_DICTIONARY_KIB, layer};

pub(super) fn open(walk: &mut Walk<'_>, place: &Place, input: &mut Input<'_>) -> Result<(), Stop> {
    let decoder = XzReader::new_mem_limit(&mut *input, true, MAX_DICTIONARY_KIB);
    let scanned = layer::scan(walk, place, decoder);
    if scanned.is_err() {
        input.rewind();
    }
    scanned
}
