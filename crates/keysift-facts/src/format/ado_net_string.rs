//! Connection strings of ADO.NET and ODBC around a password: server, database and user stand beside it.

use super::{Format, Input, PLAIN, azure_connection_string};

pub(super) const FORMAT: Format = Format {
    name: "ado-net-string",
    summary: "Tells host, port, database and user that stand beside the password of a connection string.",
    tells: azure_connection_string::FORMAT.tells,
    input: Input::Match,
    facts: azure_connection_string::FORMAT.facts,
    ..PLAIN
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FactKey;

    #[test]
    fn what_stands_beside_the_password_is_told() {
        let text =
            "Server=tcp:db.internal,1433;Database=orders;User Id=app;Password=hunter2hunter2";
        let told = (FORMAT.facts)(text.as_bytes());
        for (key, value) in [
            (FactKey::Host, "db.internal"),
            (FactKey::Port, "1433"),
            (FactKey::Database, "orders"),
            (FactKey::User, "app"),
        ] {
            assert_eq!(told.get(key), Some(value));
        }
        assert!(told.iter().all(|fact| !fact.value.contains("hunter2")));
    }
}
