//! Twilio's string identifiers: two letters that tell the kind, and 32 hexadecimal digits.
//!
//! They are no secrets; they stand beside one. Twilio's glossary lists the letters.

use super::{Format, Input, PLAIN};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "twilio-sid",
    summary: "Tells the account and the API key that stand beside a Twilio secret.",
    tells: &[(Evidence::Documentation, &[FactKey::Account, FactKey::KeyId])],
    input: Input::Match,
    facts,
    ..PLAIN
};

const KINDS: &[(&[u8; 2], FactKey)] = &[(b"AC", FactKey::Account), (b"SK", FactKey::KeyId)];
const SID_BYTES: usize = 34;

fn facts(text: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    for word in text.split(|byte| !byte.is_ascii_alphanumeric()) {
        let is_sid = word.len() == SID_BYTES && word.iter().skip(2).all(is_hex);
        let kind = KINDS.iter().find(|(letters, _)| word.starts_with(*letters));
        if let Some((_, key)) = kind.filter(|(_, key)| is_sid && facts.get(*key).is_none()) {
            facts.add(*key, String::from_utf8_lossy(word), Evidence::Documentation);
        }
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_in_front_of_a_secret_is_told() {
        let account = ["A", "C", &"0f".repeat(16)].concat();
        let text = format!("{account}:{}", "ab".repeat(16));
        let told = facts(text.as_bytes());
        assert_eq!(told.get(FactKey::Account), Some(account.as_str()));
        assert_eq!(told.len(), 1);
        assert!(facts("ab".repeat(17).as_bytes()).is_empty());
    }
}
