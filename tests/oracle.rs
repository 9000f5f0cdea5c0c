//! The naive engine: every rule's pattern at every offset of the whole blob, no prefilter, no windows.
//!
//! It shares nothing with the engine but the regex crate, the meaning of a rule, and the reader of assignments, which
//! it sets to work at every offset.

use keysift_core::{Rule, SecretGroup, Span, assign};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

/// What the oracle says of a blob: rule id, match, secret; sorted by place and rule.
pub type Found = Vec<(String, Span, Span)>;

/// A naive engine for some rules.
#[derive(Debug)]
pub struct Oracle {
    rules: Vec<(Rule, Regex)>,
}

impl Oracle {
    /// Compiles every rule.
    pub fn new<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Self {
        let compile = |rule: &Rule| {
            let regex = Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
                .build(&rule.pattern)
                .expect("a rule's pattern compiles");
            (rule.clone(), regex)
        };
        Self {
            rules: rules.into_iter().map(compile).collect(),
        }
    }

    /// Tries every rule at every offset.
    pub fn matches(&self, bytes: &[u8]) -> Found {
        let mut found = Vec::new();
        let assignments = assign::candidates(bytes);
        for (rule, regex) in &self.rules {
            if !rule.reads.is_empty() {
                found.extend(
                    assignments
                        .iter()
                        .filter(|read| read.is_match() && rule.reads.contains(&read.kind))
                        .map(|read| (rule.id.clone(), Span::new(read.stem, read.end), read.value)),
                );
                continue;
            }
            let mut captures = regex.create_captures();
            for start in 0..bytes.len() {
                let end = bytes.len().min(start + rule.max_match_bytes);
                regex.captures(
                    Input::new(bytes).span(start..end).anchored(Anchored::Yes),
                    &mut captures,
                );
                let Some(whole) = captures.get_match() else {
                    continue;
                };
                let group = |index| captures.get_group(index).filter(|span| !span.is_empty());
                let secret = match rule.secret_group {
                    SecretGroup::Named => captures.get_group_by_name("secret"),
                    SecretGroup::Index(index) => group(index as usize),
                    SecretGroup::First => (1..captures.group_len()).find_map(group),
                };
                let secret = secret.unwrap_or_else(|| whole.span());
                let whole = Span::new(whole.start(), whole.end());
                if has_keyword(rule, bytes, whole) {
                    found.push((rule.id.clone(), whole, Span::new(secret.start, secret.end)));
                }
            }
        }
        found.sort_by(|a, b| (a.1.start, &a.0).cmp(&(b.1.start, &b.0)));
        found
    }
}

/// Every run of at least 32 characters of base64, and of 24 hexadecimal digits, which may be a part of one, decoded at
/// every alignment: for each its bytes, and for each of them the span of what encodes it. A run goes on in the next line
/// behind a line of 64 or 76 characters.
pub fn decoded(bytes: &[u8]) -> Vec<(Vec<u8>, Vec<Span>)> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    };
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut all = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let mut places = Vec::new();
        let mut line = start;
        loop {
            let end = line + count(&bytes[line..], |byte| value(byte).is_some());
            places.extend(line..end);
            start = end;
            match next_line(&bytes[end..]) {
                Some(next)
                    if [64, 76].contains(&(end - line))
                        && bytes.get(end + next).copied().and_then(value).is_some() =>
                {
                    line = end + next;
                }
                _ => break,
            }
        }
        of_runs(bytes, &places, &value, (6, 32), &mut all);
        of_runs(bytes, &places, &digit, (4, 24), &mut all);
        start += 1;
    }
    all
}

/// How many bytes at the beginning are so.
fn count(bytes: &[u8], is_so: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| is_so(**byte)).count()
}

/// How far the next line's text is from the end of one.
fn next_line(bytes: &[u8]) -> Option<usize> {
    let end = match bytes {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    let blanks = count(&bytes[end..], |byte| matches!(byte, b' ' | b'\t'));
    (blanks <= 16).then_some(end + blanks)
}

/// The runs of at least so many characters of one alphabet, whose characters hold so many bits, among those at `places`.
fn of_runs(
    bytes: &[u8],
    places: &[usize],
    value: &dyn Fn(u8) -> Option<u8>,
    (bits, least): (usize, usize),
    all: &mut Vec<(Vec<u8>, Vec<Span>)>,
) {
    for run in places.split(|place| value(bytes[*place]).is_none()) {
        let alignments = if run.len() < least { 0 } else { 24 / bits };
        for skipped in 0..alignments {
            let chars = &run[skipped..];
            let bit = |at: usize| {
                value(bytes[chars[at / bits]]).unwrap_or(0) >> (bits - 1 - at % bits) & 1
            };
            let count = chars.len() * bits / 8;
            let byte = |index: usize| (0..8).fold(0, |sum, at| sum << 1 | bit(8 * index + at));
            let span = |index: usize| {
                let last = chars[(8 * index + 7) / bits];
                Span::new(chars[8 * index / bits], last + 1)
            };
            all.push((
                (0..count).map(byte).collect(),
                (0..count).map(span).collect(),
            ));
        }
    }
}

/// Whether a keyword ends no further than `within` before the match, or begins no further behind it.
fn has_keyword(rule: &Rule, bytes: &[u8], matched: Span) -> bool {
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_alphabetic)
    };
    let is_hump =
        |left: usize| bytes[left].is_ascii_lowercase() && bytes[left + 1].is_ascii_uppercase();
    let stands = |word: &str, start: usize| {
        let end = start + word.len();
        let is_there =
            end <= bytes.len() && bytes[start..end].eq_ignore_ascii_case(word.as_bytes());
        let joins = |left: Option<usize>| {
            left.is_some_and(|left| {
                is_letter(Some(left)) && is_letter(Some(left + 1)) && !is_hump(left)
            })
        };
        let is_whole =
            || !rule.whole_words || (!joins(start.checked_sub(1)) && !joins(Some(end - 1)));
        let is_near = end + rule.within >= matched.start && start <= matched.end + rule.within;
        is_there && is_near && is_whole()
    };
    rule.keywords.is_empty()
        || rule
            .keywords
            .iter()
            .any(|word| (0..bytes.len()).any(|start| stands(word, start)))
}
