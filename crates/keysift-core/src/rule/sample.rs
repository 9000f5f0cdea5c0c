//! Made-up secrets of a rule's own form, for its examples and for tests.
//!
//! Examples name a secret by a placeholder, so that no token-like text stands in a rule file and other
//! scanners' push protection has nothing to object to.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::error::{RuleError, RuleErrorKind};
use super::{Examples, Rule, pattern};

/// A repetition without a near bound is sampled with this many rounds more than its minimum, at most.
const EXTRA_ROUNDS: u32 = 8;

/// When so many bytes, or so many repetitions, were sampled, further repetitions get their minimum: nested ones
/// without a bound would otherwise grow without one.
const ENOUGH: usize = 4 << 10;

/// Fills in the placeholders of a rule's examples.
pub(super) fn expand(rule: &Rule) -> Result<Examples, RuleError> {
    let expand_all = |texts: &[String], salt: u64| {
        texts
            .iter()
            .enumerate()
            .map(|(index, text)| expand_text(rule, text, salt + index as u64))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Examples {
        r#match: expand_all(&rule.examples.r#match, 0)?,
        reject: expand_all(&rule.examples.reject, 1000)?,
    })
}

fn expand_text(rule: &Rule, text: &str, seed: u64) -> Result<String, RuleError> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(mut start) = rest.find("{{") {
        // Of three braces the first is the text's own.
        while rest[start..].starts_with("{{{") {
            start += 1;
        }
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        out.push_str(&rest[..start]);
        let name = &rest[start + 2..start + length];
        match name {
            "secret" | "short" | "long" | "bad" => out.push_str(&variant(rule, name, seed)?),
            // Template languages write their references in the same way; an example may show one.
            _ => out.push_str(&rest[start..start + length + 2]),
        }
        rest = &rest[start + length + 2..];
    }
    out.push_str(rest);
    Ok(out)
}

fn variant(rule: &Rule, name: &str, seed: u64) -> Result<String, RuleError> {
    let failed = |message: &str| {
        RuleError::new(RuleErrorKind::Examples, message)
            .in_rule(&rule.id)
            .in_file(&rule.file)
    };
    let mut bytes = if name == "bad" {
        if rule.checks.iter().all(|format| format.complete.is_none()) {
            return Err(failed("{{bad}} needs a check with a checksum"));
        }
        raw(rule, seed)
    } else {
        secret(rule, seed)
    }
    .ok_or_else(|| failed("the pattern cannot be sampled"))?;
    match name {
        "short" => {
            bytes.pop();
        }
        "long" => bytes.extend(
            bytes
                .iter()
                .rev()
                .find(|byte| byte.is_ascii_alphanumeric())
                .copied(),
        ),
        _ => {}
    }
    String::from_utf8(bytes)
        .map_err(|_| failed("the sampled secret is not text; write the example out"))
}

/// A secret of the rule's form, with its checksum completed.
pub(super) fn secret(rule: &Rule, seed: u64) -> Option<Vec<u8>> {
    let mut bytes = raw(rule, seed)?;
    for complete in rule.checks.iter().filter_map(|format| format.complete) {
        complete(&mut bytes);
    }
    Some(bytes)
}

/// A path that a pattern describes.
pub(super) fn path(text: &str) -> Option<String> {
    String::from_utf8(plain(text, 0)?).ok()
}

/// A text that a pattern without a secret describes.
pub(super) fn plain(text: &str, seed: u64) -> Option<Vec<u8>> {
    let hir = pattern::parse_plain(text).ok()?;
    let mut out = Vec::new();
    append(&hir, &mut Random::new(text, seed), &mut out);
    Some(out)
}

/// The form of made-up secrets of rules that read assignments, and have no form.
const FORMLESS: &str =
    "(?P<secret>[a-km-z][A-HJ-NP-Z][2-9][0-9A-Za-z]{13}[2-9][a-km-z][A-HJ-NP-Z])";

fn raw(rule: &Rule, seed: u64) -> Option<Vec<u8>> {
    let text = if rule.reads.is_empty() {
        &rule.pattern
    } else {
        FORMLESS
    };
    let parsed = pattern::parse(text).ok()?;
    let group = pattern::secret_group(&parsed.hir)?;
    let mut random = Random::new(&rule.id, seed);
    let mut out = Vec::new();
    append(group, &mut random, &mut out);
    Some(out)
}

/// A small generator (xorshift64*), so that examples need no dependency and never change.
#[derive(Debug)]
struct Random {
    state: u64,
    /// How many repetitions were sampled with it.
    repetitions: usize,
}

impl Random {
    fn new(id: &str, seed: u64) -> Self {
        // FNV-1a over the id, so that rules of one form get different secrets.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            state: (hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1,
            repetitions: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let value = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        (value as usize) % bound.max(1)
    }
}

fn append(hir: &Hir, random: &mut Random, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend(class_byte(class, random)),
        HirKind::Capture(capture) => append(&capture.sub, random, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| append(part, random, out)),
        HirKind::Alternation(parts) => append(&parts[random.below(parts.len())], random, out),
        HirKind::Repetition(repetition) => {
            random.repetitions += 1;
            let extra = if out.len().max(random.repetitions) < ENOUGH {
                EXTRA_ROUNDS
            } else {
                0
            };
            let most = repetition
                .max
                .unwrap_or(u32::MAX)
                .min(repetition.min.saturating_add(extra));
            let rounds =
                repetition.min as usize + random.below((most - repetition.min) as usize + 1);
            (0..rounds).for_each(|_| append(&repetition.sub, random, out));
        }
    }
}

/// One byte of a class; letters and digits where the class has enough of them to look like a secret.
fn class_byte(class: &Class, random: &mut Random) -> Option<u8> {
    let has = |byte: u8| match class {
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&byte)),
        Class::Unicode(_) => false,
    };
    let plain: Vec<u8> = (0..=u8::MAX)
        .filter(|byte| byte.is_ascii_alphanumeric() && has(*byte))
        .collect();
    if plain.len() >= 10 {
        return Some(plain[random.below(plain.len())]);
    }
    let all: Vec<u8> = (0..=u8::MAX).filter(|byte| has(*byte)).collect();
    all.get(random.below(all.len())).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_repetitions_without_a_bound_are_sampled_soon() {
        for part in ["a", "[a&&b]", "(?:abc){100}"] {
            let text = format!("{}{part}{}", "(?:".repeat(20), "?)*".repeat(20));
            let hir = pattern::parse_plain(&format!("x{text}")).unwrap();
            let mut out = Vec::new();
            let mut random = Random::new("a-rule", 1);
            append(&hir, &mut random, &mut out);
            assert!(out.len() < 4 * ENOUGH, "{} bytes of {part}", out.len());
            assert!(
                random.repetitions < 4 * ENOUGH,
                "{} repetitions of {part}",
                random.repetitions
            );
        }
    }
}
