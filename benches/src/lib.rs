//! Made-up source code to measure with: the same for the same seed, with a known number of secrets in it.

pub mod hostile;

/// Words that source code is made of.
const WORDS: &[&str] = &[
    "if", "for", "let", "return", "self", "self", "the", "the", "function", "const", "import",
    "from", "value", "name", "index", "config", "data", "result", "error", "string", "int",
    "public", "class", "struct", "match", "None", "null", "true", "false", "len", "size", "path",
    "file", "0x1f", "42", "1.0", "async", "await", "request", "response", "client", "server",
    "license", "version", "test",
];

/// Words that rules look for, one in so many of all.
const TELLING_WORDS: &[&str] = &[
    "token",
    "key",
    "secret",
    "password",
    "https://example.org/docs",
    "api_key",
    "auth",
];
const ONE_IN: usize = 60;

/// What stands between words.
const MARKS: &[&str] = &[
    " ", " ", " ", " ", ".", "(", ")", " = ", ", ", ";\n", "\n    ", "\n", "_", "::", "\"", " // ",
];

/// A generator of numbers that needs no crate.
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// Starts a sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) as usize) % bound.max(1)
    }
}

/// About `bytes` bytes of made-up source code without a secret.
pub fn source_code(bytes: usize, seed: u64) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let mut text = Vec::with_capacity(bytes + 64);
    while text.len() < bytes {
        let is_telling = numbers.below(ONE_IN) == 0;
        let words = if is_telling { TELLING_WORDS } else { WORDS };
        text.extend_from_slice(words[numbers.below(words.len())].as_bytes());
        let mark = MARKS[numbers.below(MARKS.len())];
        // What follows a telling word might be taken for a password, and this text has none.
        let mark = if is_telling { ";\n" } else { mark };
        text.extend_from_slice(mark.as_bytes());
    }
    text
}

/// Source code with `secrets` tokens of `rule` on lines of their own.
///
/// # Panics
/// If the rule cannot be sampled.
pub fn leaky_code(bytes: usize, secrets: usize, rule: &keysift::Rule, seed: u64) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + secrets * 64);
    for number in 0..secrets {
        text.extend(source_code(bytes / (secrets + 1), seed + number as u64));
        text.extend_from_slice(b"\ntoken = \"");
        text.extend(
            rule.sample_secret(seed * 1000 + number as u64)
                .expect("the rule can be sampled"),
        );
        text.extend_from_slice(b"\"\n");
    }
    text.extend(source_code(bytes / (secrets + 1), seed + secrets as u64));
    text
}
