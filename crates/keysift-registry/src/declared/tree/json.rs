//! JSON, with the comments and commas that editors allow.

use jsonc_parser::ast::Value as Parsed;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions};

use super::{Count, Lines, MAX_DEPTH, Node, Value};

/// The value of a JSON file; `None` for an empty one.
///
/// # Errors
/// What is wrong, with its place.
pub(in crate::declared) fn read_json(text: &str) -> Result<Option<Node>, String> {
    let parsed =
        jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default())
            .map_err(|error| error.to_string())?;
    let (lines, mut count) = (Lines::new(text), Count::new());
    parsed
        .value
        .map(|value| node(value, &lines, &mut count, 0))
        .transpose()
}

fn node(value: Parsed<'_>, lines: &Lines, count: &mut Count, depth: usize) -> Result<Node, String> {
    if depth > MAX_DEPTH {
        return Err(format!("values in one another deeper than {MAX_DEPTH}"));
    }
    count.take(1)?;
    let line = lines.at(value.range().start);
    let value = match value {
        Parsed::StringLit(text) => Value::Text(text.value.into_owned()),
        Parsed::NumberLit(number) => Value::Text(number.value.to_owned()),
        Parsed::BooleanLit(literal) => Value::Text(literal.value.to_string()),
        Parsed::NullKeyword(_) => Value::Null,
        Parsed::Array(array) => {
            let members = array.elements.into_iter();
            Value::List(
                members
                    .map(|member| node(member, lines, count, depth + 1))
                    .collect::<Result<_, _>>()?,
            )
        }
        Parsed::Object(object) => {
            let mut entries = Vec::with_capacity(object.properties.len());
            for property in object.properties {
                let value = node(property.value, lines, count, depth + 1)?;
                entries.push((property.name.into_string(), value));
            }
            Value::Map(entries)
        }
    };
    Ok(Node::new(line, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_allowed() {
        let text = "{\n  // why\n  \"a\": [1, true, null,],\n  \"b\": {\"c\": \"d\\u0041\"},\n}\n";
        let node = read_json(text).unwrap().unwrap();
        let [one, yes, null] = node.get("a").unwrap().members() else {
            panic!("three members");
        };
        assert_eq!(
            (one.text(), yes.text(), &null.value),
            (Some("1"), Some("true"), &Value::Null)
        );
        let deep = node.at(&["b", "c"]).unwrap();
        assert_eq!((deep.line, deep.text()), (4, Some("dA")));
        assert_eq!(read_json("").unwrap(), None);
    }

    #[test]
    fn what_is_too_deep_or_broken_is_an_error() {
        assert!(read_json(&"[".repeat(1_000_000)).is_err());
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(read_json(&deep).unwrap_err().contains("deeper"));
        assert!(read_json("{\"a\": ").is_err());
    }
}
