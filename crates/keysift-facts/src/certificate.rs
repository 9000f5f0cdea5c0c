//! X.509 certificates (RFC 5280): public, and worth reading for whose key it is and until when.

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey;

use crate::public_key::{self, sha256_hex};
use crate::{Evidence, FactKey, Facts, base64, hex, time};

/// The most certificates that are read of one text: a chain has three or four.
const MAX_CERTIFICATES: usize = 64;

/// The most names that are told of one certificate.
const MAX_NAMES: usize = 16;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// What a certificate says of itself: `bytes` are DER, PEM, or Base64 of either. Of several, the first.
///
/// Its fact [`FactKey::SpkiFingerprint`] is that of its private key, so that the two can be joined. `None` without a
/// certificate.
///
/// # Examples
/// ```
/// assert!(keysift_facts::certificate(b"no certificate").is_none());
/// ```
pub fn certificate(bytes: &[u8]) -> Option<Facts> {
    certificates(bytes).into_iter().next()
}

/// What each certificate of a chain says of itself; the first 64 are read.
pub fn certificates(bytes: &[u8]) -> Vec<Facts> {
    if let Some(facts) = read(bytes) {
        return vec![facts];
    }
    let found = in_pem(bytes);
    if !found.is_empty() {
        return found;
    }
    let digits: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    match base64::decode(&digits) {
        Some(inner) => read(&inner).map_or_else(|| in_pem(&inner), |facts| vec![facts]),
        None => Vec::new(),
    }
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len())
        .position(|window| window == needle)
}

fn in_pem(text: &[u8]) -> Vec<Facts> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = find(rest, BEGIN).filter(|_| found.len() < MAX_CERTIFICATES) {
        let body = &rest[start + BEGIN.len()..];
        let Some(end) = find(body, END) else {
            break;
        };
        let digits: Vec<u8> = body[..end]
            .iter()
            .copied()
            .filter(|byte| base64::digit(*byte).is_some() || *byte == b'=')
            .collect();
        found.extend(base64::decode(&digits).and_then(|der| read(&der)));
        rest = &body[end..];
    }
    found
}

/// Reads one certificate in DER.
pub(crate) fn read(der: &[u8]) -> Option<Facts> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let mut facts = Facts::new();
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Documentation);
    add(FactKey::Kind, Some("X.509 certificate".into()));
    add(FactKey::Subject, Some(certificate.subject().to_string()));
    for name in names(&certificate) {
        add(FactKey::AlternativeName, Some(name));
    }
    add(FactKey::Issuer, Some(certificate.issuer().to_string()));
    add(FactKey::Serial, Some(hex(certificate.raw_serial())));
    let validity = certificate.validity();
    add(
        FactKey::NotBefore,
        time::rfc3339(validity.not_before.timestamp()),
    );
    add(
        FactKey::Expires,
        time::rfc3339(validity.not_after.timestamp()),
    );
    let (algorithm, bits) = key(&certificate);
    add(FactKey::Algorithm, algorithm);
    add(FactKey::Bits, bits.map(|bits| bits.to_string()));
    if let Ok(Some(usage)) = certificate.extended_key_usage() {
        add(FactKey::Usage, Some(usages(usage.value)));
    }
    add(FactKey::Authority, Some(certificate.is_ca().to_string()));
    let is_own = certificate.subject().as_raw() == certificate.issuer().as_raw();
    add(FactKey::SelfSigned, Some(is_own.to_string()));
    add(FactKey::Fingerprint, Some(sha256_hex(certificate.as_ref())));
    let spki = certificate.public_key().raw;
    add(FactKey::SpkiFingerprint, Some(sha256_hex(spki)));
    Some(facts)
}

/// The other names that a certificate is for.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(text) | GeneralName::RFC822Name(text) | GeneralName::URI(text) => {
            Some((*text).to_string())
        }
        GeneralName::IPAddress([a, b, c, d]) => Some(format!("{a}.{b}.{c}.{d}")),
        GeneralName::IPAddress(bytes) => {
            let bytes = <[u8; 16]>::try_from(*bytes).ok()?;
            Some(std::net::Ipv6Addr::from(bytes).to_string())
        }
        _ => None,
    };
    let names = &extension.value.general_names;
    names.iter().filter_map(name).take(MAX_NAMES).collect()
}

/// Algorithm and size of the key.
fn key(certificate: &X509Certificate<'_>) -> (Option<String>, Option<usize>) {
    let info = certificate.public_key();
    let oid = info.algorithm.algorithm.as_bytes();
    if let Some((name, bits)) = public_key::edwards(oid) {
        return (Some(name.into()), Some(bits));
    }
    if oid == public_key::EC {
        let parameters = info.algorithm.parameters.as_ref();
        let named = parameters
            .and_then(|parameters| parameters.as_oid().ok())
            .and_then(|curve| public_key::curve(curve.as_bytes()));
        return match named {
            Some((name, bits)) => (Some(format!("EC {name}")), Some(bits)),
            None => (Some("EC".into()), None),
        };
    }
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => (Some("RSA".into()), Some(key.key_size())),
        Ok(PublicKey::DSA(_)) => (Some("DSA".into()), None),
        _ => (None, None),
    }
}

fn usages(usage: &ExtendedKeyUsage<'_>) -> String {
    let known = [
        (usage.any, "any"),
        (usage.server_auth, "server"),
        (usage.client_auth, "client"),
        (usage.code_signing, "code signing"),
        (usage.email_protection, "e-mail"),
        (usage.time_stamping, "time stamping"),
        (usage.ocsp_signing, "OCSP signing"),
    ];
    let mut names: Vec<&str> = known
        .iter()
        .filter(|(has, _)| *has)
        .map(|(_, name)| *name)
        .collect();
    if !usage.other.is_empty() {
        names.push("others");
    }
    names.join(", ")
}

#[cfg(test)]
mod tests;
