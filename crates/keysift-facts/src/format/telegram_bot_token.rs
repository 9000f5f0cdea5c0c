//! Telegram bot tokens: the bot's id, a colon and 35 characters.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "telegram-bot-token",
    summary: "Tells the id of a Telegram bot.",
    proof: Proof::Nothing,
    tells: &[(Evidence::Community, &[FactKey::Bot])],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

/// The most digits that an id has.
const MAX_ID_DIGITS: usize = 16;

fn id(secret: &[u8]) -> Option<&str> {
    // The prefix of the path may have been taken for a part of the token.
    let secret = secret.strip_prefix(b"bot").unwrap_or(secret);
    let id = secret.get(..secret.iter().position(|byte| *byte == b':')?)?;
    let is_id = (1..=MAX_ID_DIGITS).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(id).ok().filter(|_| is_id)
}

fn check(_: &[u8]) -> Validity {
    Validity::Unknown
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    facts.add_some(FactKey::Bot, id(secret), Evidence::Community);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_bot() {
        for prefix in ["", "bot"] {
            let token = [prefix, "1234567890:", "AA", &"x".repeat(33)].concat();
            assert_eq!(
                facts(token.as_bytes()).get(FactKey::Bot),
                Some("1234567890")
            );
            assert_eq!(check(token.as_bytes()), Validity::Unknown);
        }
        assert!(facts(b"user:password").is_empty());
    }
}
