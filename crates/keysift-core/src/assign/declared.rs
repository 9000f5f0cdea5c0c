//! Names that are given their value without an operator: blocks of variables, images, directives.

use super::byte::{has_at, is_name_byte, line_end, line_start, skip_blanks, skip_space};
use super::name::{Name, NameKind};
use super::operator::MAX_BLANKS;

/// The longest first argument of a call that takes two, in bytes.
const MAX_ARGUMENT_BYTES: usize = 80;

/// How far into a variable's block its default is sought, in bytes.
const MAX_BLOCK_BYTES: usize = 256;

/// The longest line of a directive that is looked at, in bytes.
const MAX_DIRECTIVE_BYTES: usize = 160;

/// Behind the `=` of the default in a block of HCL that declares a variable: `variable "name" { default = "…" }`.
pub(super) fn default(hay: &[u8], from: usize) -> Option<usize> {
    let limit = hay.len().min(from + MAX_BLOCK_BYTES);
    let mut at = from;
    loop {
        at = skip_space(&hay[..limit], at, MAX_BLOCK_BYTES);
        if has_at(&hay[..limit], at, b"default") {
            let sign = skip_blanks(hay, at + b"default".len(), MAX_BLANKS);
            return (hay.get(sign) == Some(&b'=')).then_some(sign + 1);
        }
        if !hay[..limit].get(at).is_some_and(|byte| is_name_byte(*byte)) {
            return None;
        }
        at += memchr::memchr(b'\n', &hay[at..limit])?;
    }
}

/// Whether the name is an image's variable, with a blank before its value: `ENV NAME value`.
pub(super) fn is_image_variable(hay: &[u8], name: &Name) -> bool {
    let start = line_start(hay, name.span.start, MAX_DIRECTIVE_BYTES);
    let before = hay[start..name.span.start].trim_ascii();
    before.eq_ignore_ascii_case(b"env") || before.eq_ignore_ascii_case(b"arg")
}

/// Whether the name begins a line, and the value at `at` ends it and is no word: `bindpw q7Zk2v`.
pub(super) fn is_directive(hay: &[u8], name: &Name, at: usize) -> bool {
    let start = line_start(hay, name.span.start, MAX_DIRECTIVE_BYTES);
    name.kind == NameKind::Password
        && hay[start..name.span.start].trim_ascii().is_empty()
        && ends_line(hay, at)
}

/// Whether what stands at `at` ends the line and is no word: `the password is q7Zk2v`.
pub(super) fn ends_line(hay: &[u8], at: usize) -> bool {
    let value = hay[at..line_end(hay, at, MAX_DIRECTIVE_BYTES)].trim_ascii();
    let may_be_in = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'(' | b'{' | b'=' | b'<' | b'[');
    value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        && value.iter().all(may_be_in)
}

/// Where the second argument begins of a call that takes a user and a password: `basicAuth("user", "password")`. `from`
/// is behind the parenthesis. `None` when the name is none of such a call, or the second argument is no text.
pub(super) fn second_argument(hay: &[u8], name: &Name, from: usize) -> Option<usize> {
    let is_login = matches!(name.kind, NameKind::Auth | NameKind::Credential)
        || hay[name.span.range()].ends_with(b"Authentication");
    let limit = hay.len().min(from + MAX_ARGUMENT_BYTES);
    let first = skip_space(&hay[..limit], from, MAX_BLANKS);
    let end = match hay[..limit].get(first)? {
        quote @ (b'"' | b'\'') => first + 2 + memchr::memchr(*quote, &hay[first + 1..limit])?,
        _ => {
            let is_path = |byte: &u8| is_name_byte(*byte) || matches!(byte, b'.' | b'$' | b'@');
            first
                + hay[first..limit]
                    .iter()
                    .take_while(|byte| is_path(byte))
                    .count()
        }
    };
    let comma = skip_blanks(hay, end, MAX_BLANKS);
    let second = skip_space(hay, comma + 1, MAX_BLANKS);
    let has_second = hay.get(comma) == Some(&b',') && matches!(hay.get(second), Some(b'"' | b'\''));
    (is_login && end > first && has_second).then_some(second)
}
