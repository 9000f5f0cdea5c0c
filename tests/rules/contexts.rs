//! Secrets of each rule's form, in the places where people write them down: `contexts.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;

use keysift_core::{Rule, Scanner};
use serde::Deserialize;

use crate::{findings, scanner};

/// Different secrets of each rule.
const SECRETS: u64 = 8;

/// About one random secret in two thousand is below the floor of its entropy, or holds a placeholder's word.
const ALLOWED: usize = 1;

#[derive(Deserialize)]
struct Contexts {
    /// Rules that are not tried.
    own_form: Vec<String>,
    context: Vec<Context>,
}

#[derive(Deserialize)]
struct Context {
    name: String,
    text: String,
    /// Whether the secret stands in a URL, where some characters would be written in percent-encoding.
    #[serde(default)]
    in_url: bool,
}

impl Context {
    fn takes(&self, secret: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let is_one_word = |byte: u8| is_plain(byte) || b"+/=:".contains(&byte);
        secret
            .bytes()
            .all(|byte| is_plain(byte) || !self.in_url && is_one_word(byte))
    }

    /// The text with `words` as the name that is given the secret.
    fn fill(&self, words: &[String], secret: &str) -> String {
        let title = |word: &String| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]);
        let titles: Vec<String> = words.iter().map(title).collect();
        let camel = format!("{}{}", words[0], titles[1..].concat());
        self.text
            .replace("{UPPER_SNAKE}", &words.join("_").to_ascii_uppercase())
            .replace("{lower_snake}", &words.join("_"))
            .replace("{kebab}", &words.join("-"))
            .replace("{Title-Kebab}", &titles.join("-"))
            .replace("{camelCase}", &camel)
            .replace("{secret}", secret)
    }
}

/// The words of the name that a rule's first example gives its secret; `None` where it gives none.
pub(crate) fn name(rule: &Rule) -> Option<Vec<String>> {
    let named = |text: &String| {
        let before = text.split("{{secret}}").next()?;
        let before = before.trim_end_matches(['"', '\'', ' ']);
        let before = before.strip_suffix(['=', ':'])?;
        let before = before.trim_end_matches(['"', '\'', ' ', ']']);
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name = &before[before.trim_end_matches(is_of_name).len()..];
        let is_upper = name.bytes().all(|byte| !byte.is_ascii_lowercase());
        let words: Vec<String> = name
            .split('_')
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        (is_upper && !words.is_empty()).then_some(words)
    };
    let is_for_any_path = rule.paths.is_empty();
    is_for_any_path.then(|| rule.examples.r#match.iter().find_map(named))?
}

/// What was missed of a rule, by context.
type Missed = BTreeMap<String, usize>;

fn missed(scanner: &Scanner, rule: &Rule, contexts: &[Context], secrets: u64) -> Option<Missed> {
    let words = name(rule)?;
    let mut missed = Missed::new();
    let mut scanned = false;
    for seed in 0..secrets {
        let Some(secret) = rule
            .sample_secret(500 + seed)
            .and_then(|secret| String::from_utf8(secret).ok())
        else {
            continue;
        };
        for context in contexts.iter().filter(|context| context.takes(&secret)) {
            scanned = true;
            let found = findings(scanner, rule, &context.fill(&words, &secret));
            if found.iter().all(|finding| finding.dropped.is_some()) {
                *missed.entry(context.name.clone()).or_default() += 1;
            }
        }
    }
    scanned.then_some(missed)
}

/// What was missed of each rule that is tried; `None` of one that has no name to give a secret.
fn outcomes(secrets: u64) -> Vec<(String, Option<Missed>)> {
    let contexts: Contexts = toml::from_str(include_str!("contexts.toml")).unwrap();
    let scanner = scanner();
    let is_tried = |rule: &&Arc<Rule>| !contexts.own_form.contains(&rule.id);
    let rules: Vec<_> = scanner.rules().filter(is_tried).collect();
    thread::scope(|scope| {
        let parts = rules.chunks(rules.len().div_ceil(4)).map(|part| {
            let (scanner, contexts) = (&scanner, &contexts.context);
            scope.spawn(move || {
                let outcome = |rule: &_| missed(scanner, rule, contexts, secrets);
                let told = part.iter().map(|rule| (rule.id.clone(), outcome(rule)));
                told.collect::<Vec<_>>()
            })
        });
        let running: Vec<_> = parts.collect();
        let done = running.into_iter().flat_map(|part| part.join().unwrap());
        done.collect()
    })
}

#[test]
fn random_secrets_are_found_in_every_context() {
    let outcomes = outcomes(SECRETS);
    let tried = outcomes.iter().filter(|(_, missed)| missed.is_some());
    assert!(
        tried.count() * 10 > outcomes.len() * 7,
        "too few rules are named"
    );
    let wrong: Vec<_> = outcomes
        .iter()
        .filter(|(_, missed)| {
            let is_often = |missed: &Missed| missed.values().any(|times| *times > ALLOWED);
            missed.as_ref().is_some_and(is_often)
        })
        .map(|(id, missed)| format!("{id}: {missed:?}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "of {SECRETS} secrets in each context {} rules missed:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// A long run, for a night: `cargo test -p keysift-tests --test rules -- --ignored --nocapture of_many`.
#[test]
#[ignore = "takes some minutes"]
fn of_many_random_secrets_999_in_1000_are_found_in_every_context() {
    const MANY: u64 = 250;
    // With a share of 0.1 % missed, more than 4 of 250 are missed less often than once in 100,000 times.
    const MOST: usize = 4;
    let contexts: Contexts = toml::from_str(include_str!("contexts.toml")).unwrap();
    let outcomes = outcomes(MANY);
    let tried: Vec<_> = outcomes
        .iter()
        .filter_map(|(id, missed)| Some((id, missed.as_ref()?)))
        .collect();
    for context in &contexts.context {
        let of = |missed: &Missed| missed.get(&context.name).copied().unwrap_or(0);
        let all: usize = tried.iter().map(|(_, missed)| of(missed)).sum();
        let share = all as f64 / (tried.len() as f64 * MANY as f64);
        println!(
            "{}: {all} missed of {} rules x {MANY}, {:.4} % found",
            context.name,
            tried.len(),
            100.0 * (1.0 - share)
        );
        assert!(share <= 0.001, "{}", context.name);
    }
    let wrong: Vec<String> = tried
        .iter()
        .filter(|(_, missed)| missed.values().any(|times| *times > MOST))
        .map(|(id, missed)| format!("{id}: {missed:?}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} rules:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
