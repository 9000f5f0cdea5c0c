//! Elements of markup: `<name>value</name>`, `<property name="name">value`, `<key>name</key><string>value`.

use super::byte::{has_at, is_name_byte, skip_space};
use crate::blob::Span;

/// The longest name of a tag.
const MAX_TAG_BYTES: usize = 48;

/// Where the text of the element begins that the name names; `at` is at the `<` or `>` behind it.
pub(super) fn element(hay: &[u8], name: Span, at: usize, is_quoted: bool) -> Option<usize> {
    if hay.get(at) == Some(&b'>') {
        // A group of a regular expression has a name in angles too: `(?P<secret>…)`.
        if hay[..name.start].ends_with(b"(?P<") || hay[..name.start].ends_with(b"(?<") {
            return None;
        }
        let opens = name.start > 0 && matches!(hay[name.start - 1], b'<' | b':');
        return (opens || is_quoted).then_some(at + 1);
    }
    after_closing_tag(hay, at)
}

/// `</key> <string>`: where the second element's text begins.
fn after_closing_tag(hay: &[u8], at: usize) -> Option<usize> {
    if !has_at(hay, at, b"</") {
        return None;
    }
    let end = tag_end(hay, at + 2)?;
    let open = skip_space(hay, end, 64);
    if hay.get(open) != Some(&b'<') || hay.get(open + 1) == Some(&b'/') {
        return None;
    }
    tag_end(hay, open + 1)
}

/// Behind the `>` of a tag whose name begins at `at`.
fn tag_end(hay: &[u8], at: usize) -> Option<usize> {
    let limit = hay.len().min(at + MAX_TAG_BYTES);
    let mut end = at;
    while end < limit && (is_name_byte(hay[end]) || matches!(hay[end], b':' | b'-' | b'.')) {
        end += 1;
    }
    (end > at && hay.get(end) == Some(&b'>')).then_some(end + 1)
}
