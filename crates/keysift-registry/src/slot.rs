//! Slots: the names that secrets are assigned to, and what their places say.

use keysift_core::{Excerpt, Origin};

/// The longest name of a slot, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// A run of letters and digits that is longer and has both may be a part of a secret, and is no name.
const MAX_MIXED_RUN: usize = 19;

/// Whether a character may be a part of a name.
pub(crate) fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')
}

/// The name that a secret is assigned to, from the line before it: `password` in `db.password: "`. Empty where there is
/// none.
pub(crate) fn name(excerpt: &Excerpt) -> String {
    let text = String::from_utf8_lossy(&excerpt.before);
    // The user and the host of a URL are no name: what the URL is assigned to is.
    let text = match text.rfind("://") {
        Some(at) if !text[at..].contains([' ', '"', '\'']) => {
            let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
            text[..at].trim_end_matches(is_of_scheme)
        }
        _ => &*text,
    };
    // What stands between a name and its value: `=`, `:`, `=>`, quotes, brackets.
    let before = text.trim_end_matches(|c: char| !is_of_name(c) || matches!(c, '.' | '/'));
    let has_operator = text[before.len()..].contains(['=', ':', ' ', '>', ',']);
    let start = before.rfind(|c: char| !is_of_name(c)).map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    let name = before[start..].trim_start_matches(['-', '.', '/']);
    // A piece of a name in other letters is no name.
    let is_piece = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && c.is_alphanumeric());
    let is_piece = is_piece(before[..start].chars().next_back())
        || is_piece(text[before.len()..].chars().next());
    let is_cut = start == 0 && excerpt.is_cut_before;
    if !has_operator || is_cut || is_piece || name.len() > MAX_NAME_BYTES || may_be_secret(name) {
        return String::new();
    }
    name.to_owned()
}

fn may_be_secret(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        run.len() > MAX_MIXED_RUN
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}

/// The place of a blob within its source, the same in every commit: a path, a member of an archive behind `!`, or what
/// a message is of.
pub(crate) fn place(origin: &Origin, root: &std::path::Path) -> String {
    match origin {
        Origin::File(path) => {
            let inner = path.strip_prefix(root).unwrap_or(path);
            let shown = if inner.as_os_str().is_empty() {
                path.file_name().map(std::path::Path::new).unwrap_or(path)
            } else {
                inner
            };
            with_slashes(shown)
        }
        Origin::Committed { path, .. } => with_slashes(path),
        Origin::Member { archive, path } => {
            format!("{}!{}", place(archive, root), with_slashes(path))
        }
        other => other.to_string(),
    }
}

/// The directory of the file that a place is in; `None` for the root.
pub(crate) fn directory(place: &str) -> Option<&str> {
    let file = place.split('!').next().unwrap_or(place);
    file.rsplit_once('/').map(|(directory, _)| directory)
}

fn with_slashes(path: &std::path::Path) -> String {
    let text = path.display().to_string();
    if std::path::MAIN_SEPARATOR == '/' {
        text
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// What environments are called in paths and names. The first that stands there decides.
const ENVIRONMENTS: &[(&str, &[&str])] = &[
    ("production", &["prod", "production", "live", "prd"]),
    ("staging", &["staging", "stage", "stg", "preprod", "uat"]),
    (
        "test",
        &[
            "test", "tests", "testing", "qa", "sandbox", "fixtures", "demo", "poc", "tmp",
        ],
    ),
    ("development", &["dev", "development", "local", "develop"]),
];

/// The environment that a path, or a name in it, speaks of; `None` where neither does.
pub(crate) fn environment(path: &str, name: &str) -> Option<&'static str> {
    [name, path].into_iter().find_map(|text| {
        let text = text.to_ascii_lowercase();
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .rev()
            .find_map(|word| {
                ENVIRONMENTS
                    .iter()
                    .find(|(_, words)| words.contains(&word))
                    .map(|(name, _)| *name)
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(before: &str) -> String {
        let mut excerpt = Excerpt::default();
        excerpt.before = before.as_bytes().into();
        name(&excerpt)
    }

    #[test]
    fn a_name_is_what_stands_before_the_value() {
        for (before, expected) in [
            ("password = ", "password"),
            ("  \"db.password\": \"", "db.password"),
            ("export API_KEY=", "API_KEY"),
            ("--token ", "token"),
            ("x['stripe-key'] => '", "stripe-key"),
            ("", ""),
            ("   ", ""),
            ("https://", ""),
            ("DATABASE_URL=postgres://app:", "DATABASE_URL"),
            ("see https://x.org, token = ", "token"),
            ("abc", ""),
            ("t0k3nt0k3nt0k3nt0k3nt0k3n: ", ""),
            ("clé = ", ""),
        ] {
            assert_eq!(named(before), expected, "{before:?}");
        }
    }

    #[test]
    fn a_cut_name_is_none() {
        let mut excerpt = Excerpt::default();
        excerpt.before = b"ssword = ".as_slice().into();
        excerpt.is_cut_before = true;
        assert_eq!(name(&excerpt), "");
    }

    #[test]
    fn environments_are_told_by_whole_words_and_by_the_name_first() {
        assert_eq!(environment("deploy/prod.env", "TOKEN"), Some("production"));
        assert_eq!(
            environment("deploy/prod.env", "DEV_TOKEN"),
            Some("development")
        );
        assert_eq!(environment("src/product.rs", "token"), None);
        assert_eq!(environment("config/prod/test/x", ""), Some("test"));
    }
}
