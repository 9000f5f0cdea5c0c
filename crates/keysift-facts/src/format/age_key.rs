//! Identities of age: Bech32 of an X25519 private key, from which the recipient follows (C2SP age).

use super::{Format, PLAIN, Proof};
use crate::encoded::{self, EncodedKey};
use crate::{Evidence, FactKey, Facts, curve};

pub(super) const FORMAT: Format = Format {
    name: "age-key",
    summary: "Checks the Bech32 checksum of an identity of age and tells its recipient.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Vector, &[FactKey::PublicKey])],
    check: |secret| KEY.check(secret),
    facts,
    complete: Some(|secret| KEY.complete(secret)),
    ..PLAIN
};

/// The human-readable part.
const PART: &str = "age-secret-key-";

const KEY: EncodedKey = EncodedKey {
    is_shaped: |secret| encoded::is_bech32_of(secret, PART, 74),
    decode: |secret| encoded::from_bech32(secret, PART),
    is_key: |bytes| bytes.len() == 32,
    make: |secret| {
        let bytes = secret.get(PART.len() + 1..)?.first_chunk::<32>()?;
        Some(encoded::to_bech32(bytes, PART).to_ascii_uppercase())
    },
};

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let private = KEY
        .bytes(secret)
        .and_then(|key| <[u8; 32]>::try_from(key).ok());
    let recipient =
        private.map(|private| encoded::to_bech32(&curve::x25519_public(&private), "age"));
    facts.add_some(FactKey::PublicKey, recipient, Evidence::Vector);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Validity};

    #[test]
    fn an_identity_tells_its_recipient() {
        // The one of age's own tests.
        let identity = ["AGE-SECRET", "-KEY-1", &"GFPYYSJZ".repeat(6), "GFPQ4EGAEX"].concat();
        assert_eq!(KEY.check(identity.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(identity.as_bytes()).get(FactKey::PublicKey),
            Some("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")
        );
        let wrong = identity.replace("4EGAEX", "4EGAEQ");
        assert!(matches!(
            KEY.check(wrong.as_bytes()),
            Validity::Invalid(Failure::Checksum, _)
        ));
        assert!(facts(wrong.as_bytes()).is_empty());
    }
}
