//! X.509 certificates in PEM: whose key it is, and until when it is good.

use keysift_facts::{FactKey, Facts};

use super::{Declarations, Declared, DeclaredKind, File, Kind};

pub(super) const KIND: Kind = Kind {
    name: "certificate",
    is: |file| file.has_extension(&["pem", "crt", "cer", "cert"]) && file.text.contains(BEGIN),
    read,
};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// A shorter RSA key is weak (NIST SP 800-131A).
const MIN_RSA_BITS: u64 = 2048;

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    for (at, _) in file.text.match_indices(BEGIN) {
        let line = file.text[..at]
            .bytes()
            .filter(|byte| *byte == b'\n')
            .count() as u64
            + 1;
        let Some(facts) = keysift_facts::certificate(&file.text.as_bytes()[at..]) else {
            return Err(format!("the certificate on line {line} cannot be read"));
        };
        // An authority's certificate says whom to trust; nobody signs in with it.
        if facts.get(FactKey::Authority) == Some("true") {
            continue;
        }
        out.identities.extend(identity(&facts, line));
    }
    Ok(out)
}

fn identity(facts: &Facts, line: u64) -> Option<Declared> {
    let key = facts.get(FactKey::SpkiFingerprint)?;
    let subject = facts.get(FactKey::Subject).unwrap_or_default();
    let common_name = subject
        .split(", ")
        .find_map(|part| part.strip_prefix("CN="));
    let name = common_name
        .or_else(|| facts.get(FactKey::AlternativeName))
        .unwrap_or(subject);
    let name = if name.is_empty() { key } else { name };
    let mut identity = Declared::new(
        format!("x509:{key}"),
        DeclaredKind::Certificate,
        "X.509",
        name,
        line,
    );
    identity.public_ids.push(key.to_owned());
    identity.account = facts.get(FactKey::Issuer).map(str::to_owned);
    identity.created = facts.get(FactKey::NotBefore).map(str::to_owned);
    identity.expires = facts.get(FactKey::Expires).map(str::to_owned);
    let bits = facts.get(FactKey::Bits).and_then(|bits| bits.parse().ok());
    let is_rsa = facts
        .get(FactKey::Algorithm)
        .is_some_and(|algorithm| algorithm.starts_with("RSA"));
    if is_rsa && bits.is_some_and(|bits: u64| bits < MIN_RSA_BITS) {
        identity.concern("weak-key", "NHI4", "RSA of fewer than 2048 bits");
    }
    Some(identity)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::tests::{read_file, uids};
    use super::super::{DeclaredKind, declarations};

    /// Of `api.acme.example`, from 2025-11-14 to 2026-02-12.
    const LEAF: &str = "-----BEGIN CERTIFICATE-----
MIIBOzCB4qADAgECAgISZzAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdBY21lIENB
MB4XDTI1MTExNDAwMDAwMFoXDTI2MDIxMjAwMDAwMFowGzEZMBcGA1UEAwwQYXBp
LmFjbWUuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABB7vyr7rnaTT
Tb1Q0Yl+E7DqqbTVxYKVPI8VH8phlw4IL3ZkmjmxO0EPQdFANNFczCoAp5+SRhoS
o4v+0t74IbCjHzAdMBsGA1UdEQQUMBKCEGFwaS5hY21lLmV4YW1wbGUwCgYIKoZI
zj0EAwIDSAAwRQIgHHHnw7Fd3QiXGtvhSr7fBbMPfCsBlf1tNshhwvBpzhICIQDE
ZVQ4hCUAl8QM4v9uVJJeQfmA1oSUel40/6AM+Pkj7w==
-----END CERTIFICATE-----
";
    /// Of the authority that issued it.
    const ROOT: &str = "-----BEGIN CERTIFICATE-----
MIIBJTCBzKADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB0FjbWUgQ0Ew
HhcNMjAwMTAxMDAwMDAwWhcNNDAwMTAxMDAwMDAwWjASMRAwDgYDVQQDDAdBY21l
IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAECmJdTKfT1VBBoqFLRHZEBDVS
df3bO68w3Bbsm/wKjOg50tO/VPNVBGwdpvgDPC7791+V/PyDLuS9MQanaK7pn6MT
MBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiByZ2FNrk6bMftX
NdgCTugWhjDhyJDnfVf2JqJdjWRH6wIhALyMG+sVButL4Vny+TIY7799aU/0IxvV
wSYWoFGVBnnX
-----END CERTIFICATE-----
";

    #[test]
    fn a_chain_is_the_identity_at_its_end_alone() {
        let read = read_file("tls/chain.pem", &format!("a note\n{LEAF}{ROOT}"));
        assert_eq!(
            uids(&read),
            ["x509:211122e729455f45f2b341ae50447751447306e0c2ad9df0cb2bc22d707b896f"]
        );
        let leaf = &read.identities[0];
        assert_eq!(leaf.kind, DeclaredKind::Certificate);
        assert_eq!((leaf.name.as_str(), leaf.line), ("api.acme.example", 2));
        assert_eq!(leaf.created.as_deref(), Some("2025-11-14T00:00:00Z"));
        assert_eq!(leaf.expires.as_deref(), Some("2026-02-12T00:00:00Z"));
    }

    #[test]
    fn a_certificate_that_cannot_be_read_is_told() {
        let text = format!("{LEAF}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let read = declarations("", Path::new("a.crt"), text.as_bytes());
        let message = read.unwrap().unwrap_err().message;
        assert!(message.starts_with("the certificate on line "), "{message}");
    }
}
