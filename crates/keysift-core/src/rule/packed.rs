//! How those fields of a rule are packed that serde cannot pack by itself.

/// Checks, by their names.
pub(super) mod checks {
    use keysift_facts::Format;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        checks: &[&'static Format],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(checks.iter().map(|format| format.name))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<&'static Format>, D::Error> {
        let names = Vec::<&str>::deserialize(deserializer)?;
        let format = |name: &str| {
            keysift_facts::format(name)
                .ok_or_else(|| D::Error::custom(format_args!("unknown check {name:?}")))
        };
        names.into_iter().map(format).collect()
    }
}

/// A table that is kept as it was written, as TOML: it holds values of any kind.
pub(super) mod verify {
    use serde::de::Error as _;
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use toml::Table;

    pub(crate) fn serialize<S: Serializer>(
        table: &Option<Table>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = table.as_ref().map(toml::to_string).transpose();
        text.map_err(S::Error::custom)?.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Table>, D::Error> {
        let text = Option::<&str>::deserialize(deserializer)?;
        text.map(toml::from_str)
            .transpose()
            .map_err(D::Error::custom)
    }
}
