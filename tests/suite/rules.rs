//! Rules as cases write them: what a case does not speak of is filled in.

use keysift::RuleSet;
use toml::{Table, Value};

/// What a rule of a case says if it says nothing else.
const DEFAULTS: [(&str, &str); 8] = [
    ("description", "'A rule of a case.'"),
    ("provider", "'Acme'"),
    ("kind", "'api-key'"),
    ("severity", "'high'"),
    ("confidence", "'high'"),
    ("name", "'A rule'"),
    ("remediation", "{ action = 'revoke', steps = 'None.' }"),
    (
        "examples",
        "{ match = ['{{secret}}'], reject = ['nothing'] }",
    ),
];

/// Reads the rules of a file of cases.
pub(crate) fn parse(name: &str, rules: &[Table]) -> RuleSet {
    let mut text = String::new();
    for rule in rules {
        text.push_str("[[rule]]\n");
        for (key, value) in rule {
            text.push_str(&format!("{key} = {}\n", written(value)));
        }
        for (key, value) in DEFAULTS {
            if !rule.contains_key(key) {
                text.push_str(&format!("{key} = {value}\n"));
            }
        }
    }
    RuleSet::parse(name, &text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A value as TOML writes it.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(is) => is.to_string(),
        Value::Datetime(_) => panic!("rules have no dates"),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(written).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Table(table) => {
            let pairs: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{key} = {}", written(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}
