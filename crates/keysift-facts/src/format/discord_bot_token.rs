//! Discord bot tokens: the bot's id in Base64, a time and a signature, with dots between.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64, time};

pub(super) const FORMAT: Format = Format {
    name: "discord-bot-token",
    summary: "Checks that a Discord token begins with an id; tells the bot and when it was created.",
    proof: Proof::Structure(Evidence::Community),
    tells: &[
        (Evidence::Community, &[FactKey::Bot]),
        (Evidence::Documentation, &[FactKey::Created]),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// The number of decimal digits that ids have.
const ID_DIGITS: std::ops::RangeInclusive<usize> = 17..=20;

/// Discord's ids count milliseconds from the beginning of 2015, above 22 bits of other things.
const EPOCH_MILLISECONDS: u64 = 1_420_070_400_000;
const OTHER_BITS: u32 = 22;

fn id(secret: &[u8]) -> Option<u64> {
    let digits = base64::decode(secret.split(|byte| *byte == b'.').next()?)?;
    let is_id = ID_DIGITS.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(&digits)
        .ok()
        .filter(|_| is_id)?
        .parse()
        .ok()
}

fn check(secret: &[u8]) -> Validity {
    match id(secret) {
        Some(_) => Validity::Valid,
        None if secret.iter().filter(|byte| **byte == b'.').count() != 2 => Validity::Unknown,
        None => Validity::Invalid(
            Failure::Structure,
            "the first part of the token is not an id",
        ),
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some(id) = id(secret) {
        let seconds = ((id >> OTHER_BITS) + EPOCH_MILLISECONDS) / 1000;
        facts.add(FactKey::Bot, id.to_string(), Evidence::Community);
        facts.add_some(
            FactKey::Created,
            time::rfc3339(seconds as i64),
            Evidence::Documentation,
        );
    }
    facts
}

fn complete(secret: &mut Vec<u8>) {
    let Some(end) = secret
        .iter()
        .position(|byte| *byte == b'.')
        .filter(|_| id(secret).is_none())
    else {
        return;
    };
    let digits = base64::decoded_bytes(end).clamp(17, 19);
    // The first character of the Base64 text says which digits may be first.
    let first = match secret[0] {
        b'N' => b'4',
        b'O' => b'8',
        _ => b'1',
    };
    let rest = secret[..end]
        .iter()
        .cycle()
        .skip(1)
        .take(digits - 1)
        .map(|byte| b'0' + byte % 10);
    let text: Vec<u8> = std::iter::once(first).chain(rest).collect();
    let part = base64::encode_url(&text);
    secret.splice(..end, part.bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_bot_and_when_it_was_created() {
        // The id that Discord's documentation takes apart.
        let token = [
            base64::encode_url(b"175928847299117063").as_str(),
            ".ABCDEF.",
            &"x".repeat(38),
        ]
        .concat();
        assert_eq!(check(token.as_bytes()), Validity::Valid);
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::Bot),
            Some("175928847299117063")
        );
        assert_eq!(
            facts(token.as_bytes()).get(FactKey::Created),
            Some("2016-04-30T11:18:25Z")
        );
    }

    #[test]
    fn a_first_part_that_is_no_id_is_no_token() {
        let token = ["x".repeat(24).as_str(), ".ABCDEF.", &"x".repeat(38)].concat();
        assert!(matches!(
            check(token.as_bytes()),
            Validity::Invalid(Failure::Structure, _)
        ));
        assert_eq!(check(b"mfa.abcdef"), Validity::Unknown);
    }

    #[test]
    fn a_completed_token_is_valid_and_begins_as_before() {
        for first in ["M", "N", "O"] {
            for length in [23, 24, 25, 26, 28] {
                let mut token = [
                    first,
                    &"zQ_".repeat(10)[1..length],
                    ".ABCDEF.",
                    &"x".repeat(38),
                ]
                .concat()
                .into_bytes();
                complete(&mut token);
                assert_eq!(check(&token), Validity::Valid);
                assert!(token.starts_with(first.as_bytes()));
            }
        }
    }
}
