//! Whether every match of a pattern contains one of some words, in either case.

use regex_syntax::hir::{Hir, HirKind};

use super::flatten;
use super::strings::{Strings, Units, product};

/// A run of parts is followed no longer than this, in bytes: words are short.
const MAX_RUN_BYTES: usize = 512;

/// Whether every match contains one of `words`. When it says no, that is not certain.
pub(in crate::rule) fn always_holds(hir: &Hir, words: &[String]) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => always_holds(&capture.sub, words),
        HirKind::Repetition(repetition) => {
            repetition.min > 0 && always_holds(&repetition.sub, words)
        }
        HirKind::Alternation(parts) => parts.iter().all(|part| always_holds(part, words)),
        HirKind::Concat(parts) => {
            let flat = flatten(parts);
            let is_compound = |part: &&Hir| {
                matches!(
                    part.kind(),
                    HirKind::Alternation(_) | HirKind::Repetition(_)
                )
            };
            (0..flat.len()).any(|first| run_holds(&flat[first..], words))
                || flat
                    .iter()
                    .filter(is_compound)
                    .any(|part| always_holds(part, words))
        }
        HirKind::Literal(_) | HirKind::Class(_) => run_holds(std::slice::from_ref(hir), words),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// Whether the strings that the first parts stand for all hold a word.
fn run_holds(parts: &[Hir], words: &[String]) -> bool {
    let mut run: Vec<Units> = vec![Vec::new()];
    for part in parts {
        let strings = Strings::of(part);
        let (Strings::All(next) | Strings::Beginning(next)) = &strings else {
            return false;
        };
        let Some(joined) = product(&run, next) else {
            return false;
        };
        run = joined;
        if !run.is_empty() && run.iter().all(|units| holds(units, words)) {
            return true;
        }
        let is_long = run.iter().any(|units| units.len() > MAX_RUN_BYTES);
        if is_long || matches!(strings, Strings::Beginning(_)) {
            return false;
        }
    }
    false
}

fn holds(units: &Units, words: &[String]) -> bool {
    words.iter().any(|word| {
        let is_word = |part: &[super::Unit]| {
            let bytes = part.iter().map(|unit| unit.byte.to_ascii_lowercase());
            bytes.eq(word.bytes().map(|byte| byte.to_ascii_lowercase()))
        };
        !word.is_empty() && units.windows(word.len()).any(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::pattern;

    fn holds(text: &str, words: &[&str]) -> bool {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        always_holds(&pattern::parse_unnamed(text).unwrap().hir, &words)
    }

    #[test]
    fn a_word_in_every_way_to_match_is_held() {
        assert!(holds(
            r"(?i)[\w.-]{0,50}?(?:acme)[=:]([a-z0-9]{32})",
            &["acme"]
        ));
        assert!(holds(
            r"\b((?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z2-7]{16})\b",
            &["a3t", "akia", "asia"]
        ));
        assert!(holds(r"\b((?:sc|ext)_[a-z]{9})", &["sc_", "ext_"]));
        assert!(holds(
            r"x(?:api|(?:key)+|[Tt]oken)x",
            &["api", "key", "token"]
        ));
        assert!(holds(r"[a-z]{3}\dQ~x", &["q~"]));
    }

    #[test]
    fn a_word_that_a_match_can_lack_is_not() {
        assert!(!holds(r"[0-9a-f]{32}", &["acme"]));
        assert!(!holds(r"(?:acme)?[0-9a-f]{32}", &["acme"]));
        assert!(!holds(r"(?:acme|emca)[0-9a-f]{32}", &["acme"]));
        assert!(!holds(r"ac[a-z]?me[0-9a-f]{32}", &["acme"]));
    }
}
