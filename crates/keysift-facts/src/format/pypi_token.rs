//! PyPI API tokens: a macaroon in Base64, whose caveats say what the token may do.
//!
//! A macaroon of version 2 is fields of a tag, a length and bytes: location and identifier, an end, then each caveat
//! with an end, another end, and a signature of 32 bytes.

use serde_json::Value;

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64, json};

pub(super) const FORMAT: Format = Format {
    name: "pypi-token",
    summary: "Checks that a PyPI token is a macaroon; tells its domain, identifier and scope.",
    proof: Proof::Structure(Evidence::Vector),
    tells: &[
        (Evidence::Vector, &[FactKey::Domain, FactKey::TokenId]),
        (
            Evidence::Source,
            &[
                FactKey::Scope,
                FactKey::Expires,
                FactKey::NotBefore,
                FactKey::Project,
                FactKey::User,
                FactKey::Restriction,
            ],
        ),
    ],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

const PREFIX: &[u8] = b"pypi-";
const VERSION: u8 = 2;
const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;
const SIGNATURE_BYTES: usize = 32;

const NOT_A_MACAROON: &str = "the token is not a macaroon";

/// The most caveats that are told.
const MAX_CAVEATS: usize = 16;

/// What a token says.
struct Macaroon<'a> {
    location: &'a [u8],
    identifier: &'a [u8],
    caveats: Vec<&'a [u8]>,
}

/// Reads fields from the front of the bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next field of this tag; another tag is left where it is.
    fn field(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut after = Self(self.0);
        if after.byte()? != tag {
            return None;
        }
        // Lengths take seven bits a byte; two bytes are more than any token has.
        let first = usize::from(after.byte()?);
        let length = if first < 0x80 {
            first
        } else {
            (first & 0x7f) | usize::from(after.byte()?) << 7
        };
        let (value, rest) = after.0.split_at_checked(length)?;
        self.0 = rest;
        Some(value)
    }

    fn end(&mut self) -> Option<()> {
        (self.byte()? == END).then_some(())
    }
}

impl<'a> Macaroon<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != VERSION {
            return None;
        }
        let (location, identifier) = (reader.field(LOCATION)?, reader.field(IDENTIFIER)?);
        reader.end()?;
        let mut caveats = Vec::new();
        while let Some(caveat) = reader.field(IDENTIFIER) {
            reader.end()?;
            caveats.push(caveat);
        }
        reader.end()?;
        let signature = reader.field(SIGNATURE)?;
        (signature.len() == SIGNATURE_BYTES && reader.0.is_empty()).then_some(Self {
            location,
            identifier,
            caveats,
        })
    }
}

fn decode(secret: &[u8]) -> Option<Vec<u8>> {
    base64::decode(secret.strip_prefix(PREFIX)?)
}

fn check(secret: &[u8]) -> Validity {
    if !secret.starts_with(PREFIX) {
        return Validity::Unknown;
    }
    match decode(secret).as_deref().and_then(Macaroon::parse) {
        Some(_) => Validity::Valid,
        None => Validity::Invalid(Failure::Structure, NOT_A_MACAROON),
    }
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let bytes = decode(secret).unwrap_or_default();
    let Some(macaroon) = Macaroon::parse(&bytes) else {
        return facts;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    facts.add(FactKey::Domain, text(macaroon.location), Evidence::Vector);
    facts.add(
        FactKey::TokenId,
        text(macaroon.identifier),
        Evidence::Vector,
    );
    if macaroon.caveats.is_empty() {
        facts.add(FactKey::Scope, "the whole account", Evidence::Source);
    }
    for caveat in macaroon.caveats.iter().take(MAX_CAVEATS) {
        match serde_json::from_slice(caveat) {
            Ok(Value::Array(caveat)) => add_caveat(&mut facts, &caveat),
            Ok(caveat) => add_old_caveat(&mut facts, &caveat),
            Err(_) => {}
        }
    }
    facts
}

/// A caveat of today: a number that says which, and its arguments.
fn add_caveat(facts: &mut Facts, caveat: &[Value]) {
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Source);
    match caveat {
        [kind, not_after, not_before] if *kind == 0 => {
            add(FactKey::Expires, json::date(not_after));
            add(FactKey::NotBefore, json::date(not_before));
        }
        [kind, projects] if *kind == 1 => add(FactKey::Project, json::text(projects)),
        [kind, projects] if *kind == 2 => {
            add(
                FactKey::Restriction,
                json::text(projects).map(|ids| format!("project ids {ids}")),
            );
        }
        [kind, user] if *kind == 3 => add(FactKey::User, json::text(user)),
        _ => {}
    }
}

/// A caveat of the first years: `{"version": 1, "permissions": "user"}` or `{"projects": […]}` in its place.
fn add_old_caveat(facts: &mut Facts, caveat: &Value) {
    let projects = caveat.pointer("/permissions/projects").and_then(json::text);
    facts.add_some(FactKey::Project, projects, Evidence::Source);
    if caveat
        .pointer("/permissions")
        .is_some_and(|permissions| permissions == "user")
    {
        facts.add(FactKey::Scope, "the whole account", Evidence::Source);
    }
}

fn complete(secret: &mut Vec<u8>) {
    if check(secret) != Validity::Invalid(Failure::Structure, NOT_A_MACAROON) {
        return;
    }
    let digits = secret.len() - PREFIX.len();
    let random: Vec<u8> = secret.iter().skip(PREFIX.len()).copied().collect();
    let test = random.starts_with(b"AgENdGVzd");
    let location: &[u8] = if test { b"test.pypi.org" } else { b"pypi.org" };
    let mut bytes = vec![VERSION];
    let mut field = |tag: u8, value: &[u8]| {
        bytes.push(tag);
        let length = value.len();
        bytes.extend(if length < 0x80 {
            vec![length as u8]
        } else {
            vec![length as u8 | 0x80, (length >> 7) as u8]
        });
        bytes.extend_from_slice(value);
    };
    field(LOCATION, location);
    field(IDENTIFIER, b"00000000-1111-4222-8333-444444444444");
    let rest = base64::decoded_bytes(digits).saturating_sub(77 + location.len());
    bytes.push(END);
    if rest > 0 {
        // A caveat for a project whose name takes the room that is left; tag, length and end are not in it.
        let overhead = 3 + 8 + usize::from(rest > 130);
        let name = "p".repeat(rest.saturating_sub(overhead).clamp(1, 16_000));
        let caveat = format!(r#"[1,["{name}"]]"#);
        bytes.push(IDENTIFIER);
        let length = caveat.len();
        bytes.extend(if length < 0x80 {
            vec![length as u8]
        } else {
            vec![length as u8 | 0x80, (length >> 7) as u8]
        });
        bytes.extend_from_slice(caveat.as_bytes());
        bytes.push(END);
    }
    bytes.extend([END, SIGNATURE, SIGNATURE_BYTES as u8]);
    bytes.extend(
        random
            .iter()
            .copied()
            .chain(std::iter::repeat(b'x'))
            .take(SIGNATURE_BYTES),
    );
    secret.truncate(PREFIX.len());
    secret.extend_from_slice(base64::encode_url(&bytes).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token with these caveats.
    fn token(caveats: &[&str]) -> Vec<u8> {
        let mut bytes = vec![VERSION, LOCATION, 8];
        bytes.extend(b"pypi.org");
        bytes.extend([IDENTIFIER, 36]);
        bytes.extend(b"12345678-1234-4234-8234-123456789abc");
        bytes.push(END);
        for caveat in caveats {
            bytes.extend([IDENTIFIER, caveat.len() as u8]);
            bytes.extend(caveat.bytes());
            bytes.push(END);
        }
        bytes.extend([END, SIGNATURE, 32]);
        bytes.extend([7; 32]);
        [PREFIX, base64::encode_url(&bytes).as_bytes()].concat()
    }

    #[test]
    fn a_token_without_caveats_is_for_the_whole_account() {
        let token = token(&[]);
        assert_eq!(check(&token), Validity::Valid);
        let facts = facts(&token);
        assert_eq!(facts.get(FactKey::Domain), Some("pypi.org"));
        assert_eq!(
            facts.get(FactKey::TokenId),
            Some("12345678-1234-4234-8234-123456789abc")
        );
        assert_eq!(facts.get(FactKey::Scope), Some("the whole account"));
    }

    #[test]
    fn caveats_are_told() {
        let token = token(&[
            "[0,1700003600,1700000000]",
            r#"[1,["a","b"]]"#,
            "[2,[\"7\"]]",
            r#"[3,"u"]"#,
        ]);
        let facts = facts(&token);
        for (key, value) in [
            (FactKey::Expires, "2023-11-14T23:13:20Z"),
            (FactKey::NotBefore, "2023-11-14T22:13:20Z"),
            (FactKey::Project, "a b"),
            (FactKey::Restriction, "project ids 7"),
            (FactKey::User, "u"),
        ] {
            assert_eq!(facts.get(key), Some(value));
        }
        assert_eq!(facts.get(FactKey::Scope), None);
    }

    #[test]
    fn an_old_caveat_is_told() {
        let token = token(&[r#"{"version":1,"permissions":{"projects":["a"]}}"#]);
        assert_eq!(facts(&token).get(FactKey::Project), Some("a"));
    }

    #[test]
    fn a_truncated_token_is_none() {
        let token = token(&[]);
        for length in PREFIX.len()..token.len() {
            assert!(
                matches!(
                    check(&token[..length]),
                    Validity::Invalid(Failure::Structure, _)
                ),
                "{length}"
            );
        }
    }

    #[test]
    fn a_completed_token_is_valid_and_keeps_its_length() {
        for digits in 150..400 {
            let mut token = ["pypi-", "AgEIcHlwaS5vcmc", &"C".repeat(digits - 15)]
                .concat()
                .into_bytes();
            complete(&mut token);
            assert_eq!(check(&token), Validity::Valid);
            assert!(token.starts_with(b"pypi-AgEIcHlwaS5vcmc"));
            assert!(
                (digits + 5).abs_diff(token.len()) <= 2,
                "{digits} {}",
                token.len()
            );
        }
    }
}
