//! Elements of markup: `<name>value</name>`, `<property name="name">value`, `<key>name</key><string>value`.

use super::byte::{has_at, is_name_byte, skip_space};
use crate::blob::Span;

/// The longest name of a tag.
const MAX_TAG_BYTES: usize = 48;

/// How far a tag goes on behind the attribute that names it, in bytes.
const MAX_ATTRIBUTES_BYTES: usize = 96;

/// The most blanks and line ends between two tags.
const MAX_SPACE_BYTES: usize = 96;

/// Where the text of the element begins that the name names; `at` is at the `<` or `>` behind it.
pub(super) fn element(hay: &[u8], name: Span, at: usize, is_quoted: bool) -> Option<usize> {
    if hay.get(at) == Some(&b'>') {
        // A group of a regular expression has a name in angles too: `(?P<secret>…)`.
        if hay[..name.start].ends_with(b"(?P<") || hay[..name.start].ends_with(b"(?<") {
            return None;
        }
        let opens = name.start > 0 && matches!(hay[name.start - 1], b'<' | b':');
        return (opens || is_quoted).then(|| pass_inner(hay, at + 1));
    }
    after_closing_tag(hay, at)
}

/// Passes what stands between an element's tag and its text: `<value>`, `<![CDATA[`.
fn pass_inner(hay: &[u8], at: usize) -> usize {
    const INNER: [&[u8]; 4] = [b"<value>", b"<string>", b"<val>", b"<![cdata["];
    let open = skip_space(hay, at, MAX_SPACE_BYTES);
    let inner = INNER.iter().find(|tag| has_at(hay, open, tag));
    inner.map_or(at, |tag| open + tag.len())
}

/// Where the text begins of an element that a quoted attribute names and whose tag goes on at `at`:
/// `<setting name="ApiKey" as="String"><value>…`.
pub(super) fn text_behind_attributes(hay: &[u8], at: usize) -> Option<usize> {
    let limit = hay.len().min(at + MAX_ATTRIBUTES_BYTES);
    let close = at
        + hay
            .get(at..limit)?
            .iter()
            .position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
    // Each attribute has a value.
    let has_attributes = hay[at..close].contains(&b'=') && hay[at..close].contains(&b'"');
    let opens = hay[close] == b'>' && !matches!(hay[close - 1], b'/' | b'-' | b'=' | b'?');
    (has_attributes && opens).then(|| pass_inner(hay, close + 1))
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
