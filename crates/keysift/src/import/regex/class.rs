//! Classes of characters.

use super::escape::GO_SPACE;
use super::{Dialect, Translator};

/// One item of a class.
enum Item {
    /// A character, which may begin or end a range.
    Char(char),
    /// Several, as they are written in a class.
    Set(String),
}

impl Translator<'_> {
    /// A class whose bracket was taken. Brackets and doubled signs in it mean something to the engine, and are escaped.
    pub(super) fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.takes('^') {
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let Some((_, next)) = self.chars.next() else {
                return Err("a class that does not end".to_owned());
            };
            if next == ']' && !is_first {
                break;
            }
            is_first = false;
            match self.item(next)? {
                Item::Set(set) => self.out.push_str(&set),
                Item::Char(from) => self.range(from)?,
            }
        }
        self.out.push(']');
        Ok(())
    }

    /// A character, or a range that begins with it.
    fn range(&mut self, from: char) -> Result<(), String> {
        let rest = self.rest();
        let is_range = rest.starts_with('-') && !rest.starts_with("-]") && rest.len() > 1;
        let mut to = from;
        if is_range {
            self.skip(1);
            let Some((_, next)) = self.chars.next() else {
                return Err("a class that does not end".to_owned());
            };
            match self.item(next)? {
                Item::Char(end) => to = end,
                Item::Set(set) => {
                    self.class_char(from);
                    self.out.push_str("\\-");
                    self.out.push_str(&set);
                    return Ok(());
                }
            }
        }
        if to < from {
            return Err(format!("the range {from:?} to {to:?}, which is empty"));
        }
        let last = to.min('\x7f');
        if from.is_ascii() {
            self.class_char(from);
            if last > from {
                self.out.push('-');
                self.class_char(last);
            }
        }
        if !to.is_ascii() {
            self.out.push_str("\\x80-\\xff");
            self.differs("of characters outside ASCII, a class has all or none");
        }
        Ok(())
    }

    /// An ASCII character in a class, escaped where it would mean something there.
    fn class_char(&mut self, next: char) {
        match next {
            '\\' | '[' | ']' | '^' | '-' | '&' | '~' => self.out.push_str(&format!("\\{next}")),
            ' '..='}' => self.out.push(next),
            _ => self.out.push_str(&format!("\\x{:02x}", u32::from(next))),
        }
    }

    fn item(&mut self, next: char) -> Result<Item, String> {
        match next {
            '\\' => self.class_escape(),
            '[' if self.rest().starts_with(':') && self.rest().contains(":]") => {
                let end = self.rest().find(":]").unwrap_or_default() + 2;
                let set = format!("[{}", &self.rest()[..end]);
                self.skip(end);
                Ok(Item::Set(set))
            }
            _ => Ok(Item::Char(next)),
        }
    }

    fn class_escape(&mut self) -> Result<Item, String> {
        let Some((_, next)) = self.chars.next() else {
            return Err("a backslash at its end".to_owned());
        };
        let set = |text: String| Ok(Item::Set(text));
        match next {
            's' if self.dialect == Dialect::Go => set(GO_SPACE.to_owned()),
            'S' if self.dialect == Dialect::Go => set(format!("[^{GO_SPACE}]")),
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => set(format!("\\{next}")),
            'p' | 'P' => {
                let (is_negated, ranges) = self.unicode_class(next)?;
                let negation = if is_negated { "^" } else { "" };
                set(format!("[{negation}{ranges}]"))
            }
            'n' => Ok(Item::Char('\n')),
            'r' => Ok(Item::Char('\r')),
            't' => Ok(Item::Char('\t')),
            'f' => Ok(Item::Char('\x0c')),
            'v' => Ok(Item::Char('\x0b')),
            'a' => Ok(Item::Char('\x07')),
            'b' if self.dialect == Dialect::Python => Ok(Item::Char('\x08')),
            '0'..='9' | 'x' | 'u' => {
                let code = self.code(next)?;
                char::from_u32(code)
                    .map(Item::Char)
                    .ok_or_else(|| format!("the number {code:x}, which is no character"))
            }
            'A'..='Z' | 'a'..='z' => Err(format!("the escape \\{next} in a class")),
            _ => Ok(Item::Char(next)),
        }
    }
}
