//! Marvin32, the keyed hash that Microsoft's identifiable keys carry as a checksum.
//!
//! The definition is in Microsoft's SymCrypt, whose own two vectors are the tests here.

/// The seed that the 8 characters of a key kind give, as Microsoft derives it: big-endian.
pub(crate) const fn seed(kind: &[u8; 8]) -> u64 {
    u64::from_be_bytes(*kind)
}

/// The 32-bit form of the hash: its two halves, folded.
pub(crate) fn marvin32(data: &[u8], seed: u64) -> u32 {
    let (low, high) = marvin64(data, seed);
    low ^ high
}

fn marvin64(data: &[u8], seed: u64) -> (u32, u32) {
    let (mut low, mut high) = (seed as u32, (seed >> 32) as u32);
    let mut chunks = data.chunks_exact(4);
    for chunk in &mut chunks {
        let word = chunk
            .iter()
            .rev()
            .fold(0, |word, byte| (word << 8) | u32::from(*byte));
        low = low.wrapping_add(word);
        mix(&mut low, &mut high);
    }
    // The rest is closed by a byte of 0x80.
    let last = chunks
        .remainder()
        .iter()
        .rev()
        .fold(0x80, |word, byte| (word << 8) | u32::from(*byte));
    low = low.wrapping_add(last);
    mix(&mut low, &mut high);
    mix(&mut low, &mut high);
    (low, high)
}

fn mix(low: &mut u32, high: &mut u32) {
    *high ^= *low;
    *low = low.rotate_left(20).wrapping_add(*high);
    *high = high.rotate_left(9) ^ *low;
    *low = low.rotate_left(27).wrapping_add(*high);
    *high = high.rotate_left(19);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        let (low, high) = marvin64(b"abc", 0xd53c_d9ce_cd08_93b7);
        assert_eq!((high, low), (0x22c7_4339, 0x4927_69bf));
        let (low, high) = marvin64(b"abcdefghijklmnopqrstuvwxyz", 0x0ddd_deee_efff_f000);
        assert_eq!((high, low), (0xa128_eb7e, 0x7260_aca2));
    }

    #[test]
    fn a_seed_is_the_text_read_from_the_left() {
        assert_eq!(seed(b"Default0"), 0x4465_6661_756c_7430);
    }
}
