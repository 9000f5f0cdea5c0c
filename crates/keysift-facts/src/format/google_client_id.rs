//! OAuth client ids of Google: the number of the project, a name, and `.apps.googleusercontent.com`.
//!
//! They are no secrets; they stand beside one.

use super::{Format, Input, PLAIN};
use crate::{Evidence, FactKey, Facts};

pub(super) const FORMAT: Format = Format {
    name: "google-client-id",
    summary: "Tells the OAuth client and the project number that stand beside a secret of Google.",
    tells: &[
        (Evidence::Documentation, &[FactKey::Client]),
        (Evidence::Community, &[FactKey::Project]),
    ],
    input: Input::Match,
    facts,
    ..PLAIN
};

const DOMAIN: &str = ".apps.googleusercontent.com";

/// The most that stands before the domain.
const MAX_NAME_BYTES: usize = 64;

fn facts(text: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let text = String::from_utf8_lossy(text);
    let Some((before, _)) = text.split_once(DOMAIN) else {
        return facts;
    };
    let name = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .next()
        .unwrap_or_default();
    if !(1..=MAX_NAME_BYTES).contains(&name.len()) {
        return facts;
    }
    facts.add(
        FactKey::Client,
        format!("{name}{DOMAIN}"),
        Evidence::Documentation,
    );
    let number = name.split('-').next();
    let number = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    facts.add_some(FactKey::Project, number, Evidence::Community);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_names_its_project() {
        let text = r#""client_id": "123456789012-abcdef.apps.googleusercontent.com""#;
        let told = facts(text.as_bytes());
        assert_eq!(told.get(FactKey::Project), Some("123456789012"));
        let client = "123456789012-abcdef.apps.googleusercontent.com";
        assert_eq!(told.get(FactKey::Client), Some(client));
    }

    #[test]
    fn a_name_must_stand_before_the_domain() {
        assert!(facts(b".apps.googleusercontent.com").is_empty());
        assert!(facts(b"name.googleusercontent.com").is_empty());
        let named = "éname.apps.googleusercontent.com";
        assert_eq!(facts(named.as_bytes()).len(), 1);
    }
}
