//! Comments of other scanners that allow a secret, each with the meaning that its scanner gives it.

/// Marks that allow whatever stands on their line, wherever on it they are.
const MARKS: [&[u8]; 4] = [
    b"gitleaks:allow",
    b"betterleaks:allow",
    b"trufflehog:ignore",
    b"kingfisher:ignore",
];

/// What opens a comment in which detect-secrets reads a pragma, and what must close it at the line's end.
const PRAGMA_COMMENTS: [(&[u8], &[u8]); 6] = [
    (b"#", b""),
    (b"//", b""),
    (b"/*", b" */"),
    (b"'", b""),
    (b"--", b""),
    (b"<!--", b"-->"),
];

/// Whether a line has a comment that allows what stands on it.
pub(super) fn allows_its_line(line: &[u8]) -> bool {
    MARKS
        .iter()
        .any(|mark| memchr::memmem::find(line, mark).is_some())
        || pragmas(line).any(|(_, words)| {
            let words = words.strip_prefix(b" ").unwrap_or(words);
            let list = words
                .strip_prefix(b"allowlist")
                .or_else(|| words.strip_prefix(b"whitelist"));
            list.is_some_and(|rest| closes(line, rest, &[b" secret", b"-secret"]))
        })
}

/// Whether a line is nothing but a comment that allows what stands on the next.
pub(super) fn allows_the_next(line: &[u8]) -> bool {
    pragmas(line).any(|(before, words)| {
        let words = words.strip_prefix(b" ").unwrap_or(words);
        let stands_alone = PRAGMA_COMMENTS
            .iter()
            .any(|(opening, _)| before.trim_ascii() == *opening);
        stands_alone
            && words.strip_prefix(b"allowlist").is_some_and(|rest| {
                let form = [
                    " nextline secret",
                    " nextline-secret",
                    "-nextline secret",
                    "-nextline-secret",
                ];
                closes(line, rest, &form.map(str::as_bytes))
            })
    })
}

/// Each `pragma:` of a line: what stands before it on the line, and what behind it.
fn pragmas(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    const PRAGMA: &[u8] = b"pragma:";
    memchr::memmem::find_iter(line, PRAGMA).map(|at| (&line[..at], &line[at + PRAGMA.len()..]))
}

/// Whether `rest`, the end of `line`, begins with one of `forms`, and the comment before it closes at the line's end.
fn closes(line: &[u8], rest: &[u8], forms: &[&[u8]]) -> bool {
    if !forms.iter().any(|form| rest.starts_with(form)) {
        return false;
    }
    let Some(at) = memchr::memmem::rfind(&line[..line.len() - rest.len()], b"pragma:") else {
        return false;
    };
    let before = &line[..at];
    let end = line.trim_ascii_end();
    PRAGMA_COMMENTS.iter().any(|(opening, closing)| {
        let is_open = before.trim_ascii_end().ends_with(opening)
            || (*opening == b"<!--" && before.trim_ascii_end().ends_with(b"<!--#"));
        is_open && end.ends_with(closing)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_allow_their_line_wherever_they_stand() {
        for line in [
            "key = 1 # gitleaks:allow",
            "gitleaks:allow key = 1",
            "key = 1 betterleaks:allow because",
            "key = 1 // trufflehog:ignore",
            "key = 1 # kingfisher:ignore",
        ] {
            assert!(allows_its_line(line.as_bytes()), "{line}");
        }
        assert!(!allows_its_line(b"key = 1 # gitleaks: allow"));
    }

    #[test]
    fn a_pragma_needs_a_comment_that_ends_the_line() {
        for line in [
            "key = 1 # pragma: allowlist secret",
            "key = 1 #pragma:allowlist-secret",
            "key = 1 // pragma: whitelist secret: a fixture",
            "key = 1 /* pragma: allowlist secret */  ",
            "key = 1 ' pragma: allowlist secret",
            "key = 1 -- pragma: allowlist secret",
            "<k>1</k> <!-- pragma: allowlist secret -->",
        ] {
            assert!(allows_its_line(line.as_bytes()), "{line}");
        }
        for line in [
            "key = 1 pragma: allowlist secret",
            "key = 1 /* pragma: allowlist secret */ + 2",
            "key = 1 # pragma: allowlist",
            "key = 1 # pragma: allowlist nextline secret",
        ] {
            assert!(!allows_its_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn only_a_pragma_alone_on_its_line_allows_the_next() {
        for line in [
            "  # pragma: allowlist nextline secret",
            "// pragma: allowlist-nextline-secret",
            "<!-- pragma: allowlist nextline secret -->",
        ] {
            assert!(allows_the_next(line.as_bytes()), "{line}");
        }
        for line in [
            "x = 1 # pragma: allowlist nextline secret",
            "# pragma: whitelist nextline secret",
            "# pragma: allowlist secret",
        ] {
            assert!(!allows_the_next(line.as_bytes()), "{line}");
        }
    }
}
