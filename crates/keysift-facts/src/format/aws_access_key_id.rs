//! AWS access key ids and the other unique ids of IAM: the kind by prefix, and the account.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Validity};

pub(super) const FORMAT: Format = Format {
    name: "aws-access-key-id",
    summary: "Checks the alphabet of an AWS access key id and tells its kind and account.",
    proof: Proof::Structure(Evidence::Source),
    tells: &[
        (Evidence::Documentation, &[FactKey::Kind]),
        (Evidence::Source, &[FactKey::Account]),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

/// Prefixes and kinds, as IAM's reference on identifiers lists them.
const KINDS: &[(&[u8], &str)] = &[
    (b"ABIA", "STS service bearer token"),
    (b"ACCA", "context-specific credential"),
    (b"AGPA", "user group"),
    (b"AIDA", "IAM user"),
    (b"AIPA", "EC2 instance profile"),
    (b"AKIA", "access key"),
    (b"ANPA", "managed policy"),
    (b"ANVA", "version of a managed policy"),
    (b"APKA", "public key"),
    (b"AROA", "role"),
    (b"ASCA", "certificate"),
    (b"ASIA", "temporary access key"),
];

/// The number of base-32 digits after the prefix.
const BODY_BYTES: usize = 16;

/// The digits that hold the account: 48 bits and two to spare.
const ACCOUNT_DIGITS: usize = 10;

const LAST_ACCOUNT: u64 = 999_999_999_999;

fn parse(secret: &[u8]) -> Option<(&'static str, &[u8])> {
    let (kind, body) = KINDS
        .iter()
        .find_map(|(prefix, kind)| Some((*kind, secret.strip_prefix(*prefix)?)))?;
    let is_upper = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    (body.len() == BODY_BYTES && body.iter().all(is_upper)).then_some((kind, body))
}

/// The account that the body of a key holds. `None` for the older keys, which hold none.
fn account(body: &[u8]) -> Option<u64> {
    // The top bit is set in keys that hold an account, so that the first digit is Q or a later one.
    if !matches!(body.first()?, b'Q'..=b'Z' | b'2'..=b'7') {
        return None;
    }
    let bits = body
        .get(..ACCOUNT_DIGITS)?
        .iter()
        .try_fold(0_u64, |bits, byte| {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'2'..=b'7' => byte - b'2' + 26,
                _ => return None,
            };
            Some((bits << 5) | u64::from(digit))
        })?;
    // 50 bits were read; the account is bits 7 to 46 of the first 48.
    Some(((bits >> 2) & 0x7fff_ffff_ff80) >> 7)
}

fn check(secret: &[u8]) -> Validity {
    match parse(secret) {
        Some((_, body))
            if body
                .iter()
                .any(|byte| matches!(byte, b'0' | b'1' | b'8' | b'9')) =>
        {
            Validity::Doubtful(
                "the key id has a digit that base 32 does not have: it is made up or anonymised",
            )
        }
        Some((_, body)) if account(body).is_some_and(|account| account > LAST_ACCOUNT) => {
            Validity::Doubtful("the key id holds a number that no account can have")
        }
        _ => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((kind, body)) = parse(secret) {
        facts.add(FactKey::Kind, kind, Evidence::Documentation);
        if check(secret) == Validity::Unknown {
            facts.add_some(
                FactKey::Account,
                account(body).map(|id| format!("{id:012}")),
                Evidence::Source,
            );
        }
    }
    facts
}

/// Adds the account alone, where a key id names one.
pub(super) fn add_account(facts: &mut Facts, id: &[u8]) {
    let account = self::facts(id);
    facts.add_some(
        FactKey::Account,
        account.get(FactKey::Account),
        Evidence::Source,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key id of this account.
    fn key(prefix: &str, account: u64) -> Vec<u8> {
        let bits = (1 << 49) | (account << 9);
        let digits = (0..ACCOUNT_DIGITS)
            .rev()
            .map(|i| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> (5 * i) & 31) as usize]);
        prefix.bytes().chain(digits).chain(*b"ABCDEF").collect()
    }

    #[test]
    fn a_key_tells_its_account() {
        for (account, text) in [
            (1, "000000000001"),
            (123_456_789_012, "123456789012"),
            (LAST_ACCOUNT, "999999999999"),
        ] {
            for prefix in ["AKIA", "ASIA", "AROA"] {
                let key = key(prefix, account);
                assert_eq!(check(&key), Validity::Unknown);
                assert_eq!(facts(&key).get(FactKey::Account), Some(text));
            }
        }
    }

    #[test]
    fn the_account_is_the_one_that_the_published_script_prints() {
        for (body, account) in [
            ("QFAKEKEYFAKEKEYA", "010758672688"),
            ("RMADEUPMADEUPXYZ", "094495876056"),
            ("Y7MADE2UP3KEYABC", "617133319848"),
        ] {
            let key = ["AK", "IA", body].concat();
            assert_eq!(facts(key.as_bytes()).get(FactKey::Account), Some(account));
        }
    }

    #[test]
    fn an_older_key_has_no_account() {
        let key = ["AK", "IA", "IOSFODNN7QUUXABC"].concat();
        assert_eq!(check(key.as_bytes()), Validity::Unknown);
        assert_eq!(facts(key.as_bytes()).get(FactKey::Account), None);
    }

    #[test]
    fn what_no_key_can_have_is_a_doubt() {
        let mut anonymised = key("AKIA", 1);
        anonymised[19] = b'0';
        assert!(matches!(check(&anonymised), Validity::Doubtful(_)));
        assert!(matches!(
            check(&key("AKIA", LAST_ACCOUNT + 1)),
            Validity::Doubtful(_)
        ));
        assert_eq!(facts(&anonymised).get(FactKey::Account), None);
    }
}
