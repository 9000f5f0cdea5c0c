//! The DER structures of PKCS#1, PKCS#8, SEC 1 and of OpenSSL's DSA keys.

use super::Key;
use super::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};

pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
const DH: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01];
pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// The curves with a name: identifier, name and size in bits.
const CURVES: &[(&[u8], &str, usize)] = &[
    (P256, "P-256", 256),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], "P-384", 384),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], "P-521", 521),
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
    (&[0x2b, 0x65, 0x6e], "X25519", 256),
    (&[0x2b, 0x65, 0x6f], "X448", 448),
    (ED25519, "Ed25519", 256),
    (&[0x2b, 0x65, 0x71], "Ed448", 456),
];
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// Reads a key whose body is DER. `None` if the body is not what the label says.
pub(super) fn read(label: &str, body: &[u8]) -> Option<Key> {
    let mut outer = Reader(body);
    let inner = outer.enter(SEQUENCE)?;
    if !outer.is_empty() {
        return None;
    }
    match label {
        "RSA PRIVATE KEY" => read_rsa(inner),
        "EC PRIVATE KEY" => read_ec(inner, None),
        "DSA PRIVATE KEY" => read_dsa(inner),
        "ENCRYPTED PRIVATE KEY" => read_encrypted(inner),
        // A label that is not known: the structure is the only witness.
        _ => read_pkcs8(inner)
            .or_else(|| read_rsa(inner))
            .or_else(|| read_ec(inner, None)),
    }
}

fn plain(algorithm: impl Into<String>, bits: usize) -> Key {
    Key {
        algorithm: Some(algorithm.into()),
        bits: Some(bits),
        encrypted: Some(false),
        proven: true,
        ..Key::default()
    }
}

/// Version, modulus, exponents, primes and what is derived of them.
fn read_rsa(mut fields: Reader<'_>) -> Option<Key> {
    fields.read(INTEGER)?;
    let bits = fields.integer_bits()?;
    for _ in 0..7 {
        fields.read(INTEGER)?;
    }
    Some(plain("RSA", bits))
}

/// Version, p, q, g, public and private key.
fn read_dsa(mut fields: Reader<'_>) -> Option<Key> {
    fields.read(INTEGER)?;
    let bits = fields.integer_bits()?;
    for _ in 0..4 {
        fields.read(INTEGER)?;
    }
    fields.is_empty().then(|| plain("DSA", bits))
}

/// Version, private key, curve and public key. In PKCS#8 the curve stands outside.
fn read_ec(mut fields: Reader<'_>, outside: Option<&[u8]>) -> Option<Key> {
    fields.read(INTEGER).filter(|version| *version == [1])?;
    let scalar = fields.read(OCTET_STRING)?;
    let inside = fields
        .enter(CONTEXT_0)
        .and_then(|mut parameters| parameters.read(OID));
    if let Some(mut public) = fields.enter(CONTEXT_1) {
        public.read(BIT_STRING)?;
    }
    let curve = inside
        .or(outside)
        .and_then(|oid| CURVES.iter().find(|(curve, ..)| *curve == oid));
    // Without a known curve the size of the private key is the best that is known.
    let (name, bits) = curve.map_or(("", scalar.len() * 8), |(_, name, bits)| (*name, *bits));
    fields
        .is_empty()
        .then(|| plain(format!("EC {name}").trim_end(), bits))
}

/// Version, algorithm with its parameters, and a key in the structure of the algorithm.
fn read_pkcs8(mut fields: Reader<'_>) -> Option<Key> {
    fields.read(INTEGER)?;
    let mut algorithm = fields.enter(SEQUENCE)?;
    let oid = algorithm.read(OID)?;
    let key = Reader(fields.read(OCTET_STRING)?);
    if oid == RSA || oid == RSA_PSS {
        return read_rsa({ key }.enter(SEQUENCE)?);
    }
    if oid == EC {
        return read_ec({ key }.enter(SEQUENCE)?, algorithm.read(OID));
    }
    if oid == DSA || oid == DH {
        let bits = algorithm
            .enter(SEQUENCE)
            .and_then(|mut parameters| parameters.integer_bits())?;
        return Some(plain(if oid == DSA { "DSA" } else { "DH" }, bits));
    }
    if let Some((_, name, bits)) = EDWARDS.iter().find(|(edwards, ..)| *edwards == oid) {
        return Some(plain(*name, *bits));
    }
    Some(Key {
        encrypted: Some(false),
        proven: true,
        ..Key::default()
    })
}

/// The algorithm of the encryption, and the encrypted key.
fn read_encrypted(mut fields: Reader<'_>) -> Option<Key> {
    fields.enter(SEQUENCE)?.read(OID)?;
    fields.read(OCTET_STRING)?;
    fields.is_empty().then(|| Key {
        encrypted: Some(true),
        proven: true,
        ..Key::default()
    })
}
