//! What stands in a slot for a value that somebody is to fill in.

use crate::declared::{Holding, holding};
use crate::slot::is_of_name;

/// What stood in a slot in place of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placeholder {
    /// Nothing.
    Empty,
    /// The name of a variable, or of an entry of a store of secrets.
    Reference,
    /// A word for a value, such as `changeme`.
    Word,
}

impl Placeholder {
    /// The name in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Reference => "reference",
            Self::Word => "placeholder",
        }
    }

    /// What all values are that a text gives to a name, as far as they are placeholders. `None` where the text does not
    /// have the name, or gives it anything else.
    pub fn in_text(text: &[u8], name: &str) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.lines().peekable();
        let mut found = None;
        while let Some(line) = lines.next() {
            for value in values(line, name) {
                let is_block = value.is_empty()
                    && lines.peek().is_some_and(|next| indent(next) > indent(line));
                if is_block {
                    return None;
                }
                let told = Self::of(value)?;
                found.get_or_insert(told);
            }
        }
        found
    }

    fn of(value: &str) -> Option<Self> {
        let value = password(value).unwrap_or(value);
        if value.is_empty() {
            return Some(Self::Empty);
        }
        match holding(value, true) {
            Holding::Placeholder => Some(Self::Word),
            Holding::Variable { .. } | Holding::Managed { .. } => Some(Self::Reference),
            // What stands round the expression may be a secret.
            Holding::Unresolved { expression } if expression == value => Some(Self::Reference),
            _ => None,
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The values that a line gives to a name: `NAME=value`, `"name": "value"`, `--name value`.
fn values<'l>(line: &'l str, name: &str) -> impl Iterator<Item = &'l str> {
    line.match_indices(name).filter_map(|(at, found)| {
        let (before, behind) = (&line[..at], &line[at + found.len()..]);
        let stem = before.trim_end_matches(['-', '.', '/']);
        let is_part = stem.chars().next_back().is_some_and(is_of_name)
            || behind.chars().next().is_some_and(is_of_name);
        if is_part {
            return None;
        }
        let rest = behind.trim_start_matches(['"', '\'', '`', ']', ')', '}', ' ', '\t']);
        let value = rest.trim_start_matches(['=', ':', '?', '>']);
        if value.len() < rest.len() {
            return Some(bare(value));
        }
        let is_option = before.ends_with('-') && rest.len() < behind.len();
        is_option.then(|| bare(rest.split_whitespace().next().unwrap_or_default()))
    })
}

/// A value without its quotes, and without what follows it on the line.
fn bare(text: &str) -> &str {
    let text = text.split(" #").next().unwrap_or_default().trim();
    if let Some(quote) = text.chars().next().filter(|c| "\"'`".contains(*c)) {
        return text[1..].split(quote).next().unwrap_or_default().trim();
    }
    text.trim_end_matches([',', ';'])
}

/// The password in a URL.
fn password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (login, _) = rest.rsplit_once('@')?;
    login.split_once(':').map(|(_, password)| password)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, name: &str) -> Option<&'static str> {
        Placeholder::in_text(text.as_bytes(), name).map(Placeholder::as_str)
    }

    #[test]
    fn placeholders_are_told_by_what_stands_behind_the_name() {
        for (text, name, expected) in [
            ("TOKEN=\n", "TOKEN", Some("empty")),
            ("TOKEN= # fill in\n", "TOKEN", Some("empty")),
            ("export TOKEN=\"changeme\"\n", "TOKEN", Some("placeholder")),
            (
                "{\"api_key\": \"<your key>\", \"a\": 1}",
                "api_key",
                Some("placeholder"),
            ),
            ("token: ${TOKEN}\n", "token", Some("reference")),
            ("token: {{ .Values.token }}\n", "token", Some("reference")),
            ("token: ${{ secrets.TOKEN }}\n", "token", Some("reference")),
            ("run --token changeme --fast", "token", Some("placeholder")),
            ("x['key'] => 'xxxxxxxx';", "key", Some("placeholder")),
            ("DB=postgres://app:${PW}@db/x\n", "DB", Some("reference")),
            ("DB=postgres://app:q7Wm2xZ@db/x\n", "DB", None),
            ("TOKEN=q7Wm2xZ\n", "TOKEN", None),
            ("TOKEN=changeme\nTOKEN=q7Wm2xZ\n", "TOKEN", None),
            ("token: hunter22${A}\n", "token", None),
            ("token:\n  from: vault\n", "token", None),
            ("MY_TOKEN=changeme\nTOKENS=\n", "TOKEN", None),
            ("the token is a secret", "token", None),
            ("", "token", None),
        ] {
            assert_eq!(told(text, name), expected, "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_are_read() {
        for text in [
            "TOKEN=\"",
            "TOKEN='\u{e9}",
            "TOKEN=://@",
            "\u{e9}TOKEN\u{e9}=",
            "TOKEN",
        ] {
            told(text, "TOKEN");
        }
        assert_eq!(Placeholder::in_text(b"TOKEN=\xff\xfe", "TOKEN"), None);
    }
}
