//! Where a finding stands, in the terms of other formats: paths as URIs, columns in characters, the line as text.

use std::path::{Component, Path};

use keysift_core::{Finding, Origin, Position};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::SecretDisplay;
use crate::escape::escape;
use crate::mask::Mask;

/// What stands where a line was cut.
const CUT: &str = "...";

/// What RFC 3986 does not reserve stays.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How a secret is hidden, the innermost encoding first: `base64 in hex`; `None` where it stands there plainly.
pub(crate) fn hidden_in(finding: &Finding) -> Option<String> {
    let names: Vec<&str> = finding.via.iter().rev().map(|it| it.as_str()).collect();
    (!names.is_empty()).then(|| names.join(" in "))
}

/// A path as a URI reference.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Uri {
    /// Percent-encoded, byte by byte: nothing of a path is lost.
    pub(crate) text: String,
    /// Whether it stands under the directory that the scan was started in.
    pub(crate) is_under_root: bool,
}

/// The origin's path as a URI reference: relative where the path is, otherwise `file:`. What has no path has its name.
pub(crate) fn uri(origin: &Origin) -> Uri {
    if let Origin::Within { repository, origin } = origin {
        let inner = uri(origin);
        let outer = path_uri(Path::new(&**repository));
        return Uri {
            text: format!("{}/{}", outer.text, inner.text),
            is_under_root: outer.is_under_root,
        };
    }
    match origin.path() {
        Some(path) => path_uri(path),
        None => Uri {
            text: encode(origin.to_string().as_bytes()),
            is_under_root: false,
        },
    }
}

/// A path as a URI reference: relative where it is, otherwise `file:`.
pub(crate) fn path_uri(path: &Path) -> Uri {
    let mut parts = Vec::new();
    let (mut is_absolute, mut is_under_root) = (false, true);
    for component in path.components() {
        match component {
            Component::Prefix(prefix) => parts.push(encode(prefix.as_os_str().as_encoded_bytes())),
            Component::RootDir => is_absolute = true,
            Component::CurDir => {}
            Component::ParentDir => {
                is_under_root = false;
                parts.push("..".to_owned());
            }
            Component::Normal(part) => parts.push(encode(part.as_encoded_bytes())),
        }
    }
    let text = parts.join("/");
    Uri {
        text: if is_absolute {
            format!("file:///{text}")
        } else {
            text
        },
        is_under_root: is_under_root && !is_absolute,
    }
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, RESERVED).to_string()
}

/// Who brought a blob into a history, and when.
#[derive(Debug)]
pub(crate) struct Authorship<'a> {
    /// The whole id of the commit or the tag.
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    /// RFC 3339; empty where it is not known.
    pub(crate) date: String,
}

/// Who brought the origin into its history; `None` outside one.
pub(crate) fn authorship(origin: &Origin) -> Option<Authorship<'_>> {
    let (id, name, email, date) = match (origin.commit(), origin.tag()) {
        (Some(commit), _) => (&commit.id, &commit.author, &commit.email, commit.date),
        (None, Some(tag)) => (&tag.id, &tag.tagger, &tag.email, tag.date),
        (None, None) => return None,
    };
    Some(Authorship {
        id,
        name,
        email,
        date: date.map(|date| date.to_string()).unwrap_or_default(),
    })
}

/// How what holds a finding of a whole history can still be reached; `None` where it is of none. Not escaped.
pub(crate) fn standing(finding: &Finding) -> Option<String> {
    let standing = finding.standing.as_deref()?;
    Some(match &standing.reached_by {
        Some(_) if standing.is_in_head => "still in HEAD".to_owned(),
        Some(name) => {
            let removed = standing.removed_by.as_deref().map(|commit| {
                let date = commit.date.map(|date| format!(", {date}"));
                format!(" since {}{}", commit.short_id(), date.unwrap_or_default())
            });
            format!(
                "not in HEAD{}; {name} leads to it",
                removed.unwrap_or_default()
            )
        }
        None => {
            "unreachable: no reference leads to it, and the repository still holds it".to_owned()
        }
    })
}

/// From where to where a secret stands, in lines and UTF-16 code units; the end is behind the last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

/// The region of a finding's secret. What is beyond the excerpt in a long line counts by its bytes.
pub(crate) fn region(finding: &Finding) -> Region {
    let before = &finding.excerpt.before;
    let start = Position {
        line: finding.start.line,
        column: finding.start.column.saturating_sub(before.len() as u64) + units(before),
    };
    let secret = finding.secret.expose();
    let secret = secret.strip_suffix(b"\n").unwrap_or(secret);
    let column = match secret.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => units(&secret[at + 1..]) + 1,
        None => start.column + units(secret),
    };
    Region {
        start,
        end: Position {
            line: finding.end.line,
            column,
        },
    }
}

/// The number of UTF-16 code units; what is no UTF-8 counts as what replaces it.
fn units(bytes: &[u8]) -> u64 {
    bytes
        .utf8_chunks()
        .map(|chunk| {
            chunk.valid().encode_utf16().count() as u64 + u64::from(!chunk.invalid().is_empty())
        })
        .sum()
}

/// The secret as far as it may be shown, escaped.
pub(crate) fn secret(finding: &Finding, secrets: SecretDisplay) -> String {
    match secrets {
        SecretDisplay::Redacted => escape(finding.secret.redacted().as_bytes()),
        SecretDisplay::Shown => escape(finding.secret.expose()),
    }
}

/// The line with the secret in it as far as it may be shown, escaped.
pub(crate) fn line(finding: &Finding, mask: &Mask<'_>) -> String {
    let (before, after) = (mask.before(finding), mask.after(finding));
    let mut line = if finding.excerpt.is_cut_before {
        format!("{CUT}{}", escape(&before))
    } else {
        escape(before.trim_ascii_start())
    };
    line.push_str(&secret(finding, mask.secrets()));
    if finding.excerpt.is_cut_after {
        line.push_str(&escape(&after));
        line.push_str(CUT);
    } else {
        line.push_str(&escape(after.trim_ascii_end()));
    }
    line
}

/// The first characters of a text, with a mark where it was cut.
pub(crate) fn head(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text
                .chars()
                .take(max_chars.saturating_sub(CUT.len()))
                .collect();
            format!("{kept}{CUT}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_is_a_relative_reference() {
        for (path, text, is_under_root) in [
            ("a/b.txt", "a/b.txt", true),
            ("./a b/ü:?#%.txt", "a%20b/%C3%BC%3A%3F%23%25.txt", true),
            ("../a", "../a", false),
            ("a\n<\"&", "a%0A%3C%22%26", true),
            ("javascript:alert(1)", "javascript%3Aalert%281%29", true),
        ] {
            let expected = Uri {
                text: text.to_owned(),
                is_under_root,
            };
            assert_eq!(path_uri(Path::new(path)), expected);
        }
        assert_eq!(uri(&Origin::Stdin).text, "%3Cstdin%3E");
    }

    #[cfg(unix)]
    #[test]
    fn no_byte_of_a_path_is_lost() {
        use std::os::unix::ffi::OsStrExt;

        let path = Path::new(std::ffi::OsStr::from_bytes(b"/a\xff/b"));
        let expected = Uri {
            text: "file:///a%FF/b".to_owned(),
            is_under_root: false,
        };
        assert_eq!(path_uri(path), expected);
    }

    #[test]
    fn units_are_those_of_utf_16() {
        assert_eq!(units("aü日🔑".as_bytes()), 5);
        assert_eq!(units(b"a\xff\xfeb"), 4);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_says_so() {
        assert_eq!(head("äöüäöü", 6), "äöüäöü");
        assert_eq!(head("äöüäöüä", 6), "äöü...");
    }
}
