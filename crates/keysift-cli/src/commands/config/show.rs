//! `keysift config show`: each value, and where it comes from.

use std::env;
use std::fs;
use std::io::{self, Write as _};

use anyhow::Context as _;
use keysift::Origin;
use keysift::config::{Shown, show};
use serde_json::json;

use crate::args::{ConfigShowArgs, ListFormat};
use crate::exit::Exit;
use crate::settings::Settings;

/// The variables of the environment that win over files, with their keys.
const VARIABLES: [(&str, &str); 3] = [
    ("output.min_confidence", "KEYSIFT_MIN_CONFIDENCE"),
    ("output.formats", "KEYSIFT_FORMAT"),
    ("limits.threads", "KEYSIFT_THREADS"),
];

pub(crate) fn run(args: &ConfigShowArgs) -> anyhow::Result<Exit> {
    fs::metadata(&args.path).with_context(|| format!("{}", args.path.display()))?;
    let settings = Settings::of_paths(&args.config, std::slice::from_ref(&args.path))?;
    let configuration = &settings.configuration;
    let (layers, _) = configuration.layers_at(&Origin::File(args.path.clone()));
    let layers = if args.path.is_dir() {
        configuration.layers()
    } else {
        layers
    };
    let shown = show(&layers);
    let mut out = io::stdout().lock();
    let rows: Vec<(String, String, String)> = shown.into_iter().map(row).collect();
    if matches!(args.format, ListFormat::Json) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(key, value, from)| json!({"key": key, "value": value, "from": from}))
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        return Ok(Exit::Clean);
    }
    let width = |text: fn(&(String, String, String)) -> &String| {
        rows.iter().map(|row| text(row).len()).max().unwrap_or(0)
    };
    let (keys, values) = (width(|row| &row.0), width(|row| &row.1).min(40));
    for (key, value, from) in &rows {
        writeln!(out, "{key:keys$}  {value:values$}  {from}")?;
    }
    Ok(Exit::Clean)
}

/// A row for people: the environment wins over every file.
fn row(shown: Shown) -> (String, String, String) {
    let escape = |text: &str| keysift_report::escape(text.as_bytes());
    let variable = VARIABLES.iter().find(|(key, _)| *key == shown.key);
    let set = variable.and_then(|(_, name)| {
        let value = env::var_os(name).filter(|value| !value.is_empty())?;
        Some((value.to_string_lossy().into_owned(), *name))
    });
    let (value, from) = match (set, shown.from) {
        (Some((value, name)), _) => (value, format!("{name} in the environment")),
        (None, Some((file, line))) => (shown.value, format!("{file}:{line}")),
        (None, None) => (shown.value, "default".to_owned()),
    };
    (escape(&shown.key), escape(&value), escape(&from))
}
