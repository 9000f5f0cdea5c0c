//! Atlassian API tokens `ATATT3…` and `ATCTT3…`: an equals sign and a CRC-32 in 8 hexadecimal digits end them.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity};

pub(super) const FORMAT: Format = Format {
    name: "atlassian-token",
    summary: "Checks the CRC-32 of an Atlassian token and tells its kind.",
    proof: Proof::Checksum(Evidence::Vector),
    tells: &[(Evidence::Community, &[FactKey::Kind])],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const KINDS: &[(&[u8], &str)] = &[
    (b"ATATT3", "API token of a user"),
    (
        b"ATCTT3",
        "access token of an organization, workspace, project or repository",
    ),
];

const CHECKSUM_DIGITS: usize = 8;

/// How the equals sign stands in a URL.
const ESCAPED: &[u8] = b"%3D";

fn kind(secret: &[u8]) -> Option<&'static str> {
    KINDS
        .iter()
        .find(|(prefix, _)| secret.starts_with(prefix))
        .map(|(_, kind)| *kind)
}

/// What stands before the equals sign, and the checksum. `None` for a token without one.
fn parse(secret: &[u8]) -> Option<(&[u8], &[u8])> {
    kind(secret)?;
    let (text, checksum) = secret.split_at_checked(secret.len().checked_sub(CHECKSUM_DIGITS)?)?;
    let text = text
        .strip_suffix(b"=")
        .or_else(|| text.strip_suffix(ESCAPED))?;
    Some((text, checksum))
}

fn checksum(text: &[u8]) -> String {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(text);
    hasher.update(b"=");
    format!("{:08X}", hasher.finalize())
}

fn check(secret: &[u8]) -> Validity {
    match parse(secret) {
        Some((text, found)) if checksum(text).as_bytes() == found => Validity::Valid,
        Some(_) => Validity::Invalid(
            Failure::Checksum,
            "the CRC-32 at the end of the token is wrong",
        ),
        None => Validity::Unknown,
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    facts.add_some(FactKey::Kind, kind(secret), Evidence::Community);
    facts
}

fn complete(secret: &mut Vec<u8>) {
    if let Some(checksum) = parse(secret).map(|(text, _)| checksum(text)) {
        secret.truncate(secret.len() - CHECKSUM_DIGITS);
        secret.extend_from_slice(checksum.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_token_is_valid_and_one_changed_character_is_not() {
        for (prefix, equals) in [("ATAT", "="), ("ATCT", "="), ("ATAT", "%3D")] {
            let mut token = [prefix, "T3xFfGF0", &"aB-_".repeat(42), equals, "00000000"]
                .concat()
                .into_bytes();
            complete(&mut token);
            assert_eq!(check(&token), Validity::Valid);
            token[20] = b'#';
            assert!(matches!(
                check(&token),
                Validity::Invalid(Failure::Checksum, _)
            ));
        }
    }

    #[test]
    fn an_older_token_has_nothing_to_check() {
        assert_eq!(check(b"abcdefghijklmnopqrstuvwx"), Validity::Unknown);
        assert_eq!(check(b"ATATT3"), Validity::Unknown);
    }
}
