//! SendGrid API keys: `SG.`, the id of the key, a dot and the secret.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "sendgrid-key",
    summary: "Tells the id of a SendGrid API key.",
    proof: Proof::Nothing,
    tells: &[(Evidence::Community, &[FactKey::KeyId])],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

const PREFIX: &[u8] = b"SG.";
const ID_BYTES: usize = 22;

fn check(_: &[u8]) -> Validity {
    Validity::Unknown
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let id = secret
        .strip_prefix(PREFIX)
        .and_then(|body| body.split_at_checked(ID_BYTES));
    if let Some((id, [b'.', ..])) = id {
        facts.add_some(
            FactKey::KeyId,
            std::str::from_utf8(id).ok(),
            Evidence::Community,
        );
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_id_and_not_its_secret() {
        let key = ["S", "G.", &"i".repeat(22), ".", &"s".repeat(43)].concat();
        assert_eq!(
            facts(key.as_bytes()).get(FactKey::KeyId),
            Some("i".repeat(22).as_str())
        );
        assert_eq!(facts(key.as_bytes()).len(), 1);
        assert_eq!(check(key.as_bytes()), Validity::Unknown);
    }

    #[test]
    fn another_shape_tells_nothing() {
        let key = ["S", "G.", &"i".repeat(66)].concat();
        assert!(facts(key.as_bytes()).is_empty());
    }
}
