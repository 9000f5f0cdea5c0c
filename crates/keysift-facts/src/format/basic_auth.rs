//! HTTP basic authentication: Base64 of `user:password`.

use super::{Format, Input, Proof};
use crate::{Evidence, FactKey, Facts, Failure, Validity, base64, login};

/// What a secret of this format can say.
pub(super) const TELLS: &[(Evidence, &[FactKey])] = &[(Evidence::Documentation, &[FactKey::User])];

pub(super) const FORMAT: Format = Format {
    name: "basic-auth",
    summary: "Checks that Base64 decodes to a printable user:password and tells the user.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: TELLS,
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// Logins of documentation, as user and password.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("Aladdin", "open sesame"),
    ("admin", "admin"),
    ("admin", "password"),
    ("foo", "bar"),
    ("test", "test"),
    ("user", "pass"),
    ("user", "passwd"),
    ("user", "password"),
    ("username", "password"),
];

/// The decoded text. `None` if it is not printable or has no colon.
fn decode(secret: &[u8]) -> Option<String> {
    let mut text = String::from_utf8(base64::decode(secret)?).ok()?;
    // `echo login | base64` encodes the line end too.
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    (text.contains(':') && !text.contains(char::is_control)).then_some(text)
}

pub(super) fn check(secret: &[u8]) -> Validity {
    let text = decode(secret);
    let Some((user, password)) = text.as_deref().and_then(|text| text.split_once(':')) else {
        return Validity::Invalid(
            Failure::Structure,
            "the text is not Base64 of a printable user:password",
        );
    };
    match (user, password) {
        ("", "") => Validity::Invalid(Failure::Structure, "user and password are empty"),
        // An API key may stand in the place of the user.
        (_, "") => Validity::Unknown,
        login if PLACEHOLDERS.contains(&login) => {
            Validity::Doubtful("the login is a placeholder of documentation")
        }
        _ => Validity::Valid,
    }
}

pub(super) fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    if let Some((user, password)) = decode(secret)
        .as_deref()
        .and_then(|text| text.split_once(':'))
    {
        login::add_user(&mut facts, user, password);
    }
    facts
}

pub(super) fn complete(secret: &mut Vec<u8>) {
    if check(secret) == Validity::Valid || secret.len() < 8 {
        return;
    }
    let padding = secret
        .iter()
        .rev()
        .take_while(|byte| **byte == b'=')
        .count();
    let bytes = base64::decoded_bytes(secret.len() - padding);
    let letter = |byte: &u8| b'a' + byte % 26;
    let mut text: Vec<u8> = secret.iter().take(bytes).map(letter).collect();
    if let Some(middle) = text.get_mut(bytes / 3) {
        *middle = b':';
    }
    let mut encoded = base64::encode(&text);
    encoded.push_str(&"=".repeat(if padding > 0 {
        (4 - encoded.len() % 4) % 4
    } else {
        0
    }));
    *secret = encoded.into_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FactKey;

    fn encoded(text: &str) -> Vec<u8> {
        base64::encode(text.as_bytes()).into_bytes()
    }

    #[test]
    fn a_login_is_valid_and_tells_its_user() {
        for text in ["deploy:hunter2hunter2", "deploy:a:b\n", "deploy:pässword"] {
            assert_eq!(check(&encoded(text)), Validity::Valid);
            assert_eq!(facts(&encoded(text)).get(FactKey::User), Some("deploy"));
        }
        assert_eq!(check(&encoded(":hunter2")), Validity::Valid);
    }

    #[test]
    fn other_text_is_no_login() {
        for text in ["no colon", ":", "a\0b:c", ""] {
            assert!(
                matches!(
                    check(&encoded(text)),
                    Validity::Invalid(Failure::Structure, _)
                ),
                "{text:?}"
            );
        }
        assert!(matches!(
            check(b"not base64!"),
            Validity::Invalid(Failure::Structure, _)
        ));
    }

    #[test]
    fn placeholders_are_a_doubt() {
        assert!(matches!(
            check(&encoded("user:password")),
            Validity::Doubtful(_)
        ));
    }

    #[test]
    fn a_key_in_the_place_of_the_user_is_not_told() {
        assert_eq!(check(&encoded("api-key-1234:")), Validity::Unknown);
        assert!(facts(&encoded("api-key-1234:")).is_empty());
    }

    #[test]
    fn a_completed_login_is_valid_and_keeps_its_length() {
        for length in 8..40 {
            for padding in ["", "=", "=="] {
                let mut secret = ["Zx9".repeat(20)[..length].to_string(), padding.into()]
                    .concat()
                    .into_bytes();
                complete(&mut secret);
                assert_eq!(check(&secret), Validity::Valid, "{length}");
            }
        }
    }
}
