//! `.gitleaksignore`: one fingerprint a line.

use super::Import;
use super::silence::Silence;

/// The digits of a commit's id.
const ID_DIGITS: [usize; 2] = [40, 64];

pub(super) fn import(import: &mut Import, text: &str) {
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Some(entry) => import.silences.push(entry),
            None => {
                let place = format!("line {}", index + 1);
                let message =
                    "is neither FILE:RULE:LINE nor COMMIT:FILE:RULE:LINE, and silences nothing";
                import.differences.warn(&place, "fingerprint", message);
            }
        }
    }
}

/// An entry's path, and what it silences there. The path may hold colons.
fn entry(line: &str) -> Option<(String, Silence)> {
    let (rest, number) = line.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let number = number.parse().ok()?;
    let (commit, file) = match rest.split_once(':') {
        Some((commit, file)) if is_commit(commit) => (Some(commit.to_owned()), file),
        _ => (None, rest),
    };
    let silence = Silence::Place {
        commit,
        rule: rule.to_owned(),
        line: number,
    };
    (!file.is_empty() && !rule.is_empty()).then(|| (file.replace('\\', "/"), silence))
}

pub(super) fn is_commit(text: &str) -> bool {
    ID_DIGITS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_a_file_a_rule_and_a_line_and_perhaps_a_commit() {
        let place = |commit: Option<&str>, file: &str, rule: &str, line| {
            let (commit, rule) = (commit.map(str::to_owned), rule.to_owned());
            Some((file.to_owned(), Silence::Place { commit, rule, line }))
        };
        let id = "9c1f0e3bb1f3d7c5a4a6d8f0e2b4c6d8e0f1a2b3";
        assert_eq!(
            entry("src/a.py:acme-key:12"),
            place(None, "src/a.py", "acme-key", 12)
        );
        assert_eq!(
            entry(&format!("{id}:a.py:acme-key:1")),
            place(Some(id), "a.py", "acme-key", 1)
        );
        assert_eq!(
            entry(r"C:\src\a.py:acme-key:12"),
            place(None, "C:/src/a.py", "acme-key", 12)
        );
        for text in [
            "a.py:acme-key",
            "a.py",
            ":acme:1",
            "a.py:acme-key:x",
            "a.py::1",
        ] {
            assert_eq!(entry(text), None, "{text}");
        }
    }
}
