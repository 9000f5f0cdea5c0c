//! PKCS#12 containers (RFC 7292), as bytes or in Base64: how they are protected, as far as it stands in clear.

use super::{Format, PLAIN, Proof};
use crate::der::{INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};
use crate::{Evidence, FactKey, Facts, Validity, base64};

pub(super) const FORMAT: Format = Format {
    name: "pkcs12",
    summary: "Checks the structure of a PKCS#12 container; tells whether it is protected, and how often its password is hashed.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: &[(
        Evidence::Documentation,
        &[FactKey::Kind, FactKey::Encrypted, FactKey::Iterations],
    )],
    check: |secret| match read(secret) {
        Some(_) => Validity::Valid,
        None => Validity::Unknown,
    },
    facts,
    ..PLAIN
};

/// The types of content: plain data, and data signed with a key.
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// The types of encryption with a password (PKCS#5 and PKCS#12), and of encrypted data.
const ENCRYPTED: &[&[u8]] = &[
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01],
];

struct Container {
    is_encrypted: bool,
    /// Of the code that protects the whole; `None` without one.
    iterations: Option<u64>,
}

fn read(secret: &[u8]) -> Option<Container> {
    let decoded;
    let bytes = if secret.starts_with(&[SEQUENCE]) && !secret.is_ascii() {
        secret
    } else {
        let digits: Vec<u8> = secret
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        decoded = base64::decode(&digits)?;
        &decoded
    };
    let mut outer = Reader(bytes).enter(SEQUENCE)?;
    if outer.read(INTEGER)? != [3] {
        return None;
    }
    let content = outer.read(SEQUENCE)?;
    let kind = Reader(content).read(OID)?;
    if kind != DATA && kind != SIGNED_DATA {
        return None;
    }
    let has = |needle: &[u8]| content.windows(needle.len()).any(|window| window == needle);
    Some(Container {
        is_encrypted: ENCRYPTED.iter().any(|oid| has(oid)),
        iterations: iterations(outer),
    })
}

/// Digest, salt and number of iterations; without the last it is one.
fn iterations(mut outer: Reader<'_>) -> Option<u64> {
    let mut code = outer.enter(SEQUENCE)?;
    code.read(SEQUENCE)?;
    code.read(OCTET_STRING)?;
    match code.read(INTEGER) {
        Some(number) if number.len() <= 8 => Some(
            number
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        ),
        Some(_) => None,
        None => Some(1),
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some(container) = read(secret) {
        let evidence = Evidence::Documentation;
        facts.add(FactKey::Kind, "PKCS#12 container", evidence);
        facts.add(
            FactKey::Encrypted,
            container.is_encrypted.to_string(),
            evidence,
        );
        let iterations = container.iterations.map(|count| count.to_string());
        facts.add_some(FactKey::Iterations, iterations, evidence);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{CONTEXT_0, write};

    fn container(is_encrypted: bool, count: &[u8]) -> Vec<u8> {
        let inner = if is_encrypted { ENCRYPTED[0] } else { DATA };
        let safe = write(OCTET_STRING, &[&write(SEQUENCE, &[&write(OID, &[inner])])]);
        let content = write(
            SEQUENCE,
            &[&write(OID, &[DATA]), &write(CONTEXT_0, &[&safe])],
        );
        let digest = write(SEQUENCE, &[&write(OCTET_STRING, &[&[0xff; 20]])]);
        let salt = write(OCTET_STRING, &[&[7; 8]]);
        let code = write(SEQUENCE, &[&digest, &salt, &write(INTEGER, &[count])]);
        write(SEQUENCE, &[&write(INTEGER, &[&[3]]), &content, &code])
    }

    #[test]
    fn a_container_tells_how_it_is_protected() {
        for (is_encrypted, flag) in [(true, "true"), (false, "false")] {
            let bytes = container(is_encrypted, &[0x08, 0x00]);
            let text = base64::encode(&bytes);
            for secret in [&bytes[..], text.as_bytes()] {
                assert_eq!(FORMAT.check(secret), Validity::Valid);
                assert_eq!(facts(secret).get(FactKey::Encrypted), Some(flag));
                assert_eq!(facts(secret).get(FactKey::Iterations), Some("2048"));
            }
        }
    }

    #[test]
    fn other_bytes_are_none() {
        let whole = container(true, &[1]);
        for end in 0..whole.len() {
            assert!(facts(&whole[..end]).is_empty());
        }
        assert!(facts(b"MII").is_empty());
        assert_eq!(
            facts(&container(true, &[1; 9])).get(FactKey::Iterations),
            None
        );
    }
}
