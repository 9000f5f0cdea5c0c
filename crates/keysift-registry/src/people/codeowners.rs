//! `CODEOWNERS`: who owns which files. The last line that matches a path decides; one without owners takes them away.

/// The owners of files.
#[derive(Debug, Clone, Default)]
pub struct CodeOwners {
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    number: usize,
    pattern: String,
    owners: Vec<String>,
}

/// The most steps that matching one pattern with one path may take; a pattern that needs more matches nothing.
const MAX_STEPS: usize = 100_000;

impl CodeOwners {
    /// Where such a file stands; the first one counts.
    pub const PATHS: [&'static str; 4] = [
        ".github/CODEOWNERS",
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".gitlab/CODEOWNERS",
    ];

    /// Reads the text of a `CODEOWNERS`. GitLab's headings of sections are passed over; their lines count.
    pub fn parse(text: &str) -> Self {
        let mut lines = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let line = line.split(" #").next().unwrap_or_default().trim();
            let is_heading = line.starts_with('[') || line.starts_with("^[");
            if line.is_empty() || line.starts_with('#') || is_heading {
                continue;
            }
            let mut words = words(line).into_iter();
            let Some(pattern) = words.next() else {
                continue;
            };
            lines.push(Line {
                number,
                pattern,
                owners: words.collect(),
            });
        }
        Self { lines }
    }

    /// The owners of a path with `/` between its parts, and the number of the line that says so; `None` where none does.
    pub fn owners(&self, path: &str) -> Option<(&[String], usize)> {
        let line = self
            .lines
            .iter()
            .rev()
            .find(|line| matches(&line.pattern, path))?;
        (!line.owners.is_empty()).then_some((&line.owners[..], line.number))
    }
}

/// Words between spaces that no backslash stands before.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_escaped = false;
    for c in line.chars() {
        match c {
            '\\' if !is_escaped => is_escaped = true,
            ' ' | '\t' if !is_escaped => words.push(String::new()),
            _ => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
                is_escaped = false;
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// As in `.gitignore`: a pattern with a slash in front or within is one from the root, another matches at any depth; what
/// it matches may be a directory round the path.
fn matches(pattern: &str, path: &str) -> bool {
    let trimmed = pattern.strip_suffix('/').unwrap_or(pattern);
    let is_directory = trimmed.len() < pattern.len();
    let is_rooted = trimmed.contains('/');
    let trimmed = trimmed.strip_prefix('/').unwrap_or(trimmed);
    let wanted: Vec<&str> = trimmed.split('/').collect();
    let parts: Vec<&str> = path.split('/').collect();
    // GitHub: `docs/*` means the files in docs and not those further below.
    let is_shallow = wanted.len() > 1 && wanted.last() == Some(&"*");
    let starts = if is_rooted { 0..1 } else { 0..parts.len() };
    let mut steps = MAX_STEPS;
    starts.into_iter().any(|start| {
        let ends = start + 1..=parts.len();
        ends.into_iter().any(|end| {
            let is_whole = end == parts.len();
            if (is_directory && is_whole) || (is_shallow && !is_whole) {
                return false;
            }
            parts_match(&wanted, &parts[start..end], &mut steps)
        })
    })
}

fn parts_match(wanted: &[&str], parts: &[&str], steps: &mut usize) -> bool {
    *steps = steps.saturating_sub(1);
    if *steps == 0 {
        return false;
    }
    match (wanted, parts) {
        ([], []) => true,
        (["**", rest @ ..], _) => {
            (0..=parts.len()).any(|at| parts_match(rest, &parts[at..], steps))
        }
        ([first, wanted @ ..], [part, parts @ ..]) => {
            keysift_core::is_like(part, first) && parts_match(wanted, parts, steps)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# everything
*            @acme/all
/deploy/     @acme/ops ops@example.org
*.tf         @tina   # infrastructure
docs/*       @doc
src/**/auth  @sec
/vendor/
a\\ b        @space
[Section] @ignored
";

    #[test]
    fn the_last_line_that_matches_decides() {
        let owners = CodeOwners::parse(TEXT);
        for (path, expected) in [
            ("README", &["@acme/all"][..]),
            ("deploy/x/y.env", &["@acme/ops", "ops@example.org"]),
            ("sub/deploy/y.env", &["@acme/all"]),
            ("deploy/main.tf", &["@tina"]),
            ("docs/a.md", &["@doc"]),
            ("docs/a/b.md", &["@acme/all"]),
            ("src/a/b/auth/key.pem", &["@sec"]),
            ("src/auth", &["@sec"]),
            ("vendor/x", &[]),
            ("a b", &["@space"]),
        ] {
            let found = owners.owners(path).map(|(owners, _)| owners.to_vec());
            assert_eq!(found.unwrap_or_default(), expected, "{path}");
        }
        assert_eq!(owners.owners("docs/a.md").unwrap().1, 5);
    }

    #[test]
    fn an_empty_file_owns_nothing() {
        assert!(CodeOwners::parse("\n# x\n").owners("a").is_none());
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let pattern = format!("/{}", "**/".repeat(200));
        let path = "a/".repeat(300) + "b";
        let _ = CodeOwners::parse(&format!("{pattern} @x")).owners(&path);
    }
}
