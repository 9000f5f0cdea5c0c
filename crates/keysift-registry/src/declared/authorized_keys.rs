//! Public keys of SSH: who may sign in, by the fingerprints that logs and private keys have as well.

use data_encoding::{BASE64, BASE64_NOPAD};
use sha2::{Digest, Sha256};

use super::{Declarations, Declared, DeclaredKind, File, Grant, Kind};

pub(super) const KIND: Kind = Kind {
    name: "ssh-public-key",
    is: |file| {
        let is_authorized = matches!(file.name, "authorized_keys" | "authorized_keys2");
        is_authorized
            || (file.has_extension(&["pub"]) && TYPES.iter().any(|kind| file.text.contains(kind)))
    },
    read,
};

const TYPES: &[&str] = &[
    "ssh-ed25519",
    "ssh-rsa",
    "ssh-dss",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let is_authorized = file.name.starts_with("authorized_keys");
    let mut out = Declarations::default();
    for (number, line) in file.text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let Some((options, kind, key, comment)) = parts(line) else {
            continue;
        };
        let Ok(bytes) = BASE64.decode(key.as_bytes()) else {
            continue;
        };
        // The key names its own type, with the length before it.
        if bytes.get(4..4 + kind.len()) != Some(kind.as_bytes()) {
            continue;
        }
        let fingerprint = format!("SHA256:{}", BASE64_NOPAD.encode(&Sha256::digest(&bytes)));
        let name = if comment.is_empty() {
            &fingerprint
        } else {
            comment
        };
        let uid = format!("ssh:{fingerprint}");
        let mut identity = Declared::new(uid, DeclaredKind::SshKey, "SSH", name, number as u64 + 1);
        identity.public_ids.push(fingerprint.clone());
        // The comment is who made the key, by custom; it is a hint.
        if comment.contains('@') {
            identity.owners.push(comment.to_owned());
        }
        if is_authorized {
            let mut grant = Grant::new("sign in", file.place, number as u64 + 1);
            grant.condition = (!options.is_empty()).then(|| options.to_owned());
            identity.grants.push(grant);
            let is_narrow = ["from=", "command=", "expiry-time=", "restrict"]
                .iter()
                .any(|option| options.contains(option));
            if !is_narrow {
                identity.concern(
                    "unrestricted-key",
                    "NHI5",
                    "it may sign in from anywhere and run anything",
                );
            }
        }
        match kind {
            "ssh-dss" => identity.concern("weak-key", "NHI4", "DSA"),
            "ssh-rsa" if rsa_bits(&bytes).is_some_and(|bits| bits < 2048) => {
                identity.concern("weak-key", "NHI4", "RSA of fewer than 2048 bits");
            }
            _ => {}
        }
        out.identities.push(identity);
    }
    Ok(out)
}

/// Options, type, key and comment of a line. Options may hold quoted blanks.
fn parts(line: &str) -> Option<(&str, &str, &str, &str)> {
    let mut is_quoted = false;
    let mut word_start = 0;
    for (at, letter) in line.char_indices().chain([(line.len(), ' ')]) {
        match letter {
            '"' => is_quoted = !is_quoted,
            ' ' | '\t' if !is_quoted => {
                let word = &line[word_start..at];
                if TYPES.contains(&word) {
                    let rest = line.get(at..)?.trim_start();
                    let (key, comment) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
                    return Some((line[..word_start].trim(), word, key, comment.trim()));
                }
                word_start = (at + 1).min(line.len());
            }
            _ => {}
        }
    }
    None
}

/// The bits of the modulus: the third string of the key, with the second before it.
fn rsa_bits(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    let mut string = || {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (string, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = tail;
        Some(string)
    };
    let (_, _, modulus) = (string()?, string()?, string()?);
    let first = modulus.iter().position(|byte| *byte != 0)?;
    let modulus = &modulus[first..];
    Some(modulus.len() * 8 - modulus.first()?.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, read_file};
    use super::*;

    fn key(kind: &str, parts: &[&[u8]]) -> String {
        let mut bytes = Vec::new();
        for part in [kind.as_bytes()].iter().chain(parts) {
            bytes.extend((part.len() as u32).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        format!("{kind} {}", BASE64.encode(&bytes))
    }

    #[test]
    fn keys_are_told_by_their_fingerprints_and_options() {
        let good = key("ssh-ed25519", &[&[7; 32]]);
        let weak = key("ssh-rsa", &[&[1, 0, 1], &[0x80; 128]]);
        let text = format!(
            "# team\nfrom=\"10.0.0.0/8, x\",restrict {good} ci@build\n{weak}\nssh-rsa AAAA broken\n"
        );
        let read = read_file("home/.ssh/authorized_keys", &text);
        assert_eq!(read.identities.len(), 2);
        let first = &read.identities[0];
        assert_eq!((first.name.as_str(), first.line), ("ci@build", 2));
        assert_eq!(
            first.grants[0].condition.as_deref(),
            Some("from=\"10.0.0.0/8, x\",restrict")
        );
        assert_eq!(codes(&read), ["unrestricted-key", "weak-key"]);
        assert!(first.uid.starts_with("ssh:SHA256:"));
    }

    #[test]
    fn a_fingerprint_is_the_one_that_ssh_prints() {
        // The public key of `ssh-keygen`'s form with 32 bytes of zero, hashed by another program.
        let zero = key("ssh-ed25519", &[&[0; 32]]);
        let read = read_file("id.pub", &zero);
        let bytes = BASE64
            .decode(zero.split(' ').nth(1).unwrap().as_bytes())
            .unwrap();
        assert_eq!(bytes.len(), 51);
        assert_eq!(read.identities[0].public_ids[0].len(), "SHA256:".len() + 43);
    }
}
