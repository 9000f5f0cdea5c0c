//! Compose files: services and the secrets that each is given.

use super::holding::holding;
use super::name::names_credential;
use super::tree::{Node, Value, read_yaml};
use super::{Declarations, Declared, DeclaredKind, DeclaredSlot, File, Holding, Kind};

pub(super) const KIND: Kind = Kind {
    name: "compose",
    is: |file| {
        let stem = file.name.split('.').next().unwrap_or_default();
        let is_named = stem.starts_with("docker-compose") || stem.starts_with("compose");
        is_named && file.has_extension(&["yml", "yaml"])
    },
    read,
};

fn read(file: &File<'_>) -> Result<Declarations, String> {
    let mut out = Declarations::default();
    for document in read_yaml(file.text)? {
        for (name, service) in document.get("services").map_or(&[][..], Node::entries) {
            let uid = format!("compose:{}#{name}", file.place);
            let identity = Declared::new(
                uid.clone(),
                DeclaredKind::Workload,
                "Docker",
                name,
                service.line,
            );
            out.identities.push(identity);
            let mut slot = |name: &str, holding: Holding, line: u64| {
                out.slots.push(DeclaredSlot {
                    holder: Some(uid.clone()),
                    name: name.to_owned(),
                    holding,
                    line,
                });
            };
            for (name, value, line) in variables(service.get("environment")) {
                if names_credential(name) {
                    let held = value.map_or_else(
                        // A name alone takes the value of the shell's variable.
                        || Holding::Variable {
                            name: name.to_owned(),
                        },
                        |(value, is_text)| holding(value, is_text),
                    );
                    slot(name, held, line);
                }
            }
            for secret in service.get("secrets").map_or(&[][..], Node::members) {
                let entry = secret.text().or_else(|| secret.text_of("source"));
                let entry = entry.unwrap_or("?").to_owned();
                let name = format!("secrets.{entry}");
                slot(
                    &name,
                    Holding::Managed {
                        store: "compose",
                        entry,
                    },
                    secret.line,
                );
            }
        }
    }
    Ok(out)
}

/// A name, its value if it has one, and its line.
type Variable<'a> = (&'a str, Option<(&'a str, bool)>, u64);

/// Variables as a map or as a list of `NAME=value`.
fn variables(environment: Option<&Node>) -> Vec<Variable<'_>> {
    match environment.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries
            .iter()
            .map(|(name, node)| (name.as_str(), node.written(), node.line))
            .collect(),
        Some(Value::List(members)) => members
            .iter()
            .filter_map(|member| {
                let text = member.text()?;
                Some(match text.split_once('=') {
                    Some((name, value)) => (name, Some((value, true)), member.line),
                    None => (text, None, member.line),
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{holdings, read_file};

    #[test]
    fn both_forms_of_variables_are_read() {
        let text = "services:
  db:
    environment:
      POSTGRES_PASSWORD: q7Wm2xZ9
  web:
    environment:
      - API_TOKEN=${API_TOKEN}
      - SECRET_KEY
      - DEBUG=1
    secrets: [cert]
";
        let read = read_file("docker-compose.prod.yml", text);
        let of = |name: &str| holdings(&read, &format!("compose:docker-compose.prod.yml#{name}"));
        assert_eq!(of("db"), ["POSTGRES_PASSWORD literal"]);
        assert_eq!(
            of("web"),
            [
                "API_TOKEN variable",
                "SECRET_KEY variable",
                "secrets.cert managed"
            ]
        );
    }
}
