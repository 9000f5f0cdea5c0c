//! Private keys of WireGuard: Base64 of an X25519 key, from which the peer's public key follows.

use super::{Format, PLAIN};
use crate::{Evidence, FactKey, Facts, base64, curve};

pub(super) const FORMAT: Format = Format {
    name: "wireguard-key",
    summary: "Tells the public key of a private key of WireGuard, by which its peers know it.",
    tells: &[(Evidence::Documentation, &[FactKey::PublicKey])],
    facts,
    ..PLAIN
};

const DIGITS: usize = 44;

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let private = base64::decode(secret)
        .filter(|_| secret.len() == DIGITS)
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let public = private.map(|private| base64::encode(&curve::x25519_public(&private)) + "=");
    facts.add_some(FactKey::PublicKey, public, Evidence::Documentation);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_public_half() {
        // Worked out from 32 times 0x42 by an implementation of its own.
        let private = base64::encode(&[0x42; 32]) + "=";
        assert_eq!(
            facts(private.as_bytes()).get(FactKey::PublicKey),
            Some("EyxEK+AQ+9V+cmAzKKp25x/MwVA6riGTJ9FNnJmT9HI=")
        );
        for other in ["", "abc=", "not base64 at all, and not as long as it"] {
            assert!(facts(other.as_bytes()).is_empty());
        }
    }
}
