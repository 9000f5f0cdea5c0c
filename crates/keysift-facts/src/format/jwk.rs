//! JSON Web Keys (RFC 7517) with their private part: kind, curve, size, use, and the thumbprint (RFC 7638).

use sha2::{Digest, Sha256};

use super::{Format, PLAIN, Proof};
use crate::json::{self, Claims};
use crate::public_key::{self, PublicKey};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64, der};

pub(super) const FORMAT: Format = Format {
    name: "jwk",
    summary: "Checks that a JSON Web Key has a private part; tells kind, size, use and fingerprints.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: &[(
        Evidence::Documentation,
        &[
            FactKey::Kind,
            FactKey::Algorithm,
            FactKey::Bits,
            FactKey::KeyId,
            FactKey::Usage,
            FactKey::Fingerprint,
            FactKey::SpkiFingerprint,
        ],
    )],
    check,
    facts,
    ..PLAIN
};

/// The members that a thumbprint is made of, in its order, by kind of key.
const REQUIRED: &[(&str, &[&str])] = &[
    ("EC", &["crv", "kty", "x", "y"]),
    ("OKP", &["crv", "kty", "x"]),
    ("RSA", &["e", "kty", "n"]),
];

fn key(secret: &[u8]) -> Option<Claims> {
    json::object(secret).filter(|key| key.contains_key("kty"))
}

fn text<'a>(key: &'a Claims, name: &str) -> Option<&'a str> {
    key.get(name)?.as_str()
}

fn number(key: &Claims, name: &str) -> Option<Vec<u8>> {
    base64::decode(text(key, name)?.as_bytes())
}

fn check(secret: &[u8]) -> Validity {
    let Some(key) = key(secret) else {
        return Validity::Unknown;
    };
    let private = if text(&key, "kty") == Some("oct") {
        "k"
    } else {
        "d"
    };
    match number(&key, private) {
        Some(bytes) if !bytes.is_empty() => Validity::Valid,
        _ => Validity::Invalid(Failure::Structure, "the key has no private part"),
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some(key) = key(secret) else {
        return facts;
    };
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Documentation);
    let kind = text(&key, "kty").unwrap_or_default();
    let (algorithm, bits) = match kind {
        "RSA" => (
            "RSA".into(),
            number(&key, "n").map(|modulus| der::bits(&modulus)),
        ),
        "oct" => (
            "symmetric".into(),
            number(&key, "k").map(|key| key.len() * 8),
        ),
        _ => (
            format!("{kind} {}", text(&key, "crv").unwrap_or_default()),
            None,
        ),
    };
    add(FactKey::Kind, Some("JSON Web Key".into()));
    add(FactKey::Algorithm, Some(algorithm.trim_end().to_string()));
    add(FactKey::Bits, bits.map(|bits| bits.to_string()));
    add(FactKey::KeyId, key.get("kid").and_then(json::text));
    add(
        FactKey::Usage,
        key.get("use")
            .or_else(|| key.get("key_ops"))
            .and_then(json::text),
    );
    add(FactKey::Fingerprint, thumbprint(&key, kind));
    add(
        FactKey::SpkiFingerprint,
        public(&key, kind).map(|key| key.spki_fingerprint()),
    );
    facts
}

/// The thumbprint of the public part. `None` where a member is missing, or holds what Base64 does not.
fn thumbprint(key: &Claims, kind: &str) -> Option<String> {
    let (_, names) = REQUIRED.iter().find(|(known, _)| *known == kind)?;
    let mut members = Vec::new();
    for name in *names {
        let value = text(key, name)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !value.bytes().all(is_plain) {
            return None;
        }
        members.push(format!("\"{name}\":\"{value}\""));
    }
    let digest = Sha256::digest(format!("{{{}}}", members.join(",")));
    Some(base64::encode_url(&digest))
}

fn public(key: &Claims, kind: &str) -> Option<PublicKey> {
    // A positive number whose first bit is set has a zero before it in DER.
    let positive = |number: Vec<u8>| match number.first() {
        Some(0x80..) => [&[0], number.as_slice()].concat(),
        _ => number,
    };
    match (kind, text(key, "crv")) {
        ("RSA", _) => Some(PublicKey::Rsa {
            modulus: positive(number(key, "n")?),
            exponent: positive(number(key, "e")?),
        }),
        ("EC", Some(curve)) => {
            let curve = match curve {
                "P-256" => public_key::P256,
                "P-384" => public_key::P384,
                "P-521" => public_key::P521,
                _ => return None,
            };
            Some(PublicKey::Ec {
                curve: curve.to_vec(),
                point: [vec![4], number(key, "x")?, number(key, "y")?].concat(),
            })
        }
        ("OKP", Some(curve)) => Some(PublicKey::Edwards {
            oid: match curve {
                "Ed25519" => public_key::ED25519,
                "X25519" => public_key::X25519,
                _ => return None,
            },
            point: number(key, "x")?,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7638, section 3.1, whose thumbprint is printed there, with a private part that is none.
    const RFC_7638: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29","d":"AQ"}"#;

    #[test]
    fn the_thumbprint_is_that_of_the_standard() {
        let told = facts(RFC_7638.as_bytes());
        assert_eq!(
            told.get(FactKey::Fingerprint),
            Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        );
        assert_eq!(told.get(FactKey::Bits), Some("2048"));
        assert_eq!(told.get(FactKey::KeyId), Some("2011-04-29"));
        assert_eq!(check(RFC_7638.as_bytes()), Validity::Valid);
    }

    #[test]
    fn the_numbers_give_the_fingerprint_that_a_certificate_has() {
        // The public key of the certificate in the tests of certificates.
        let key = r#"{"kty":"OKP","crv":"Ed25519","x":"IVL40Zt5HSRFMkLhXy6rbLfP-ntqXtMAl5YOBpiB2xI","d":"AA"}"#;
        assert_eq!(
            facts(key.as_bytes()).get(FactKey::SpkiFingerprint),
            Some("9a82517f9af19416d98fdbcf193726b3a95c0b6fec1d51884bf3e1b739ba2ef4")
        );
    }

    #[test]
    fn a_public_key_is_no_secret() {
        for text in [
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
            r#"{"kty":"oct"}"#,
        ] {
            let validity = check(text.as_bytes());
            assert!(matches!(validity, Validity::Invalid(Failure::Structure, _)));
        }
        assert_eq!(check(br#"{"k":"v"}"#), Validity::Unknown);
        let odd = r#"{"kty":"OKP","crv":"\"},","x":"AA","d":"AA"}"#;
        assert_eq!(facts(odd.as_bytes()).get(FactKey::Fingerprint), None);
    }
}
