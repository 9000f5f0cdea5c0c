//! Made-up keys with the structure of real ones.

use super::armor::{self, Bounds};
use super::{check, openssh, pgp};
use crate::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, OCTET_STRING, OID, SEQUENCE, write};
use crate::{Validity, base64, public_key};

/// The length of the lines of PEM.
const LINE_BYTES: usize = 64;

/// Bytes that depend on nothing but the made-up secret, so that the same one is always completed in the same way.
struct Noise(u64);

impl Noise {
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut next = || {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 32) as u8
        };
        (0..count).map(|_| next()).collect()
    }

    /// A positive integer of this many bytes, as DER writes it.
    fn integer(&mut self, bytes: usize) -> Vec<u8> {
        let mut number = self.bytes(bytes);
        if let Some(first) = number.first_mut() {
            *first |= 0x80;
        }
        write(INTEGER, &[&[0], &number])
    }
}

/// Puts a body of the right structure between the header and the end of a made-up key.
pub(super) fn complete(secret: &mut Vec<u8>) {
    let Some(Bounds { label, body }) = armor::bounds(secret) else {
        return;
    };
    if check(secret) == Validity::Valid {
        return;
    }
    let old = &secret[body.clone()];
    let label = String::from_utf8_lossy(&secret[label]).into_owned();
    let mut noise = Noise(u64::from(crc32fast::hash(old)) << 8 | 1);
    let digits = old
        .iter()
        .filter(|byte| base64::digit(**byte).is_some())
        .count();
    // The new body should be about as long as the old one, which a pattern allowed.
    let Some(bytes) = made_up(&label, base64::decoded_bytes(digits), &mut noise) else {
        return;
    };
    let line_end = line_end(old);
    let mut text = line_end.to_vec();
    for line in padded(&bytes).as_bytes().chunks(LINE_BYTES) {
        text.extend_from_slice(line);
        text.extend_from_slice(line_end);
    }
    if label.starts_with("PGP") {
        // A blank line parts the headers, of which there are none, from the body.
        text.splice(..0, line_end.iter().copied());
        text.push(b'=');
        text.extend(base64::encode(&pgp::crc24(&bytes)).bytes());
        text.extend_from_slice(line_end);
    }
    secret.splice(body, text);
}

fn padded(bytes: &[u8]) -> String {
    let mut text = base64::encode(bytes);
    text.push_str(&"=".repeat((4 - text.len() % 4) % 4));
    text
}

/// How the old body parts its lines.
fn line_end(old: &[u8]) -> &'static [u8] {
    let has = |needle: &[u8]| old.windows(needle.len()).any(|window| window == needle);
    if has(b"\n") {
        b"\n"
    } else if has(b"\\n") {
        b"\\n"
    } else if has(b" ") {
        b" "
    } else {
        b""
    }
}

/// A body for this label, of about this many bytes. `None` for labels whose structure is not written here.
fn made_up(label: &str, bytes: usize, noise: &mut Noise) -> Option<Vec<u8>> {
    Some(match label {
        "RSA PRIVATE KEY" => rsa(bytes, noise),
        "DSA PRIVATE KEY" => {
            let size = (bytes / 3).clamp(64, 384);
            let (p, q, g) = (noise.integer(size), noise.integer(20), noise.integer(size));
            let (y, x) = (noise.integer(size), noise.integer(20));
            write(SEQUENCE, &[&write(INTEGER, &[&[0]]), &p, &q, &g, &y, &x])
        }
        "EC PRIVATE KEY" => ec(true, noise),
        "PRIVATE KEY" => pkcs8(bytes, noise),
        "ENCRYPTED PRIVATE KEY" => {
            // PBES2, without its parameters.
            let oid = write(
                OID,
                &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d]],
            );
            let key = noise.bytes(bytes.clamp(64, 4096));
            write(
                SEQUENCE,
                &[
                    &write(SEQUENCE, &[&oid, &write(SEQUENCE, &[])]),
                    &write(OCTET_STRING, &[&key]),
                ],
            )
        }
        "OPENSSH PRIVATE KEY" => openssh(bytes, noise),
        "PGP PRIVATE KEY BLOCK" => {
            let mut key = vec![4, 0x65, 0x53, 0xf1, 0, 1, 4, 0];
            key.extend([&[0x80], noise.bytes(127).as_slice(), &[0, 17, 1, 0, 1, 0]].concat());
            key.extend(noise.bytes(bytes.clamp(200, 2000)));
            [
                &[0x95, (key.len() >> 8) as u8, key.len() as u8],
                key.as_slice(),
            ]
            .concat()
        }
        _ => return None,
    })
}

fn rsa(bytes: usize, noise: &mut Noise) -> Vec<u8> {
    // The nine numbers are four and a half times as long as the modulus.
    let size = (bytes * 2 / 9).clamp(64, 512) & !7;
    let mut parts = vec![
        write(INTEGER, &[&[0]]),
        noise.integer(size),
        write(INTEGER, &[&[1, 0, 1]]),
        noise.integer(size),
    ];
    parts.extend((0..5).map(|_| noise.integer(size / 2)));
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    write(SEQUENCE, &parts)
}

/// A key on P-256; inside PKCS#8 the curve stands outside of it.
fn ec(with_curve: bool, noise: &mut Noise) -> Vec<u8> {
    let scalar = write(OCTET_STRING, &[&noise.bytes(32)]);
    let curve = if with_curve {
        write(CONTEXT_0, &[&write(OID, &[public_key::P256])])
    } else {
        Vec::new()
    };
    let point = write(
        CONTEXT_1,
        &[&write(BIT_STRING, &[&[0, 4], &noise.bytes(64)])],
    );
    write(
        SEQUENCE,
        &[&write(INTEGER, &[&[1]]), &scalar, &curve, &point],
    )
}

fn pkcs8(bytes: usize, noise: &mut Noise) -> Vec<u8> {
    // An Ed25519 key has 48 bytes, one on P-256 has 138; the structure round RSA takes 26.
    let (algorithm, key) = match bytes {
        0..=48 => (
            write(OID, &[public_key::ED25519]),
            write(OCTET_STRING, &[&noise.bytes(32)]),
        ),
        49..=400 => (
            [
                write(OID, &[public_key::EC]),
                write(OID, &[public_key::P256]),
            ]
            .concat(),
            ec(false, noise),
        ),
        _ => (
            [write(OID, &[public_key::RSA]), vec![5, 0]].concat(),
            rsa(bytes - 26, noise),
        ),
    };
    write(
        SEQUENCE,
        &[
            &write(INTEGER, &[&[0]]),
            &write(SEQUENCE, &[&algorithm]),
            &write(OCTET_STRING, &[&key]),
        ],
    )
}

fn openssh(bytes: usize, noise: &mut Noise) -> Vec<u8> {
    let kind = openssh::write(b"ssh-ed25519");
    let point = noise.bytes(32);
    let public = [kind.as_slice(), &openssh::write(&point)].concat();
    let private = openssh::write(&[noise.bytes(32), point.clone()].concat());
    // The comment takes the room that is left.
    let comment = "x".repeat(bytes.saturating_sub(270).clamp(4, 4096));
    let mut section = [
        &[7; 8],
        public.as_slice(),
        &private,
        &openssh::write(comment.as_bytes()),
    ]
    .concat();
    section.extend((1..=8).take((8 - section.len() % 8) % 8));
    let none = openssh::write(b"none");
    [
        openssh::MAGIC,
        &none,
        &none,
        &openssh::write(b""),
        &[0, 0, 0, 1],
        &openssh::write(&public),
        &openssh::write(&section),
    ]
    .concat()
}
