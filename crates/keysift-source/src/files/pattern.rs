//! Git's ignore patterns, written so that the matcher of the `ignore` crate takes them for what they mean to Git.
//!
//! That matcher knows braces, which Git does not; it takes a backslash between brackets for itself, and an unclosed bracket
//! for a bracket. So every line is read as Git's `dir.c` and `wildmatch.c` read it, and written anew.

use ignore::gitignore::GitignoreBuilder;

/// Adds the patterns of an ignore file. What Git would never match is left out, and so is what the matcher cannot say:
/// then more is scanned, not less.
pub(super) fn add_file(builder: &mut GitignoreBuilder, text: &[u8]) {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Ok(line) = std::str::from_utf8(line) {
            add_line(builder, line);
        }
    }
}

/// Adds one pattern; gives whether there was one.
pub(super) fn add_line(builder: &mut GitignoreBuilder, line: &str) -> bool {
    rewrite(line).is_some_and(|line| builder.add_line(None, &line).is_ok())
}

/// The pattern in the matcher's own words; `None` for a blank line, a comment, and what never matches.
fn rewrite(line: &str) -> Option<String> {
    let line = line.split('\0').next().unwrap_or_default();
    if line.starts_with('#') {
        return None;
    }
    let line = without_trailing_spaces(line);
    let (negation, line) = match line.strip_prefix('!') {
        Some(line) => ("!", line),
        None => ("", line),
    };
    let (suffix, line) = match line.strip_suffix('/') {
        Some(line) => ("/", line),
        None => ("", line),
    };
    let is_path = line.contains('/');
    let glob = line.strip_prefix('/').unwrap_or(line);
    // No name is empty or ends with a slash.
    if glob.is_empty() || glob.ends_with('/') {
        return None;
    }
    let prefix = if is_path { "/" } else { "" };
    let mut out = format!("{negation}{prefix}");
    rewrite_glob(glob, is_path, &mut out)?;
    out.push_str(suffix);
    Some(out)
}

fn without_trailing_spaces(line: &str) -> &str {
    let mut end = 0;
    let mut is_escaped = false;
    for (at, character) in line.char_indices() {
        if is_escaped || character != ' ' {
            end = at + character.len_utf8();
        }
        is_escaped = !is_escaped && character == '\\';
    }
    &line[..end]
}

fn rewrite_glob(glob: &str, is_path: bool, out: &mut String) -> Option<()> {
    let mut rest = glob;
    let mut previous = '/';
    while let Some(character) = rest.chars().next() {
        let before = previous;
        previous = character;
        rest = &rest[character.len_utf8()..];
        match character {
            '*' => {
                let after = rest.trim_start_matches('*');
                let is_any_depth = is_path && before == '/' && after.len() < rest.len();
                out.push_str(match after {
                    "" if is_any_depth => "**",
                    _ if is_any_depth && after.starts_with('/') => "**",
                    // Unlike a plain slash, this one has to be there.
                    _ if is_any_depth && after.starts_with("\\/") => "**/*",
                    _ => "*",
                });
                rest = after;
            }
            '?' => out.push('?'),
            '[' => rest = rewrite_class(rest, out)?,
            '\\' => {
                previous = rest.chars().next()?;
                rest = &rest[previous.len_utf8()..];
                push_literal(previous, out);
            }
            _ => push_literal(character, out),
        }
    }
    Some(())
}

fn push_literal(character: char, out: &mut String) {
    match character {
        // A backslash in front of a final slash would be taken away.
        '\\' => out.push_str("[\\]"),
        '/' | '.' | '-' | '_' => out.push(character),
        _ if character.is_ascii_alphanumeric() || !character.is_ascii() => out.push(character),
        _ => {
            out.push('\\');
            out.push(character);
        }
    }
}

/// The bytes that a bracket expression names. The matcher has no word for those that are not ASCII.
struct Class([bool; 256]);

impl Class {
    const fn add(&mut self, byte: u8) {
        self.0[byte as usize] = true;
    }

    fn add_where(&mut self, is_member: fn(&u8) -> bool) {
        for byte in 0..=u8::MAX {
            self.0[usize::from(byte)] |= is_member(&byte);
        }
    }

    fn add_named(&mut self, name: &str) -> Option<()> {
        self.add_where(match name {
            "alnum" => u8::is_ascii_alphanumeric,
            "alpha" => u8::is_ascii_alphabetic,
            "blank" => |byte| matches!(byte, b' ' | b'\t'),
            "cntrl" => u8::is_ascii_control,
            "digit" => u8::is_ascii_digit,
            "graph" => u8::is_ascii_graphic,
            "lower" => u8::is_ascii_lowercase,
            "print" => |byte| matches!(byte, b' '..=b'~'),
            "punct" => u8::is_ascii_punctuation,
            "space" => |byte| matches!(byte, b'\t'..=b'\r' | b' '),
            "upper" => u8::is_ascii_uppercase,
            "xdigit" => u8::is_ascii_hexdigit,
            _ => return None,
        });
        Some(())
    }

    /// Writes the class. Between its brackets the matcher knows no escape, so that the place decides what a character means.
    fn write(mut self, is_negated: bool, out: &mut String) -> Option<()> {
        // No class matches a slash; the matcher sees to it in negated ones.
        self.0[usize::from(b'/')] = false;
        let named = (0..=u8::MAX).filter(|&byte| self.0[usize::from(byte)]);
        let (ascii, other): (Vec<u8>, Vec<u8>) = named.partition(u8::is_ascii);
        if is_negated && !other.is_empty() {
            return None;
        }
        let mut members: Vec<char> = ascii.into_iter().map(char::from).collect();
        if members.is_empty() {
            return is_negated.then(|| out.push('?'));
        }
        if let ([member], false) = (&*members, is_negated) {
            push_literal(*member, out);
            return Some(());
        }
        let place = |member: &char| match member {
            ']' => 0,
            '!' | '^' => 2,
            '[' => 3,
            '-' => 4,
            _ => 1,
        };
        members.sort_by_key(place);
        // In front these would negate, and there is nothing else to put there.
        if !is_negated && matches!(*members, ['!' | '^', ..]) {
            for (at, member) in members.into_iter().enumerate() {
                out.push(if at == 0 { '{' } else { ',' });
                push_literal(member, out);
            }
            out.push('}');
            return Some(());
        }
        out.push_str(if is_negated { "[!" } else { "[" });
        out.extend(members);
        out.push(']');
        Some(())
    }
}

/// Rewrites the bracket expression that `rest` continues after its `[`; gives what follows it. `None` when it never
/// matches, or cannot be said.
fn rewrite_class<'p>(rest: &'p str, out: &mut String) -> Option<&'p str> {
    let bytes = rest.as_bytes();
    let mut class = Class([false; 256]);
    let mut at = 0;
    let is_negated = matches!(bytes.first()?, b'!' | b'^');
    if is_negated {
        at += 1;
    }
    // What a `-` would begin a range from; Git has 0 for nothing.
    let mut previous = 0;
    let mut is_first = true;
    loop {
        let mut byte = *bytes.get(at)?;
        if byte == b']' && !is_first {
            break;
        }
        is_first = false;
        match byte {
            b'\\' => {
                at += 1;
                byte = *bytes.get(at)?;
                class.add(byte);
            }
            b'-' if previous != 0 && bytes.get(at + 1).is_some_and(|&next| next != b']') => {
                at += 1;
                if bytes[at] == b'\\' {
                    at += 1;
                }
                for member in previous..=*bytes.get(at)? {
                    class.add(member);
                }
                byte = 0;
            }
            b'[' if bytes.get(at + 1) == Some(&b':') => {
                let name = &rest[at + 2..];
                let name = &name[..name.find(']')?];
                if let Some(name) = name.strip_suffix(':') {
                    class.add_named(name)?;
                    at += name.len() + 3;
                    byte = 0;
                } else {
                    class.add(byte);
                }
            }
            _ => class.add(byte),
        }
        previous = byte;
        at += 1;
    }
    class.write(is_negated, out)?;
    Some(&rest[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_for_the_matcher() {
        for (line, expected) in [
            ("", None),
            ("# a", None),
            ("/", None),
            ("!", None),
            ("**//", None),
            ("a\\", None),
            ("[a", None),
            ("[[:nix:]]", None),
            ("[é]", None),
            ("[aé]", Some("a")),
            ("[!aé]", None),
            ("a  ", Some("a")),
            ("a\\ ", Some("a\\ ")),
            ("a \\", None),
            ("\\#a", Some("\\#a")),
            ("!\\!a/", Some("!\\!a/")),
            ("{a,b}", Some("\\{a\\,b\\}")),
            ("/a", Some("/a")),
            ("a/b", Some("/a/b")),
            ("a/b/", Some("/a/b/")),
            ("a/", Some("a/")),
            ("**", Some("*")),
            ("a/**", Some("/a/**")),
            ("**/a", Some("/**/a")),
            ("a/***/b", Some("/a/**/b")),
            ("a/b**c", Some("/a/b*c")),
            ("[\\]x]", Some("[]x]")),
            ("[a-c-]", Some("[abc-]")),
            ("[^!]", Some("[!!]")),
            ("[!]", None),
            ("[]]", Some("\\]")),
            ("[c-a]", Some("c")),
            ("[-!^]", Some("{\\!,\\^,-}")),
            ("é*", Some("é*")),
            ("a\\\\/", Some("a[\\]/")),
        ] {
            assert_eq!(rewrite(line).as_deref(), expected, "{line:?}");
        }
    }
}
