//! Patterns of other scanners, written as the engine reads them: bytes, Unicode off.
//!
//! What can be said in both is said in the engine's way. What cannot is refused by name.

mod class;
mod escape;

use std::iter::Peekable;
use std::str::CharIndices;

/// Whose syntax a pattern is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Go's `regexp`, which is RE2's: gitleaks, betterleaks, trufflehog.
    Go,
    /// Python's `re`, run on one line at a time: detect-secrets.
    Python,
    /// Rust's `regex` on bytes: kingfisher, noseyparker. Comments in it are the only difference.
    Rust,
}

/// A pattern as the engine reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Translated {
    pub(super) pattern: String,
    /// What is not quite the same in it; `None` when nothing is.
    pub(super) difference: Option<&'static str>,
}

/// Writes a pattern as the engine reads it.
///
/// # Errors
/// What the engine cannot do, by name. Whether the rest parses is the engine's to say.
pub(super) fn translate(text: &str, dialect: Dialect) -> Result<Translated, String> {
    if dialect == Dialect::Rust {
        return Ok(Translated {
            pattern: without_comments(text),
            difference: None,
        });
    }
    let mut translator = Translator {
        chars: text.char_indices().peekable(),
        text,
        dialect,
        out: String::with_capacity(text.len() + 16),
        difference: None,
    };
    translator.run()?;
    Ok(Translated {
        pattern: translator.out,
        difference: translator.difference,
    })
}

/// Writes a pattern that is only searched for, such as an allowlist's, and asks the engine whether it takes it.
///
/// # Errors
/// As [`translate`], and what the engine says.
pub(super) fn plain(text: &str, dialect: Dialect) -> Result<String, String> {
    let pattern = translate(text, dialect)?.pattern;
    keysift_core::check_plain_pattern(&pattern).map_err(|error| error.to_string())?;
    Ok(pattern)
}

struct Translator<'a> {
    chars: Peekable<CharIndices<'a>>,
    text: &'a str,
    dialect: Dialect,
    out: String,
    difference: Option<&'static str>,
}

impl<'a> Translator<'a> {
    fn run(&mut self) -> Result<(), String> {
        while let Some((at, next)) = self.chars.next() {
            match next {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                '*' | '+' | '?' => {
                    self.out.push(next);
                    self.end_quantifier()?;
                }
                '{' => self.brace(at)?,
                // detect-secrets looks at one line at a time, and `$` matches before its end.
                '^' | '$' if self.dialect == Dialect::Python => {
                    self.out.push_str(&format!("(?m:{next})"));
                }
                _ => self.literal(next),
            }
        }
        Ok(())
    }

    /// The text from an offset on.
    fn rest(&mut self) -> &'a str {
        let at = self.chars.peek().map_or(self.text.len(), |(at, _)| *at);
        &self.text[at..]
    }

    fn skip(&mut self, chars: usize) {
        for _ in 0..chars {
            self.chars.next();
        }
    }

    /// Takes the next character if it is this one.
    fn takes(&mut self, wanted: char) -> bool {
        self.chars.next_if(|(_, next)| *next == wanted).is_some()
    }

    /// A character that stands for itself, or for any of its kind.
    fn literal(&mut self, next: char) {
        if next.is_ascii() {
            self.out.push(next);
            return;
        }
        self.out.push_str("(?:");
        let mut bytes = [0; 4];
        for byte in next.encode_utf8(&mut bytes).bytes() {
            self.out.push_str(&format!("\\x{byte:02x}"));
        }
        self.out.push(')');
    }

    /// What follows a repetition: a `?` makes it lazy; a `+` makes it possessive, which no automaton can be.
    fn end_quantifier(&mut self) -> Result<(), String> {
        if self.takes('?') {
            self.out.push('?');
        } else if self.chars.peek().is_some_and(|(_, next)| *next == '+') {
            return Err("a possessive repetition".to_owned());
        }
        Ok(())
    }

    /// A brace is a repetition only with numbers in it; otherwise it stands for itself.
    fn brace(&mut self, at: usize) -> Result<(), String> {
        let rest = self.rest();
        let inside = rest.split_once('}').map(|(inside, _)| inside);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let bounds = inside.and_then(|inside| {
            let (min, max) = inside.split_once(',').unwrap_or((inside, inside));
            (is_number(min) && is_number(max) && inside != "," && !inside.is_empty())
                .then_some((inside, min))
        });
        let Some((inside, min)) = bounds
            .filter(|(_, min)| at > 0 && (!min.is_empty() || self.dialect == Dialect::Python))
        else {
            self.out.push_str("\\{");
            return Ok(());
        };
        self.skip(inside.len() + 1);
        let zero = if min.is_empty() { "0" } else { "" };
        self.out.push_str(&format!("{{{zero}{inside}}}"));
        self.end_quantifier()
    }

    /// What opens a group. Names go: the engine gives them a meaning of its own.
    fn group(&mut self) -> Result<(), String> {
        let rest = self.rest();
        let Some(kind) = rest.strip_prefix('?') else {
            self.out.push('(');
            return Ok(());
        };
        let refused = [
            ("=", "a look-ahead"),
            ("!", "a look-ahead"),
            ("<=", "a look-behind"),
            ("<!", "a look-behind"),
            (">", "an atomic group"),
            ("P=", "a back-reference"),
            ("P>", "a recursion"),
            ("(", "a conditional group"),
            ("R", "a recursion"),
        ];
        if let Some((_, what)) = refused.iter().find(|(mark, _)| kind.starts_with(mark)) {
            return Err((*what).to_owned());
        }
        if kind.starts_with('#') {
            let length = rest.find(')').ok_or("a comment that does not end")?;
            self.skip(rest[..=length].chars().count());
            return Ok(());
        }
        if kind.starts_with("P<") || kind.starts_with('<') {
            let length = rest.find('>').ok_or("a group's name that does not end")?;
            self.skip(rest[..=length].chars().count());
            self.out.push('(');
            return Ok(());
        }
        let flags: String = kind
            .chars()
            .take_while(|flag| flag.is_ascii_alphabetic() || *flag == '-')
            .collect();
        self.skip(1 + flags.len());
        // Python's flags for bytes and locales say what is the case here anyway.
        let is_known =
            |flag: &char| self.dialect == Dialect::Go || !matches!(flag, 'a' | 'u' | 'L');
        let kept: String = flags.chars().filter(is_known).collect();
        if kept.contains('x') && self.dialect == Dialect::Python {
            return Err("the flag x, which makes blanks a comment".to_owned());
        }
        if kept.is_empty() && !flags.is_empty() && self.takes(')') {
            return Ok(());
        }
        self.out.push_str("(?");
        self.out.push_str(&kept);
        Ok(())
    }

    /// Says that something is not quite the same; the first such thing is told.
    fn differs(&mut self, how: &'static str) {
        self.difference.get_or_insert(how);
    }
}

/// The pattern without `(?#…)`. Vectorscan and `regex` agree on the rest.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("(?#") {
        let is_escaped = rest[..start]
            .bytes()
            .rev()
            .take_while(|byte| *byte == b'\\')
            .count()
            % 2
            == 1;
        let Some(end) = rest[start..].find(')').filter(|_| !is_escaped) else {
            out.push_str(&rest[..start + 3]);
            rest = &rest[start + 3..];
            continue;
        };
        out.push_str(&rest[..start]);
        rest = &rest[start + end + 1..];
    }
    out.push_str(rest);
    out
}

/// A text as a pattern that matches it and nothing else.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests;
