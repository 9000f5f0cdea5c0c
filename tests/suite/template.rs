//! Placeholders in texts. What is none stays as it is, since templates are among the cases.
//!
//! * `{{name}}`: a text of the file's `[texts]`.
//! * `{{secret RULE SEED}}`: a made-up secret of a rule.
//! * `{{escaped RULE SEED}}`: the same with each line feed written as `\n`.
//! * `{{bad RULE SEED}}`: the same with its last letter or digit changed, so that a checksum is wrong.
//! * `{{hex 00ff}}`: bytes.
//! * `{{repeat N TEXT}}`: a text many times over.

use std::collections::BTreeMap;

use keysift::RuleSet;

/// Fills in the placeholders of `text`.
pub(crate) fn expand(text: &str, texts: &BTreeMap<String, String>, rules: &RuleSet) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        let end = start + length + 2;
        out.extend(&rest.as_bytes()[..start]);
        match value(&rest[start + 2..end - 2], texts, rules) {
            Some(value) => out.extend(value),
            None => out.extend(&rest.as_bytes()[start..end]),
        }
        rest = &rest[end..];
    }
    out.extend(rest.as_bytes());
    out
}

fn value(name: &str, texts: &BTreeMap<String, String>, rules: &RuleSet) -> Option<Vec<u8>> {
    if let Some(text) = texts.get(name) {
        return Some(expand(text, texts, rules));
    }
    let (verb, rest) = name.split_once(' ')?;
    match verb {
        "secret" => secret(rest, rules),
        "bad" => secret(rest, rules).map(spoiled),
        "escaped" => secret(rest, rules).map(escaped),
        "hex" => Some(hex(rest)),
        "repeat" => {
            let (count, text) = rest.split_once(' ')?;
            Some(text.repeat(count.parse().ok()?).into_bytes())
        }
        _ => None,
    }
}

fn secret(arguments: &str, rules: &RuleSet) -> Option<Vec<u8>> {
    let (id, seed) = arguments.split_once(' ')?;
    let rule = rules.get(id).unwrap_or_else(|| panic!("no rule {id}"));
    rule.sample_secret(seed.parse().ok()?)
}

fn spoiled(mut secret: Vec<u8>) -> Vec<u8> {
    let last = secret
        .iter_mut()
        .rfind(|byte| byte.is_ascii_alphanumeric())
        .unwrap();
    *last = if *last == b'a' { b'b' } else { b'a' };
    secret
}

fn escaped(secret: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(secret).unwrap();
    text.replace('\n', "\\n").into_bytes()
}

fn hex(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn placeholders_are_filled_in_and_others_stay() {
    let texts = BTreeMap::from([("a".to_owned(), "x{{hex 00FF}}".to_owned())]);
    let text = "{{a}} {{ .Values.a }} {{repeat 3 ab}} {{b";
    assert_eq!(
        expand(text, &texts, &RuleSet::new()),
        b"x\x00\xff {{ .Values.a }} ababab {{b"
    );
}
