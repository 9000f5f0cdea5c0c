//! Public keys worked out from private ones on Curve25519.

use curve25519_dalek::{EdwardsPoint, MontgomeryPoint};
use sha2::{Digest, Sha512};

/// The public key of an Ed25519 seed (RFC 8032).
pub(crate) fn ed25519_public(seed: &[u8; 32]) -> [u8; 32] {
    let mut scalar = [0; 32];
    scalar.copy_from_slice(&Sha512::digest(seed)[..32]);
    EdwardsPoint::mul_base_clamped(scalar).compress().to_bytes()
}

/// The public key of an X25519 private key (RFC 7748).
pub(crate) fn x25519_public(private: &[u8; 32]) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(*private).to_bytes()
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    fn bytes(hex: &str) -> [u8; 32] {
        HEXLOWER.decode(hex.as_bytes()).unwrap().try_into().unwrap()
    }

    #[test]
    fn the_vectors_of_the_standards_hold() {
        // RFC 8032, section 7.1, test 1.
        let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let public = bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        assert_eq!(ed25519_public(&seed), public);
        // RFC 7748, section 5.2: the base point is also the first private key.
        let mut nine = [0; 32];
        nine[0] = 9;
        let once = bytes("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
        assert_eq!(x25519_public(&nine), once);
    }
}
