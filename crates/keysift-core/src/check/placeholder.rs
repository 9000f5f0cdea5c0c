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

/// Where in [`WORDS`] those of each letter begin, and where the last ones end.
const STARTS: [usize; 27] = {
    let mut starts = [0; 27];
    let mut index = 0;
    while index < WORDS.len() {
        starts[(WORDS[index].as_bytes()[0] - b'a') as usize + 1] = index + 1;
        index += 1;
    }
    let mut letter = 1;
    while letter < starts.len() {
        if starts[letter] == 0 {
            starts[letter] = starts[letter - 1];
        }
        letter += 1;
    }
    starts
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
    let [repeated, up, down] = longest_runs(body);
    body.len() <= LONGEST_JUDGED
        && (repeated >= MIN_REPEATED || up >= MIN_COUNTED || down >= MIN_COUNTED)
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

/// The lengths of the longest stretches in which a character repeats, counts up, and counts down.
fn longest_runs(bytes: &[u8]) -> [usize; 3] {
    let mut longest = [usize::from(!bytes.is_empty()); 3];
    let (mut last, mut run) = (None, 1);
    for pair in bytes.windows(2) {
        let kind = match (i16::from(pair[1]) - i16::from(pair[0]), pair[0]) {
            (_, byte) if !byte.is_ascii_alphanumeric() => None,
            (0, _) => Some(0),
            (1, _) => Some(1),
            (-1, _) => Some(2),
            _ => None,
        };
        run = if kind == last { run + 1 } else { 2 };
        last = kind;
        if let Some(kind) = kind {
            longest[kind] = longest[kind].max(run);
        }
    }
    longest
}

fn names_a_placeholder(secret: &[u8]) -> bool {
    // A secret of many lines or with structure, such as a key file, has room for any word.
    const LONGEST_NAMED: usize = 128;
    let mut lower = [0; LONGEST_NAMED];
    let Some(lower) = lower.get_mut(..secret.len()) else {
        return false;
    };
    lower.copy_from_slice(secret);
    lower.make_ascii_lowercase();
    let has_word_at = |at: usize| {
        let rest = &lower[at..];
        let letter = usize::from(rest[0].wrapping_sub(b'a'));
        let bounds = (STARTS.get(letter), STARTS.get(letter + 1));
        let (Some(first), Some(end)) = bounds else {
            return false;
        };
        WORDS[*first..*end]
            .iter()
            .any(|word| rest.starts_with(word.as_bytes()))
    };
    WHOLE.iter().any(|word| word.as_bytes() == &*lower) || (0..lower.len()).any(has_word_at)
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
        assert_eq!(longest_runs(b"aaabbbb"), [4, 2, 1]);
        assert_eq!(longest_runs(b"x0123456789"), [1, 10, 1]);
        assert_eq!(longest_runs(b"cba--0011"), [2, 2, 3]);
        assert_eq!(longest_runs(b""), [0, 0, 0]);
    }

    #[test]
    fn every_word_is_found_anywhere_in_either_case() {
        assert!(WORDS.is_sorted_by_key(|word| word.as_bytes()[0]));
        for word in WORDS {
            let upper = word.to_ascii_uppercase();
            for text in [format!("q7{word}"), format!("{upper}q7")] {
                assert!(names_a_placeholder(text.as_bytes()), "{text}");
            }
            let cut = &word[..word.len() - 1];
            assert!(!names_a_placeholder(format!("q7{cut}").as_bytes()), "{cut}");
        }
        assert!(
            WHOLE
                .iter()
                .all(|word| names_a_placeholder(word.as_bytes()))
        );
    }

    #[test]
    fn fillers_have_few_characters() {
        assert!(is_filler(b"xxxxxxxx"));
        assert!(is_filler(b"XxXxXxXx"));
        assert!(!is_filler(b"abcabcabc"));
    }
}
