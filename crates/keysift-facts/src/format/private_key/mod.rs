//! Private keys as text: PEM, OpenSSH, OpenPGP, PuTTY and SSH.com.
//!
//! The text may be indented, quoted, broken by string concatenation or written with `\n` in place of line ends, as
//! keys are in source code and configuration. A body that can't be read is a doubt and no failure, since there are
//! more ways to break a text than are known here.

use super::Format;
use crate::{Evidence, FactKey, Facts, Failure, Validity};

mod armor;
mod complete;
mod der;
mod openssh;
mod pgp;
mod pkcs;
mod putty;

use self::armor::Armor;

pub(super) const FORMAT: Format = Format {
    name: "private-key",
    summary: "Checks the structure of a private key; tells kind, algorithm, size, fingerprint and whether it is encrypted.",
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
    fingerprint: Option<String>,
    comment: Option<String>,
    created: Option<String>,
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
        return Reading::Other;
    };
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
        "SSH2 ENCRYPTED PRIVATE KEY" => read_ssh2(&armor, &body),
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
            facts.add_some(FactKey::Fingerprint, key.fingerprint, evidence);
            facts.add_some(FactKey::Comment, key.comment, evidence);
            facts.add_some(FactKey::Created, key.created, evidence);
        }
    }
    facts
}

#[cfg(test)]
mod tests;
