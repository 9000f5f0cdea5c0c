//! `.mailmap`: the names that people go by now.

use std::collections::HashMap;

/// Which name and address stand for others, as `gitmailmap(5)` has it. What cannot be read is passed over, as Git does.
#[derive(Debug, Clone, Default)]
pub struct Mailmap {
    /// By address, and by address and name; both in lower case.
    by_email: HashMap<String, Replacement>,
    by_both: HashMap<(String, String), Replacement>,
}

#[derive(Debug, Clone, Default)]
struct Replacement {
    name: Option<String>,
    email: Option<String>,
}

impl Mailmap {
    /// Reads the text of a `.mailmap`.
    pub fn parse(text: &str) -> Self {
        let mut map = Self::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut parts = Vec::new();
            let mut rest = line;
            while let Some((name, behind)) = rest.split_once('<')
                && let Some((email, behind)) = behind.split_once('>')
            {
                parts.push((name.trim(), email.trim()));
                rest = behind;
            }
            map.add(&parts);
        }
        map
    }

    fn add(&mut self, parts: &[(&str, &str)]) {
        let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match *parts {
            [(name, email)] => {
                let replacement = Replacement {
                    name: told(name),
                    email: None,
                };
                self.by_email.insert(email.to_lowercase(), replacement);
            }
            [(name, email), (old_name, old_email), ..] => {
                let replacement = Replacement {
                    name: told(name),
                    email: told(email),
                };
                let old_email = old_email.to_lowercase();
                if old_name.is_empty() {
                    self.by_email.insert(old_email, replacement);
                } else {
                    self.by_both
                        .insert((old_email, old_name.to_lowercase()), replacement);
                }
            }
            [] => {}
        }
    }

    /// The name and the address that stand for these.
    pub fn resolve(&self, name: &str, email: &str) -> (String, String) {
        let key = email.to_lowercase();
        let found = self
            .by_both
            .get(&(key.clone(), name.to_lowercase()))
            .or_else(|| self.by_email.get(&key));
        let pick =
            |new: Option<&String>, old: &str| new.map_or_else(|| old.to_owned(), Clone::clone);
        match found {
            None => (name.to_owned(), email.to_owned()),
            Some(found) => (
                pick(found.name.as_ref(), name),
                pick(found.email.as_ref(), email),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_four_forms_are_read() {
        let map = Mailmap::parse(
            "# people\nAlice A <alice@new>\n<bob@new> <bob@old>\nCarol C <carol@new> <carol@old>\n\
             Dan D <dan@new> dd <shared@old> # of two\nbroken <line\n",
        );
        let is = |name: &str, email: &str, expected: (&str, &str)| {
            assert_eq!(
                map.resolve(name, email),
                (expected.0.to_owned(), expected.1.to_owned())
            );
        };
        is("a", "ALICE@new", ("Alice A", "ALICE@new"));
        is("Bob", "bob@old", ("Bob", "bob@new"));
        is("c", "carol@old", ("Carol C", "carol@new"));
        is("DD", "shared@old", ("Dan D", "dan@new"));
        is("ee", "shared@old", ("ee", "shared@old"));
    }
}
