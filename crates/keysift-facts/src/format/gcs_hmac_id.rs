//! Access ids of HMAC keys of Google Cloud Storage: 61 characters for a service account, 24 for a user.
//!
//! They are no secrets; they stand beside one. Google's page on HMAC keys gives the lengths.

use super::{Format, Input, PLAIN};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "gcs-hmac-id",
    summary: "Tells the access id that stands beside a secret of Google Cloud Storage, and what it belongs to.",
    tells: &[(Evidence::Documentation, &[FactKey::Kind, FactKey::KeyId])],
    input: Input::Match,
    facts,
    ..PLAIN
};

fn facts(text: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let id = text
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| word.starts_with(b"GOOG"))
        .find_map(|word| match word.len() {
            61 => Some((word, "HMAC key of a service account")),
            24 => Some((word, "HMAC key of a user")),
            _ => None,
        });
    if let Some((word, kind)) = id {
        let word = String::from_utf8_lossy(word);
        facts.add(FactKey::Kind, kind, Evidence::Documentation);
        facts.add(FactKey::KeyId, word, Evidence::Documentation);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_tells_whose_it_is() {
        for (length, kind) in [
            (57, Some("HMAC key of a service account")),
            (20, Some("HMAC key of a user")),
            (30, None),
        ] {
            let id = ["GO", "OG", &"A".repeat(length)].concat();
            let text = format!("key = {id} secret = x");
            assert_eq!(facts(text.as_bytes()).get(FactKey::Kind), kind);
        }
    }
}
