//! Names that hold a credential.

/// Whether a name is one of a credential. `AWS_SECRET_ACCESS_KEY`, `dbPassword`, `GITHUB_TOKEN`.
pub(super) fn names_credential(name: &str) -> bool {
    const WHOLE: &[&str] = &[
        "password",
        "passwd",
        "pwd",
        "pass",
        "secret",
        "secrets",
        "token",
        "apikey",
        "credential",
        "credentials",
        "passphrase",
        "pat",
        "authorization",
        "auth",
        "dsn",
    ];
    const PAIRS: &[(&str, &str)] = &[
        ("api", "key"),
        ("access", "key"),
        ("private", "key"),
        ("account", "key"),
        ("signing", "key"),
        ("encryption", "key"),
        ("service", "key"),
        ("storage", "key"),
        ("secret", "key"),
        ("license", "key"),
        ("connection", "string"),
        ("database", "url"),
    ];
    // What tells of a credential without being one.
    const PUBLIC: &[&str] = &[
        "id",
        "name",
        "file",
        "path",
        "url",
        "uri",
        "endpoint",
        "ttl",
        "expiry",
        "expiration",
        "length",
        "type",
        "enabled",
        "timeout",
        "arn",
        "username",
        "user",
        "host",
        "port",
        "dir",
        "policy",
        "header",
        "provider",
        "issuer",
        "audience",
        "algorithm",
        "size",
        "public",
    ];
    let words = words(name);
    let is_pair = words.windows(2).any(|pair| {
        let pair = (pair[0].as_str(), pair[1].as_str());
        PAIRS.contains(&pair)
    });
    if words
        .last()
        .is_some_and(|last| PUBLIC.contains(&last.as_str()))
    {
        return words.ends_with(&["database".to_owned(), "url".to_owned()]);
    }
    is_pair || words.iter().any(|word| WHOLE.contains(&word.as_str()))
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        let is_end = !letter.is_ascii_alphanumeric();
        if (is_end || (was_lower && letter.is_ascii_uppercase()))
            && words.last().is_some_and(|word| !word.is_empty())
        {
            words.push(String::new());
        }
        if let (false, Some(word)) = (is_end, words.last_mut()) {
            word.push(letter.to_ascii_lowercase());
        }
        was_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_told_from_names_about_them() {
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "dbPassword",
            "GITHUB_TOKEN",
            "api-key",
            "DATABASE_URL",
            "clientSecret",
        ] {
            assert!(names_credential(name), "{name}");
        }
        for name in [
            "AWS_ACCESS_KEY_ID",
            "TOKEN_URL",
            "passwordLength",
            "author",
            "keyboard",
            "SECRET_NAME",
            "compass",
        ] {
            assert!(!names_credential(name), "{name}");
        }
    }
}
