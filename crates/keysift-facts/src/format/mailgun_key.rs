//! Mailgun API keys: nothing in them is known to be checked or told.

use super::{Format, Input, Proof};
use crate::{Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "mailgun-key",
    summary: "Stands for Mailgun API keys, which say nothing of themselves.",
    proof: Proof::Nothing,
    tells: &[],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

fn check(_: &[u8]) -> Validity {
    Validity::Unknown
}

fn facts(_: &[u8]) -> Facts {
    Facts::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_nothing_to_check_or_tell() {
        let key = ["ke", "y-", &"0a".repeat(16)].concat();
        assert_eq!(check(key.as_bytes()), Validity::Unknown);
        assert!(facts(key.as_bytes()).is_empty());
    }
}
