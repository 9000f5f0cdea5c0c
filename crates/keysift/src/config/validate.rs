//! Whether a file has the keys and the types of the schema, with the place of whatever it has not.

use keysift_core::Fingerprint;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Problem, ProblemKind};
use super::schema::{Key, Kind, SCHEMA};
use super::table::size;
use crate::day::Day;

/// Goes through a file, and gives all that is wrong with it, in the order of places.
pub(super) fn problems(text: &str, root: &DeTable<'_>) -> Vec<Problem> {
    let mut walk = Walk {
        text,
        found: Vec::new(),
    };
    walk.table(root, SCHEMA, "the file", 0);
    walk.found.sort_by_key(|problem| problem.place);
    walk.found
}

/// Where the value of a key stands in a file that was read before.
pub(super) fn place(text: &str, key: &[&str]) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let (first, rest) = key.split_first()?;
    let mut value = root.get_ref().get(*first)?;
    for part in rest {
        value = value.get_ref().as_table()?.get(*part)?;
    }
    Some(value.span().start)
}

struct Walk<'t> {
    text: &'t str,
    found: Vec<Problem>,
}

type Value<'t> = Spanned<DeValue<'t>>;

impl Walk<'_> {
    fn tell(&mut self, kind: ProblemKind, message: String, offset: usize) -> &mut Problem {
        let problem = Problem::new(kind, message).at(self.text, offset);
        self.found.push(problem);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    fn table(&mut self, table: &DeTable<'_>, keys: &[Key], place: &str, offset: usize) {
        for (name, value) in table.iter() {
            let Some(key) = keys.iter().find(|key| key.name == name.as_ref()) else {
                let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
                let message = format!("unknown key {:?} in {place}", name.as_ref());
                let near = keysift_core::nearest(name.as_ref(), &known).map(str::to_owned);
                self.tell(ProblemKind::UnknownKey, message, name.span().start)
                    .near = near;
                continue;
            };
            self.value(key, value);
        }
        for key in keys.iter().filter(|key| key.is_required) {
            if !table.keys().any(|name| name.as_ref() == key.name) {
                let message = format!("{:?} is missing in {place}", key.name);
                self.tell(ProblemKind::Missing, message, offset);
            }
        }
    }

    fn value(&mut self, key: &Key, value: &Value<'_>) {
        let name = key.name;
        match (key.kind, value.get_ref()) {
            (Kind::Boolean, DeValue::Boolean(_))
            | (Kind::Text, DeValue::String(_))
            | (Kind::OpaqueTable, DeValue::Table(_)) => {}
            (Kind::Integer, _) => self.integer(name, value),
            (Kind::Size, DeValue::Integer(_)) => self.integer(name, value),
            (Kind::Size, DeValue::String(text)) => {
                let wanted = "a number of bytes, with K, M or G behind it if wanted";
                self.check(size(text).is_some(), name, wanted, value);
            }
            (Kind::Day, DeValue::String(text)) => {
                self.check(
                    Day::from_text(text).is_some(),
                    name,
                    "a day, YYYY-MM-DD",
                    value,
                );
            }
            (Kind::Day, DeValue::Datetime(day)) => {
                let is_day = Day::from_text(&day.to_string()).is_some();
                self.check(is_day, name, "a day, YYYY-MM-DD", value);
            }
            (Kind::Choice(known), DeValue::String(text)) => {
                self.choice(name, &known(), text, value);
            }
            (Kind::Texts | Kind::Globs | Kind::Patterns, DeValue::Array(items)) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) => self.text(key, text, item),
                        other => self.wrong_type(name, "strings", other, item),
                    }
                }
            }
            (Kind::Integers, DeValue::Array(items)) => {
                items.iter().for_each(|item| self.integer(name, item));
            }
            (Kind::Table(keys), DeValue::Table(table)) => {
                self.table(table, keys, &format!("[{name}]"), value.span().start);
            }
            (Kind::Tables(keys), DeValue::Array(items)) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::Table(table) => {
                            let place = format!("[[{name}]]");
                            self.table(table, keys, &place, item.span().start);
                        }
                        other => self.wrong_type(name, "tables", other, item),
                    }
                }
            }
            (Kind::OpaqueTables, DeValue::Array(items)) => {
                for item in items.iter().filter(|item| !item.get_ref().is_table()) {
                    self.wrong_type(name, "tables", item.get_ref(), item);
                }
            }
            (Kind::Map(known), DeValue::Table(table)) => {
                for value in table.values() {
                    match value.get_ref() {
                        DeValue::String(text) => self.choice(name, &known(), text, value),
                        other => self.wrong_type(name, "strings", other, value),
                    }
                }
            }
            (kind, other) => self.wrong_type(name, wanted(kind), other, value),
        }
    }

    fn wrong_type(&mut self, name: &str, wanted: &str, is: &DeValue<'_>, at: &Value<'_>) {
        let message = format!("{name:?} wants {wanted}, not {}", called(is));
        self.tell(ProblemKind::Type, message, at.span().start);
    }

    fn check(&mut self, is_right: bool, name: &str, wanted: &str, at: &Value<'_>) {
        if !is_right {
            let message = format!("{name:?} wants {wanted}");
            self.tell(ProblemKind::Value, message, at.span().start);
        }
    }

    fn integer(&mut self, name: &str, value: &Value<'_>) {
        match value.get_ref() {
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                let number = i64::from_str_radix(&digits, number.radix());
                let (range, wanted) = match name {
                    "threads" => (1..=512, "a number from 1 to 512"),
                    "decode_depth" => (0..=3, "a number from 0 to 3"),
                    _ => (0..=i64::MAX, "a number that is not negative"),
                };
                let is_right = number.is_ok_and(|number| range.contains(&number));
                self.check(is_right, name, wanted, value);
            }
            other => self.wrong_type(name, "a number", other, value),
        }
    }

    fn choice(&mut self, name: &str, known: &[&str], text: &str, at: &Value<'_>) {
        if !known.contains(&text) {
            let message = format!("{name:?} wants one of {}", known.join(", "));
            let near = keysift_core::nearest(text, known).map(str::to_owned);
            self.tell(ProblemKind::Value, message, at.span().start).near = near;
        }
    }

    /// A string of an array: some keys want theirs in a form.
    fn text(&mut self, key: &Key, text: &str, at: &Value<'_>) {
        let is_hex = || text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (is_right, wanted) = match key.name {
            "fingerprints" => (
                Fingerprint::from_text(text).is_some(),
                "fingerprints, as reports show them",
            ),
            "commits" => (
                matches!(text.len(), 40 | 64) && is_hex(),
                "whole ids of commits",
            ),
            _ => (!text.is_empty(), "strings that are not empty"),
        };
        self.check(is_right, key.name, wanted, at);
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "true or false",
        Kind::Integer => "a number",
        Kind::Size => "a number of bytes",
        Kind::Text | Kind::Choice(_) => "a string",
        Kind::Day => "a day, YYYY-MM-DD",
        Kind::Texts | Kind::Globs | Kind::Patterns => "an array of strings",
        Kind::Integers => "an array of numbers",
        Kind::Table(_) | Kind::OpaqueTable | Kind::Map(_) => "a table",
        Kind::Tables(_) | Kind::OpaqueTables => "an array of tables, each under [[...]]",
    }
}

fn called(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
