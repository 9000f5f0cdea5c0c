//! The features by which the model judges an assignment: whole numbers, each with a name.

use super::Assignment;
use super::byte::{Sought, line_end, line_start, skip_blanks};
use super::lexicon;
use super::name::{self, Meaning, NameKind};
use super::near::{Near, near};
use super::operator::Syntax;
use super::shape::{self, Shape};
use super::value::{Quote, Wrapping};
use super::word::Traits;

/// How far a line is looked at, in bytes on either side.
const LINE_BYTES: usize = 200;

/// Declares the features once, with their names and what the reader of an explanation is told: those of the assignment
/// itself, then those of what stands near it.
macro_rules! features {
    (own { $($name:literal => $value:expr,)+ } near { $($near_name:literal => $near_value:expr,)+ }) => {
        /// The features' names, in the order of the model's numbers.
        pub const NAMES: &[&str] = &[$($name,)+ $($near_name,)+];

        /// How many features there are.
        pub(super) const COUNT: usize = NAMES.len();

        /// How many are of the assignment itself. They come first.
        pub(super) const OWN_COUNT: usize = [$($name,)+].len();

        fn list_own(seen: &Seen<'_>) -> [i16; OWN_COUNT] {
            [$($value(seen),)+]
        }

        fn list_near(near: &Near) -> [i16; COUNT - OWN_COUNT] {
            [$($near_value(near),)+]
        }
    };
}

/// What features are read from.
struct Seen<'a> {
    assignment: &'a Assignment,
    meaning: Meaning,
    shape: Shape,
    value: &'a [u8],
    value_traits: Traits,
    code: i32,
    english: i32,
    words: lexicon::Wordiness,
    likeness: u8,
    line: Line,
}

/// The line round the assignment.
struct Line {
    /// Bytes before the name.
    before: usize,
    is_comment: bool,
    /// What stands right behind the value.
    next: u8,
    /// Bytes between the value and the line's end.
    after: usize,
    has_assertion: bool,
    /// Words before the name: prose has many.
    words_before: usize,
}

/// The features of an assignment itself; those of what stands near it are nought.
pub(super) fn own(hay: &[u8], assignment: &Assignment) -> [i16; COUNT] {
    let value = &hay[assignment.value.range()];
    let (code, english) = lexicon::likelihoods(value);
    let seen = Seen {
        assignment,
        meaning: name::meaning(hay, &assignment.name),
        shape: Shape::of(value),
        value,
        value_traits: shape::traits(value),
        code,
        english,
        words: lexicon::wordiness(value),
        likeness: shape::likeness(&hay[assignment.name.span.range()], value),
        line: line(hay, assignment),
    };
    let mut features = [0; COUNT];
    features[..OWN_COUNT].copy_from_slice(&list_own(&seen));
    features
}

/// Adds the features of what stands near an assignment.
pub(super) fn add_near(hay: &[u8], assignment: &Assignment, features: &mut [i16; COUNT]) {
    features[OWN_COUNT..].copy_from_slice(&list_near(&near(hay, assignment)));
}

fn line(hay: &[u8], assignment: &Assignment) -> Line {
    let start = line_start(hay, assignment.name.span.start, LINE_BYTES);
    let end = line_end(hay, assignment.end, LINE_BYTES);
    let before = &hay[start..assignment.name.span.start];
    let text = before.trim_ascii_start();
    let comments: [&[u8]; 8] = [b"//", b"#", b"*", b"--", b";", b"/*", b"<!--", b"REM "];
    let assertions: [&[u8]; 6] = [
        b"assert", b"expect", b"should", b"Assert", b"Equal", b"raise",
    ];
    let sought = Sought::new(before);
    let has = |needle: &&[u8]| sought.has(needle);
    let behind = skip_blanks(hay, assignment.end, 8);
    Line {
        before: before.len(),
        is_comment: comments.iter().any(|mark| text.starts_with(mark)),
        next: hay.get(behind).copied().unwrap_or(b'\n'),
        after: end.saturating_sub(assignment.end),
        has_assertion: assertions.iter().any(has),
        words_before: text
            .split(|byte| *byte == b' ')
            .filter(|word| word.len() > 2)
            .count(),
    }
}

fn flag(value: bool) -> i16 {
    i16::from(value)
}

fn number(value: usize) -> i16 {
    value.min(2000) as i16
}

fn percent(part: usize, whole: usize) -> i16 {
    (part * 100).checked_div(whole).map_or(0, number)
}

fn named(seen: &Seen<'_>, traits: Traits) -> i16 {
    flag(seen.meaning.all.has(traits))
}

fn tail(seen: &Seen<'_>, traits: Traits) -> i16 {
    flag(seen.meaning.tail.has(traits))
}

fn value(seen: &Seen<'_>, traits: Traits) -> i16 {
    flag(seen.value_traits.has(traits))
}

fn kind(seen: &Seen<'_>, kind: NameKind) -> i16 {
    flag(seen.assignment.name.kind == kind)
}

/// Whether the value has a form of words: `snake_case`, `camelCase`, `CONSTANT`.
fn is_identifier(seen: &Seen<'_>) -> bool {
    let bytes = seen.value;
    let is_name = bytes
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'));
    is_name && !bytes[0].is_ascii_digit()
}

features! {
    own {
        "name is a password's" => |s: &Seen<'_>| kind(s, NameKind::Password),
        "name is a secret's" => |s: &Seen<'_>| kind(s, NameKind::Secret),
        "name is a token's" => |s: &Seen<'_>| kind(s, NameKind::Token),
        "name is a key's" => |s: &Seen<'_>| kind(s, NameKind::Key),
        "name is of authorization" => |s: &Seen<'_>| flag(matches!(s.assignment.name.kind, NameKind::Auth | NameKind::Bearer)),
        "name is a credential's" => |s: &Seen<'_>| kind(s, NameKind::Credential),
        "name is a salt's or nonce's" => |s: &Seen<'_>| flag(matches!(s.assignment.name.kind, NameKind::Salt | NameKind::Nonce)),
        "name is of one-time passwords" => |s: &Seen<'_>| kind(s, NameKind::OneTime),
        "name speaks of a password" => |s: &Seen<'_>| named(s, Traits::PASSWORD),
        "name speaks of a secret" => |s: &Seen<'_>| named(s, Traits::SECRET),
        "name speaks of a token" => |s: &Seen<'_>| named(s, Traits::TOKEN),
        "name speaks of a key" => |s: &Seen<'_>| named(s, Traits::KEY),
        "name speaks of authorization" => |s: &Seen<'_>| named(s, Traits::AUTH),
        "name speaks of a digest" => |s: &Seen<'_>| named(s, Traits::DERIVED),
        "name speaks of something public" => |s: &Seen<'_>| named(s, Traits::PUBLIC),
        "name speaks of an identifier" => |s: &Seen<'_>| named(s, Traits::IDENTIFIER),
        "name speaks of a text" => |s: &Seen<'_>| named(s, Traits::TEXT),
        "name speaks of a place" => |s: &Seen<'_>| named(s, Traits::PLACE),
        "name describes a secret" => |s: &Seen<'_>| named(s, Traits::DESCRIPTION),
        "name speaks of a test" => |s: &Seen<'_>| named(s, Traits::MADE_UP),
        "name speaks of a table" => |s: &Seen<'_>| named(s, Traits::LOOKUP),
        "name speaks of an issuer" => |s: &Seen<'_>| named(s, Traits::ISSUER),
        "name speaks of an account" => |s: &Seen<'_>| named(s, Traits::ACCOUNT),
        "name speaks of encryption" => |s: &Seen<'_>| named(s, Traits::CRYPTOGRAPHIC),
        "name speaks of an action" => |s: &Seen<'_>| named(s, Traits::ACTION),
        "name ends with an identifier" => |s: &Seen<'_>| tail(s, Traits::IDENTIFIER),
        "name ends with a text" => |s: &Seen<'_>| tail(s, Traits::TEXT),
        "name ends with a place" => |s: &Seen<'_>| tail(s, Traits::PLACE),
        "name ends with a description" => |s: &Seen<'_>| tail(s, Traits::DESCRIPTION),
        "words in the name" => |s: &Seen<'_>| number(s.meaning.words),
        "bytes in the name" => |s: &Seen<'_>| number(s.assignment.name.span.end - s.assignment.name.span.start),
        "name is quoted" => |s: &Seen<'_>| flag(s.assignment.is_name_quoted),
        "operator is an equals sign" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Equals),
        "operator is a colon" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Colon),
        "operator is an arrow" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Arrow),
        "operator compares" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Comparison),
        "value is an argument" => |s: &Seen<'_>| flag(matches!(s.assignment.syntax, Syntax::Argument | Syntax::Pair)),
        "value is of markup" => |s: &Seen<'_>| flag(matches!(s.assignment.syntax, Syntax::Element | Syntax::Attribute)),
        "value is of a command" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Flag),
        "value is of a query" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Query),
        "no operator" => |s: &Seen<'_>| flag(s.assignment.syntax == Syntax::Apposition),
        "blanks before the operator" => |s: &Seen<'_>| number(s.assignment.operator_blanks),
        "value is quoted" => |s: &Seen<'_>| flag(s.assignment.quote != Quote::None),
        "value is in double quotes" => |s: &Seen<'_>| flag(s.assignment.quote == Quote::Double),
        "value is in a text" => |s: &Seen<'_>| flag(s.assignment.quote == Quote::Escaped),
        "value is wrapped in a call" => |s: &Seen<'_>| flag(s.assignment.wrapping == Wrapping::Call),
        "value is of a list" => |s: &Seen<'_>| flag(s.assignment.wrapping == Wrapping::List),
        "value is a fallback" => |s: &Seen<'_>| flag(s.assignment.wrapping == Wrapping::Fallback),
        "value follows a scheme" => |s: &Seen<'_>| flag(s.assignment.has_scheme),
        "length" => |s: &Seen<'_>| number(s.shape.length),
        "entropy" => |s: &Seen<'_>| number(s.shape.entropy),
        "randomness" => |s: &Seen<'_>| number(s.shape.entropy * s.shape.length / 100),
        "digits" => |s: &Seen<'_>| number(s.shape.digits),
        "share of digits" => |s: &Seen<'_>| percent(s.shape.digits, s.shape.length),
        "small letters" => |s: &Seen<'_>| number(s.shape.lower),
        "share of capitals" => |s: &Seen<'_>| percent(s.shape.upper, s.shape.length),
        "capitals" => |s: &Seen<'_>| number(s.shape.upper),
        "joints" => |s: &Seen<'_>| number(s.shape.joints),
        "slashes" => |s: &Seen<'_>| number(s.shape.slashes),
        "padding" => |s: &Seen<'_>| number(s.shape.padding),
        "blanks in the value" => |s: &Seen<'_>| number(s.shape.blanks),
        "foreign letters" => |s: &Seen<'_>| number(s.shape.foreign),
        "signs" => |s: &Seen<'_>| number(s.shape.signs),
        "share of different bytes" => |s: &Seen<'_>| percent(s.shape.distinct, s.shape.length),
        "share of vowels" => |s: &Seen<'_>| percent(s.shape.vowels, s.shape.letters()),
        "changes of class" => |s: &Seen<'_>| percent(s.shape.changes, s.shape.length),
        "longest letters" => |s: &Seen<'_>| number(s.shape.longest_letters),
        "longest digits" => |s: &Seen<'_>| number(s.shape.longest_digits),
        "longest consonants" => |s: &Seen<'_>| number(s.shape.longest_consonants),
        "longest sequence" => |s: &Seen<'_>| number(s.shape.longest_sequence),
        "hexadecimal" => |s: &Seen<'_>| flag(shape::is_hexadecimal(s.value)),
        "uuid" => |s: &Seen<'_>| flag(shape::is_uuid(s.value)),
        "identifier" => |s: &Seen<'_>| flag(is_identifier(s)),
        "constant" => |s: &Seen<'_>| flag(is_identifier(s) && s.shape.lower == 0 && s.shape.joints > 0),
        "like source code" => |s: &Seen<'_>| s.code as i16,
        "like english" => |s: &Seen<'_>| s.english as i16,
        "share of words" => |s: &Seen<'_>| percent(s.words.covered, s.shape.letters()),
        "longest word" => |s: &Seen<'_>| number(s.words.longest),
        "words in the value" => |s: &Seen<'_>| number(s.words.words),
        "value speaks of a password" => |s: &Seen<'_>| value(s, Traits::PASSWORD),
        "value speaks of a secret" => |s: &Seen<'_>| value(s, Traits::SECRET | Traits::TOKEN | Traits::KEY | Traits::AUTH),
        "value speaks of a test" => |s: &Seen<'_>| value(s, Traits::MADE_UP),
        "value speaks of an account" => |s: &Seen<'_>| value(s, Traits::ACCOUNT | Traits::ISSUER),
        "value speaks of other things" => |s: &Seen<'_>| value(s, Traits::TEXT | Traits::DESCRIPTION | Traits::PLACE | Traits::ACTION | Traits::LOOKUP),
        "value is common" => |s: &Seen<'_>| flag(shape::is_common(s.value)),
        "blanks behind the operator" => |s: &Seen<'_>| number(s.assignment.value_gap),
        "value begins with a capital" => |s: &Seen<'_>| flag(s.value[0].is_ascii_uppercase()),
        "letters alone" => |s: &Seen<'_>| flag(s.shape.letters() == s.shape.length),
        "digits at the end" => |s: &Seen<'_>| number(s.value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count()),
        "length is a power of two" => |s: &Seen<'_>| flag(s.shape.length >= 16 && s.shape.length.is_power_of_two()),
        "value holds text" => |s: &Seen<'_>| shape::held(s.value) as i16,
        "value is its name" => |s: &Seen<'_>| i16::from(s.likeness),
        "bytes before the name" => |s: &Seen<'_>| number(s.line.before),
        "words before the name" => |s: &Seen<'_>| number(s.line.words_before),
        "line is a comment" => |s: &Seen<'_>| flag(s.line.is_comment),
        "line asserts" => |s: &Seen<'_>| flag(s.line.has_assertion),
        "bytes behind the value" => |s: &Seen<'_>| number(s.line.after),
        "value ends the line" => |s: &Seen<'_>| flag(matches!(s.line.next, b'\n' | b'\r')),
        "comma behind" => |s: &Seen<'_>| flag(s.line.next == b','),
        "semicolon behind" => |s: &Seen<'_>| flag(s.line.next == b';'),
        "bracket behind" => |s: &Seen<'_>| flag(matches!(s.line.next, b')' | b']' | b'}')),
        "sign behind" => |s: &Seen<'_>| flag(matches!(s.line.next, b'+' | b'.' | b'|' | b'?' | b'<' | b'&' | b'-' | b'%' | b'(')),
    }
    near {
        "user near" => |s: &Near| flag(s.has_user),
        "place near" => |s: &Near| flag(s.has_place),
        "test near" => |s: &Near| flag(s.has_test),
        "copies near" => |s: &Near| number(s.copies.min(4)),
        "foreign letters near" => |s: &Near| number(s.foreign),
        "blanks near" => |s: &Near| number(s.blanks),
        "password near" => |s: &Near| flag(s.has_password),
        "secret near" => |s: &Near| flag(s.has_secret),
        "token near" => |s: &Near| flag(s.has_token),
    }
}
