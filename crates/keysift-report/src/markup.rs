//! Text from outside inside Markdown and XML: escaped so that it is shown as it is and starts nothing.

use std::fmt::Write;

use crate::escape::escape;

/// Text as inline code for Markdown. It is an HTML element, whose text no service searches for mentions or references,
/// and within it each character that Markdown could mean something by is a character reference.
pub(crate) fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Text for Markdown, in which nothing but letters, digits, spaces, `/` and `-` stands for itself. A mention is still
/// one: text from outside belongs into [`code`].
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in escape(text.as_bytes()).chars() {
        if c.is_ascii_punctuation() && !"/-".contains(c) {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Text for an XML or HTML element or a quoted attribute. What XML cannot hold is escaped as on a terminal.
pub(crate) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in escape(text.as_bytes()).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_code_means_anything_to_markdown() {
        assert_eq!(
            code("a`|<b>@me #1\n*x*"),
            "<code>a&#96;&#124;&#60;b&#62;&#64;me &#35;1&#92;x0a&#42;x&#42;</code>"
        );
    }

    #[test]
    fn nothing_in_xml_ends_what_it_stands_in() {
        assert_eq!(
            xml("]]></a>\u{b}\u{ffff}&\"'"),
            "]]&gt;&lt;/a&gt;\\x0b\\u{ffff}&amp;&quot;&#39;"
        );
    }
}
