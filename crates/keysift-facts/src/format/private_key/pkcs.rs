//! The DER structures of PKCS#1, PKCS#8, SEC 1 and of OpenSSL's DSA keys.

use super::Key;
use crate::curve;
use crate::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};
use crate::public_key::{self, DH, DSA, EC, ED25519, PublicKey, RSA, RSA_PSS, X25519};

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
    let bits = { fields }.integer_bits()?;
    let modulus = fields.read(INTEGER)?.to_vec();
    let exponent = fields.read(INTEGER)?.to_vec();
    for _ in 0..6 {
        fields.read(INTEGER)?;
    }
    Some(Key {
        public: Some(PublicKey::Rsa { modulus, exponent }),
        ..plain("RSA", bits)
    })
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
    let mut point = None;
    if let Some(mut public) = fields.enter(CONTEXT_1) {
        // The first byte says how many bits of the last one are spare: none.
        point = public.read(BIT_STRING)?.strip_prefix(&[0]);
    }
    let oid = inside.or(outside);
    let curve = oid.and_then(public_key::curve);
    // Without a known curve the size of the private key is the best that is known.
    let (name, bits) = curve.unwrap_or(("", scalar.len() * 8));
    let public = oid.zip(point).map(|(curve, point)| PublicKey::Ec {
        curve: curve.to_vec(),
        point: point.to_vec(),
    });
    fields.is_empty().then(|| Key {
        public,
        ..plain(format!("EC {name}").trim_end(), bits)
    })
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
    if let Some((name, bits)) = public_key::edwards(oid) {
        let seed = { key }
            .read(OCTET_STRING)
            .and_then(|seed| seed.try_into().ok());
        return Some(Key {
            public: seed.and_then(|seed| edwards(oid, seed)),
            ..plain(name, bits)
        });
    }
    Some(Key {
        encrypted: Some(false),
        proven: true,
        ..Key::default()
    })
}

/// The public key that follows from a private one.
fn edwards(oid: &[u8], seed: &[u8; 32]) -> Option<PublicKey> {
    let (oid, point) = match oid {
        ED25519 => (ED25519, curve::ed25519_public(seed)),
        X25519 => (X25519, curve::x25519_public(seed)),
        _ => return None,
    };
    Some(PublicKey::Edwards {
        oid,
        point: point.to_vec(),
    })
}

/// The algorithm of the encryption, and the encrypted key.
fn read_encrypted(mut fields: Reader<'_>) -> Option<Key> {
    let mut algorithm = fields.enter(SEQUENCE)?;
    algorithm.read(OID)?;
    fields.read(OCTET_STRING)?;
    fields.is_empty().then(|| Key {
        encrypted: Some(true),
        iterations: iterations(algorithm),
        proven: true,
        ..Key::default()
    })
}

/// How often a password is hashed: by PBKDF2 in the parameters of PBES2, or in those of an older scheme.
fn iterations(mut algorithm: Reader<'_>) -> Option<u64> {
    let mut parameters = algorithm.enter(SEQUENCE)?;
    if let Some(mut function) = parameters.enter(SEQUENCE) {
        function.read(OID)?;
        parameters = function.enter(SEQUENCE)?;
    }
    parameters.read(OCTET_STRING)?;
    let count = parameters.read(INTEGER).filter(|count| count.len() <= 8)?;
    Some(
        count
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}
