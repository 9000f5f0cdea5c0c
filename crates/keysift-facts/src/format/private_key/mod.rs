//! Private keys as text: PEM, OpenSSH, OpenPGP, PuTTY and SSH.com, and PEM or DER in Base64.
//!
//! The text may be indented, quoted, broken by string concatenation or written with `\n` in place of line ends, as
//! keys are in source code and configuration. A body that can't be read is a doubt and no failure, since there are
//! more ways to break a text than are known here.

use super::{Format, Input, Proof};
use crate::base64;
use crate::public_key::PublicKey;
use crate::{Evidence, FactKey, Facts, Failure, Validity};

mod armor;
mod complete;
mod openssh;
mod pgp;
mod pkcs;
mod putty;

use self::armor::Armor;

pub(super) const FORMAT: Format = Format {
    name: "private-key",
    summary: "Checks the structure of a private key; tells kind, algorithm, size, fingerprint and whether it is encrypted.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: &[(
        Evidence::Documentation,
        &[
            FactKey::Kind,
            FactKey::Algorithm,
            FactKey::Bits,
            FactKey::Encrypted,
            FactKey::Fingerprint,
            FactKey::SpkiFingerprint,
            FactKey::Comment,
            FactKey::Created,
            FactKey::Expires,
            FactKey::Iterations,
        ],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete::complete),
};

/// The shortest run of Base64 characters that is a body. A line of a key has 64, its last one may have fewer; a run
/// that is shorter than this is a word or an elision.
const MIN_BODY_RUN: usize = 16;

/// What a private key says of itself.
#[derive(Debug, Default)]
struct Key {
    algorithm: Option<String>,
    bits: Option<usize>,
    encrypted: Option<bool>,
    /// By which SSH knows it, where no public key is at hand to work it out from.
    fingerprint: Option<String>,
    public: Option<PublicKey>,
    comment: Option<String>,
    created: Option<String>,
    expires: Option<String>,
    /// How often the password was hashed that encrypts the key.
    iterations: Option<u64>,
    /// Whether the structure was read, rather than the header alone.
    proven: bool,
}

/// What a text turned out to be.
enum Reading {
    /// No header of a private key is in it.
    Other,
    /// A header without a body.
    Empty(&'static str),
    /// A body that can't be read.
    Broken(&'static str, &'static str),
    /// A key of this kind.
    Key(&'static str, Key),
}

/// The labels of PEM and what they stand for.
const KINDS: &[(&str, &str)] = &[
    ("RSA PRIVATE KEY", "RSA (PKCS#1)"),
    ("EC PRIVATE KEY", "EC (SEC 1)"),
    ("DSA PRIVATE KEY", "DSA"),
    ("PRIVATE KEY", "PKCS#8"),
    ("ENCRYPTED PRIVATE KEY", "encrypted PKCS#8"),
    ("OPENSSH PRIVATE KEY", "OpenSSH"),
    ("PGP PRIVATE KEY BLOCK", "OpenPGP"),
    ("SSH2 ENCRYPTED PRIVATE KEY", "SSH.com"),
];

fn read(secret: &[u8]) -> Reading {
    if let Some(key) = putty::read(secret) {
        return key;
    }
    let Some(armor) = Armor::parse(secret) else {
        return read_base64(secret);
    };
    read_armor(&armor)
}

/// What Base64 of a key begins with: of its text, of OpenSSH's structure, and of DER.
const IN_BASE64: &[&[u8]] = &[b"LS0tL", b"b3BlbnNzaC1rZXkt", b"M"];

/// A key in Base64: its text, as `base64 < key.pem` writes it, or its body alone.
fn read_base64(secret: &[u8]) -> Reading {
    if !IN_BASE64.iter().any(|start| secret.starts_with(start)) {
        return Reading::Other;
    }
    let digits: Vec<u8> = secret
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let Some(bytes) = base64::decode(&digits) else {
        return Reading::Other;
    };
    if let Some(armor) = Armor::parse(&bytes) {
        // What is cut off or made up in Base64 looks like anything.
        return match read_armor(&armor) {
            key @ Reading::Key(..) => key,
            _ => Reading::Other,
        };
    }
    let bare = [
        ("OpenSSH", openssh::read(&bytes)),
        ("PKCS#8", pkcs::read("PRIVATE KEY", &bytes)),
    ];
    for (kind, key) in bare {
        if let Some(key) = key {
            return Reading::Key(kind, key);
        }
    }
    Reading::Other
}

fn read_armor(armor: &Armor) -> Reading {
    let kind = KINDS
        .iter()
        .find(|(label, _)| *label == armor.label)
        .map_or("private key", |(_, kind)| kind);
    if armor.longest_run < MIN_BODY_RUN {
        return Reading::Empty(kind);
    }
    if armor.header("DEK-Info").is_some() {
        // OpenSSL's older encryption hides the structure, so that the label is all there is.
        let algorithm = armor.label.split(' ').next().map(String::from);
        return Reading::Key(
            kind,
            Key {
                algorithm,
                encrypted: Some(true),
                ..Key::default()
            },
        );
    }
    let Some(body) = armor.decode() else {
        return Reading::Broken(kind, "the body of the key is not Base64");
    };
    let key = match armor.label.as_str() {
        "OPENSSH PRIVATE KEY" => openssh::read(&body),
        "PGP PRIVATE KEY BLOCK" => pgp::read(&body, armor.crc.as_deref()),
        "SSH2 ENCRYPTED PRIVATE KEY" => read_ssh2(armor, &body),
        label => pkcs::read(label, &body),
    };
    match key {
        Some(key) => Reading::Key(kind, key),
        None => Reading::Broken(
            kind,
            "the body of the key does not have the structure of its kind",
        ),
    }
}

/// The magic number of SSH.com's keys. What follows is not read.
fn read_ssh2(armor: &Armor, body: &[u8]) -> Option<Key> {
    body.starts_with(&[0x3f, 0x6f, 0xf9, 0xeb]).then(|| Key {
        comment: armor
            .header("Comment")
            .map(|comment| comment.trim_matches('"').to_string()),
        proven: true,
        ..Key::default()
    })
}

fn check(secret: &[u8]) -> Validity {
    match read(secret) {
        Reading::Other => Validity::Unknown,
        Reading::Empty(_) => Validity::Invalid(Failure::Structure, "the key has no body"),
        Reading::Broken(_, why) => Validity::Doubtful(why),
        Reading::Key(_, key) if key.proven => Validity::Valid,
        Reading::Key(..) => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let evidence = Evidence::Documentation;
    match read(secret) {
        Reading::Other => {}
        Reading::Empty(kind) | Reading::Broken(kind, _) => facts.add(FactKey::Kind, kind, evidence),
        Reading::Key(kind, key) => {
            facts.add(FactKey::Kind, kind, evidence);
            facts.add_some(FactKey::Algorithm, key.algorithm, evidence);
            facts.add_some(
                FactKey::Bits,
                key.bits.map(|bits| bits.to_string()),
                evidence,
            );
            facts.add_some(
                FactKey::Encrypted,
                key.encrypted.map(|flag| flag.to_string()),
                evidence,
            );
            let public = key.public.as_ref();
            let fingerprint = key
                .fingerprint
                .or_else(|| public.and_then(PublicKey::ssh_fingerprint));
            facts.add_some(FactKey::Fingerprint, fingerprint, evidence);
            facts.add_some(
                FactKey::SpkiFingerprint,
                public.map(PublicKey::spki_fingerprint),
                evidence,
            );
            facts.add_some(FactKey::Comment, key.comment, evidence);
            facts.add_some(FactKey::Created, key.created, evidence);
            facts.add_some(FactKey::Expires, key.expires, evidence);
            let iterations = key.iterations.map(|count| count.to_string());
            facts.add_some(FactKey::Iterations, iterations, evidence);
        }
    }
    facts
}

#[cfg(test)]
mod tests;
