//! Shannon entropy, with a floor that depends on the secret's alphabet and length.

use super::{Reason, Subject};
use crate::rule::EntropyFloor;

/// The sizes of alphabets for which floors were computed. Base32 and base58 cannot be told from their supersets of 36
/// and 62 by a look, so that these stand for both.
const ALPHABETS: [usize; 7] = [10, 16, 26, 32, 52, 58, 94];

/// The lengths, in bytes, for which floors were computed.
const LENGTHS: [usize; 12] = [8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 256];

/// Entropy, in bits a character, that 99.95 % of random strings reach, by alphabet and length: the quantile of
/// 20,000 random strings each (6,000 above 64 bytes), less 0.02 so that 99.9 % pass with room.
const FLOORS: [[f32; LENGTHS.len()]; ALPHABETS.len()] = [
    [
        1.27, 1.70, 2.03, 2.25, 2.42, 2.62, 2.72, 2.84, 2.96, 3.06, 3.13, 3.21,
    ],
    [
        1.52, 2.03, 2.33, 2.64, 2.82, 3.06, 3.24, 3.35, 3.51, 3.66, 3.76, 3.87,
    ],
    [
        1.73, 2.27, 2.70, 2.98, 3.22, 3.50, 3.66, 3.80, 4.02, 4.21, 4.34, 4.52,
    ],
    [
        1.88, 2.39, 2.80, 3.08, 3.32, 3.61, 3.81, 3.99, 4.23, 4.49, 4.60, 4.80,
    ],
    [
        2.13, 2.59, 3.05, 3.32, 3.58, 3.92, 4.17, 4.37, 4.63, 4.94, 5.12, 5.42,
    ],
    [
        2.13, 2.66, 3.08, 3.36, 3.61, 4.01, 4.25, 4.45, 4.72, 5.03, 5.22, 5.54,
    ],
    [
        2.13, 2.83, 3.26, 3.56, 3.83, 4.22, 4.50, 4.72, 5.02, 5.43, 5.68, 6.07,
    ],
];

/// Drops a secret whose random part is less random than the rule demands.
pub(super) fn check(subject: &Subject<'_>) -> Option<Reason> {
    let body = subject.body_bytes();
    let floor = match subject.rule.entropy {
        EntropyFloor::None => return None,
        EntropyFloor::Bits(bits) => bits,
        EntropyFloor::Above(bits) => {
            return (bits_by_bytes(body) <= bits).then_some(Reason::Entropy);
        }
        EntropyFloor::Automatic => automatic_floor(body),
    };
    (bits_per_byte(body) < floor).then_some(Reason::Entropy)
}

/// The Shannon entropy of a string's bytes, in bits a byte; 0 for the empty string.
pub(crate) fn bits_per_byte(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len() as f64;
    let sum: f64 = counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) * f64::from(*count).log2())
        .sum();
    if bytes.is_empty() {
        0.0
    } else {
        total.log2() - sum / total
    }
}

/// The Shannon entropy of a string's characters, with their number counted in bytes: gitleaks' measure, which is the
/// usual one for ASCII. What is not UTF-8 counts byte by byte.
fn bits_by_bytes(bytes: &[u8]) -> f64 {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return bits_per_byte(bytes);
    };
    if text.is_ascii() {
        return bits_per_byte(bytes);
    }
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    let shares = characters
        .chunk_by(|a, b| a == b)
        .map(|same| same.len() as f64 / bytes.len() as f64);
    shares.map(|share| -share * share.log2()).sum()
}

/// The floor for the smallest alphabet that holds the string; between two lengths, that of the shorter.
///
/// Strings of less than eight bytes have no floor: nothing can be told of them.
fn automatic_floor(bytes: &[u8]) -> f64 {
    let size = alphabet_size(bytes);
    let Some(column) = LENGTHS.iter().rposition(|length| *length <= bytes.len()) else {
        return 0.0;
    };
    let row = ALPHABETS
        .iter()
        .rposition(|alphabet| *alphabet <= size)
        .unwrap_or(0);
    f64::from(FLOORS[row][column])
}

/// The size of the smallest usual alphabet that holds the string.
fn alphabet_size(bytes: &[u8]) -> usize {
    let has = |of: fn(&u8) -> bool| bytes.iter().any(of);
    let is_lower_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_upper_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    if bytes.iter().all(u8::is_ascii_digit) {
        return 10;
    }
    if bytes.iter().all(is_lower_hex) || bytes.iter().all(is_upper_hex) {
        return 16;
    }
    let letters =
        26 * (usize::from(has(u8::is_ascii_lowercase)) + usize::from(has(u8::is_ascii_uppercase)));
    let digits = if has(u8::is_ascii_digit) { 10 } else { 0 };
    letters + digits + distinct_symbols(bytes)
}

fn distinct_symbols(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes.iter().filter(|byte| !byte.is_ascii_alphanumeric()) {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_zero_for_one_repeated_byte_and_full_for_all_different() {
        assert!(bits_per_byte(b"aaaaaaaa").abs() < 1e-9);
        assert!((bits_per_byte(b"abcdefgh") - 3.0).abs() < 1e-9);
        assert!(bits_per_byte(b"").abs() < 1e-9);
    }

    #[test]
    fn characters_of_several_bytes_are_counted_as_gitleaks_counts_them() {
        assert!((bits_by_bytes(b"abcdefgh") - 3.0).abs() < 1e-9);
        // Four characters in eight bytes: four times an eighth of three bits.
        assert!((bits_by_bytes("äöüß".as_bytes()) - 1.5).abs() < 1e-9);
        assert!(bits_by_bytes(b"").abs() < 1e-9);
    }

    #[test]
    fn a_floor_rises_with_length_and_alphabet() {
        assert!(
            automatic_floor(b"0f3a9c1e") < automatic_floor(b"0f3a9c1e0f3a9c1e0f3a9c1e0f3a9c1e")
        );
        assert!(automatic_floor(b"0f3a9c1e0f3a9c1e") < automatic_floor(b"zK3a9c1eQf3a9cXe"));
    }

    #[test]
    fn random_strings_pass_their_floor_at_99_9_percent() {
        let mut state = 0x1234_5678_9abc_def1_u64;
        let mut next = |bound: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 33) as usize % bound
        };
        for alphabet in [
            "0123456789",
            "0123456789abcdef",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            "0123456789abcdefghijklmnopqrstuvwxyz",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        ] {
            for length in [12, 20, 32, 36, 40, 64, 100] {
                let failed = (0..5000)
                    .filter(|_| {
                        let text: Vec<u8> = (0..length)
                            .map(|_| alphabet.as_bytes()[next(alphabet.len())])
                            .collect();
                        bits_per_byte(&text) < automatic_floor(&text)
                    })
                    .count();
                assert!(
                    failed <= 10,
                    "{failed} of 5000 strings of {length} over {alphabet}"
                );
            }
        }
    }
}
