//! What YAML, JSON, TOML and HCL have in common: values with the line that each stands on.
//!
//! Files are hostile. Each reader is bounded in the depth and in the number of the values that it makes, so that no file
//! overflows the stack or, by names for values that stand in one another, the memory.

mod hcl;
mod json;
mod toml;
mod yaml;

pub(super) use self::hcl::{Block, read_hcl};
pub(super) use self::json::read_json;
pub(super) use self::toml::read_toml;
pub(super) use self::yaml::read_yaml;

/// The most values of one file. The longest manifests and states have some ten thousand.
const MAX_NODES: usize = 500_000;

/// The most values that stand in one another.
const MAX_DEPTH: usize = 128;

/// A value and the line that it begins on; the first line is 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) line: u64,
    pub(super) value: Value,
}

/// A value of any of the languages.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    /// A string, a number or a boolean, as it is written.
    Text(String),
    /// What only the program that reads the file can work out, as it is written.
    Expression(String),
    List(Vec<Node>),
    /// Keys in the order of the file. A key may be there twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    fn new(line: u64, value: Value) -> Self {
        Self { line, value }
    }

    /// The value of a key of a map; `None` for what is no map.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.entries().iter();
        entries.find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value at the end of a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// A text that is written out; `None` for an expression.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key of a map.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// A text or an expression, as it is written; the second part is whether it is a text.
    pub(super) fn written(&self) -> Option<(&str, bool)> {
        match &self.value {
            Value::Text(text) => Some((text, true)),
            Value::Expression(text) => Some((text, false)),
            _ => None,
        }
    }

    /// The entries of a map; none for what is no map.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The members of a list; what is no list and not null is its only member, as in many of these languages.
    pub(super) fn members(&self) -> &[Self] {
        match &self.value {
            Value::List(members) => members,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The texts of a list or a text alone.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.members().iter().filter_map(Self::text)
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }
}

/// Counts the values of a file.
#[derive(Debug)]
struct Count(usize);

impl Count {
    fn new() -> Self {
        Self(MAX_NODES)
    }

    fn take(&mut self, nodes: usize) -> Result<(), String> {
        self.0 = self
            .0
            .checked_sub(nodes)
            .ok_or_else(|| format!("more than {MAX_NODES} values"))?;
        Ok(())
    }
}

/// Tells the lines of places that come in any order.
#[derive(Debug)]
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// The line of the byte at `offset`; the first is 1.
    fn at(&self, offset: usize) -> u64 {
        self.0.partition_point(|end| *end < offset) as u64 + 1
    }
}
