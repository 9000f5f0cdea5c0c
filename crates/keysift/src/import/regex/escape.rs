//! What a backslash means in another syntax.

use super::{Dialect, Translator};

/// What Go's `\s` is: without the vertical tab.
pub(super) const GO_SPACE: &str = r"\t\n\x0c\r\x20";

/// The classes of Unicode that have a near equal in bytes: their ASCII part, and every byte of longer characters.
const UNICODE_CLASSES: [(&str, &str); 12] = [
    ("L", r"A-Za-z\x80-\xff"),
    ("Letter", r"A-Za-z\x80-\xff"),
    ("Lu", r"A-Z\x80-\xff"),
    ("Ll", r"a-z\x80-\xff"),
    ("N", r"0-9\x80-\xff"),
    ("Nd", r"0-9\x80-\xff"),
    ("Latin", r"A-Za-z\x80-\xff"),
    ("Greek", r"\x80-\xff"),
    ("Cyrillic", r"\x80-\xff"),
    ("Han", r"\x80-\xff"),
    ("Z", r"\x20\x80-\xff"),
    ("Zs", r"\x20\x80-\xff"),
];

impl Translator<'_> {
    /// What follows a backslash outside of a class.
    pub(super) fn escape(&mut self) -> Result<(), String> {
        let Some((_, next)) = self.chars.next() else {
            return Err("a backslash at its end".to_owned());
        };
        match next {
            'Q' if self.dialect == Dialect::Go => self.quoted(),
            'C' if self.dialect == Dialect::Go => self.out.push_str("(?s:.)"),
            'Z' if self.dialect == Dialect::Python => self.out.push_str(r"\z"),
            's' if self.dialect == Dialect::Go => self.out.push_str(&format!("[{GO_SPACE}]")),
            'S' if self.dialect == Dialect::Go => self.out.push_str(&format!("[^{GO_SPACE}]")),
            'p' | 'P' => {
                let (is_negated, ranges) = self.unicode_class(next)?;
                let negation = if is_negated { "^" } else { "" };
                self.out.push_str(&format!("[{negation}{ranges}]"));
            }
            '0'..='9' | 'x' | 'u' => {
                let code = self.code(next)?;
                self.coded(code);
            }
            _ => self.escaped_letter(next),
        }
        Ok(())
    }

    /// An escape that is the same in both, or a sign that stands for itself.
    pub(super) fn escaped_letter(&mut self, next: char) {
        if !next.is_ascii() {
            return self.literal(next);
        }
        // The engine takes these two for the edges of words.
        if !matches!(next, '<' | '>') {
            self.out.push('\\');
        }
        self.out.push(next);
    }

    /// The text up to `\E`, which stands for itself.
    fn quoted(&mut self) {
        let rest = self.rest();
        let (text, end) = match rest.find("\\E") {
            Some(end) => (&rest[..end], 2),
            None => (rest, 0),
        };
        self.out.push_str(&super::escaped(text));
        self.skip(text.chars().count() + end);
    }

    /// A character by its number, whose first digit or letter was taken.
    pub(super) fn code(&mut self, first: char) -> Result<u32, String> {
        let rest = self.rest();
        let (digits, radix, length) = match first {
            'x' if rest.starts_with('{') => {
                let end = rest.find('}').ok_or("a \\x{ that does not end")?;
                (rest[1..end].to_owned(), 16, end + 1)
            }
            'x' => (rest.chars().take(2).collect(), 16, 2),
            'u' => (rest.chars().take(4).collect(), 16, 4),
            _ => {
                let more: String = rest
                    .chars()
                    .take(2)
                    .take_while(|digit| ('0'..='7').contains(digit))
                    .collect();
                if first != '0' && more.is_empty() {
                    return Err(format!("the back-reference \\{first}"));
                }
                let length = more.len();
                (format!("{first}{more}"), 8, length)
            }
        };
        self.skip(length);
        u32::from_str_radix(&digits, radix)
            .map_err(|_| format!("the escape \\{first}{digits}, which names no character"))
    }

    /// Writes a character that was given by its number.
    fn coded(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(next) if next.is_ascii() => self.out.push_str(&format!("\\x{code:02x}")),
            Some(next) => self.literal(next),
            None => self.differs("a number that is no character matches nothing"),
        }
    }

    /// The bytes that come nearest to a class of Unicode, and whether they are left out.
    pub(super) fn unicode_class(&mut self, letter: char) -> Result<(bool, &'static str), String> {
        let rest = self.rest();
        let (name, length) = match rest.strip_prefix('{') {
            Some(inside) => {
                let end = inside.find('}').ok_or("a \\p{ that does not end")?;
                (&inside[..end], end + 2)
            }
            None => {
                let one = rest.chars().next().map_or(0, char::len_utf8);
                (&rest[..one], one)
            }
        };
        self.skip(length);
        let (is_inverse, name) = match name.strip_prefix('^') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let ranges = UNICODE_CLASSES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, ranges)| *ranges)
            .ok_or_else(|| format!("the Unicode class {name:?}"))?;
        self.differs("of characters outside ASCII, a class of Unicode has all or none");
        Ok(((letter == 'P') != is_inverse, ranges))
    }
}
