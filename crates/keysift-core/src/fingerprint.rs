//! The stable name of a secret, the same wherever and whenever it is seen.
//!
//! A fingerprint is keyed by the rule's family and the secret, never by line, path or commit. The default key is
//! public, so that fingerprints agree between machines; a secret that a dictionary could hold therefore gets so few
//! bits that thousands of words have the same name. With a key of one's own every secret gets all bits.

use std::fmt;

use crate::check::entropy;
use crate::rule::Rule;

/// A secret with at least this much Shannon entropy, in bits over its whole length, is in no dictionary.
const STRONG_BITS: f64 = 72.0;

/// A weak secret's fingerprint under the public key: of a million words, about 250 share each of its 4,096 values.
const WEAK_BITS: u32 = 12;

/// The hexadecimal digits of a fingerprint, and of a weak one.
const DIGITS: usize = 32;
const WEAK_DIGITS: usize = WEAK_BITS as usize / 4;

/// What fingerprints are keyed with.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerprintKey {
    key: [u8; 32],
    is_public: bool,
}

impl FingerprintKey {
    /// A key derived from secret material of one's own; every fingerprint then has all its bits.
    pub fn from_material(material: &[u8]) -> Self {
        Self {
            key: blake3::derive_key("keysift fingerprint key v1", material),
            is_public: false,
        }
    }

    /// A key derived from material that others can read, such as a baseline's header; weak secrets get few bits, as
    /// under the default key.
    pub fn from_public_material(material: &[u8]) -> Self {
        Self {
            key: blake3::derive_key("keysift fingerprint key v1", material),
            is_public: true,
        }
    }
}

impl Default for FingerprintKey {
    /// The public key, the same in every installation.
    fn default() -> Self {
        Self {
            key: blake3::derive_key("keysift fingerprint key v1", b""),
            is_public: true,
        }
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_public {
            "FingerprintKey(public)"
        } else {
            "FingerprintKey(own)"
        })
    }
}

/// The stable name of a secret. `Display` gives 32 hexadecimal digits, or `weak-` and three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    bits: u128,
    is_weak: bool,
}

impl Fingerprint {
    /// The fingerprint of a secret that `rule` found.
    pub fn of(rule: &Rule, secret: &[u8], key: &FingerprintKey) -> Self {
        let mut hasher = blake3::Hasher::new_keyed(&key.key);
        hasher.update(&(rule.family.len() as u64).to_le_bytes());
        hasher.update(rule.family.as_bytes());
        hasher.update(secret);
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        let bits = u128::from_be_bytes(bytes);
        if key.is_public && is_weak(rule, secret) {
            return Self {
                bits: bits >> (128 - WEAK_BITS),
                is_weak: true,
            };
        }
        Self {
            bits,
            is_weak: false,
        }
    }

    /// Reads what `Display` wrote; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let (digits, is_weak) = match text.strip_prefix("weak-") {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let length = if is_weak { WEAK_DIGITS } else { DIGITS };
        let bits = u128::from_str_radix(digits, 16).ok()?;
        (digits.len() == length && digits.bytes().all(is_digit)).then_some(Self { bits, is_weak })
    }

    /// Whether the secret was guessable and the key public, so that different secrets often share this name.
    pub fn is_weak(self) -> bool {
        self.is_weak
    }
}

fn is_weak(rule: &Rule, secret: &[u8]) -> bool {
    rule.kind.is_chosen_by_people()
        || entropy::bits_per_byte(secret) * (secret.len() as f64) < STRONG_BITS
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_weak {
            write!(f, "weak-{:03x}", self.bits)
        } else {
            write!(f, "{:032x}", self.bits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_was_written() {
        for text in ["032699d194b33db0aba6ddeaf466649a", "weak-0a7"] {
            assert_eq!(Fingerprint::from_text(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        for text in [
            "",
            "weak-",
            "weak-0a70",
            "weak-+a7",
            "0a7",
            "032699D194B33DB0ABA6DDEAF466649A",
            "+32699d194b33db0aba6ddeaf466649a",
            "032699d194b33db0aba6ddeaf466649a0",
        ] {
            assert_eq!(Fingerprint::from_text(text), None, "{text}");
        }
    }
}
