//! Shared access signatures of Azure Storage: what they allow stands in the parameters beside the signature.
//!
//! The parameters are those of Microsoft's pages on account, service and user delegation SAS.

use super::{Format, Input, PLAIN};
use crate::{Evidence, FactKey, Facts, url};

pub(super) const FORMAT: Format = Format {
    name: "azure-sas",
    summary: "Tells kind, permissions, times, addresses and delegating identity of a shared access signature.",
    tells: &[(
        Evidence::Documentation,
        &[
            FactKey::Kind,
            FactKey::Version,
            FactKey::Scope,
            FactKey::NotBefore,
            FactKey::Expires,
            FactKey::Restriction,
            FactKey::Name,
            FactKey::ObjectId,
            FactKey::Tenant,
        ],
    )],
    input: Input::Match,
    facts,
    ..PLAIN
};

/// The most parameters that are read.
const MAX_PARAMETERS: usize = 64;

/// The names of permissions, by their letters.
const PERMISSIONS: &[(char, &str)] = &[
    ('r', "read"),
    ('a', "add"),
    ('c', "create"),
    ('w', "write"),
    ('d', "delete"),
    ('x', "delete versions"),
    ('y', "delete for ever"),
    ('l', "list"),
    ('t', "tags"),
    ('f', "filter"),
    ('m', "move"),
    ('e', "execute"),
    ('o', "change owner"),
    ('p', "change permissions"),
    ('u', "update"),
    ('i', "set immutability"),
];

/// What narrows the use, by the names of parameters.
const RESTRICTIONS: &[(&str, &str)] = &[
    ("ss", "services"),
    ("srt", "resource types"),
    ("sr", "resource"),
    ("sip", "addresses"),
    ("spr", "protocols"),
];

/// Names and values. Between them stands an ampersand, as it is or as URLs, JSON and HTML escape it.
fn parameters(text: &str) -> Vec<(String, String)> {
    let text = text
        .replace("\\u0026", "&")
        .replace("&amp;", "&")
        .replace("%26", "&");
    text.split(['&', '?', ';'])
        .take(MAX_PARAMETERS)
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(name, value)| {
            let value = url::percent_decode(value).unwrap_or_default();
            (!value.is_empty()).then(|| (name.to_ascii_lowercase(), value))
        })
        .collect()
}

fn permissions(letters: &str) -> String {
    let mut names = Vec::new();
    for letter in letters.chars().take(PERMISSIONS.len()) {
        let name = PERMISSIONS.iter().find(|(known, _)| *known == letter);
        names.push(name.map_or_else(|| letter.to_string(), |(_, name)| (*name).to_string()));
    }
    names.join(", ")
}

fn facts(text: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let parameters = parameters(&String::from_utf8_lossy(text));
    let value = |name: &str| {
        let found = parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    if value("sig").is_none() || value("sv").is_none() {
        return facts;
    }
    let mut add = |key, value: Option<String>| facts.add_some(key, value, Evidence::Documentation);
    let kind = match (value("skoid"), value("ss")) {
        (Some(_), _) => "user delegation SAS",
        (None, Some(_)) => "account SAS",
        (None, None) => "service SAS",
    };
    add(FactKey::Kind, Some(kind.into()));
    add(FactKey::Version, value("sv"));
    add(
        FactKey::Scope,
        value("sp").map(|letters| permissions(&letters)),
    );
    add(FactKey::NotBefore, value("st"));
    add(FactKey::Expires, value("se"));
    for (name, label) in RESTRICTIONS {
        add(
            FactKey::Restriction,
            value(name).map(|value| format!("{label} {value}")),
        );
    }
    // Times and permissions may be those of a policy that is stored with the container, and can be withdrawn there.
    add(
        FactKey::Name,
        value("si").map(|policy| format!("stored policy {policy}")),
    );
    add(FactKey::ObjectId, value("skoid"));
    add(FactKey::Tenant, value("sktid"));
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "sig=bWFkZS11cC1zaWduYXR1cmUtYnl0ZXMtMDEyMzQ1Njc%3D";

    #[test]
    fn an_account_signature_tells_what_it_allows() {
        let text = format!(
            "sv=2022-11-02&ss=bf&srt=co&sp=rwl&se=2026-01-01T00%3A00%3A00Z&st=2025-01-01T00:00:00Z&spr=https&{SIGNATURE}"
        );
        for text in [
            text.clone(),
            text.replace('&', "&amp;"),
            text.replace('&', "\\u0026"),
        ] {
            let told = facts(text.as_bytes());
            for (key, value) in [
                (FactKey::Kind, "account SAS"),
                (FactKey::Scope, "read, write, list"),
                (FactKey::Expires, "2026-01-01T00:00:00Z"),
                (FactKey::NotBefore, "2025-01-01T00:00:00Z"),
                (FactKey::Restriction, "services bf"),
            ] {
                assert_eq!(told.get(key), Some(value), "{text}");
            }
            assert!(told.iter().all(|fact| !fact.value.contains("bWFk")));
        }
    }

    #[test]
    fn a_delegated_signature_names_who_delegated() {
        let text = format!("sv=2022-11-02&sr=b&sp=r&skoid=o-1&sktid=t-1&sip=192.0.2.0&{SIGNATURE}");
        let told = facts(text.as_bytes());
        assert_eq!(told.get(FactKey::Kind), Some("user delegation SAS"));
        assert_eq!(told.get(FactKey::ObjectId), Some("o-1"));
        assert_eq!(told.get(FactKey::Tenant), Some("t-1"));
        assert!(told.iter().any(|fact| fact.value == "addresses 192.0.2.0"));
    }

    #[test]
    fn without_a_signature_there_is_nothing() {
        for text in ["", "sv=2022-11-02&sp=r", "sig=x", "sv=&sig="] {
            assert!(facts(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
