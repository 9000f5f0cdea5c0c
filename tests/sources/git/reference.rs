//! What Git itself says was added, read from its diffs.

use std::collections::BTreeMap;

/// By path, the added lines with their ends.
pub(crate) type Added = BTreeMap<String, Vec<Vec<u8>>>;

/// Reads a diff that was made without context and with `--no-prefix`; of a merge's combined diff, the lines that no parent has.
pub(crate) fn added(diff: &[u8]) -> Added {
    let mut added = Added::new();
    let mut path = String::new();
    let mut parents = 0;
    let mut last_was_added = false;
    for line in diff.split_inclusive(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        if let Some(rest) = text.strip_prefix("diff --git ") {
            let rest = rest.trim_end();
            // `a a`: the same path twice.
            path = rest[..rest.len() / 2].to_owned();
            added.entry(path.clone()).or_default();
            parents = 0;
        } else if let Some(rest) = text.strip_prefix("diff --combined ") {
            path = rest.trim_end().to_owned();
            added.entry(path.clone()).or_default();
            parents = 0;
        } else if text.starts_with("@@") {
            parents = text.bytes().take_while(|byte| *byte == b'@').count() - 1;
        } else if text.starts_with("\\ ") {
            let lines = added.get_mut(&path).unwrap();
            if let Some(last) = lines.last_mut().filter(|_| last_was_added) {
                last.pop();
            }
        } else if parents > 0 {
            last_was_added = line[..parents.min(line.len())]
                .iter()
                .all(|byte| *byte == b'+');
            if last_was_added {
                added.get_mut(&path).unwrap().push(line[parents..].to_vec());
            }
        }
    }
    added
}

/// Options of Git's diffs that make them readable for [`added`].
pub(crate) const DIFF: [&str; 6] = [
    "-U0",
    "--no-renames",
    "--no-prefix",
    "--text",
    "--no-color",
    "--no-ext-diff",
];

#[test]
fn a_diff_is_read_as_it_is_written() {
    let diff = b"diff --git a/x a/x\nindex 1..2 100644\n--- a/x\n+++ a/x\n@@ -1 +1,2 @@\n-old\n+new\n+++ more\n\\ No newline at end of file\ndiff --combined y\nindex 1,2..3\n--- y\n+++ y\n@@@ -1,1 -1,1 +1,3 @@@\n++evil\n+ theirs\n --ours\n";
    let added = added(diff);
    assert_eq!(added["a/x"], [b"new\n".to_vec(), b"++ more".to_vec()]);
    assert_eq!(added["y"], [b"evil\n".to_vec()]);
}
