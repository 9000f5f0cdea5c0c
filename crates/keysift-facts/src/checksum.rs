//! The checksum that GitHub and npm put at the end of their tokens.

/// The alphabet of the checksum, by value.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The length of the checksum: 62^6 is more than 2^32, 62^5 is not.
pub(crate) const BASE62_CRC_BYTES: usize = 6;

/// The CRC-32 (IEEE) of `body` in base 62, most significant digit first, padded with `0`.
pub(crate) fn base62_crc(body: &[u8]) -> [u8; BASE62_CRC_BYTES] {
    let mut rest = crc32fast::hash(body);
    let mut digits = [b'0'; BASE62_CRC_BYTES];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

/// Splits `body` into what the checksum is over and the checksum. `None` if it is too short.
pub(crate) fn split_checksum(body: &[u8]) -> Option<(&[u8], &[u8])> {
    body.split_at_checked(body.len().checked_sub(BASE62_CRC_BYTES)?)
}

/// The CRC-32 (IEEE), bit by bit, for tests to compare with.
#[cfg(test)]
pub(crate) fn bitwise_crc32(bytes: &[u8]) -> u32 {
    let shift = |crc: u32| crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| shift(crc))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_checksum_is_padded_on_the_left() {
        assert_eq!(&base62_crc(b""), b"000000");
    }

    #[test]
    fn the_sum_for_tests_is_the_sum() {
        assert_eq!(bitwise_crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn the_checksum_is_the_crc_in_base_62() {
        // 0xcbf43926 is the published check value of CRC-32.
        let value = base62_crc(b"123456789").iter().fold(0_u64, |sum, digit| {
            sum * 62 + BASE62.iter().position(|d| d == digit).unwrap() as u64
        });
        assert_eq!(value, 0xcbf4_3926);
    }
}
