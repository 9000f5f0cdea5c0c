//! `keysift config reference`: every key, in Markdown, as the documentation has it.

use std::io::{self, Write as _};

use keysift::config::{Key, Kind, SCHEMA};

use crate::exit::Exit;

pub(crate) fn run() -> anyhow::Result<Exit> {
    io::stdout().lock().write_all(text().as_bytes())?;
    Ok(Exit::Clean)
}

fn text() -> String {
    let is_table = |key: &&Key| matches!(key.kind, Kind::Table(_) | Kind::Tables(_));
    let mut out = String::from("### Top of the file\n");
    let top = SCHEMA.iter().filter(|key| !is_table(key));
    table(&mut out, top);
    for key in SCHEMA.iter().filter(is_table) {
        let (heading, keys) = match key.kind {
            Kind::Table(keys) => (format!("[{}]", key.name), keys),
            Kind::Tables(keys) => (format!("[[{}]]", key.name), keys),
            _ => continue,
        };
        out.push_str(&format!("\n### `{heading}`\n\n{}\n", key.meaning));
        table(&mut out, keys.iter());
    }
    out
}

fn table<'k>(out: &mut String, keys: impl Iterator<Item = &'k Key>) {
    out.push_str("\n| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for key in keys {
        let example = match key.example {
            "" => String::new(),
            example => format!(", such as `{example}`"),
        };
        let default = if key.is_required {
            "required"
        } else {
            key.default
        };
        let row = [
            format!("`{}`", key.name),
            format!("{}{example}", wanted(key.kind)),
            default.to_owned(),
            key.meaning.to_owned(),
        ];
        let row = row.map(|cell| cell.replace('|', "\\|"));
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
}

/// What the value of a key is, in a few words.
pub(super) fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Boolean => "true or false".to_owned(),
        Kind::Integer => "a number".to_owned(),
        Kind::Size => "bytes, or a string with K, M or G".to_owned(),
        Kind::Text => "a string".to_owned(),
        Kind::Choice(names) => names().join(", "),
        Kind::Day => "a day".to_owned(),
        Kind::Texts => "strings".to_owned(),
        Kind::Globs => "globs".to_owned(),
        Kind::Patterns => "patterns".to_owned(),
        Kind::Integers => "numbers".to_owned(),
        Kind::Map(names) => format!("a table of ids or globs: {}", names().join(", ")),
        Kind::OpaqueTables => "tables".to_owned(),
        _ => "a table".to_owned(),
    }
}
