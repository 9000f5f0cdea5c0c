//! Every kind of key, in every way that it is pasted.

use super::*;
use crate::base64;

/// A made-up key: the label is put together here so that no scanner takes this file for a key.
fn key(label: &str, body: &str) -> String {
    format!(
        "-----BE{}{label}-----\n{body}\n-----E{}{label}-----\n",
        "GIN ", "ND "
    )
}

fn completed(label: &str, digits: usize) -> String {
    let mut text = key(label, &"QUFB".repeat(digits / 4)).into_bytes();
    (FORMAT.complete.unwrap())(&mut text);
    String::from_utf8(text).unwrap()
}

fn told(text: &str, key: FactKey) -> Option<String> {
    facts(text.as_bytes()).get(key).map(String::from)
}

#[test]
fn every_kind_is_completed_and_told() {
    for (label, digits, algorithm, bits, encrypted) in [
        (
            "RSA PRIVATE KEY",
            1560,
            Some("RSA"),
            Some("2048"),
            Some("false"),
        ),
        (
            "EC PRIVATE KEY",
            164,
            Some("EC P-256"),
            Some("256"),
            Some("false"),
        ),
        (
            "DSA PRIVATE KEY",
            1024,
            Some("DSA"),
            Some("2048"),
            Some("false"),
        ),
        (
            "PRIVATE KEY",
            64,
            Some("Ed25519"),
            Some("256"),
            Some("false"),
        ),
        (
            "PRIVATE KEY",
            184,
            Some("EC P-256"),
            Some("256"),
            Some("false"),
        ),
        (
            "PRIVATE KEY",
            1592,
            Some("RSA"),
            Some("2048"),
            Some("false"),
        ),
        ("ENCRYPTED PRIVATE KEY", 400, None, None, Some("true")),
        (
            "OPENSSH PRIVATE KEY",
            400,
            Some("Ed25519"),
            Some("256"),
            Some("false"),
        ),
        (
            "PGP PRIVATE KEY BLOCK",
            1000,
            Some("RSA"),
            Some("1024"),
            Some("false"),
        ),
    ] {
        let text = completed(label, digits);
        assert_eq!(check(text.as_bytes()), Validity::Valid, "{label}");
        assert_eq!(
            told(&text, FactKey::Algorithm).as_deref(),
            algorithm,
            "{label}"
        );
        assert_eq!(
            told(&text, FactKey::Bits).as_deref(),
            bits,
            "{label} {digits}"
        );
        assert_eq!(
            told(&text, FactKey::Encrypted).as_deref(),
            encrypted,
            "{label}"
        );
        let kind = KINDS.iter().find(|(known, _)| *known == label).unwrap().1;
        assert_eq!(told(&text, FactKey::Kind).as_deref(), Some(kind));
    }
}

#[test]
fn a_key_is_read_in_every_way_that_it_is_pasted() {
    for label in [
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        let text = completed(label, 800);
        let lines = text.lines();
        let concatenated: Vec<_> = lines
            .clone()
            .map(|line| format!("    \"{line}\\n\" +"))
            .collect();
        let array: Vec<_> = lines.clone().map(|line| format!("\t'{line}',")).collect();
        let indented: Vec<_> = lines
            .clone()
            .map(|line| format!("      {line}\r"))
            .collect();
        for pasted in [
            text.replace('\n', "\\n"),
            text.replace('\n', "\\\\n"),
            text.replace('\n', "\\r\\n"),
            text.replace('/', "\\/").replace('\n', "\\n"),
            concatenated.join("\n"),
            array.join("\n"),
            indented.join("\n"),
        ] {
            assert_eq!(check(pasted.as_bytes()), Validity::Valid, "{pasted}");
        }
    }
    let one_line = completed("RSA PRIVATE KEY", 800).replace('\n', " ");
    assert_eq!(check(one_line.as_bytes()), Validity::Valid);
}

#[test]
fn an_openssh_key_tells_its_fingerprint_and_comment() {
    let text = completed("OPENSSH PRIVATE KEY", 300);
    let fingerprint = told(&text, FactKey::Fingerprint).unwrap();
    assert!(fingerprint.starts_with("SHA256:") && fingerprint.len() == 50);
    assert_eq!(told(&text, FactKey::Comment).as_deref(), Some("xxxx"));
}

#[test]
fn an_older_encrypted_key_is_told_by_its_headers() {
    let headers =
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n";
    let text = key(
        "RSA PRIVATE KEY",
        &format!("{headers}{}", "q80X".repeat(100)),
    );
    assert_eq!(check(text.as_bytes()), Validity::Unknown);
    assert_eq!(told(&text, FactKey::Encrypted).as_deref(), Some("true"));
    assert_eq!(told(&text, FactKey::Algorithm).as_deref(), Some("RSA"));
}

#[test]
fn a_key_without_a_body_is_none() {
    for body in ["", "...", "<your key here>", "MIIEpAIBAAKC...", "\n\n"] {
        let text = key("RSA PRIVATE KEY", body);
        assert!(
            matches!(
                check(text.as_bytes()),
                Validity::Invalid(Failure::Structure, _)
            ),
            "{body}"
        );
    }
}

#[test]
fn a_body_that_can_not_be_read_is_a_doubt() {
    for body in ["QUFB".repeat(100), format!("{}!", "QUFB".repeat(100))] {
        for (label, _) in KINDS {
            assert!(
                matches!(check(key(label, &body).as_bytes()), Validity::Doubtful(_)),
                "{label}"
            );
        }
    }
    let cut = completed("RSA PRIVATE KEY", 800);
    assert!(matches!(
        check(&cut.as_bytes()[..400]),
        Validity::Doubtful(_)
    ));
}

#[test]
fn a_certificate_is_no_private_key() {
    assert_eq!(
        check(key("CERTIFICATE", &"QUFB".repeat(100)).as_bytes()),
        Validity::Unknown
    );
    assert_eq!(
        check(key("PUBLIC KEY", &"QUFB".repeat(100)).as_bytes()),
        Validity::Unknown
    );
}

#[test]
fn a_wrong_checksum_of_openpgp_is_a_doubt() {
    let text = completed("PGP PRIVATE KEY BLOCK", 1000);
    let at = text.rfind("\n=").unwrap();
    let damaged = format!("{}AAAA{}", &text[..at + 2], &text[at + 6..]);
    assert!(matches!(check(damaged.as_bytes()), Validity::Doubtful(_)));
}

#[test]
fn a_putty_key_is_read() {
    let public = [
        openssh::write(b"ssh-rsa"),
        openssh::write(&[1, 0, 1]),
        openssh::write(&[&[0, 0x80], [7; 127].as_slice()].concat()),
    ];
    let body = base64::encode(&public.concat());
    let (first, second) = body.split_at(64);
    let text = format!(
        "PuTTY-User-Key-{}2: ssh-rsa\r\nEncryption: aes256-cbc\r\nComment: ops@host\r\nPublic-Lines: 2\r\n{first}\r\n{second}\r\nPrivate-Lines: 1\r\nAAAA\r\nPrivate-MAC: 00\r\n",
        "File-"
    );
    assert_eq!(check(text.as_bytes()), Validity::Valid);
    for (key, value) in [
        (FactKey::Kind, "PuTTY"),
        (FactKey::Algorithm, "RSA"),
        (FactKey::Bits, "1024"),
        (FactKey::Encrypted, "true"),
        (FactKey::Comment, "ops@host"),
    ] {
        assert_eq!(told(&text, key).as_deref(), Some(value));
    }
}

#[test]
fn an_openpgp_key_tells_its_user_and_its_end() {
    let packet = |tag: u8, content: &[u8]| [&[0xc0 | tag, content.len() as u8], content].concat();
    let created = 1_700_000_000_u32.to_be_bytes();
    let point = [&[0x40], [7; 32].as_slice()].concat();
    let curve = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];
    let secret = [
        &[4],
        &created[..],
        &[22, curve.len() as u8],
        &curve,
        &[1, 7],
        &point,
        &[0, 0, 8, 1, 0, 1],
    ]
    .concat();
    // Created, then the day that the key lasts.
    let hashed = [&[5, 2], &created[..], &[5, 9, 0, 1, 0x51, 0x80]].concat();
    let signature = [
        &[4, 0x13, 22, 8, 0, hashed.len() as u8],
        &hashed[..],
        &[0; 20],
    ]
    .concat();
    let block = [
        packet(5, &secret),
        packet(13, b"Ops <ops@acme.example>"),
        packet(2, &signature),
    ]
    .concat();
    let text = key(
        "PGP PRIVATE KEY BLOCK",
        &format!("\n{}", base64::encode(&block)),
    );
    for (key, value) in [
        (FactKey::Created, "2023-11-14T22:13:20Z"),
        (FactKey::Expires, "2023-11-15T22:13:20Z"),
        (FactKey::Comment, "Ops <ops@acme.example>"),
        (FactKey::Algorithm, "EdDSA"),
        (FactKey::Encrypted, "false"),
    ] {
        assert_eq!(told(&text, key).as_deref(), Some(value));
    }
}

#[test]
fn an_encrypted_key_tells_how_often_its_password_is_hashed() {
    use crate::der::{INTEGER, OCTET_STRING, OID, SEQUENCE, write};
    let salt = write(OCTET_STRING, &[&[7; 8]]);
    let hash = write(SEQUENCE, &[&salt, &write(INTEGER, &[&[0x08, 0x00]])]);
    let oid = write(OID, &[&[0x2a, 1]]);
    let function = write(SEQUENCE, &[&oid, &hash]);
    let newer = write(SEQUENCE, &[&oid, &write(SEQUENCE, &[&function])]);
    let older = write(SEQUENCE, &[&oid, &hash]);
    for algorithm in [newer, older] {
        let body = write(SEQUENCE, &[&algorithm, &write(OCTET_STRING, &[&[9; 64]])]);
        let text = key("ENCRYPTED PRIVATE KEY", &base64::encode(&body));
        assert_eq!(told(&text, FactKey::Iterations).as_deref(), Some("2048"));
    }
}

#[test]
fn a_key_in_base64_is_read_with_its_armor_and_without() {
    let text = completed("EC PRIVATE KEY", 164);
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    for secret in [base64::encode(text.as_bytes()), body] {
        assert_eq!(check(secret.as_bytes()), Validity::Valid, "{secret}");
        assert_eq!(
            told(&secret, FactKey::Algorithm).as_deref(),
            Some("EC P-256")
        );
        assert!(told(&secret, FactKey::SpkiFingerprint).is_some());
    }
    for other in [
        "MI",
        "LS0tL",
        "MIIBAA==",
        "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
    ] {
        assert_eq!(check(other.as_bytes()), Validity::Unknown, "{other}");
    }
}
