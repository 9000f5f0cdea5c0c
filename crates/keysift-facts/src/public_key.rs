//! Public keys: what they are called, and the fingerprints by which certificates and SSH know them.

use sha2::{Digest, Sha256};

use crate::der::{self, BIT_STRING, INTEGER, OID, SEQUENCE};
use crate::{base64, hex};

pub(crate) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
pub(crate) const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
pub(crate) const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
pub(crate) const DH: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01];
pub(crate) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(crate) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
pub(crate) const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
pub(crate) const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
pub(crate) const X25519: &[u8] = &[0x2b, 0x65, 0x6e];
pub(crate) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// The curves with a name: identifier, name and size in bits.
const CURVES: &[(&[u8], &str, usize)] = &[
    (P256, "P-256", 256),
    (P384, "P-384", 384),
    (P521, "P-521", 521),
    (&[0x2b, 0x81, 0x04, 0x00, 0x21], "P-224", 224),
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], "secp256k1", 256),
    (
        &[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07],
        "brainpoolP256r1",
        256,
    ),
    (
        &[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b],
        "brainpoolP384r1",
        384,
    ),
    (
        &[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d],
        "brainpoolP512r1",
        512,
    ),
];

/// The algorithms of RFC 8410, whose key size is fixed.
const EDWARDS: &[(&[u8], &str, usize)] = &[
    (X25519, "X25519", 256),
    (&[0x2b, 0x65, 0x6f], "X448", 448),
    (ED25519, "Ed25519", 256),
    (&[0x2b, 0x65, 0x71], "Ed448", 456),
];

/// The name and the size in bits of a curve.
pub(crate) fn curve(oid: &[u8]) -> Option<(&'static str, usize)> {
    let curve = CURVES.iter().find(|(known, ..)| *known == oid);
    curve.map(|(_, name, bits)| (*name, *bits))
}

/// The name and the size in bits of an algorithm of RFC 8410.
pub(crate) fn edwards(oid: &[u8]) -> Option<(&'static str, usize)> {
    let algorithm = EDWARDS.iter().find(|(known, ..)| *known == oid);
    algorithm.map(|(_, name, bits)| (*name, *bits))
}

/// The numbers of a public key, as DER and SSH write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    Ec { curve: Vec<u8>, point: Vec<u8> },
    Edwards { oid: &'static [u8], point: Vec<u8> },
}

impl PublicKey {
    /// The SHA-256 of the key as certificates hold it (`SubjectPublicKeyInfo`), in hexadecimal.
    pub(crate) fn spki_fingerprint(&self) -> String {
        let (algorithm, key) = match self {
            Self::Rsa { modulus, exponent } => {
                let numbers = [
                    der::write(INTEGER, &[modulus]),
                    der::write(INTEGER, &[exponent]),
                ];
                (
                    [der::write(OID, &[RSA]), vec![5, 0]].concat(),
                    der::write(SEQUENCE, &[&numbers.concat()]),
                )
            }
            Self::Ec { curve, point } => (
                [der::write(OID, &[EC]), der::write(OID, &[curve])].concat(),
                point.clone(),
            ),
            Self::Edwards { oid, point } => (der::write(OID, &[oid]), point.clone()),
        };
        let info = der::write(
            SEQUENCE,
            &[
                &der::write(SEQUENCE, &[&algorithm]),
                &der::write(BIT_STRING, &[&[0], &key]),
            ],
        );
        sha256_hex(&info)
    }

    /// The fingerprint by which SSH knows the key. `None` for kinds that SSH does not have.
    pub(crate) fn ssh_fingerprint(&self) -> Option<String> {
        let fields: Vec<&[u8]> = match self {
            Self::Rsa { modulus, exponent } => vec![b"ssh-rsa", exponent, modulus],
            Self::Ec { curve, point } => {
                let (kind, name): (&[u8], &[u8]) = match curve.as_slice() {
                    P256 => (b"ecdsa-sha2-nistp256", b"nistp256"),
                    P384 => (b"ecdsa-sha2-nistp384", b"nistp384"),
                    P521 => (b"ecdsa-sha2-nistp521", b"nistp521"),
                    _ => return None,
                };
                vec![kind, name, point]
            }
            Self::Edwards { oid, point } if *oid == ED25519 => vec![b"ssh-ed25519", point],
            Self::Edwards { .. } => return None,
        };
        let mut blob = Vec::new();
        for field in fields {
            blob.extend((field.len() as u32).to_be_bytes());
            blob.extend_from_slice(field);
        }
        Some(ssh_fingerprint(&blob))
    }
}

/// The fingerprint of a public key in SSH's own form, as `ssh-keygen -l` and the log of `sshd` write it.
pub(crate) fn ssh_fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", base64::encode(&Sha256::digest(blob)))
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
