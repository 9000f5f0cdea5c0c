//! Values that stand for a secret: `xxxx`, `<your-token>`, `${VAR}`, `changeme`, one repeated or counted character.

use super::{Reason, Subject};

/// A run of one repeated character at least this long does not happen by chance: one in 10^7 random base62 secrets
/// of 40 characters has it.
const MIN_REPEATED: usize = 6;

/// A run of characters that count up or down, such as `abcdefgh` or `87654321`. Seven in a row happen by chance in
/// one of 10^8 random base62 secrets of 40 characters.
const MIN_COUNTED: usize = 7;

/// A secret of at most this many different characters is a filler, if it is longer than twice that.
const MAX_FILLER_CHARACTERS: usize = 2;

/// Words that only people who explain something write into a value. They are long enough not to happen by chance.
const WORDS: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "change-this",
    "change_this",
    "dummy",
    "example",
    "fixme",
    "foobar",
    "insert-",
    "insert_",
    "notreal",
    "not-real",
    "not_real",
    "placeholder",
    "redacted",
    "replaceme",
    "replace-me",
    "replace_me",
    "replace-with",
    "replace_with",
    "sample",
    "secret-here",
    "secret_here",
    "todo-",
    "token-here",
    "token_here",
    "your-",
    "your_",
    "yourapikey",
    "yourkey",
    "yourpassword",
    "yoursecret",
    "yourtoken",
];

/// The letters that [`WORDS`] begin with, a bit each.
const INITIALS: u32 = {
    let mut letters = 0;
    let mut index = 0;
    while index < WORDS.len() {
        letters |= 1 << (WORDS[index].as_bytes()[0] - b'a');
        index += 1;
    }
    letters
};

/// Values that are whole placeholders or plain words for one.
const WHOLE: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "token",
    "username",
    "user",
    "key",
    "apikey",
    "api_key",
    "api-key",
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "string",
    "value",
    "test",
    "hidden",
    "masked",
    "xxx",
    "***",
    "...",
];

pub(super) fn check(subject: &Subject<'_>) -> Option<Reason> {
    let secret = subject.secret_bytes();
    let body = subject.body_bytes();
    let stands_for =
        is_reference(secret) || is_filler(body) || has_run(body) || names_a_placeholder(secret);
    stands_for.then_some(Reason::Placeholder)
}

/// Whether characters repeat or count up or down for longer than chance has it.
fn has_run(body: &[u8]) -> bool {
    // Encoded keys are long and hold runs of zeros, which Base64 writes as `AAAAAA`.
    const LONGEST_JUDGED: usize = 128;
    body.len() <= LONGEST_JUDGED
        && (longest_run(body, |a, b| a == b) >= MIN_REPEATED
            || longest_run(body, |a, b| b.checked_sub(1) == Some(a)) >= MIN_COUNTED
            || longest_run(body, |a, b| a.checked_sub(1) == Some(b)) >= MIN_COUNTED)
}

/// Whether the value refers to another: a variable, a template, an angle-bracketed name.
fn is_reference(secret: &[u8]) -> bool {
    let wrapped = |open: &[u8], close: &[u8]| secret.starts_with(open) && secret.ends_with(close);
    let pairs: [(&[u8], &[u8]); 8] = [
        (b"${", b"}"),
        (b"$(", b")"),
        (b"{{", b"}}"),
        (b"<", b">"),
        (b"%(", b")s"),
        (b"#{", b"}"),
        (b"[", b"]"),
        (b"{", b"}"),
    ];
    pairs.iter().any(|(open, close)| wrapped(open, close)) || is_variable(secret)
}

/// `$NAME`, `%NAME%`, `%s`, `@NAME@`.
fn is_variable(secret: &[u8]) -> bool {
    let is_name = |bytes: &[u8]| {
        !bytes.is_empty()
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && !bytes[0].is_ascii_digit()
    };
    let upper_name = |bytes: &[u8]| is_name(bytes) && !bytes.iter().any(u8::is_ascii_lowercase);
    match secret {
        [b'$', name @ ..] => {
            is_name(name)
                && (upper_name(name)
                    || name.contains(&b'_')
                    || name.iter().all(u8::is_ascii_lowercase))
        }
        [b'%', name @ .., b'%'] | [b'@', name @ .., b'@'] => is_name(name),
        b"%s" | b"%v" | b"%d" | b"%q" | b"{}" | b"?" => true,
        _ => false,
    }
}

/// Whether so few different characters stand in the value that it is a filler, such as `xxxxxxxx` or `********`.
fn is_filler(body: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in body {
        seen[usize::from(byte.to_ascii_lowercase())] = true;
    }
    let different = seen.iter().filter(|seen| **seen).count();
    different <= MAX_FILLER_CHARACTERS && body.len() > 2 * MAX_FILLER_CHARACTERS
}

/// The length of the longest stretch in which each byte follows from the one before.
fn longest_run(bytes: &[u8], follows: impl Fn(u8, u8) -> bool) -> usize {
    let mut longest = usize::from(!bytes.is_empty());
    let mut run = 1;
    for pair in bytes.windows(2) {
        run = if pair[0].is_ascii_alphanumeric() && follows(pair[0], pair[1]) {
            run + 1
        } else {
            1
        };
        longest = longest.max(run);
    }
    longest
}

fn names_a_placeholder(secret: &[u8]) -> bool {
    // A secret of many lines or with structure, such as a key file, has room for any word.
    const LONGEST_NAMED: usize = 128;
    if secret.len() > LONGEST_NAMED {
        return false;
    }
    let is_word = |part: &[u8], word: &str| part.eq_ignore_ascii_case(word.as_bytes());
    let has_word_at = |at: usize| {
        let initial = secret[at].to_ascii_lowercase();
        initial.is_ascii_lowercase()
            && INITIALS >> (initial - b'a') & 1 != 0
            && WORDS.iter().any(|word| {
                let part = secret.get(at..at + word.len());
                part.is_some_and(|part| is_word(part, word))
            })
    };
    WHOLE.iter().any(|word| is_word(secret, word)) || (0..secret.len()).any(has_word_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_placeholders() {
        for text in [
            "${TOKEN}",
            "$(cat token)",
            "{{ .Values.token }}",
            "<your token>",
            "%TOKEN%",
            "$TOKEN",
            "$db_password",
            "%(password)s",
        ] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_password_with_a_dollar_is_no_reference() {
        assert!(!is_reference(b"$ecr3tW0rd!"));
        assert!(!is_reference(b"pa$$word1"));
    }

    #[test]
    fn runs_are_measured() {
        assert_eq!(longest_run(b"aaabbbb", |a, b| a == b), 4);
        assert_eq!(
            longest_run(b"x0123456789", |a, b| b.checked_sub(1) == Some(a)),
            10
        );
        assert_eq!(longest_run(b"", |a, b| a == b), 0);
    }

    #[test]
    fn fillers_have_few_characters() {
        assert!(is_filler(b"xxxxxxxx"));
        assert!(is_filler(b"XxXxXxXx"));
        assert!(!is_filler(b"abcabcabc"));
    }
}
