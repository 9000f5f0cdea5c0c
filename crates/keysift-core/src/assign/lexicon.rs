//! Words and pairs of letters of source code and of English, counted once in public code: how much a value is like them.
//!
//! The data file is made by `tools/accuracy/lexicon.py`. It is read where it lies: nothing is unpacked.

/// The tables: two of bigrams, the index of the words, the words.
const DATA: &[u8] = include_bytes!("lexicon.bin");

/// Letters, and one sign for everything else.
const SYMBOLS: usize = 27;
const TABLE_BYTES: usize = SYMBOLS * SYMBOLS;

/// For each pair of first letters, where its words begin: two bytes, little-endian.
const INDEX_AT: usize = 2 * TABLE_BYTES;
const INDEX_ENTRIES: usize = 26 * 26 + 1;
const WORDS_AT: usize = INDEX_AT + 2 * INDEX_ENTRIES;

/// The shortest word that counts.
const MIN_WORD_BYTES: usize = 4;

/// How much a value is made of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wordiness {
    /// Letters that are a part of a word.
    pub(super) covered: usize,
    /// The longest word, in letters.
    pub(super) longest: usize,
    /// How many words there are.
    pub(super) words: usize,
}

/// How likely the letters of a value are in source code and in English, against chance: sixteenths of a bit a pair.
/// Zero for a value without pairs of letters.
pub(super) fn likelihoods(value: &[u8]) -> (i32, i32) {
    let symbol = |byte: u8| match byte {
        b'a'..=b'z' => usize::from(byte - b'a'),
        b'A'..=b'Z' => usize::from(byte - b'A'),
        _ => SYMBOLS - 1,
    };
    let (mut code, mut english, mut pairs) = (0_i32, 0_i32, 0_i32);
    for pair in value.windows(2) {
        let (first, second) = (symbol(pair[0]), symbol(pair[1]));
        if first == SYMBOLS - 1 && second == SYMBOLS - 1 {
            continue;
        }
        let at = first * SYMBOLS + second;
        code += i32::from(DATA[at] as i8);
        english += i32::from(DATA[TABLE_BYTES + at] as i8);
        pairs += 1;
    }
    let mean = |sum: i32| if pairs == 0 { 0 } else { sum / pairs };
    (mean(code), mean(english))
}

/// The words that a value is made of: at each place the longest, from the left.
pub(super) fn wordiness(value: &[u8]) -> Wordiness {
    let mut found = Wordiness::default();
    let mut at = 0;
    while at + MIN_WORD_BYTES <= value.len() {
        let length = longest_word(&value[at..]);
        if length == 0 {
            at += 1;
            continue;
        }
        found.covered += length;
        found.longest = found.longest.max(length);
        found.words += 1;
        at += length;
    }
    found
}

/// The length of the longest word that `text` begins with, in any case; 0 when there is none.
fn longest_word(text: &[u8]) -> usize {
    let letter = |index: usize| {
        let byte = text.get(index)?.to_ascii_lowercase();
        byte.is_ascii_lowercase().then(|| usize::from(byte - b'a'))
    };
    let (Some(first), Some(second)) = (letter(0), letter(1)) else {
        return 0;
    };
    let entry = |index: usize| {
        let at = INDEX_AT + 2 * index;
        usize::from(u16::from_le_bytes([DATA[at], DATA[at + 1]]))
    };
    let group = first * 26 + second;
    let end = WORDS_AT + entry(group + 1);
    let mut at = WORDS_AT + entry(group);
    let mut longest = 0;
    while at < end {
        // A word is stored as the length of what follows its two letters, and that.
        let rest = usize::from(DATA[at]);
        let word = &DATA[at + 1..at + 1 + rest];
        let fits = text
            .get(2..2 + rest)
            .is_some_and(|letters| letters.eq_ignore_ascii_case(word));
        if fits {
            longest = longest.max(rest + 2);
        }
        at += 1 + rest;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case_and_place() {
        let found = wordiness(b"x9ConnectionManager7");
        let wanted = Wordiness {
            covered: 17,
            longest: 10,
            words: 2,
        };
        assert_eq!(found, wanted);
        assert_eq!(wordiness(b"q7Zk2vX9"), Wordiness::default());
        assert_eq!(wordiness(b""), Wordiness::default());
    }

    #[test]
    fn text_is_likelier_than_random_letters() {
        let (code, english) = likelihoods(b"authentication");
        let (random_code, random_english) = likelihoods(b"qzxvkjqwpzvxkq");
        assert!(code > 0 && english > 0, "{code} {english}");
        assert!(
            random_code < 0 && random_english < 0,
            "{random_code} {random_english}"
        );
    }

    #[test]
    fn the_index_is_in_order_and_ends_with_the_file() {
        let entry = |index: usize| {
            let at = INDEX_AT + 2 * index;
            usize::from(u16::from_le_bytes([DATA[at], DATA[at + 1]]))
        };
        assert!((1..INDEX_ENTRIES).all(|index| entry(index - 1) <= entry(index)));
        assert_eq!(WORDS_AT + entry(INDEX_ENTRIES - 1), DATA.len());
    }
}
