//! Public keys and certificates of OpenSSH, as they stand in `.pub` files and `authorized_keys`: no secrets.

use crate::public_key::ssh_fingerprint;
use crate::{Evidence, FactKey, Facts, base64, time};

/// How the names of the kinds of certificates end.
const CERTIFICATE: &str = "-cert-v01@openssh.com";

/// The most principals that are told.
const MAX_PRINCIPALS: usize = 16;

/// Reads what SSH writes: numbers, and strings with their length before them.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u64> {
        Some(u64::from_be_bytes(self.take(8)?.try_into().ok()?))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let bytes = usize::try_from(self.number()?).ok()?;
        self.take(bytes)
    }

    fn text(&mut self) -> Option<String> {
        Some(String::from_utf8_lossy(self.string()?).into_owned())
    }
}

/// What a line such as `ssh-ed25519 AAAA… comment` says: kind, fingerprint and comment of a public key; of a
/// certificate also whom it is for, until when, and who signed it. `None` for another text.
///
/// # Examples
/// ```
/// use keysift_facts::{FactKey, ssh_public_key};
///
/// let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICFS+NGbeR0kRTJC4V8uq2y3z/p7al7TAJeWDgaYgdsS deploy";
/// assert_eq!(ssh_public_key(line).and_then(|facts| facts.get(FactKey::Comment).map(String::from)).as_deref(), Some("deploy"));
/// assert!(ssh_public_key("ssh-ed25519 AAAA").is_none());
/// ```
pub fn ssh_public_key(line: &str) -> Option<Facts> {
    let mut words = line.split_whitespace();
    // Options of `authorized_keys` stand before the kind.
    let kind = words.by_ref().take(8).find(|word| is_kind(word))?;
    let blob = base64::decode(words.next()?.as_bytes())?;
    let comment: Vec<&str> = words.collect();
    let mut fields = Reader(&blob);
    if fields.string()? != kind.as_bytes() {
        return None;
    }
    let mut facts = Facts::new();
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Documentation);
    match kind.strip_suffix(CERTIFICATE) {
        None => {
            add(FactKey::Kind, Some("SSH public key".into()));
            add(FactKey::Algorithm, Some(kind.into()));
        }
        Some(plain) => {
            add(FactKey::Kind, Some("SSH certificate".into()));
            add(FactKey::Algorithm, Some(plain.into()));
            for (key, value) in certificate(plain, &mut fields)? {
                add(key, Some(value));
            }
        }
    }
    add(FactKey::Fingerprint, Some(ssh_fingerprint(&blob)));
    add(FactKey::Comment, Some(comment.join(" ")));
    Some(facts)
}

fn is_kind(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]
        .iter()
        .any(|prefix| word.starts_with(prefix))
}

/// What stands in a certificate behind its kind (OpenSSH's `PROTOCOL.certkeys`).
fn certificate(kind: &str, fields: &mut Reader<'_>) -> Option<Vec<(FactKey, String)>> {
    let numbers = match kind {
        "ssh-rsa" => 2,
        "ssh-dss" => 4,
        "ssh-ed25519" => 1,
        _ if kind.starts_with("ecdsa-sha2-") => 2,
        "sk-ssh-ed25519" => 2,
        "sk-ecdsa-sha2-nistp256" => 3,
        _ => return None,
    };
    // A nonce stands before the numbers of the key.
    for _ in 0..=numbers {
        fields.string()?;
    }
    let serial = fields.long()?;
    let holder = if fields.number()? == 2 {
        "hosts"
    } else {
        "users"
    };
    let name = fields.text()?;
    let mut principals = Reader(fields.string()?);
    let (after, before) = (fields.long()?, fields.long()?);
    let mut options = Reader(fields.string()?);
    let (_extensions, _reserved) = (fields.string()?, fields.string()?);
    let authority = ssh_fingerprint(fields.string()?);
    let time = |seconds: u64| i64::try_from(seconds).ok().and_then(time::rfc3339);
    let mut told = vec![
        (FactKey::Serial, serial.to_string()),
        (FactKey::Usage, holder.into()),
        (FactKey::KeyId, name),
        (FactKey::Issuer, authority),
    ];
    for _ in 0..MAX_PRINCIPALS {
        let Some(user) = principals.text() else {
            break;
        };
        told.push((FactKey::User, user));
    }
    told.extend(time(after).map(|time| (FactKey::NotBefore, time)));
    // The greatest number stands for no end.
    told.extend(time(before).map(|time| (FactKey::Expires, time)));
    while let (Some(name), Some(_)) = (options.text(), options.string()) {
        told.push((FactKey::Restriction, name));
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat()
    }

    fn line(end: u64) -> String {
        let kind = "ssh-ed25519-cert-v01@openssh.com";
        let principals = [string(b"deploy"), string(b"root")].concat();
        let options = [string(b"force-command"), string(&string(b"/bin/true"))].concat();
        let blob = [
            string(kind.as_bytes()),
            string(&[1; 32]),
            string(&[2; 32]),
            7_u64.to_be_bytes().to_vec(),
            1_u32.to_be_bytes().to_vec(),
            string(b"ci@acme"),
            string(&principals),
            1_700_000_000_u64.to_be_bytes().to_vec(),
            end.to_be_bytes().to_vec(),
            string(&options),
            string(b""),
            string(b""),
            string(&string(b"ssh-ed25519")),
            string(&[3; 64]),
        ];
        format!("{kind} {} made up", base64::encode(&blob.concat()))
    }

    #[test]
    fn a_certificate_tells_whom_it_is_for_and_until_when() {
        let told = ssh_public_key(&line(1_700_003_600)).unwrap();
        let users: Vec<&str> = told
            .iter()
            .filter(|fact| fact.key == FactKey::User)
            .map(|fact| fact.value.as_str())
            .collect();
        assert_eq!(users, ["deploy", "root"]);
        for (key, value) in [
            (FactKey::Kind, "SSH certificate"),
            (FactKey::Serial, "7"),
            (FactKey::KeyId, "ci@acme"),
            (FactKey::Usage, "users"),
            (FactKey::NotBefore, "2023-11-14T22:13:20Z"),
            (FactKey::Expires, "2023-11-14T23:13:20Z"),
            (FactKey::Restriction, "force-command"),
            (FactKey::Comment, "made up"),
        ] {
            assert_eq!(told.get(key), Some(value));
        }
        assert_eq!(
            ssh_public_key(&line(u64::MAX))
                .unwrap()
                .get(FactKey::Expires),
            None
        );
    }

    #[test]
    fn a_key_has_the_fingerprint_of_ssh_keygen() {
        let key = "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMOvSfcMlT5Ht9QViCStTKeZacHQ79Dsb1UxV8F9TRjz2ucE2Be5we4aIjxihalqwZ6Kp1NLTurOPr+iWyjeZCk=";
        let line = format!("from=\"192.0.2.0/24\" ecdsa-sha2-nistp256 {key} ops");
        let told = ssh_public_key(&line).unwrap();
        assert_eq!(
            told.get(FactKey::Fingerprint),
            Some("SHA256:H0cYrsaO4R+kDnM4VUDLeudPsQjnoTQYsTY4aGUcKt8")
        );
        assert_eq!(told.get(FactKey::Comment), Some("ops"));
    }

    #[test]
    fn what_is_cut_off_is_none() {
        let whole = line(1);
        let mut words = whole.split(' ');
        let (kind, blob) = (words.next().unwrap(), words.next().unwrap());
        for end in 0..blob.len() - 100 {
            assert!(
                ssh_public_key(&format!("{kind} {}", &blob[..end])).is_none(),
                "{end}"
            );
        }
        for text in [
            "",
            "ssh-rsa",
            "ssh-rsa !",
            "no key",
            "ssh-rsa AAAAB3NzaC1kc3M=",
        ] {
            assert!(ssh_public_key(text).is_none(), "{text}");
        }
    }
}
