//! JDBC URLs round a password: read as any URL with a login in it.

use super::{Format, Input, PLAIN, url_credentials};

pub(super) const FORMAT: Format = Format {
    name: "jdbc-url",
    summary: "Tells scheme, host, port, database and user that stand beside the password of a JDBC URL.",
    tells: url_credentials::TELLS,
    input: Input::Match,
    facts: url_credentials::facts,
    ..PLAIN
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FactKey;

    #[test]
    fn what_stands_beside_the_password_is_told() {
        let text = "jdbc:postgresql://db.internal:5432/orders?user=app&password=hunter2hunter2";
        let told = (FORMAT.facts)(text.as_bytes());
        assert_eq!(told.get(FactKey::Host), Some("db.internal"));
        assert_eq!(told.get(FactKey::Database), Some("orders"));
        assert_eq!(told.get(FactKey::User), Some("app"));
        assert!(told.iter().all(|fact| !fact.value.contains("hunter2")));
    }
}
