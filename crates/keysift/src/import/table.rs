//! Reading TOML as gitleaks does: keys in any case, numbers and truths that may stand in quotes.

use toml::{Table, Value};

use super::difference::Differences;

/// A table that is read key by key. What was not asked for is told at the end.
#[derive(Debug)]
pub(super) struct Keys {
    table: Table,
    place: String,
}

impl Keys {
    /// Takes a table; of two keys that differ in case alone the last one counts, as there.
    pub(super) fn new(table: Table, place: &str) -> Self {
        let lower = |(key, value): (String, Value)| (key.to_lowercase(), value);
        Self {
            table: table.into_iter().map(lower).collect(),
            place: place.to_owned(),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn text(&mut self, key: &str, differences: &mut Differences) -> Option<String> {
        match self.table.remove(key)? {
            Value::String(text) => Some(text),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Boolean(is) => Some(is.to_string()),
            other => self.wrong(key, "a text", &other, differences),
        }
    }

    pub(super) fn number(&mut self, key: &str, differences: &mut Differences) -> Option<f64> {
        match self.table.remove(key)? {
            Value::Integer(number) => Some(number as f64),
            Value::Float(number) => Some(number),
            Value::String(text) if text.trim().parse::<f64>().is_ok() => text.trim().parse().ok(),
            other => self.wrong(key, "a number", &other, differences),
        }
    }

    /// A number that counts something.
    pub(super) fn count(&mut self, key: &str, differences: &mut Differences) -> Option<u32> {
        let number = self.number(key, differences)?;
        if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
            return Some(number as u32);
        }
        differences.error(&self.place, key, format!("{number} is not a count"));
        None
    }

    pub(super) fn truth(&mut self, key: &str, differences: &mut Differences) -> bool {
        match self.table.remove(key) {
            None => false,
            Some(Value::Boolean(is)) => is,
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => true,
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => false,
            Some(other) => self
                .wrong(key, "true or false", &other, differences)
                .unwrap_or_default(),
        }
    }

    /// A list of texts; one text alone is a list of one.
    pub(super) fn texts(&mut self, key: &str, differences: &mut Differences) -> Vec<String> {
        let values = match self.table.remove(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(value) => vec![value],
        };
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::String(text) => texts.push(text),
                other => {
                    let told: Option<()> = self.wrong(key, "a list of texts", &other, differences);
                    debug_assert!(told.is_none());
                }
            }
        }
        texts
    }

    pub(super) fn table(&mut self, key: &str, differences: &mut Differences) -> Option<Table> {
        match self.table.remove(key)? {
            Value::Table(table) => Some(table),
            other => self.wrong(key, "a table", &other, differences),
        }
    }

    /// A list of tables.
    pub(super) fn tables(&mut self, key: &str, differences: &mut Differences) -> Vec<Table> {
        let values = match self.table.remove(key) {
            None => return Vec::new(),
            Some(Value::Array(values)) => values,
            Some(value) => vec![value],
        };
        let mut tables = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::Table(table) => tables.push(table),
                other => {
                    let told: Option<()> = self.wrong(key, "a list of tables", &other, differences);
                    debug_assert!(told.is_none());
                }
            }
        }
        tables
    }

    /// Takes a key that means nothing here.
    pub(super) fn ignore(&mut self, keys: &[&str]) {
        for key in keys {
            self.table.remove(*key);
        }
    }

    /// Tells every key that was not asked for; its scanner reads past it as well.
    pub(super) fn finish(self, known: &[&str], differences: &mut Differences) {
        for key in self.table.keys() {
            let near = keysift_core::nearest(key, known)
                .map(|near| format!(", did you mean {near:?}?"))
                .unwrap_or_default();
            differences.warn(
                &self.place,
                key,
                format!("an unknown key, which is read past{near}"),
            );
        }
    }

    fn wrong<T>(
        &self,
        key: &str,
        wanted: &str,
        found: &Value,
        differences: &mut Differences,
    ) -> Option<T> {
        let message = format!("{wanted} is wanted, and {} was found", found.type_str());
        differences.error(&self.place, key, message);
        None
    }
}
