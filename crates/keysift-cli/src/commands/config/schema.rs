//! `keysift config schema`: the JSON schema of `keysift.toml`, for editors.

use std::io::{self, Write as _};

use keysift::config::{Key, Kind, SCHEMA};
use serde_json::{Map, Value, json};

use crate::exit::Exit;

pub(crate) fn run() -> anyhow::Result<Exit> {
    let mut schema = object(SCHEMA);
    if let Some(schema) = schema.as_object_mut() {
        let draft = "http://json-schema.org/draft-07/schema#";
        schema.insert("$schema".to_owned(), json!(draft));
        schema.insert("title".to_owned(), json!("keysift.toml"));
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(Exit::Clean)
}

fn object(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let required: Vec<&str> = keys
        .iter()
        .filter(|key| key.is_required)
        .map(|key| key.name)
        .collect();
    let mut object = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn property(key: &Key) -> Value {
    let mut value = match key.kind {
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Integer => json!({"type": "integer", "minimum": 0}),
        Kind::Size => json!({"oneOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": "^[0-9]+[kKmMgG]?$"},
        ]}),
        Kind::Text => json!({"type": "string"}),
        Kind::Choice(names) => json!({"enum": names()}),
        // Editors hand a date of TOML on as a string.
        Kind::Day => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Kind::Texts | Kind::Globs | Kind::Patterns => {
            json!({"type": "array", "items": {"type": "string", "minLength": 1}})
        }
        Kind::Integers => json!({"type": "array", "items": {"type": "integer", "minimum": 0}}),
        Kind::Table(keys) => object(keys),
        Kind::Tables(keys) => json!({"type": "array", "items": object(keys)}),
        Kind::Map(names) => json!({
            "type": "object",
            "additionalProperties": {"enum": names()},
        }),
        Kind::OpaqueTables => json!({"type": "array", "items": {"type": "object"}}),
        _ => json!({"type": "object"}),
    };
    value["description"] = json!(key.meaning);
    value
}
