//! Certificates that OpenSSL made for these tests, and the private keys that belong to them.

use super::*;
use crate::der::{BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, OCTET_STRING, OID, SEQUENCE, write};
use crate::format;

const AUTHORITY: &str = "MIIBLTCB4KADAgECAgISNDAFBgMrZXAwJjENMAsGA1UECgwEQWNtZTEVMBMGA1UEAwwMQWNtZSB0ZXN0IENBMB4XDTIzMTExNDIyMTMyMFoXDTMzMTExNDIyMTMyMFowJjENMAsGA1UECgwEQWNtZTEVMBMGA1UEAwwMQWNtZSB0ZXN0IENBMCowBQYDK2VwAyEAIVL40Zt5HSRFMkLhXy6rbLfP+ntqXtMAl5YOBpiB2xKjMjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFJ+Avk9/Kk/nwdC5qtJDCddETc/sMAUGAytlcANBAGp6AjzIaOGe40m3cvSMQsa+Wz6Q51dqVNZ15SllYZ7k0Onsu/PivTZ2ToNn2cC7DSZAUArdjAwNoiy5IvKP8gg=";
const LEAF: &str = "MIIB3DCCAY6gAwIBAgICEjUwBQYDK2VwMCYxDTALBgNVBAoMBEFjbWUxFTATBgNVBAMMDEFjbWUgdGVzdCBDQTAeFw0yMzExMTQyMjEzMjBaFw0yNDExMTQyMjEzMjBaMB0xDTALBgNVBAoMBEFjbWUxDDAKBgNVBAMMA2FwaTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMOvSfcMlT5Ht9QViCStTKeZacHQ79Dsb1UxV8F9TRjz2ucE2Be5we4aIjxihalqwZ6Kp1NLTurOPr+iWyjeZCmjgbkwgbYwVQYDVR0RBE4wTIIQYXBpLmFjbWUuZXhhbXBsZYIOKi5hY21lLmV4YW1wbGWHBMAAAgeHECABDbgAAAAAAAAAAAAAAAGBEG9wc0BhY21lLmV4YW1wbGUwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMB0GA1UdDgQWBBTWbI+f83h+7BI3o0U+I6IycorMVzAfBgNVHSMEGDAWgBSfgL5PfypP58HQuarSQwnXRE3P7DAFBgMrZXADQQBDuoAdsTuhGgwYtyDAY7/yjnhD3jfAE0WvO2qXMohjqthe3WyC0i5ScJSrQVAv+fSO/8Fg3wsRLKc9b89S6xMC";
const OLD: &str = "MIIBUzCCAQUCAhI2MAUGAytlcDAmMQ0wCwYDVQQKDARBY21lMRUwEwYDVQQDDAxBY21lIHRlc3QgQ0EwHhcNMjMxMTE0MjIxMzIwWhcNMjQxMTE0MjIxMzIwWjAOMQwwCgYDVQQDDANvbGQwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANQZKTM+kx86jhG42lQeGYhjVd/tJHJQzQeLs13eIXA9O1INHiaZ/8reppxSE/t6Ls5cSIDYzoqeM2Ik7AiRoKem004JB75dgBJHxLwt+v9ZUwoOXGgx5+cjj8A8md1KbOo4KO5ZqlK+BW7SU6XTF5QE8bSK5wtFW1UbTM9FiqXFAgMBAAEwBQYDK2VwA0EA69F7v0hIvygFkLKWZJBemo4lIwYwVj9LQ9WVWkgpy7P9QgGB3J+FxZArRgOwTraMK5CuUuR+8uyJSYSXaIWYAA==";

/// The modulus of `OLD`, as DER writes it, and the point of `LEAF`.
const MODULUS: &str = "00D41929333E931F3A8E11B8DA541E19886355DFED247250CD078BB35DDE21703D3B520D1E2699FFCADEA69C5213FB7A2ECE5C4880D8CE8A9E336224EC0891A0A7A6D34E0907BE5D801247C4BC2DFAFF59530A0E5C6831E7E7238FC03C99DD4A6CEA3828EE59AA52BE056ED253A5D3179404F1B48AE70B455B551B4CCF458AA5C5";
const POINT: &str = "04C3AF49F70C953E47B7D4158824AD4CA79969C1D0EFD0EC6F553157C17D4D18F3DAE704D817B9C1EE1A223C6285A96AC19E8AA7534B4EEACE3EBFA25B28DE6429";

fn pem(label: &str, der: &[u8]) -> String {
    let (begin, end) = ("-----BE", "-----END");
    format!(
        "{begin}GIN {label}-----\n{}\n{end} {label}-----\n",
        base64::encode(der)
    )
}

fn bytes(hex: &str) -> Vec<u8> {
    data_encoding::HEXUPPER.decode(hex.as_bytes()).unwrap()
}

fn told(text: &str) -> Facts {
    certificate(text.as_bytes()).unwrap()
}

#[test]
fn an_authority_tells_that_it_is_one() {
    let facts = told(AUTHORITY);
    for (key, value) in [
        (FactKey::Subject, "O=Acme, CN=Acme test CA"),
        (FactKey::Issuer, "O=Acme, CN=Acme test CA"),
        (FactKey::Serial, "1234"),
        (FactKey::NotBefore, "2023-11-14T22:13:20Z"),
        (FactKey::Expires, "2033-11-14T22:13:20Z"),
        (FactKey::Algorithm, "Ed25519"),
        (FactKey::Bits, "256"),
        (FactKey::Authority, "true"),
        (FactKey::SelfSigned, "true"),
        // By `openssl x509 -fingerprint -sha256`.
        (
            FactKey::Fingerprint,
            "697dea0d270b870d42524cacef4ea214ecf493fd588af8cca88f23c57b63a686",
        ),
    ] {
        assert_eq!(facts.get(key), Some(value));
    }
}

#[test]
fn a_leaf_tells_its_names_and_uses() {
    let facts = told(LEAF);
    let names: Vec<&str> = facts
        .iter()
        .filter(|fact| fact.key == FactKey::AlternativeName)
        .map(|fact| fact.value.as_str())
        .collect();
    let all = [
        "api.acme.example",
        "*.acme.example",
        "192.0.2.7",
        "2001:db8::1",
        "ops@acme.example",
    ];
    assert_eq!(names, all);
    for (key, value) in [
        (FactKey::Usage, "server, client"),
        (FactKey::Algorithm, "EC P-256"),
        (FactKey::Authority, "false"),
        (FactKey::SelfSigned, "false"),
    ] {
        assert_eq!(facts.get(key), Some(value));
    }
    assert_eq!(told(OLD).get(FactKey::Bits), Some("1024"));
    assert_eq!(told(OLD).get(FactKey::Algorithm), Some("RSA"));
}

#[test]
fn a_chain_is_read_in_der_in_pem_and_in_base64_of_either() {
    let der = base64::decode(LEAF.as_bytes()).unwrap();
    let text = pem("CERTIFICATE", &der);
    let twice = base64::encode(text.as_bytes());
    for bytes in [&der[..], text.as_bytes(), LEAF.as_bytes(), twice.as_bytes()] {
        assert_eq!(
            certificate(bytes).unwrap().get(FactKey::Serial),
            Some("1235")
        );
    }
    let other = base64::decode(AUTHORITY.as_bytes()).unwrap();
    let chain = text + &pem("CERTIFICATE", &other);
    assert_eq!(certificates(chain.as_bytes()).len(), 2);
    let long = chain.repeat(100);
    assert_eq!(certificates(long.as_bytes()).len(), MAX_CERTIFICATES);
}

/// A private key and its certificate have the same SPKI fingerprint; the fingerprint for SSH is `ssh-keygen`'s.
#[test]
fn a_private_key_is_joined_with_its_certificate() {
    let number = |byte: u8| write(INTEGER, &[&[byte]]);
    let modulus = write(INTEGER, &[&bytes(MODULUS)]);
    let exponent = write(INTEGER, &[&[1, 0, 1]]);
    let rest = [2, 3, 5, 7, 11, 13].map(number).concat();
    let rsa = write(SEQUENCE, &[&number(0), &modulus, &exponent, &rest]);
    let curve = write(CONTEXT_0, &[&write(OID, &[public_key::P256])]);
    let point = write(CONTEXT_1, &[&write(BIT_STRING, &[&[0], &bytes(POINT)])]);
    let scalar = write(OCTET_STRING, &[&[7; 32]]);
    let ec = write(SEQUENCE, &[&number(1), &scalar, &curve, &point]);
    let seed = write(OCTET_STRING, &[&write(OCTET_STRING, &[&[0x42; 32]])]);
    let algorithm = write(SEQUENCE, &[&write(OID, &[public_key::ED25519])]);
    let edwards = write(SEQUENCE, &[&number(0), &algorithm, &seed]);
    let key = |label: &str, der: &[u8]| {
        let text = pem(label, der);
        (format::format("private-key").unwrap().facts)(text.as_bytes())
    };
    for (label, der, certificate, ssh) in [
        (
            "RSA PRIVATE KEY",
            &rsa,
            OLD,
            Some("SHA256:2H0xmHE6Qxcdh6YveVuV5O2SiXZNSu6Vgi6PGKGbLow"),
        ),
        (
            "EC PRIVATE KEY",
            &ec,
            LEAF,
            Some("SHA256:H0cYrsaO4R+kDnM4VUDLeudPsQjnoTQYsTY4aGUcKt8"),
        ),
        ("PRIVATE KEY", &edwards, AUTHORITY, None),
    ] {
        let told = told(certificate);
        let own = key(label, der);
        assert!(own.get(FactKey::SpkiFingerprint).is_some());
        assert_eq!(
            own.get(FactKey::SpkiFingerprint),
            told.get(FactKey::SpkiFingerprint)
        );
        if ssh.is_some() {
            assert_eq!(own.get(FactKey::Fingerprint), ssh);
        }
    }
    // By `openssl x509 -pubkey | openssl pkey -pubin -outform DER | sha256sum`.
    assert_eq!(
        told(OLD).get(FactKey::SpkiFingerprint),
        Some("fe57952c4331f4f1e74e054c89842bf2acd8d0809c909cbafd750758aa6b7134")
    );
}

#[test]
fn hostile_bytes_are_no_certificate() {
    let der = base64::decode(LEAF.as_bytes()).unwrap();
    for end in 0..der.len() {
        assert!(read(&der[..end]).is_none());
    }
    for at in 0..der.len() {
        for bit in [0, 3, 7] {
            let mut flipped = der.clone();
            flipped[at] ^= 1 << bit;
            let _ = certificates(&flipped);
        }
    }
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----",
        &"-----BEGIN CERTIFICATE-----".repeat(2000),
    ] {
        assert!(certificates(text.as_bytes()).is_empty());
    }
    assert!(certificates(&[0x30; 70_000]).is_empty());
}
