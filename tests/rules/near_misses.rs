//! What almost is a secret of a rule's form, in the place where the rule finds one: the rule says nothing of it.
//!
//! Whether a value has the form is asked of the pattern's own group `secret`, by itself and from end to end, so that a
//! change that leaves it in its form is no near miss. `near_misses.toml` names rules whose form has no end of its own.

use std::collections::BTreeSet;
use std::thread;

use keysift::facts::Validity;
use keysift_core::{Rule, Scanner};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::hir::{Hir, HirKind};
use serde::Deserialize;

use crate::{findings, scanner};

/// Different secrets of each rule.
const SECRETS: u64 = 3;

/// Rules that take a part of some near misses for a secret, and why that is right.
#[derive(Deserialize)]
struct Open {
    #[serde(flatten)]
    misses: std::collections::BTreeMap<String, Vec<String>>,
}

/// A way to miss a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Miss {
    Short,
    Alphabet,
    Prefix,
    Checksum,
    Inside,
}

const MISSES: [(Miss, &str); 5] = [
    (Miss::Short, "short"),
    (Miss::Alphabet, "alphabet"),
    (Miss::Prefix, "prefix"),
    (Miss::Checksum, "checksum"),
    (Miss::Inside, "inside"),
];

/// A rule's form: the pattern of its secret alone.
struct Form {
    whole: Regex,
    /// The fewest bytes of a secret.
    least: usize,
    /// The literal that every secret begins with.
    prefix: usize,
}

fn group<'a>(hir: &'a Hir, name: &str) -> Option<&'a Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some(name) => Some(&capture.sub),
        HirKind::Capture(capture) => group(&capture.sub, name),
        HirKind::Repetition(repetition) => group(&repetition.sub, name),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().find_map(|part| group(part, name))
        }
        _ => None,
    }
}

fn literal(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Capture(capture) => literal(&capture.sub),
        HirKind::Concat(parts) => parts.first().map_or(0, literal),
        _ => 0,
    }
}

impl Form {
    /// `None` for a rule that reads assignments: it has none.
    fn of(rule: &Rule) -> Option<Self> {
        if !rule.reads.is_empty() {
            return None;
        }
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(&rule.pattern)
            .unwrap();
        let secret = group(&hir, "secret")?;
        let whole = Regex::builder()
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
            .build(&format!(r"\A(?:{secret})\z"))
            .unwrap();
        Some(Self {
            whole,
            least: secret.properties().minimum_len()?,
            prefix: literal(secret),
        })
    }

    fn holds(&self, value: &str) -> bool {
        self.whole.is_match(value.as_bytes())
    }
}

/// Another character of the same kind.
fn turned(c: char) -> Option<char> {
    match c {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(c as u32 + 1),
        'z' => Some('a'),
        'Z' => Some('A'),
        '9' => Some('0'),
        _ => None,
    }
}

fn with(secret: &str, at: usize, c: char) -> String {
    let mut chars: Vec<char> = secret.chars().collect();
    chars[at] = c;
    chars.into_iter().collect()
}

/// The near misses of a secret, those that are of the form left out.
fn misses(rule: &Rule, form: &Form, secret: &str) -> Vec<(Miss, String)> {
    let mut all = Vec::new();
    if !secret.is_ascii() {
        return all;
    }
    all.push((
        Miss::Short,
        secret[..form.least.min(secret.len()) - 1].to_owned(),
    ));
    let middle = (form.prefix + form.least) / 2;
    // Not a percent sign: with what is behind it, it may encode a character.
    for wrong in ['!', '^'] {
        all.push((
            Miss::Alphabet,
            with(secret, middle.min(secret.len() - 1), wrong),
        ));
    }
    if form.prefix >= 2 {
        let at = secret[..form.prefix]
            .rfind(|c: char| turned(c).is_some())
            .unwrap_or(0);
        if let Some(c) = secret[at..].chars().next().and_then(turned) {
            all.push((Miss::Prefix, with(secret, at, c)));
        }
    }
    // A URL, an armour or padding says itself where it begins and ends.
    let is_word = |end: Option<char>| end.is_some_and(|c| c.is_ascii_alphanumeric());
    if !secret.contains("://") {
        if is_word(secret.chars().next()) {
            all.push((Miss::Inside, format!("Zq{secret}")));
        }
        if is_word(secret.chars().next_back()) {
            all.push((Miss::Inside, format!("{secret}Zq")));
        }
    }
    all.retain(|(_, value)| !form.holds(value));
    if let Some(at) = secret.rfind(|c: char| turned(c).is_some()) {
        let value = with(
            secret,
            at,
            turned(secret[at..].chars().next().unwrap()).unwrap(),
        );
        let is_wrong = (rule.checks.iter())
            .any(|format| matches!(format.check(value.as_bytes()), Validity::Invalid(..)));
        if is_wrong {
            all.push((Miss::Checksum, value));
        }
    }
    all
}

/// The misses in which the rule finds something nevertheless, and all that were tried.
fn found(scanner: &Scanner, rule: &Rule) -> (BTreeSet<(Miss, String)>, BTreeSet<Miss>) {
    let (mut taken, mut tried) = (BTreeSet::new(), BTreeSet::new());
    let (Some(form), Some(context)) = (
        Form::of(rule),
        (rule.examples.r#match.iter()).find(|text| text.contains("{{secret}}")),
    ) else {
        return (taken, tried);
    };
    for seed in 0..SECRETS {
        let Some(secret) = rule
            .sample_secret(900 + seed)
            .and_then(|secret| String::from_utf8(secret).ok())
        else {
            continue;
        };
        for (miss, value) in misses(rule, &form, &secret) {
            tried.insert(miss);
            let text = context.replace("{{secret}}", &value);
            let is_found = findings(scanner, rule, &text)
                .iter()
                .any(|finding| finding.rule.id == rule.id && finding.dropped.is_none());
            if is_found {
                taken.insert((miss, text));
            }
        }
    }
    (taken, tried)
}

#[test]
fn a_near_miss_is_no_secret() {
    let open: Open = toml::from_str(include_str!("near_misses.toml")).unwrap();
    let scanner = scanner();
    let rules: Vec<_> = scanner.rules().collect();
    let outcomes: Vec<_> = thread::scope(|scope| {
        let parts = rules.chunks(rules.len().div_ceil(4)).map(|part| {
            let scanner = &scanner;
            scope.spawn(move || {
                let told = part
                    .iter()
                    .map(|rule| (rule.id.clone(), found(scanner, rule)));
                told.collect::<Vec<_>>()
            })
        });
        let running: Vec<_> = parts.collect();
        let done = running.into_iter().flat_map(|part| part.join().unwrap());
        done.collect()
    });
    let mut wrong = Vec::new();
    for (miss, name) in MISSES {
        let tried = outcomes
            .iter()
            .filter(|(_, (_, tried))| tried.contains(&miss));
        // Few formats have a checksum; most have the others.
        let least = if miss == Miss::Checksum { 10 } else { 200 };
        let tried = tried.count();
        assert!(tried >= least, "{name} was tried with {tried} rules");
        let known = open.misses.get(name).cloned().unwrap_or_default();
        for (id, (taken, _)) in &outcomes {
            let text = taken.iter().find(|(kind, _)| *kind == miss);
            match (text, known.contains(id)) {
                (Some((_, text)), false) => wrong.push(format!("{name} {id} {text:?}")),
                (None, true) => wrong.push(format!("{name} {id} needs no exception")),
                _ => {}
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
