//! URLs with a login in them. The secret may also be the password alone: then there is nothing to check.

use super::{Format, Input, Proof};
use crate::url::{self, Url};
use crate::{Evidence, FactKey, Facts, Failure, Validity, login};

/// What a secret of this format can say.
pub(super) const TELLS: &[(Evidence, &[FactKey])] = &[(
    Evidence::Documentation,
    &[
        FactKey::Scheme,
        FactKey::User,
        FactKey::Host,
        FactKey::Port,
        FactKey::Database,
    ],
)];

pub(super) const FORMAT: Format = Format {
    name: "url-credentials",
    summary: "Checks that a URL has a user and a password; tells scheme, user, host, port and database.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: TELLS,
    input: Input::Secret,
    check,
    facts,
    complete: None,
};

/// Schemes of databases, in which the path names a database. `+driver` may follow.
const DATABASES: &[&str] = &[
    "clickhouse",
    "cockroachdb",
    "db2",
    "jdbc:mariadb",
    "jdbc:mysql",
    "jdbc:postgresql",
    "jdbc:redshift",
    "mariadb",
    "mongodb",
    "mssql",
    "mysql",
    "mysql2",
    "neo4j",
    "oracle",
    "postgis",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "redshift",
    "sqlserver",
];

/// Schemes in which a login often has a password only.
const WITHOUT_USER: &[&str] = &["redis", "rediss", "valkey", "valkeys"];

/// The most hosts that are told of one URL.
const MAX_HOSTS: usize = 8;

pub(super) fn check(secret: &[u8]) -> Validity {
    let Ok(text) = std::str::from_utf8(secret) else {
        return Validity::Unknown;
    };
    if text.is_empty() {
        return Validity::Invalid(Failure::Structure, "there is no password");
    }
    let Some(url) = url::parse(text) else {
        return Validity::Unknown;
    };
    let user = url.login.map(|(user, _)| user);
    match password(&url) {
        Some("") => {
            return Validity::Invalid(Failure::Structure, "the password in the URL is empty");
        }
        None if user.is_none() => {
            return Validity::Invalid(Failure::Structure, "the URL has no login");
        }
        _ => {}
    }
    if user == Some("") && !WITHOUT_USER.contains(&base_scheme(url.scheme)) {
        return Validity::Invalid(Failure::Structure, "the user in the URL is empty");
    }
    let has_port =
        |(_, port): (&str, Option<&str>)| port.is_none_or(|port| port.parse::<u16>().is_ok());
    if !url.hosts().all(has_port) {
        return Validity::Doubtful("the port in the URL is not a number");
    }
    if url
        .login
        .is_some_and(|(user, _)| url::percent_decode(user).is_none())
    {
        return Validity::Doubtful("a percent sign in the user name encodes nothing");
    }
    Validity::Unknown
}

/// The password, from the login or from a parameter.
fn password<'a>(url: &Url<'a>) -> Option<&'a str> {
    url.login
        .and_then(|(_, password)| password)
        .or_else(|| url.parameter("password"))
        .or_else(|| url.parameter("pwd"))
}

/// The scheme without the driver: `mysql` of `mysql+pymysql`.
fn base_scheme(scheme: &str) -> &str {
    scheme.split('+').next().unwrap_or(scheme)
}

pub(super) fn facts(secret: &[u8]) -> Facts {
    let mut facts = Facts::new();
    let Some(url) = std::str::from_utf8(secret).ok().and_then(url::parse) else {
        return facts;
    };
    let evidence = Evidence::Documentation;
    facts.add(FactKey::Scheme, url.scheme.to_ascii_lowercase(), evidence);
    let user = url
        .login
        .map(|(user, _)| user)
        .or_else(|| url.parameter("user"))
        .or_else(|| url.parameter("username"));
    if let (Some(user), Some(password)) = (user, password(&url)) {
        login::add_user(
            &mut facts,
            &url::percent_decode(user).unwrap_or_default(),
            password,
        );
    }
    for (host, port) in url.hosts().take(MAX_HOSTS) {
        facts.add(FactKey::Host, host, evidence);
        facts.add_some(
            FactKey::Port,
            port.filter(|port| port.parse::<u16>().is_ok()),
            evidence,
        );
    }
    if DATABASES.contains(&base_scheme(&url.scheme.to_ascii_lowercase())) {
        facts.add_some(FactKey::Database, url.path.split('/').next(), evidence);
    }
    let named = url
        .parameter("databaseName")
        .or_else(|| url.parameter("database"));
    facts.add_some(FactKey::Database, named, evidence);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, key: FactKey) -> Option<String> {
        facts(text.as_bytes()).get(key).map(String::from)
    }

    #[test]
    fn a_url_tells_all_but_its_password() {
        let text = [
            "postgresql+psycopg2://app%2Bro:",
            "hunter2hunter2@db.internal:5433/orders?sslmode=require",
        ]
        .concat();
        assert_eq!(check(text.as_bytes()), Validity::Unknown);
        for (key, value) in [
            (FactKey::Scheme, "postgresql+psycopg2"),
            (FactKey::User, "app+ro"),
            (FactKey::Host, "db.internal"),
            (FactKey::Port, "5433"),
            (FactKey::Database, "orders"),
        ] {
            assert_eq!(told(&text, key).as_deref(), Some(value));
        }
        assert!(
            facts(text.as_bytes())
                .iter()
                .all(|fact| !fact.value.contains("hunter2"))
        );
    }

    #[test]
    fn a_jdbc_url_has_its_login_in_parameters() {
        for text in [
            "jdbc:postgresql://h:5432/db?user=app&password=pw",
            "jdbc:sqlserver://h:1433;databaseName=db;user=app;password=pw",
        ] {
            assert_eq!(check(text.as_bytes()), Validity::Unknown);
            assert_eq!(told(text, FactKey::User).as_deref(), Some("app"));
            assert_eq!(told(text, FactKey::Database).as_deref(), Some("db"));
        }
    }

    #[test]
    fn a_login_without_a_password_or_user_is_none() {
        for text in [
            "",
            "http://u:@h/",
            "http://:p@h/",
            "http://h/",
            "jdbc:mysql://h/db?user=u&password=",
        ] {
            assert!(
                matches!(
                    check(text.as_bytes()),
                    Validity::Invalid(Failure::Structure, _)
                ),
                "{text}"
            );
        }
        assert_eq!(check(b"redis://:p@h:6379/0"), Validity::Unknown);
        assert_eq!(check(b"just-a-password"), Validity::Unknown);
    }

    #[test]
    fn a_token_in_the_place_of_the_user_is_not_told() {
        let token = ["gh", "p_", &"a1".repeat(18)].concat();
        for text in [
            format!("https://{token}@github.com/o/r"),
            format!("https://{token}:x-oauth-basic@github.com/o/r"),
        ] {
            assert_eq!(told(&text, FactKey::User), None);
            assert_eq!(told(&text, FactKey::Host).as_deref(), Some("github.com"));
            assert_eq!(check(text.as_bytes()), Validity::Unknown);
        }
    }

    #[test]
    fn a_format_string_is_a_doubt() {
        for text in ["mysql://%s:%s@h/db", "mysql://u:p@h:%d/db"] {
            assert!(matches!(check(text.as_bytes()), Validity::Doubtful(_)));
        }
    }
}
