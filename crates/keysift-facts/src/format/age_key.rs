//! Identities of age: Bech32 of an X25519 private key, from which the recipient follows (C2SP age).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, Decoded};
use crate::{Evidence, FactKey, Facts, Failure, Validity, curve};

pub(super) const FORMAT: Format = Format {
    name: "age-key",
    summary: "Checks the Bech32 checksum of an identity of age and tells its recipient.",
    proof: Proof::Checksum(Evidence::Documentation),
    tells: &[(Evidence::Documentation, &[FactKey::PublicKey])],
    check,
    facts,
    complete: Some(complete),
    ..PLAIN
};

/// The human-readable part.
const PART: &str = "age-secret-key-";

const KEY_BYTES: usize = 32;

fn key(secret: &[u8]) -> Option<Vec<u8>> {
    match encoded::from_bech32(secret, PART) {
        Decoded::Bytes(bytes) if bytes.len() == KEY_BYTES => Some(bytes),
        _ => None,
    }
}

fn check(secret: &[u8]) -> Validity {
    match encoded::from_bech32(secret, PART) {
        Decoded::Bytes(bytes) if bytes.len() == KEY_BYTES => Validity::Valid,
        Decoded::WrongChecksum => Validity::Invalid(
            Failure::Checksum,
            "the Bech32 checksum at the end of the key is wrong",
        ),
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let private = key(secret).and_then(|key| <[u8; 32]>::try_from(key).ok());
    let recipient =
        private.map(|private| encoded::to_bech32(&curve::x25519_public(&private), "age"));
    facts.add_some(FactKey::PublicKey, recipient, Evidence::Documentation);
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let digits = PART.len() + 1 + 58;
    if matches!(encoded::from_bech32(secret, PART), Decoded::WrongChecksum)
        && secret.len() == digits
    {
        let bytes = &secret[PART.len() + 1..][..KEY_BYTES];
        *secret = encoded::to_bech32(bytes, PART)
            .to_ascii_uppercase()
            .into_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_tells_its_recipient() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let identity = ["AGE-SECRET", "-KEY-1", &"GFPYYSJZ".repeat(6), "GFPQ4EGAEX"].concat();
        assert_eq!(check(identity.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(identity.as_bytes()).get(FactKey::PublicKey),
            Some("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
        );
        let wrong = identity.replace("4EGAEX", "4EGAEQ");
        assert!(matches!(
            check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert!(facts(wrong.as_bytes()).is_empty());
    }
}
