//! What a value is: a literal that could be a secret, or one of the many things that are not.

use super::Assignment;
use super::byte::{Sought, is_name_byte, line_end};
use super::lexicon;
use super::name::{self, NameKind};
use super::operator::Syntax;
use super::prefix;
use super::shape;
use super::value::{Quote, Wrapping};
use super::word::Traits;

/// What a value is. Only literals could be secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nature {
    /// Written out where it stands.
    Literal,
    /// Found elsewhere when the program runs: a variable, a template, a look-up.
    Reference,
    /// Stands for a value: stars, `<password>`, one repeated character.
    Placeholder,
    /// The place of a file or a page.
    Location,
    /// Words for people.
    Prose,
    /// Made from a secret or from content: a digest, a hash of a password.
    Digest,
    /// A public key, a certificate, or armour that other rules read.
    Armour,
    /// Encrypted, and of no use without another secret.
    Encrypted,
    /// A word of the language: a type, a number, `null`.
    Syntax,
    /// What a table or a map is asked for: keys have that name far more often than secrets have.
    Identifier,
}

/// The most blanks that a secret has. Passphrases of more words are told from prose by nothing.
const MAX_BLANKS_IN_SECRET: usize = 1;

/// What the value of an assignment is, by its own bytes and what stands right behind it.
pub(super) fn of(hay: &[u8], assignment: &Assignment) -> Nature {
    let value = &hay[assignment.value.range()];
    let sought = Sought::new(value);
    if stands_for(value, &sought) {
        return Nature::Placeholder;
    }
    if refers(value, &sought) {
        return Nature::Reference;
    }
    if let Some(nature) = prefix::nature(value) {
        return nature;
    }
    if is_prose(value) && !is_passphrase(value, assignment) {
        return Nature::Prose;
    }
    if is_location(value, &sought) {
        return Nature::Location;
    }
    if is_word_of_language(value) || lists_parameters(hay, assignment) {
        return Nature::Syntax;
    }
    if assignment.quote == Quote::None && is_expression(hay, assignment, &sought) {
        return Nature::Reference;
    }
    let is_name_expected = match assignment.name.kind {
        NameKind::Key => true,
        NameKind::Password
        | NameKind::OneTime
        | NameKind::Salt
        | NameKind::Nonce
        | NameKind::Address => false,
        _ => assignment.quote == Quote::None,
    };
    if is_name_expected && is_identifier(value) {
        return Nature::Identifier;
    }
    let meaning = name::meaning(hay, &assignment.name);
    let is_issued = matches!(
        assignment.name.kind,
        NameKind::Key | NameKind::Secret | NameKind::Token
    );
    let is_told =
        meaning.last.has(Traits::MESSAGE) && (is_identifier(value) || shape::is_uuid(value));
    if meaning.all.has(Traits::IDLE) || is_told || is_issued && meaning.last.has(Traits::IDENTIFIER)
    {
        return Nature::Identifier;
    }
    Nature::Literal
}

/// Letters and joints alone: a word, or several. One without joints that is like no word may be random.
fn is_identifier(value: &[u8]) -> bool {
    const SHORTEST_RANDOM: usize = 7;
    /// Long letters need not be so unlike words, in sixteenths of a bit a pair.
    const LONG: usize = 12;
    const UNLIKE: i32 = -4;
    let letters = value
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let joints = value
        .iter()
        .filter(|byte| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/' | b'\\' | b',' | b' '))
        .count();
    let is_random = || {
        joints == 0
            && letters >= SHORTEST_RANDOM
            && 2 * lexicon::wordiness(value).covered < letters
            && (letters >= LONG || lexicon::likelihoods(value).0 < UNLIKE)
    };
    letters + joints == value.len() && !is_random()
}

/// Stars, dots, one repeated character.
fn stands_for(value: &[u8], sought: &Sought<'_>) -> bool {
    let first = value[0].to_ascii_lowercase();
    let is_repeated = value.iter().all(|byte| byte.to_ascii_lowercase() == first);
    let has = |text: &[u8]| sought.has(text);
    let is_tag = first == b'<' && value.ends_with(b">");
    let is_option = first == b'[' && value.ends_with(b"]");
    is_repeated
        || is_tag
        || is_option
        || has(b"***")
        || has(b"...")
        || has(b"xxxx")
        || has(b"XXXX")
        || has("…".as_bytes())
}

/// A variable or a template, whole or in part.
fn refers(value: &[u8], sought: &Sought<'_>) -> bool {
    let has = |text: &[u8]| sought.has(text);
    if has(b"${")
        || has(b"#{")
        || has(b"{{")
        || has(b"$(")
        || has(b"<%")
        || has(b"%>")
        || has(b"}}")
        || has(b"\\(")
    {
        return true;
    }
    if value.len() > 4 && value.starts_with(b"%%") && value.ends_with(b"%%") {
        return true;
    }
    let is_braced = value.starts_with(b"{") && value.ends_with(b"}");
    let has_format =
        has(b"%s") || has(b"%d") || has(b"%v") || has(b"{0}") || has(b"{}") || value == b"%@";
    is_braced || has_format || is_variable(value)
}

fn is_variable(value: &[u8]) -> bool {
    let is_name = |name: &[u8]| {
        name.len() > 1 && !name[0].is_ascii_digit() && name.iter().all(|byte| is_name_byte(*byte))
    };
    match value {
        [b'$', rest @ ..] => {
            let end = rest
                .iter()
                .position(|byte| !is_name_byte(*byte))
                .unwrap_or(rest.len());
            is_name(&rest[..end])
                && matches!(
                    rest.get(end),
                    None | Some(b'-' | b'.' | b'[' | b':' | b'$' | b'/')
                )
        }
        [b'%', name @ .., b'%'] | [b'@', name @ .., b'@'] | [b'_', b'_', name @ .., b'_', b'_'] => {
            is_name(name)
        }
        [b':', name @ ..] | [b'&', name @ ..] => is_name(name),
        _ => false,
    }
}

fn is_prose(value: &[u8]) -> bool {
    let blanks = value
        .iter()
        .filter(|byte| byte.is_ascii_whitespace())
        .count();
    let foreign = value.iter().filter(|byte| !byte.is_ascii()).count();
    let has_digit = value.iter().any(u8::is_ascii_digit);
    blanks > MAX_BLANKS_IN_SECRET
        || foreign * 3 > value.len()
        // A text for people in one or two words, in any language.
        || (blanks > 0 || foreign > 0) && !has_digit
}

/// Whether a value that looks like a text for people may be a password all the same: code gives it to a password's name,
/// and it has no word.
fn is_passphrase(value: &[u8], assignment: &Assignment) -> bool {
    let blanks = value
        .iter()
        .filter(|byte| byte.is_ascii_whitespace())
        .count();
    assignment.name.kind == NameKind::Password
        && assignment.syntax == Syntax::Equals
        && assignment.quote != Quote::None
        && blanks <= MAX_BLANKS_IN_SECRET
        && lexicon::wordiness(value).words == 0
        && lexicon::likelihoods(value).0 < 0
}

/// Parameters of a header's scheme, each with a name of its own: `OAuth oauth_token="…", …`.
fn lists_parameters(hay: &[u8], assignment: &Assignment) -> bool {
    let text = &hay[assignment.value.start..];
    let is_name = |byte: &u8| is_name_byte(*byte) || *byte == b' ';
    let name = text
        .iter()
        .take(64)
        .take_while(|byte| is_name(byte))
        .count();
    let Some((b'=', rest)) = text[name..].split_first() else {
        return false;
    };
    let quote = rest.iter().take(8).position(|byte| *byte != b'\\');
    quote.is_some_and(|at| rest[at] == b'"' && name > 2) && assignment.quote != Quote::Double
        || assignment.quote == Quote::Double && rest.starts_with(b"\\")
}

fn is_location(value: &[u8], sought: &Sought<'_>) -> bool {
    let has_scheme = sought.has(b"://");
    let is_windows = matches!(value, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
    has_scheme || is_windows
}

/// Types, numbers and words that languages have for nothing, true and false.
fn is_word_of_language(value: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "null",
        "none",
        "nil",
        "true",
        "false",
        "undefined",
        "string",
        "str",
        "int",
        "integer",
        "number",
        "boolean",
        "bool",
        "any",
        "object",
        "array",
        "list",
        "dict",
        "bytes",
        "byte",
        "char",
        "float",
        "double",
        "void",
        "self",
        "this",
        "yes",
        "required",
        "optional",
        "unknown",
        "varchar",
        "text",
        "binary",
        "uuid",
        "function",
        "async",
        "await",
        "return",
        "new",
        "default",
        "required:",
        "date",
        "datetime",
        "never",
        "nan",
        "n/a",
        "tbd",
        "todo",
        "not",
        "if",
        "else",
        "lambda",
        "securestring",
        "secretstr",
        "guid",
        "symbol",
        "map",
        "set",
        "buffer",
        "off",
        "on",
        "hidden",
        "deprecated",
        "digest",
    ];
    let is_version = matches!(value, [b'^' | b'~' | b'>' | b'<', b'=' | b'0'..=b'9', ..])
        && value.iter().all(|byte| {
            byte.is_ascii_digit() || matches!(byte, b'.' | b'^' | b'~' | b'>' | b'<' | b'=')
        });
    let is_number = value.len() < 6 && value.iter().all(u8::is_ascii_digit);
    let is_hexadecimal = value.starts_with(b"0x") && value.len() <= 20;
    let is_word = value.len() <= 12
        && WORDS
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    is_number || is_version || is_hexadecimal || is_word
}

/// Whether an unquoted value is an expression of a program: a call, a member, an operator behind it.
fn is_expression(hay: &[u8], assignment: &Assignment, sought: &Sought<'_>) -> bool {
    let value = &hay[assignment.value.range()];
    if matches!(
        assignment.syntax,
        Syntax::Element | Syntax::Query | Syntax::Login
    ) || assignment.wrapping != Wrapping::None
    {
        return false;
    }
    let is_paired = |open: u8, close: u8| {
        value.contains(&open) && value.contains(&close) || value.last() == Some(&open)
    };
    let has_call = value
        .iter()
        .position(|byte| *byte == b'(')
        .is_some_and(|open| {
            open > 0
                && is_name_byte(value[open - 1])
                && (is_paired(b'(', b')') || value.ends_with(b"("))
        });
    let has_index = value
        .iter()
        .position(|byte| *byte == b'[')
        .is_some_and(|open| open > 0 && is_paired(b'[', b']'));
    let has_path = sought.has(b"::") || sought.has(b"->");
    let starts_expression = matches!(
        value[0],
        b'(' | b'[' | b'{' | b'&' | b'|' | b'=' | b'+' | b'*' | b'\\'
    );
    let rest_end = line_end(hay, assignment.value.end, 64);
    let rest = hay[assignment.value.end..rest_end].trim_ascii();
    let goes_on = [
        b"||".as_slice(),
        b"&&",
        b"? ",
        b"+ ",
        b"?? ",
        b"(",
        b"if ",
        b"or ",
        b"and ",
        b"=> ",
        b"-> ",
        b"as ",
    ]
    .iter()
    .any(|joint| rest.starts_with(joint));
    // `2.days`: a number that is asked for something.
    let is_asked = value
        .iter()
        .position(|byte| *byte == b'.')
        .is_some_and(|dot| {
            dot > 0
                && value[..dot].iter().all(u8::is_ascii_digit)
                && value.get(dot + 1).is_some_and(u8::is_ascii_lowercase)
        });
    has_call || has_index || has_path || starts_expression || goes_on || is_asked
}
