//! How often bytes and short pieces stand in source code; it tells rare anchors from common ones.

/// The commonest pieces of three and of four bytes, made by `examples/gram-frequencies.rs` from 600 MB of ansible,
/// babel, cargo, curl, efcore, kafka, moby, rails, symfony and terraform.
const PIECES: &[u8] = include_bytes!("frequency.bin");

/// Bytes of an entry: the piece and its rarity.
const ENTRY_BYTES: usize = 5;

/// Minus eight times the binary logarithm of each byte's share, ASCII letters folded to lower case.
/// Counted over 120 MB of Rust, Python, JavaScript and HTML.
const RARITY: [u8; 256] = [
    215, 215, 215, 215, 215, 215, 215, 215, 215, 96, 42, 215, 215, 134, 215, 215, 215, 215, 215,
    215, 215, 215, 215, 215, 215, 215, 215, 188, 215, 215, 215, 215, 19, 79, 54, 69, 92, 105, 79,
    62, 54, 54, 77, 89, 50, 64, 55, 54, 59, 61, 58, 61, 69, 74, 70, 78, 71, 79, 48, 60, 59, 54, 57,
    93, 104, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215, 215,
    215, 215, 215, 215, 215, 215, 215, 215, 215, 68, 83, 68, 110, 42, 75, 37, 50, 41, 44, 31, 47,
    52, 51, 38, 78, 62, 42, 48, 37, 38, 43, 77, 37, 36, 34, 43, 58, 59, 60, 55, 76, 68, 85, 68,
    104, 194, 107, 121, 119, 120, 117, 117, 120, 125, 120, 126, 126, 128, 126, 128, 128, 126, 113,
    107, 127, 125, 112, 123, 108, 130, 129, 121, 128, 125, 123, 117, 119, 119, 88, 128, 130, 127,
    124, 126, 125, 127, 125, 125, 126, 126, 125, 126, 126, 126, 122, 124, 121, 123, 125, 124, 125,
    127, 120, 118, 121, 122, 120, 120, 124, 120, 215, 215, 88, 122, 132, 132, 141, 137, 138, 146,
    152, 147, 125, 142, 128, 134, 129, 134, 138, 137, 140, 148, 152, 146, 134, 135, 168, 151, 167,
    176, 172, 159, 113, 103, 98, 117, 147, 137, 140, 142, 147, 146, 111, 139, 139, 145, 202, 123,
    103, 215, 215, 172, 202, 215, 202, 215, 215, 215, 215, 215, 215, 196, 215, 215,
];

/// The binary logarithm of the share of positions at which a literal stands, about: no literal stands more often than
/// the rarest piece in it. Bytes are folded to lower case.
pub(crate) fn log2_share_of(literal: impl Iterator<Item = u8> + Clone) -> f32 {
    let folded = literal.map(|byte| byte.to_ascii_lowercase());
    let mut piece = 0_u32;
    let mut share = None;
    for (index, byte) in folded.clone().enumerate() {
        piece = piece >> 8 | u32::from(byte) << 24;
        let whole = match index {
            0 | 1 => continue,
            // A three-byte piece has a zero on top, and tells something only of a literal that is no longer.
            2 if folded.clone().nth(3).is_none() => piece >> 8,
            2 => continue,
            _ => piece,
        };
        let Some(more) = log2_share_of_piece(whole) else {
            // Words of a language are far more common than their letters suggest; anything else is not.
            return folded
                .map(log2_share)
                .sum::<f32>()
                .clamp(RAREST, RAREST_KNOWN);
        };
        share = Some(share.map_or(more, |share: f32| share.min(more)));
    }
    share.unwrap_or(RAREST_KNOWN)
}

/// The commonest four-byte pieces, little-endian, with their shares of all positions.
pub(crate) fn common_grams() -> impl Iterator<Item = (u32, f32)> {
    let entries = PIECES.as_chunks::<ENTRY_BYTES>().0.iter();
    entries
        .map(|entry| {
            (
                u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]),
                (-f32::from(entry[4]) / 8.0).exp2(),
            )
        })
        .filter(|(gram, _)| gram >> 24 != 0)
}

/// A piece that is not among the commonest has at most this share.
const RAREST_KNOWN: f32 = -15.0;

/// One position in four million: a literal that is rarer still costs nothing less.
const RAREST: f32 = -22.0;

fn log2_share_of_piece(piece: u32) -> Option<f32> {
    let entries = PIECES.as_chunks::<ENTRY_BYTES>().0;
    let key =
        |entry: &[u8; ENTRY_BYTES]| u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
    let at = entries.binary_search_by_key(&piece, key).ok()?;
    Some(-f32::from(entries[at][4]) / 8.0)
}

/// The binary logarithm of the share of positions at which `byte`, in either case, stands.
fn log2_share(byte: u8) -> f32 {
    -f32::from(RARITY[usize::from(byte.to_ascii_lowercase())]) / 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_sorted() {
        let entries = PIECES.as_chunks::<ENTRY_BYTES>().0;
        assert!(entries.is_sorted_by_key(|entry| u32::from_le_bytes([
            entry[0], entry[1], entry[2], entry[3]
        ])));
        assert_eq!(entries.len() * ENTRY_BYTES, PIECES.len());
    }

    #[test]
    fn common_words_are_common_and_rare_prefixes_rare() {
        let share = |text: &str| log2_share_of(text.bytes());
        assert!(share("token") > share("dapi"));
        assert!(share("return") > share("ghp_"));
        assert!(share("KEY") > share("qzx"));
    }
}
