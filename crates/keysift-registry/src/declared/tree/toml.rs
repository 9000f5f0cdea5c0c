//! TOML.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Count, Lines, MAX_DEPTH, Node, Value};

/// The table that a TOML file is.
///
/// # Errors
/// What is wrong, with its place.
pub(in crate::declared) fn read_toml(text: &str) -> Result<Node, String> {
    let table = DeTable::parse(text).map_err(|error| error.message().to_owned())?;
    let (lines, mut count) = (Lines::new(text), Count::new());
    let span = table.span();
    let entries = entries(table.into_inner(), &lines, &mut count, 0)?;
    Ok(Node::new(lines.at(span.start), Value::Map(entries)))
}

fn entries(
    table: DeTable<'_>,
    lines: &Lines,
    count: &mut Count,
    depth: usize,
) -> Result<Vec<(String, Node)>, String> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        let line = lines.at(key.span().start);
        let mut value = node(value, lines, count, depth + 1)?;
        value.line = line;
        entries.push((key.into_inner().into_owned(), value));
    }
    Ok(entries)
}

fn node(
    value: Spanned<DeValue<'_>>,
    lines: &Lines,
    count: &mut Count,
    depth: usize,
) -> Result<Node, String> {
    if depth > MAX_DEPTH {
        return Err(format!("values in one another deeper than {MAX_DEPTH}"));
    }
    count.take(1)?;
    let line = lines.at(value.span().start);
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => Value::Text(number.to_string()),
        DeValue::Float(number) => Value::Text(number.to_string()),
        DeValue::Boolean(is) => Value::Text(is.to_string()),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(array) => Value::List(
            array
                .into_iter()
                .map(|member| node(member, lines, count, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Value::Map(entries(table, lines, count, depth)?),
    };
    Ok(Node::new(line, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_their_lines_are_read() {
        let node = read_toml("[a.b]\nc = [\"x\", 2]\n").unwrap();
        let list = node.at(&["a", "b", "c"]).unwrap();
        assert_eq!(
            (list.line, list.texts().collect::<Vec<_>>()),
            (2, vec!["x", "2"])
        );
        assert!(read_toml("a = ").is_err());
        assert!(read_toml(&format!("a = {}", "[".repeat(100_000))).is_err());
    }
}
