//! YAML, in documents.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, Tag};

use super::{Count, MAX_DEPTH, Node, Value};

/// A list or a map that is being read.
#[derive(Debug)]
struct Open {
    line: u64,
    anchor: usize,
    members: Vec<Node>,
    is_map: bool,
    /// What a tag of the application's says that the value is, such as `!Sub`.
    tag: Option<String>,
}

/// Every document of a YAML file. Aliases are replaced by what they stand for.
///
/// # Errors
/// What is wrong, with the line; what was read before is lost.
pub(in crate::declared) fn read_yaml(text: &str) -> Result<Vec<Node>, String> {
    let mut reading = Reading {
        documents: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        count: Count::new(),
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| error.to_string())?;
        let line = span.start.line() as u64;
        reading
            .take(event, line)
            .map_err(|what| format!("line {line}: {what}"))?;
    }
    Ok(reading.documents)
}

struct Reading {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    count: Count,
}

impl Reading {
    fn take(&mut self, event: Event<'_>, line: u64) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_null = matches!(&*text, "" | "~" | "null" | "Null" | "NULL")
                    && style == saphyr_parser::ScalarStyle::Plain;
                let value = match (own_tag(tag.as_deref()), is_null) {
                    (Some(tag), _) => Value::Expression(format!("{tag} {text}")),
                    (None, true) => Value::Null,
                    (None, false) => Value::Text(text.into_owned()),
                };
                self.give(Node::new(line, value), anchor, 1)
            }
            Event::SequenceStart(anchor, tag) => self.begin(line, anchor, tag.as_deref(), false),
            Event::MappingStart(anchor, tag) => self.begin(line, anchor, tag.as_deref(), true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                let (node, nodes) = self
                    .anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or("an alias of what it is a part of")?;
                self.give(node, 0, nodes)
            }
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        line: u64,
        anchor: usize,
        tag: Option<&Tag>,
        is_map: bool,
    ) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("values in one another deeper than {MAX_DEPTH}"));
        }
        self.open.push(Open {
            line,
            anchor,
            members: Vec::new(),
            is_map,
            tag: own_tag(tag),
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = if open.is_map {
            let mut members = open.members.into_iter();
            let mut entries = Vec::new();
            while let (Some(key), Some(value)) = (members.next(), members.next()) {
                match (key.written(), value.entries().is_empty()) {
                    // A merge: the entries of another map.
                    (Some(("<<", _)), false) => entries.extend(value.entries().iter().cloned()),
                    (Some((key, _)), _) => entries.push((key.to_owned(), value)),
                    // `null:` and maps as keys name nothing.
                    (None, _) => {}
                }
            }
            Value::Map(entries)
        } else {
            Value::List(open.members)
        };
        let value = match open.tag {
            None => value,
            Some(tag) => tagged(&tag, &value),
        };
        let node = Node::new(open.line, value);
        let nodes = if open.anchor == 0 { 1 } else { size(&node) };
        self.give(node, open.anchor, nodes)
    }

    /// Puts a value that is complete where it belongs. `nodes` is how many values it is worth.
    fn give(&mut self, node: Node, anchor: usize, nodes: usize) -> Result<(), String> {
        self.count.take(nodes)?;
        if anchor != 0 {
            let nodes = size(&node);
            self.count.take(nodes)?;
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        match self.open.last_mut() {
            Some(open) => open.members.push(node),
            None => {
                self.documents.push(node);
                self.anchors.clear();
            }
        }
        Ok(())
    }
}

/// A tag that is not one of YAML's own.
fn own_tag(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| !tag.is_yaml_core_schema())?;
    Some(format!("{}{}", tag.handle, tag.suffix))
}

/// `!GetAtt [A, Arn]` and the like: as an expression, as far as texts tell it.
fn tagged(tag: &str, value: &Value) -> Value {
    let parts: Vec<&str> = match value {
        Value::List(members) => members.iter().filter_map(Node::text).collect(),
        _ => Vec::new(),
    };
    Value::Expression(format!("{tag} {}", parts.join(".")).trim_end().to_owned())
}

fn size(node: &Node) -> usize {
    let mut open = vec![node];
    let mut count = 0;
    while let Some(node) = open.pop() {
        count += 1;
        match &node.value {
            Value::List(members) => open.extend(members),
            Value::Map(entries) => open.extend(entries.iter().map(|(_, node)| node)),
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_keys_lines_aliases_and_tags_are_read() {
        let text = "a: &x\n  b: [1, 'two']\n---\nc: *y\n";
        assert!(read_yaml(text).is_err(), "an alias of nothing");
        let text = "base: &x\n  b: [1, 'two']\nuse:\n  <<: *x\n  arn: !GetAtt [Role, Arn]\n  n: ~\n---\nq: z\n";
        let documents = read_yaml(text).unwrap();
        assert_eq!(documents.len(), 2);
        let used = documents[0].at(&["use", "b"]).unwrap();
        assert_eq!((used.line, used.texts().last()), (2, Some("two")));
        let arn = documents[0].at(&["use", "arn"]).unwrap();
        assert_eq!(arn.value, Value::Expression("!GetAtt Role.Arn".into()));
        assert_eq!(documents[0].at(&["use", "n"]).unwrap().value, Value::Null);
        assert_eq!(documents[1].text_of("q"), Some("z"));
    }

    #[test]
    fn values_that_multiply_and_values_that_are_too_deep_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let of = format!("*a{}, ", level - 1).repeat(10);
            bomb.push_str(&format!("a{level}: &a{level} [{of}]\n"));
        }
        assert!(read_yaml(&bomb).unwrap_err().contains("more than"));
        let deep = "[".repeat(100_000);
        assert!(read_yaml(&deep).is_err());
        let deep = "- ".repeat(100_000);
        assert!(read_yaml(&deep).unwrap_err().contains("deeper"));
    }
}
