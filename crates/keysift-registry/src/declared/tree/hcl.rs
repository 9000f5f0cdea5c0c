//! HCL, the language of Terraform.

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};

use super::{Count, Lines, Node, Value};

/// A block: `resource "aws_iam_user" "ci" { … }`.
#[derive(Debug)]
pub(in crate::declared) struct Block {
    pub(in crate::declared) line: u64,
    /// `resource`, `data`, `provider`, …
    pub(in crate::declared) name: String,
    pub(in crate::declared) labels: Vec<String>,
    /// Its attributes, and its blocks as maps under their names: blocks of one name, a list.
    pub(in crate::declared) body: Node,
}

/// The blocks of an HCL file.
///
/// # Errors
/// What is wrong, with its place. The parser bounds the depth of what it reads.
pub(in crate::declared) fn read_hcl(text: &str) -> Result<Vec<Block>, String> {
    let body: Body = hcl_edit::parser::parse_body(text).map_err(|error| {
        let place = error.location();
        format!("line {}: {}", place.line(), error.message())
    })?;
    let mut reading = Reading {
        text,
        lines: Lines::new(text),
        count: Count::new(),
    };
    let mut blocks = Vec::new();
    for structure in &body {
        let Structure::Block(block) = structure else {
            continue;
        };
        blocks.push(Block {
            line: reading.line(block),
            name: block.ident.as_str().to_owned(),
            labels: block
                .labels
                .iter()
                .map(|label| label.as_str().to_owned())
                .collect(),
            body: reading.body(&block.body, reading.line(block))?,
        });
    }
    Ok(blocks)
}

struct Reading<'a> {
    text: &'a str,
    lines: Lines,
    count: Count,
}

impl Reading<'_> {
    fn line(&self, what: &impl Span) -> u64 {
        what.span().map_or(1, |span| self.lines.at(span.start))
    }

    fn body(&mut self, body: &Body, line: u64) -> Result<Node, String> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        for structure in body {
            self.count.take(1)?;
            match structure {
                Structure::Attribute(attribute) => {
                    let value = self.expression(&attribute.value)?;
                    let line = self.line(attribute);
                    entries.push((attribute.key.as_str().to_owned(), Node { line, ..value }));
                }
                Structure::Block(block) => {
                    let line = self.line(block);
                    let mut inner = self.body(&block.body, line)?;
                    for label in block.labels.iter().rev() {
                        let map = Value::Map(vec![(label.as_str().to_owned(), inner)]);
                        inner = Node::new(line, map);
                    }
                    let name = block.ident.as_str();
                    match entries.iter_mut().find(|(key, _)| key == name) {
                        Some((
                            _,
                            Node {
                                value: Value::List(list),
                                ..
                            },
                        )) => list.push(inner),
                        _ => entries
                            .push((name.to_owned(), Node::new(line, Value::List(vec![inner])))),
                    }
                }
            }
        }
        Ok(Node::new(line, Value::Map(entries)))
    }

    fn expression(&mut self, expression: &Expression) -> Result<Node, String> {
        self.count.take(1)?;
        let line = self.line(expression);
        let value = match expression {
            Expression::Null(_) => Value::Null,
            Expression::Bool(is) => Value::Text(is.value().to_string()),
            Expression::Number(number) => Value::Text(number.value().to_string()),
            Expression::String(text) => Value::Text(text.value().clone()),
            Expression::Array(array) => Value::List(
                array
                    .iter()
                    .map(|member| self.expression(member))
                    .collect::<Result<_, _>>()?,
            ),
            Expression::Object(object) => {
                let mut entries = Vec::new();
                for (key, value) in object {
                    let key = match key {
                        ObjectKey::Ident(name) => name.as_str().to_owned(),
                        ObjectKey::Expression(Expression::String(text)) => text.value().clone(),
                        ObjectKey::Expression(other) => self.written(other),
                    };
                    entries.push((key, self.expression(value.expr())?));
                }
                Value::Map(entries)
            }
            // `jsonencode({ … })` is what its argument is, for a reader.
            Expression::FuncCall(call) if call.name.name.as_str() == "jsonencode" => {
                match call.args.iter().next() {
                    Some(argument) => return self.expression(argument),
                    None => Value::Null,
                }
            }
            Expression::Parenthesis(inner) => return self.expression(inner.inner()),
            Expression::HeredocTemplate(heredoc) => {
                let text = heredoc.template.to_string();
                if text.contains("${") || text.contains("%{") {
                    Value::Expression(text)
                } else {
                    Value::Text(text)
                }
            }
            other => Value::Expression(self.written(other)),
        };
        Ok(Node::new(line, value))
    }

    /// The source of an expression, without the quotes of a template.
    fn written(&self, expression: &Expression) -> String {
        let source = expression.span().and_then(|span| self.text.get(span));
        let source = source.unwrap_or_default().trim();
        source.trim_matches('"').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_labels_and_expressions_are_read() {
        let text = "resource \"aws_iam_role\" \"ci\" {\n  name = \"ci\"\n  arn  = \"arn:${var.x}\"\n  user = aws_iam_user.ci.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\" }] })\n  inline_policy {\n    name = \"a\"\n  }\n  inline_policy {\n    name = \"b\"\n  }\n}\n";
        let blocks = read_hcl(text).unwrap();
        let block = &blocks[0];
        assert_eq!((block.name.as_str(), block.line), ("resource", 1));
        assert_eq!(block.labels, ["aws_iam_role", "ci"]);
        assert_eq!(block.body.text_of("name"), Some("ci"));
        let written = |key| block.body.get(key).unwrap().written();
        assert_eq!(written("arn"), Some(("arn:${var.x}", false)));
        assert_eq!(written("user"), Some(("aws_iam_user.ci.name", false)));
        let statement = block.body.at(&["policy", "Statement"]).unwrap();
        assert_eq!(statement.members()[0].text_of("Effect"), Some("Allow"));
        let inline = block.body.get("inline_policy").unwrap().members();
        assert_eq!((inline.len(), inline[1].line), (2, 9));
    }

    #[test]
    fn what_is_broken_or_too_deep_is_an_error() {
        assert!(read_hcl("resource {").is_err());
        assert!(read_hcl(&format!("a {{ b = {}", "(".repeat(100_000))).is_err());
        assert!(read_hcl(&"a {\n".repeat(100_000)).is_err());
    }
}
