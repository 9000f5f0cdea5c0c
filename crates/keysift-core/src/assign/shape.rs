//! What a value looks like, counted.

use super::name::Words;
use super::word::{self, Traits};
use crate::check::entropy;

/// Counts over a value's bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    pub(super) length: usize,
    pub(super) digits: usize,
    pub(super) lower: usize,
    pub(super) upper: usize,
    /// `_`, `-` and `.`.
    pub(super) joints: usize,
    pub(super) slashes: usize,
    /// `+` and `=`.
    pub(super) padding: usize,
    pub(super) blanks: usize,
    pub(super) foreign: usize,
    /// Any other sign.
    pub(super) signs: usize,
    pub(super) distinct: usize,
    pub(super) vowels: usize,
    /// How often the class of letters changes from one byte to the next.
    pub(super) changes: usize,
    pub(super) longest_letters: usize,
    pub(super) longest_digits: usize,
    pub(super) longest_consonants: usize,
    /// The longest stretch of bytes that count up or down or repeat.
    pub(super) longest_sequence: usize,
    /// Hundredths of a bit a byte.
    pub(super) entropy: usize,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Digit,
    Lower,
    Upper,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'0'..=b'9' => Class::Digit,
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        _ => Class::Other,
    }
}

impl Shape {
    pub(super) fn of(value: &[u8]) -> Self {
        let mut shape = Self {
            length: value.len(),
            entropy: (entropy::bits_per_byte(value) * 100.0).round() as usize,
            ..Self::default()
        };
        let mut seen = [false; 256];
        let (mut letters, mut digits, mut consonants) = (0, 0, 0);
        for (index, byte) in value.iter().copied().enumerate() {
            shape.count(byte);
            if !std::mem::replace(&mut seen[usize::from(byte)], true) {
                shape.distinct += 1;
            }
            shape.changes += usize::from(index > 0 && class(byte) != class(value[index - 1]));
            letters = if byte.is_ascii_alphabetic() {
                letters + 1
            } else {
                0
            };
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            let is_vowel = matches!(
                byte.to_ascii_lowercase(),
                b'a' | b'e' | b'i' | b'o' | b'u' | b'y'
            );
            shape.vowels += usize::from(is_vowel);
            consonants = if byte.is_ascii_alphabetic() && !is_vowel {
                consonants + 1
            } else {
                0
            };
            shape.longest_letters = shape.longest_letters.max(letters);
            shape.longest_digits = shape.longest_digits.max(digits);
            shape.longest_consonants = shape.longest_consonants.max(consonants);
        }
        shape.longest_sequence = longest_sequence(value);
        shape
    }

    fn count(&mut self, byte: u8) {
        match byte {
            b'0'..=b'9' => self.digits += 1,
            b'a'..=b'z' => self.lower += 1,
            b'A'..=b'Z' => self.upper += 1,
            b'_' | b'-' | b'.' => self.joints += 1,
            b'/' => self.slashes += 1,
            b'+' | b'=' => self.padding += 1,
            b' ' | b'\t' => self.blanks += 1,
            128.. => self.foreign += 1,
            _ => self.signs += 1,
        }
    }

    pub(super) fn letters(&self) -> usize {
        self.lower + self.upper
    }
}

fn longest_sequence(value: &[u8]) -> usize {
    let mut longest = 0;
    for step in [0_i16, 1, -1] {
        let mut run = 1;
        for pair in value.windows(2) {
            let follows = i16::from(pair[1]) - i16::from(pair[0]) == step;
            run = if follows { run + 1 } else { 1 };
            longest = longest.max(run);
        }
    }
    longest
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(index, byte)| {
            if matches!(index, 8 | 13 | 18 | 23) {
                *byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

/// Whether all letters are hexadecimal digits of one case.
pub(super) fn is_hexadecimal(value: &[u8]) -> bool {
    let is_lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_upper = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    value.iter().all(is_lower) || value.iter().all(is_upper)
}

/// Values that people write who explain or test something, and that thieves try first.
const COMMON: &[&str] = &[
    "admin",
    "admin123",
    "adminadmin",
    "administrator",
    "asdf",
    "asdfasdf",
    "asdfgh",
    "blabla",
    "bogus",
    "changeit",
    "changeme",
    "deadbeef",
    "foo",
    "bar",
    "foobar",
    "foobarbaz",
    "guest",
    "hunter2",
    "hunter42",
    "letmein",
    "mypass",
    "mypassword",
    "mysecret",
    "mysecretpassword",
    "newpass",
    "newpassword",
    "notasecret",
    "p@ssw0rd",
    "p@ssword",
    "pass",
    "passw0rd",
    "passwd",
    "password",
    "postgres",
    "qwerty",
    "root",
    "s3cr3t",
    "s3cret",
    "sample",
    "secr3t",
    "secret",
    "sesame",
    "opensesame",
    "swordfish",
    "test",
    "test123",
    "test1234",
    "tester",
    "testing",
    "testpass",
    "testpassword",
    "toor",
    "user",
    "vagrant",
    "verysecret",
    "whatever",
    "zxcvbn",
    "zxcvbnm",
];

/// Whether a value is one of the commonest, digits and signs at its end aside.
pub(crate) fn is_common(value: &[u8]) -> bool {
    /// The longest word and what may stand behind it.
    const MAX_BYTES: usize = 32;
    if value.len() > MAX_BYTES {
        return false;
    }
    let end = value
        .iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(0, |last| last + 1);
    let stem = &value[..end];
    let is_counted = value.len() >= 4 && b"12345678901234567890".starts_with(value);
    is_counted
        || COMMON.iter().any(|word| {
            value.eq_ignore_ascii_case(word.as_bytes())
                || stem.eq_ignore_ascii_case(word.as_bytes())
        })
}

/// What Base64 holds, at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    /// Bytes of any kind, or the value is no Base64.
    Bytes,
    /// Text.
    Text,
    /// Text that says that it is made up.
    MadeUp,
}

/// What a value holds if it is Base64.
pub(super) fn held(value: &[u8]) -> Held {
    const MAX_DIGITS: usize = 48;
    const WORDS: [&[u8]; 6] = [
        b"fake",
        b"not a",
        b"not real",
        b"example",
        b"test",
        b"secret",
    ];
    let mut text = [0_u8; MAX_DIGITS];
    let (mut length, mut bits, mut count) = (0, 0_u32, 0);
    for byte in value.iter().take(MAX_DIGITS) {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return Held::Bytes,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            text[length] = (bits >> count) as u8;
            length += 1;
        }
    }
    let text = &text[..length];
    if length < 6
        || !text
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
    {
        return Held::Bytes;
    }
    if WORDS
        .iter()
        .any(|word| memchr::memmem::find(text, word).is_some())
    {
        Held::MadeUp
    } else {
        Held::Text
    }
}

/// What the words in a value say.
pub(super) fn traits(value: &[u8]) -> Traits {
    const MAX_WORDS: usize = 12;
    let mut all = Traits::default();
    for (from, to) in Words::new(value).take(MAX_WORDS) {
        all |= word::traits(&value[from..to]);
    }
    all
}

/// How alike a name and a value are, letters and digits alone: 2 the same, 1 one in the other, 0 neither.
pub(super) fn likeness(name: &[u8], value: &[u8]) -> u8 {
    const MAX_BYTES: usize = 64;
    let mut buffers = [[0_u8; MAX_BYTES]; 2];
    let mut lengths = [0; 2];
    for ((buffer, length), text) in buffers.iter_mut().zip(&mut lengths).zip([name, value]) {
        for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            if *length == MAX_BYTES {
                return 0;
            }
            buffer[*length] = byte.to_ascii_lowercase();
            *length += 1;
        }
    }
    let (name, value) = (&buffers[0][..lengths[0]], &buffers[1][..lengths[1]]);
    if name == value {
        2
    } else if value.len() >= 3 && memchr::memmem::find(name, value).is_some()
        || name.len() >= 3 && memchr::memmem::find(value, name).is_some()
    {
        1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted() {
        let shape = Shape::of(b"Abc-123!");
        assert_eq!(
            (
                shape.upper,
                shape.lower,
                shape.digits,
                shape.joints,
                shape.signs
            ),
            (1, 2, 3, 1, 1)
        );
        assert_eq!(shape.longest_sequence, 3);
        assert_eq!(shape.distinct, 8);
        assert_eq!(Shape::of(b"").entropy, 0);
    }

    #[test]
    fn base64_of_text_is_told_from_random_base64() {
        assert_eq!(held(b"dGhpcyBpcyBub3QgYSByZWFsIHZhbHVl"), Held::MadeUp);
        assert_eq!(held(b"YXBpVmVyc2lvbjogdjENCg=="), Held::Text);
        assert_eq!(held(b"q7Zk2vX9mT4rB8s/Qw=="), Held::Bytes);
        assert_eq!(held(b"a b"), Held::Bytes);
    }

    #[test]
    fn a_value_may_be_its_name() {
        assert_eq!(likeness(b"db_password", b"db-password"), 2);
        assert_eq!(likeness(b"db_password", b"password"), 1);
        assert_eq!(likeness(b"db_password", b"q7Zk2v"), 0);
    }
}
