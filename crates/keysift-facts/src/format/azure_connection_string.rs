//! Azure connection strings: `Name=value` with semicolons between, also those of SQL databases.

use super::{Format, Input, Proof, azure_storage_key};
use crate::{Evidence, FactKey, Facts, Failure, Validity, login};

pub(super) const FORMAT: Format = Format {
    name: "azure-connection-string",
    summary: "Checks that a connection string has a key; tells account, host, user, database and the name of the key.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: &[(
        Evidence::Documentation,
        &[
            FactKey::Account,
            FactKey::Database,
            FactKey::Domain,
            FactKey::Host,
            FactKey::KeyId,
            FactKey::Name,
            FactKey::Port,
            FactKey::User,
        ],
    )],
    input: Input::Secret,
    check,
    facts,
    complete: Some(complete),
};

/// The members that are told, by their name in lower case.
const MEMBERS: &[(&str, FactKey)] = &[
    ("accountname", FactKey::Account),
    ("endpointsuffix", FactKey::Domain),
    ("sharedaccesskeyname", FactKey::KeyId),
    ("id", FactKey::KeyId),
    ("deviceid", FactKey::Name),
    ("entitypath", FactKey::Name),
    ("database", FactKey::Database),
    ("initial catalog", FactKey::Database),
];

/// The members that name a host or the URL of one.
const HOSTS: &[&str] = &[
    "endpoint",
    "accountendpoint",
    "blobendpoint",
    "hostname",
    "server",
    "data source",
    "address",
    "addr",
];

/// The members that hold a secret.
const SECRETS: &[&str] = &[
    "accountkey",
    "sharedaccesskey",
    "accesskey",
    "secret",
    "password",
    "pwd",
    "sharedaccesssignature",
];

const USERS: &[&str] = &["user id", "uid", "user", "username"];

/// Names and values; the names in lower case.
fn members(text: &str) -> impl Iterator<Item = (String, &str)> {
    text.split(';').filter_map(|member| {
        let (name, value) = member.split_once('=')?;
        Some((
            name.trim()
                .trim_start_matches(['"', '\''])
                .to_ascii_lowercase(),
            value.trim(),
        ))
    })
}

fn check(secret: &[u8]) -> Validity {
    let Ok(text) = std::str::from_utf8(secret) else {
        return Validity::Unknown;
    };
    let mut verdict = Validity::Unknown;
    for (name, value) in members(text).filter(|(name, _)| SECRETS.contains(&name.as_str())) {
        if value.is_empty() {
            return Validity::Invalid(
                Failure::Structure,
                "the key or password in the connection string is empty",
            );
        }
        if name == "accountkey" {
            verdict = azure_storage_key::check(value.as_bytes());
        }
    }
    verdict
}

fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Ok(text) = std::str::from_utf8(secret) else {
        return facts;
    };
    let mut user = None;
    let mut password = None;
    for (name, value) in members(text) {
        let name = name.as_str();
        if let Some((_, key)) = MEMBERS.iter().find(|(member, _)| *member == name) {
            facts.add(*key, value, Evidence::Documentation);
        } else if HOSTS.contains(&name) {
            add_host(&mut facts, value);
        } else if USERS.contains(&name) {
            user = Some(value);
        } else if SECRETS.contains(&name) {
            password = Some(value);
        }
    }
    if let (Some(user), Some(password)) = (user, password) {
        login::add_user(&mut facts, user, password);
    }
    facts
}

/// A host as `sb://host/`, `tcp:host,1433`, `host:port` or by itself.
fn add_host(facts: &mut Facts, value: &str) {
    let host = value.split_once("://").map_or(value, |(_, rest)| rest);
    let host = host.strip_prefix("tcp:").unwrap_or(host);
    let host = host.split('/').next().unwrap_or_default();
    let (host, port) = host
        .split_once([',', ':'])
        .map_or((host, None), |(host, port)| (host, Some(port)));
    facts.add(FactKey::Host, host, Evidence::Documentation);
    facts.add_some(
        FactKey::Port,
        port.filter(|port| port.parse::<u16>().is_ok()),
        Evidence::Documentation,
    );
}

fn complete(secret: &mut Vec<u8>) {
    const NAME: &[u8] = b"accountkey=";
    let lower = secret.to_ascii_lowercase();
    let Some(start) = lower.windows(NAME.len()).position(|window| window == NAME) else {
        return;
    };
    let start = start + NAME.len();
    let end = secret[start..]
        .iter()
        .position(|byte| *byte == b';')
        .map_or(secret.len(), |length| start + length);
    let mut key = secret[start..end].to_vec();
    azure_storage_key::complete(&mut key);
    secret.splice(start..end, key);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, key: FactKey) -> Option<String> {
        facts(text.as_bytes()).get(key).map(String::from)
    }

    fn storage() -> Vec<u8> {
        let key = [&"aB3/".repeat(19), "+A", "St", "AAAAAA=="].concat();
        [
            "DefaultEndpointsProtocol=https;Account",
            "Name=acct1;Account",
            "Key=",
            &key,
            ";EndpointSuffix=core.windows.net",
        ]
        .concat()
        .into_bytes()
    }

    #[test]
    fn a_storage_account_is_told_and_its_key_checked() {
        let mut text = storage();
        assert!(matches!(
            check(&text),
            Validity::Invalid(Failure::Checksum, _)
        ));
        complete(&mut text);
        assert_eq!(check(&text), Validity::Valid);
        let text = String::from_utf8(text).unwrap();
        assert_eq!(told(&text, FactKey::Account).as_deref(), Some("acct1"));
        assert_eq!(
            told(&text, FactKey::Domain).as_deref(),
            Some("core.windows.net")
        );
        assert!(
            facts(text.as_bytes())
                .iter()
                .all(|fact| !fact.value.contains("aB3/"))
        );
    }

    #[test]
    fn a_service_bus_policy_is_told() {
        let text = [
            "Endpoint=sb://ns1.servicebus.windows.net/;SharedAccess",
            "KeyName=Root;SharedAccess",
            "Key=made-up",
        ]
        .concat();
        assert_eq!(check(text.as_bytes()), Validity::Unknown);
        assert_eq!(
            told(&text, FactKey::Host).as_deref(),
            Some("ns1.servicebus.windows.net")
        );
        assert_eq!(told(&text, FactKey::KeyId).as_deref(), Some("Root"));
    }

    #[test]
    fn a_sql_login_is_told() {
        let text = "Server=tcp:srv.database.windows.net,1433;Initial Catalog=orders;User ID=app;Password=made-up;";
        for (key, value) in [
            (FactKey::Host, "srv.database.windows.net"),
            (FactKey::Port, "1433"),
            (FactKey::Database, "orders"),
            (FactKey::User, "app"),
        ] {
            assert_eq!(told(text, key).as_deref(), Some(value));
        }
    }

    #[test]
    fn an_empty_key_is_none() {
        for text in ["AccountName=a;AccountKey=;", "Server=h;Password="] {
            assert!(matches!(
                check(text.as_bytes()),
                Validity::Invalid(Failure::Structure, _)
            ));
        }
    }
}
