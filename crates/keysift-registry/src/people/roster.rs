//! The table of people: who is there, and who has left.

use std::io::Read;

use serde::Deserialize;

use crate::error::{Error, ErrorKind, nearest};
use crate::time::parse_time;

/// A person of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The e-mail address.
    pub email: String,
    /// The name; empty where the table has none.
    pub name: String,
    /// The handle on a host of repositories, with its `@`; `None` where the table has none.
    pub handle: Option<String>,
    /// When the person left, in seconds since 1970; `None` who is still there.
    pub left_at: Option<i64>,
}

#[derive(Deserialize)]
struct Row {
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    left_at: String,
}

const COLUMNS: [&str; 4] = ["email", "handle", "left_at", "name"];

/// Reads a table of people as CSV with a line of headings: `email`, and if wanted `name`, `handle` and `left_at`.
///
/// # Errors
/// [`Invalid`](ErrorKind::Invalid) names the line: no heading `email`, an unknown heading, a time that is none.
pub fn read_people(input: impl Read) -> Result<Vec<Person>, Error> {
    let invalid = |message: String| {
        Error::new(ErrorKind::Invalid, message).hint_with(
            "the first line has the headings: email, and if wanted name, handle, left_at",
        )
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(input);
    let headings = reader
        .headers()
        .map_err(|error| invalid(error.to_string()))?;
    for heading in headings {
        if !COLUMNS.contains(&heading) {
            let near = nearest(heading, COLUMNS);
            let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            return Err(invalid(format!("unknown column {heading:?}{near}")));
        }
    }
    if !headings.iter().any(|heading| heading == "email") {
        return Err(invalid("there is no column email".to_owned()));
    }
    let mut people = Vec::new();
    for (row, number) in reader.deserialize::<Row>().zip(2..) {
        let row = row.map_err(|error| invalid(format!("line {number}: {error}")))?;
        let left_at = match row.left_at.as_str() {
            "" => None,
            text => {
                Some(parse_time(text).map_err(|error| invalid(format!("line {number}: {error}")))?)
            }
        };
        let handle = row.handle.trim_start_matches('@');
        people.push(Person {
            email: row.email.to_lowercase(),
            name: row.name,
            handle: (!handle.is_empty()).then(|| format!("@{}", handle.to_lowercase())),
            left_at,
        });
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_with_what_the_table_says_of_them() {
        let people =
            read_people("left_at,email,handle\n2026-01-02,A@x,@Al\n,b@x,\n".as_bytes()).unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!(people[0].email, "a@x");
        assert_eq!(people[0].handle.as_deref(), Some("@al"));
        assert_eq!(people[0].left_at, Some(1_767_312_000));
        assert_eq!((people[1].left_at, &people[1].handle), (None, &None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, message) in [
            (
                "email,leftat\n",
                "unknown column \"leftat\"; did you mean left_at?",
            ),
            ("name\nx\n", "there is no column email"),
            ("email,left_at\na,soon\n", "line 2: soon: not a time"),
            ("", "there is no column email"),
        ] {
            assert_eq!(
                read_people(text.as_bytes()).unwrap_err().to_string(),
                message
            );
        }
    }
}
