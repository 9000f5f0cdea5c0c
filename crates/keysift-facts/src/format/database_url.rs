//! URLs of databases: read as any URL with a login in it.

use super::{Format, Input, Proof, url_credentials};
use crate::Evidence;

pub(super) const FORMAT: Format = Format {
    name: "database-url",
    summary: "Checks that the URL of a database has a password; tells scheme, user, host, port and database.",
    proof: Proof::Structure(Evidence::Documentation),
    tells: url_credentials::TELLS,
    input: Input::Secret,
    check: url_credentials::check,
    facts: url_credentials::facts,
    complete: None,
};

#[cfg(test)]
mod tests {
    use crate::FactKey;

    use super::*;

    #[test]
    fn a_replica_set_tells_its_hosts_and_database() {
        let text = [
            "mongodb+srv://app:",
            "hunter2@a.db.internal:27017,b.db.internal:27018/orders?tls=true",
        ]
        .concat();
        let facts = (FORMAT.facts)(text.as_bytes());
        let hosts: Vec<_> = facts
            .iter()
            .filter(|fact| fact.key == FactKey::Host)
            .map(|fact| fact.value.as_str())
            .collect();
        assert_eq!(hosts, ["a.db.internal", "b.db.internal"]);
        assert_eq!(facts.get(FactKey::Database), Some("orders"));
    }
}
