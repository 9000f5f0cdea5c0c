//! Logins in addresses: `scheme://user:password@host`, whatever the scheme.

use super::byte::is_name_byte;
use super::lexicon;
use super::shape;
use super::word::Traits;
use crate::blob::Span;
use crate::rule::Confidence;

/// The longest user name.
const MAX_USER_BYTES: usize = 80;

/// The longest password.
const MAX_PASSWORD_BYTES: usize = 255;

/// The shortest password that is looked at.
const MIN_PASSWORD_BYTES: usize = 3;

/// User and password of the address whose `://` ends at `from`; `None` when it has no password.
pub(super) fn login(hay: &[u8], from: usize) -> Option<(Span, Span)> {
    let user = hay[from..hay.len().min(from + MAX_USER_BYTES)]
        .iter()
        .position(|byte| ends_user(*byte))?;
    let start = from + user + 1;
    if hay[start - 1] != b':' {
        return None;
    }
    let limit = hay.len().min(start + MAX_PASSWORD_BYTES);
    let rest = &hay[start..limit];
    let length = rest
        .iter()
        .position(|byte| ends_address(*byte))
        .unwrap_or(rest.len());
    // The host holds no `@`, so that the last one before its end closes the login.
    let first = memchr::memchr(b'@', &rest[..length])?;
    let host_end = rest[first..length]
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#' | b','))
        .map_or(length, |end| first + end);
    let close = memchr::memrchr(b'@', &rest[..host_end]).unwrap_or(first);
    // A port and a path with an `@` in it are no password.
    let is_path = rest[..close].contains(&b'/') && rest[0].is_ascii_digit();
    let has_host = rest.get(close + 1).is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'[' | b'$' | b'{' | b'%')
    });
    (close >= MIN_PASSWORD_BYTES && has_host && !is_path)
        .then_some((Span::new(from, start - 1), Span::new(start, start + close)))
}

/// Whether a byte may stand behind `://` where a login does: the first of a user, or the colon behind none.
pub(super) fn may_begin_login(byte: u8) -> bool {
    byte == b':' || !ends_user(byte)
}

/// Whether a user, which may be empty, and a colon follow the `://` that ends at `from`: a port is not told from a login.
pub(super) fn has_user(hay: &[u8], from: usize) -> bool {
    let limit = hay.len().min(from.saturating_add(MAX_USER_BYTES));
    let end = hay[from.min(limit)..limit]
        .iter()
        .find(|byte| ends_user(**byte));
    end == Some(&b':')
}

/// What cannot stand in a user name; templates are told by what the password is.
fn ends_user(byte: u8) -> bool {
    !is_name_byte(byte)
        && byte < 128
        && !matches!(
            byte,
            b'-' | b'.' | b'~' | b'+' | b'%' | b'!' | b'=' | b'$' | b'{' | b'}'
        )
}

/// What ends an address in any text.
fn ends_address(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b'|' | b'(' | b')'
        )
}

/// How sure it is that the password of a login is one that opens something. There are too few addresses with a true one
/// to learn from, and their names tell nothing: what decides is whether anybody would write the password as an example.
pub(super) fn confidence(hay: &[u8], user: Span, password: Span) -> Confidence {
    let value = &hay[password.range()];
    let letters = value
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let is_worded = 2 * lexicon::wordiness(value).covered >= letters.max(1) && letters > 0;
    // Letters alone are an example's unless they are none that words have.
    let is_pronounced = letters == value.len() && lexicon::likelihoods(value).0 >= 0;
    let speaks = shape::traits(value).has(
        Traits::PASSWORD
            | Traits::SECRET
            | Traits::TOKEN
            | Traits::KEY
            | Traits::MADE_UP
            | Traits::ACCOUNT
            | Traits::TEXT,
    );
    // `pa$s`: a few letters with a sign among them are spelled, not drawn.
    let is_spelled = value.len() < 6 && !value.iter().all(u8::is_ascii_alphanumeric);
    let is_user = shape::likeness(&hay[user.range()], value) > 0;
    if is_worded || is_pronounced || is_spelled || speaks || is_user || shape::is_common(value) {
        Confidence::Low
    } else {
        Confidence::Medium
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<&str> {
        let from = text.find("://").unwrap() + 3;
        login(text.as_bytes(), from).map(|(_, password)| &text[password.range()])
    }

    #[test]
    fn a_password_that_anybody_would_write_as_an_example_is_of_low_confidence() {
        let sure = |text: &str| {
            let (user, password) = login(text.as_bytes(), text.find("://").unwrap() + 3).unwrap();
            confidence(text.as_bytes(), user, password)
        };
        for password in ["qzvxkf", "q7Zk2vX9", "327652", "a%40xk%23"] {
            let text = format!("pg://orders:{password}@localhost/orders");
            assert_eq!(sure(&text), Confidence::Medium, "{text}");
        }
        for password in [
            "password1",
            "letmein123",
            "orders",
            "lovelace",
            "123456",
            "test_321",
            "my-secret",
            "pa$s",
        ] {
            let text = format!("pg://orders:{password}@db.corp.io/orders");
            assert_eq!(sure(&text), Confidence::Low, "{text}");
        }
    }

    #[test]
    fn a_password_ends_at_the_last_sign_before_the_host() {
        for (text, wanted) in [
            ("mqtt://ops:q7Zk2v@broker:1883'", Some("q7Zk2v")),
            ("redis://:q7Zk2v@cache/0", Some("q7Zk2v")),
            ("pg://a%40b:q7@Zk2v@db/x", Some("q7@Zk2v")),
            ("amqp://ops:q7/Zk#2v@mq,mq2", Some("q7/Zk#2v")),
            ("http://a:q7Zk@h1/,http://b:u5Wm@h2/", Some("q7Zk")),
            ("http://host:8080/path@v1", None),
            ("http://host:8080/", None),
            ("http://user@host/", None),
            ("http://ops:pw@host", None),
            ("http://ops:q7Zk2v@", None),
            ("http://", None),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_no_password() {
        assert_eq!(read(&format!("x://u:{}@h", "a".repeat(300))), None);
        assert_eq!(read(&format!("x://{}:abcd@h", "u".repeat(300))), None);
    }
}
