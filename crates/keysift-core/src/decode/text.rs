//! Where a run encodes text. Secrets are text, so that nothing else in a run needs decoding.

use std::ops::Range;

use super::{Alphabet, base64, hex};

/// So many bytes of text in a row, at least, make a text. A secret with what its rule wants beside it has them.
pub(super) const TEXT_BYTES: usize = 12;

/// Characters that encode text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) alphabet: Alphabet,
    /// From the start of a unit to the end of one.
    pub(super) chars: Range<usize>,
}

/// The texts that `chars` encode, in order of their starts. Each is told by its own characters alone.
pub(super) fn texts(chars: &[u8]) -> Vec<Text> {
    let mut found = Vec::new();
    find(
        chars,
        Alphabet::Base64,
        base64::BEGINS_TEXT,
        base64::is_text,
        &mut found,
    );
    find(
        chars,
        Alphabet::Hex,
        hex::BEGINS_TEXT,
        hex::is_text,
        &mut found,
    );
    found.sort_unstable_by_key(|text| (text.chars.start, text.alphabet));
    found
}

/// Appends the texts in one alphabet, by the characters with which units of text begin, and by whole units.
fn find<const UNIT: usize>(
    chars: &[u8],
    alphabet: Alphabet,
    begins: &[bool; 256],
    is_text: impl Fn(&[u8; UNIT]) -> bool,
    found: &mut Vec<Text>,
) {
    let least = TEXT_BYTES.div_ceil(alphabet.byte_at(UNIT));
    if !may_hold::<UNIT>(chars, least, begins) {
        return;
    }
    for phase in 0..UNIT.min(chars.len()) {
        let mut units = 0;
        let mut at = phase;
        loop {
            let unit = chars[at..].first_chunk::<UNIT>();
            if unit.is_some_and(|unit| begins[usize::from(unit[0])] && is_text(unit)) {
                units += 1;
                at += UNIT;
                continue;
            }
            if units >= least {
                found.push(Text {
                    alphabet,
                    chars: at - units * UNIT..at,
                });
            }
            if unit.is_none() {
                break;
            }
            units = 0;
            at += UNIT;
        }
    }
}

/// Whether so many units in a row may be text, by their first characters. Right when it says no.
fn may_hold<const UNIT: usize>(chars: &[u8], least: usize, begins: &[bool; 256]) -> bool {
    let (units, rest) = chars.as_chunks::<UNIT>();
    let mut in_row = [0_u8; UNIT];
    let mut most = 0;
    for unit in units {
        for (in_row, char) in in_row.iter_mut().zip(unit) {
            let may_begin = u8::from(begins[usize::from(*char)]);
            *in_row = (in_row.saturating_add(1)) * may_begin;
            most = most.max(*in_row);
        }
    }
    let of_rest = rest.iter().zip(in_row);
    usize::from(most) >= least
        || of_rest
            .into_iter()
            .any(|(char, in_row)| begins[usize::from(*char)] && usize::from(in_row) + 1 >= least)
}

/// A table of the bytes for which something is so.
pub(super) const fn table(of: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut index = 0;
    while index < of.len() {
        table[of[index] as usize] = true;
        index += 1;
    }
    table
}

/// Whether a byte is one of a text.
pub(super) const fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}
