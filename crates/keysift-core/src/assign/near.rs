//! What stands near an assignment: words that speak of users, places and tests, and the value once more.

use super::Assignment;
use super::byte::has_at;

/// How far round an assignment its neighbours are looked at, in bytes on either side.
pub(super) const NEIGHBOUR_BYTES: usize = 256;

/// What stands near, on this line and on those beside it.
#[derive(Default)]
pub(super) struct Near {
    pub(super) has_user: bool,
    pub(super) has_place: bool,
    pub(super) has_test: bool,
    pub(super) has_password: bool,
    pub(super) has_secret: bool,
    pub(super) has_token: bool,
    /// How often the value itself stands there as well.
    pub(super) copies: usize,
    pub(super) foreign: usize,
    /// Many blanks are prose or deep code.
    pub(super) blanks: usize,
}

/// What stands near an assignment.
pub(super) fn near(hay: &[u8], assignment: &Assignment) -> Near {
    let from = assignment.stem.saturating_sub(NEIGHBOUR_BYTES);
    let to = hay
        .len()
        .min(assignment.end.saturating_add(NEIGHBOUR_BYTES));
    let before = &hay[from..assignment.name.span.start.max(from)];
    let after = &hay[assignment.end.min(to)..to];
    let value = &hay[assignment.value.range()];
    let mut near = Near::default();
    for text in [before, after] {
        near.copies += copies(text, value);
        near.foreign += text.iter().filter(|byte| !byte.is_ascii()).count();
        near.blanks += text.iter().filter(|byte| **byte == b' ').count();
        near.look(text);
    }
    near
}

/// How often a value stands in a text, without those that overlap. The text is too short to make a searcher for it.
fn copies(text: &[u8], value: &[u8]) -> usize {
    let (mut count, mut from) = (0, 0);
    for at in memchr::memchr_iter(value[0], text) {
        if at >= from && text[at..].starts_with(value) {
            count += 1;
            from = at + value.len();
        }
    }
    count
}

/// What a byte is to a look for the beginnings of words: whether it is a small letter, a capital, and whether a word that
/// says something begins with it.
const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const TELLING: u8 = 4;
const LETTERS: [u8; 256] = letters(b"aehlmpstu");

const fn letters(telling: &[u8]) -> [u8; 256] {
    let mut letters = [0; 256];
    let mut letter = 0;
    while letter < 26 {
        letters[(b'a' + letter) as usize] = SMALL;
        letters[(b'A' + letter) as usize] = CAPITAL;
        letter += 1;
    }
    let mut index = 0;
    while index < telling.len() {
        letters[telling[index] as usize] |= TELLING;
        letters[telling[index].to_ascii_uppercase() as usize] |= TELLING;
        index += 1;
    }
    letters
}

/// Whether a word that says something may begin with these two letters.
#[inline]
fn may_go_on(first: u8, second: u8) -> bool {
    matches!(
        (first | 0x20, second | 0x20),
        (b'a', b's')
            | (b'e', b'm' | b'n' | b'x')
            | (b'h' | b'l' | b'm', b'o')
            | (b'p', b'a' | b'o')
            | (b's', b'e' | b'h' | b'p')
            | (b't', b'e' | b'o')
            | (b'u', b'r' | b's')
    )
}

impl Near {
    /// Looks at the beginnings of words.
    fn look(&mut self, text: &[u8]) {
        let mut last = 0;
        for (at, byte) in text.iter().enumerate() {
            let this = LETTERS[usize::from(*byte)];
            // Behind a small letter a capital begins a word, and behind no letter any.
            let is_first =
                last & (SMALL | CAPITAL) == 0 || this & CAPITAL != 0 && last & SMALL != 0;
            last = this;
            let is_telling = this & TELLING != 0 && is_first;
            if is_telling && text.get(at + 1).is_some_and(|next| may_go_on(*byte, *next)) {
                self.word(byte | 0x20, &text[at..]);
            }
        }
    }

    fn word(&mut self, first: u8, text: &[u8]) {
        let has = |words: &[&[u8]]| words.iter().any(|word| has_at(text, 0, word));
        match first {
            b'u' => {
                self.has_user |= has(&[b"user"]);
                self.has_place |= has(&[b"url", b"uri"]);
            }
            b'l' => self.has_user |= has(&[b"login"]),
            b'h' => self.has_place |= has(&[b"host"]),
            b'p' => {
                self.has_place |= has(&[b"port"]);
                self.has_password |= has(&[b"passw"]);
            }
            b'e' => {
                self.has_user |= has(&[b"email"]);
                self.has_place |= has(&[b"endpoint"]);
                self.has_test |= has(&[b"expect", b"example"]);
            }
            b's' => {
                self.has_place |= has(&[b"server"]);
                self.has_test |= has(&[b"should", b"spec"]);
                self.has_secret |= has(&[b"secret"]);
            }
            b't' => {
                self.has_test |= has(&[b"test"]);
                self.has_token |= has(&[b"token"]);
            }
            b'a' => self.has_test |= has(&[b"assert"]),
            b'm' => self.has_test |= has(&[b"mock"]),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Near, copies};

    #[test]
    fn copies_of_a_value_are_counted_without_those_that_overlap() {
        for (text, value) in [
            ("abab ab", "ab"),
            ("aaaa aaa", "aaa"),
            ("", "abc"),
            ("xab", "abc"),
        ] {
            let expected = memchr::memmem::find_iter(text.as_bytes(), value).count();
            assert_eq!(
                copies(text.as_bytes(), value.as_bytes()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn words_are_known_by_their_beginnings() {
        let near = |text: &str| {
            let mut near = Near::default();
            near.look(text.as_bytes());
            near
        };
        assert!(near("login").has_user && near("dbUser").has_user && near("x_user").has_user);
        assert!(near("USER").has_user && !near("dbuser").has_user && !near("DBUSER").has_user);
        assert!(near("1password").has_password && near("myPORT").has_place);
        for word in [
            "user", "login", "url", "uri", "host", "port", "endpoint", "server", "email", "expect",
            "example", "should", "spec", "test", "assert", "mock", "passw", "secret", "token",
        ] {
            let near = near(word);
            let said = [
                near.has_user,
                near.has_place,
                near.has_test,
                near.has_password,
                near.has_secret,
                near.has_token,
            ];
            assert!(said.contains(&true), "{word}");
        }
    }
}
