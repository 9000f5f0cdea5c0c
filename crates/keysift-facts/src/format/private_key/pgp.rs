//! OpenPGP secret key packets (RFC 9580).

use super::Key;
use crate::{base64, time};

const SIGNATURE: u8 = 2;
const SECRET_KEY: u8 = 5;
const USER_ID: u8 = 13;

/// The part of a signature that says how many seconds after its creation the key ends.
const KEY_EXPIRES: u8 = 9;

/// The most packets that are read: a key block with many signatures has more, but its user stands near the front.
const MAX_PACKETS: usize = 16;

/// The CRC-24 that ends an armoured text.
pub(super) fn crc24(bytes: &[u8]) -> [u8; 3] {
    let mut crc = 0x00b7_04ce_u32;
    for byte in bytes {
        crc ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= 0x0186_4cfb;
            }
        }
    }
    [(crc >> 16) as u8, (crc >> 8) as u8, crc as u8]
}

/// Splits off the first packet: its tag, its content, and the rest.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let (tag, length_bytes, length, rest) = match first {
        0xc0..=0xff => {
            let (length, rest) = rest.split_first()?;
            match length {
                0..192 => (first & 0x3f, 0, usize::from(*length), rest),
                192..224 => {
                    let (second, rest) = rest.split_first()?;
                    (
                        first & 0x3f,
                        0,
                        ((usize::from(*length) - 192) << 8) + usize::from(*second) + 192,
                        rest,
                    )
                }
                255 => (first & 0x3f, 4, 0, rest),
                // A part of a packet: no key comes in parts.
                _ => return None,
            }
        }
        0x80..0xc0 => match first & 3 {
            0 => (first >> 2 & 0xf, 1, 0, rest),
            1 => (first >> 2 & 0xf, 2, 0, rest),
            2 => (first >> 2 & 0xf, 4, 0, rest),
            _ => (first >> 2 & 0xf, 0, rest.len(), rest),
        },
        _ => return None,
    };
    let (prefix, rest) = rest.split_at_checked(length_bytes)?;
    let (content, rest) = rest.split_at_checked(if length_bytes > 0 {
        number(prefix)
    } else {
        length
    })?;
    Some((tag, content, rest))
}

/// Reads the first secret key, the first user id, and when the key ends. `None` without a key, or with a checksum that is not the body's.
pub(super) fn read(body: &[u8], crc: Option<&[u8]>) -> Option<Key> {
    if crc.is_some_and(|crc| base64::decode(crc).as_deref() != Some(&crc24(body))) {
        return None;
    }
    let (tag, content, mut rest) = packet(body)?;
    let mut key = read_key(content).filter(|_| tag == SECRET_KEY)?;
    for _ in 0..MAX_PACKETS {
        let Some((tag, content, after)) = packet(rest) else {
            break;
        };
        if tag == USER_ID && key.comment.is_none() {
            key.comment = Some(String::from_utf8_lossy(content).into_owned());
        }
        if let Some(seconds) = lasts(content).filter(|_| tag == SIGNATURE) {
            let created = created(body);
            key.expires = created.and_then(|created| time::rfc3339(created + i64::from(seconds)));
            break;
        }
        rest = after;
    }
    Some(key)
}

/// When the key was created, in seconds since 1970.
fn created(body: &[u8]) -> Option<i64> {
    let (_, content, _) = packet(body)?;
    let seconds = content.get(1..5)?.try_into().ok()?;
    Some(u32::from_be_bytes(seconds).into())
}

/// How many seconds a key lasts, by its own signature. `None` where it does not end, or in other versions.
fn lasts(signature: &[u8]) -> Option<u32> {
    let [4, _, _, _, high, low, rest @ ..] = signature else {
        return None;
    };
    let mut parts = rest.get(..usize::from(*high) << 8 | usize::from(*low))?;
    while let Some((length, rest)) = part_length(parts) {
        let part = rest.get(..length)?;
        match part {
            [kind, seconds @ ..] if kind & 0x7f == KEY_EXPIRES => {
                let seconds = u32::from_be_bytes(seconds.try_into().ok()?);
                return (seconds > 0).then_some(seconds);
            }
            _ => parts = &rest[length..],
        }
    }
    None
}

/// The length of the next part, and what follows the length.
fn part_length(parts: &[u8]) -> Option<(usize, &[u8])> {
    match parts {
        [first @ 0..192, rest @ ..] => Some((usize::from(*first), rest)),
        [first @ 192..=254, second, rest @ ..] => Some((
            ((usize::from(*first) - 192) << 8) + usize::from(*second) + 192,
            rest,
        )),
        [255, a, b, c, d, rest @ ..] => {
            let length = u32::from_be_bytes([*a, *b, *c, *d]);
            Some((usize::try_from(length).ok()?, rest))
        }
        _ => None,
    }
}

fn read_key(content: &[u8]) -> Option<Key> {
    let [version @ 3..=6, a, b, c, d, rest @ ..] = content else {
        return None;
    };
    let seconds = u32::from_be_bytes([*a, *b, *c, *d]);
    let mut key = Key {
        created: time::rfc3339(seconds.into()),
        proven: true,
        ..Key::default()
    };
    // Other versions have other fields here.
    let [algorithm, rest @ ..] = rest else {
        return None;
    };
    if *version != 4 {
        return Some(key);
    }
    let (name, numbers) = match algorithm {
        1..=3 => ("RSA", 2),
        16 => ("ElGamal", 3),
        17 => ("DSA", 4),
        19 => ("ECDSA", 0),
        22 => ("EdDSA", 0),
        25 => ("X25519", 0),
        27 => ("Ed25519", 0),
        _ => return Some(key),
    };
    key.algorithm = Some(name.to_string());
    key.encrypted = encrypted(*algorithm, rest, numbers);
    if let (1.., [high, low, ..]) = (numbers, rest) {
        key.bits = Some(usize::from(*high) << 8 | usize::from(*low));
    }
    Some(key)
}

/// Whether the private half is encrypted: the byte behind the public numbers says so.
fn encrypted(algorithm: u8, public: &[u8], numbers: usize) -> Option<bool> {
    let mut rest = public;
    let numbers = match algorithm {
        25 | 27 => {
            rest = rest.get(32..)?;
            0
        }
        19 | 22 => {
            // The identifier of the curve, with its length, stands before the point.
            let length = usize::from(*rest.first()?);
            rest = rest.get(1 + length..)?;
            1
        }
        _ => numbers,
    };
    for _ in 0..numbers {
        let [high, low, after @ ..] = rest else {
            return None;
        };
        let bits = usize::from(*high) << 8 | usize::from(*low);
        rest = after.get(bits.div_ceil(8)..)?;
    }
    rest.first().map(|usage| *usage != 0)
}
