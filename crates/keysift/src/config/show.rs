//! What a configuration says, value by value, and where.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::error::{Problem, ProblemKind};
use super::layer::Layer;
use super::schema::{Key, Kind, SCHEMA};
use super::tree::shown;
use super::{FILE_NAME, validate};

/// A value, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shown {
    /// The key with its tables: `limits.threads`.
    pub key: String,
    /// The value as TOML has it, or what holds without one.
    pub value: String,
    /// The file, as it is shown, and the line; `None` for a default.
    pub from: Option<(String, usize)>,
}

/// Every key of the schema with its value in some layers: of a list, what each file adds; of anything else, what the
/// nearest file says.
pub fn show(layers: &[Layer]) -> Vec<Shown> {
    let files: Vec<(&Layer, Table)> = layers
        .iter()
        .map(|layer| (layer, toml::from_str(&layer.file.text).unwrap_or_default()))
        .collect();
    let mut rows = Vec::new();
    show_table(SCHEMA, &mut Vec::new(), &files, &mut rows);
    rows
}

fn show_table(
    keys: &'static [Key],
    path: &mut Vec<&'static str>,
    files: &[(&Layer, Table)],
    shown: &mut Vec<Shown>,
) {
    for key in keys {
        path.push(key.name);
        if let Kind::Table(keys) = key.kind {
            show_table(keys, path, files, shown);
        } else {
            show_key(key, path, files, shown);
        }
        path.pop();
    }
}

fn show_key(key: &Key, path: &[&str], files: &[(&Layer, Table)], shown: &mut Vec<Shown>) {
    let name = path.join(".");
    let mut said = Vec::new();
    for (layer, table) in files {
        if layer.is_paths_only && path.first() != Some(&"paths") {
            continue;
        }
        let Some(value) = value_at(table, path) else {
            continue;
        };
        let offset = validate::place(&layer.file.text, path).unwrap_or(0);
        let line = layer.file.line_of(offset);
        let from = |line: usize| Some((layer.file.name.clone(), line));
        let row = |key: String, value: String, line: usize| Shown {
            key,
            value,
            from: from(line),
        };
        match (key.kind, value) {
            (Kind::Tables(_), _) => said.extend(layer.file.allow.iter().map(|entry| {
                let reason = Value::from(entry.allowlist.table().reason.as_str());
                row(name.clone(), reason.to_string(), entry.line)
            })),
            (Kind::Map(_), Value::Table(map)) => said.extend(
                map.iter()
                    .map(|(glob, grade)| row(format!("{name}.{glob:?}"), grade.to_string(), line)),
            ),
            (Kind::OpaqueTable, Value::Table(table)) => {
                said.push(row(name.clone(), format!("{} keys", table.len()), line));
            }
            (Kind::OpaqueTables, Value::Array(tables)) => {
                said.push(row(name.clone(), format!("{} tables", tables.len()), line));
            }
            _ => said.push(row(name.clone(), value.to_string(), line)),
        }
    }
    if !is_added_up(key) {
        said = said.pop().into_iter().collect();
    }
    if said.is_empty() && !key.default.is_empty() {
        said.push(Shown {
            key: name,
            value: key.default.to_owned(),
            from: None,
        });
    }
    shown.append(&mut said);
}

/// Whether each file adds to a key, instead of the nearest winning.
fn is_added_up(key: &Key) -> bool {
    match key.kind {
        Kind::Texts => key.name != "formats",
        Kind::Globs | Kind::Tables(_) | Kind::Map(_) => true,
        Kind::OpaqueTable | Kind::OpaqueTables => true,
        _ => false,
    }
}

fn value_at<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    let first = table.get(*first)?;
    rest.iter().try_fold(first, |value, part| value.get(part))
}

/// Every file of configuration in a directory and below it, sorted, and a problem for each directory that cannot be
/// listed. Links and Git's own directories are left out.
pub fn find_below(directory: &Path) -> (Vec<PathBuf>, Vec<Problem>) {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        let listed = fs::read_dir(&directory).and_then(|entries| {
            for entry in entries {
                let entry = entry?;
                let is_directory = entry.file_type()?.is_dir();
                if is_directory && entry.file_name() != ".git" {
                    waiting.push(entry.path());
                } else if entry.file_name() == FILE_NAME {
                    found.push(entry.path());
                }
            }
            Ok(())
        });
        if let Err(error) = listed {
            let message = format!("the directory cannot be listed: {error}");
            let problem = Problem::new(ProblemKind::Unreadable, message);
            problems.push(problem.in_file(&shown(&directory)));
        }
    }
    found.sort();
    (found, problems)
}
