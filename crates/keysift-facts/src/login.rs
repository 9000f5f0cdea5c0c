//! A login: a user and a password.

use crate::{Evidence, FactKey, Facts};

/// What stands in the place of the password where the user part is a token.
const FILLERS: &[&str] = &["", "x", "x-oauth-basic"];

/// How long a run of letters and digits may be in a user name. Tokens have longer ones.
const MAX_USER_RUN: usize = 19;

/// Adds the user, unless that may be the secret itself.
pub(crate) fn add_user(facts: &mut Facts, user: &str, password: &str) {
    if !FILLERS.contains(&password) && !looks_like_a_token(user) {
        facts.add(FactKey::User, user, Evidence::Documentation);
    }
}

fn looks_like_a_token(user: &str) -> bool {
    // An AWS access key id is public, and the user name of Amazon's mail service.
    let access_key_id = user.len() == 20 && user.starts_with("AKIA");
    !access_key_id
        && user.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
            run.len() > MAX_USER_RUN
                && run.bytes().any(|byte| byte.is_ascii_digit())
                && run.bytes().any(|byte| byte.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(user: &str, password: &str) -> bool {
        let mut facts = Facts::new();
        add_user(&mut facts, user, password);
        facts.get(FactKey::User).is_some()
    }

    #[test]
    fn a_user_is_told() {
        for user in [
            "admin",
            "deploy+build@corp.example",
            "svc-at-123456789012",
            &["AK", "IAQAAAAAAAAAAAAAAA"].concat(),
        ] {
            assert!(told(user, "secret"), "{user}");
        }
    }

    #[test]
    fn a_token_in_the_place_of_the_user_is_not_told() {
        let token = ["gh", "p_", &"a1".repeat(18)].concat();
        assert!(!told(&token, "secret"));
        assert!(!told("short", "x-oauth-basic"));
        assert!(!told("short", ""));
    }
}
