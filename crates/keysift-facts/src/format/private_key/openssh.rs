//! OpenSSH's own structure, whose public half can be read even where the private one is encrypted.

use super::Key;
use crate::der;
use crate::public_key::{self, PublicKey};

pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// Reads what SSH writes: numbers of four bytes, and strings with their length before them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let bytes = usize::try_from(self.number()?).ok()?;
        self.take(bytes)
    }
}

/// Reads the first key of the file.
pub(super) fn read(body: &[u8]) -> Option<Key> {
    let mut fields = Reader(body.strip_prefix(MAGIC)?);
    let (cipher, _kdf, _options) = (fields.string()?, fields.string()?, fields.string()?);
    if fields.number()? == 0 {
        return None;
    }
    let public = fields.string()?;
    let private = fields.string()?;
    let mut key = read_public(public)?;
    key.encrypted = Some(cipher != b"none");
    if cipher == b"none" {
        key.comment = read_private(private)?;
    }
    Some(key)
}

/// The comment of the private half. `None` if the half is damaged: its first two numbers must be equal.
fn read_private(private: &[u8]) -> Option<Option<String>> {
    let mut fields = Reader(private);
    if fields.number()? != fields.number()? {
        return None;
    }
    // The number of strings between the type and the comment.
    let strings = match fields.string()? {
        b"ssh-rsa" => 6,
        b"ssh-dss" => 5,
        b"ssh-ed25519" => 2,
        kind if kind.starts_with(b"ecdsa-sha2-") => 3,
        // Keys in hardware and kinds to come: where the comment is, is not known.
        _ => return Some(None),
    };
    for _ in 0..strings {
        fields.string()?;
    }
    Some(Some(String::from_utf8_lossy(fields.string()?).into_owned()))
}

/// The algorithm, the size and the fingerprint of a public key.
pub(super) fn read_public(public: &[u8]) -> Option<Key> {
    let mut fields = Reader(public);
    let kind = std::str::from_utf8(fields.string()?)
        .ok()
        .filter(|kind| kind.bytes().all(|b| b.is_ascii_graphic()))?;
    let (algorithm, bits) = match kind {
        "ssh-rsa" => {
            let mut fields = fields;
            fields.string()?;
            ("RSA", Some(der::bits(fields.string()?)))
        }
        "ssh-dss" => ("DSA", Some(der::bits({ fields }.string()?))),
        "ssh-ed25519" => ("Ed25519", Some(256)),
        "ecdsa-sha2-nistp256" => ("EC P-256", Some(256)),
        "ecdsa-sha2-nistp384" => ("EC P-384", Some(384)),
        "ecdsa-sha2-nistp521" => ("EC P-521", Some(521)),
        other => (other, None),
    };
    let fingerprint = public_key::ssh_fingerprint(public);
    Some(Key {
        algorithm: Some(algorithm.to_string()),
        bits,
        fingerprint: Some(fingerprint),
        public: numbers(kind, fields),
        proven: true,
        ..Key::default()
    })
}

/// The numbers of a public key. `None` for kinds that certificates do not have, or a key that is cut off.
fn numbers(kind: &str, mut fields: Reader<'_>) -> Option<PublicKey> {
    let curve = match kind {
        "ssh-rsa" => {
            let (exponent, modulus) = (fields.string()?.to_vec(), fields.string()?.to_vec());
            return Some(PublicKey::Rsa { modulus, exponent });
        }
        "ssh-ed25519" => {
            let point = fields.string()?.to_vec();
            return Some(PublicKey::Edwards {
                oid: public_key::ED25519,
                point,
            });
        }
        "ecdsa-sha2-nistp256" => public_key::P256,
        "ecdsa-sha2-nistp384" => public_key::P384,
        "ecdsa-sha2-nistp521" => public_key::P521,
        _ => return None,
    };
    fields.string()?;
    Some(PublicKey::Ec {
        curve: curve.to_vec(),
        point: fields.string()?.to_vec(),
    })
}

/// Writes a string with its length before it.
pub(super) fn write(text: &[u8]) -> Vec<u8> {
    let mut string = (text.len() as u32).to_be_bytes().to_vec();
    string.extend_from_slice(text);
    string
}
