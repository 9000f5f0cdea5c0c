//! Rule files that nobody meant: they give rules or an error that can be told, and rules that can be used.

use keysift_core::{RuleError, RuleSet, Scanner, ScannerOptions};
use keysift_tests::runs;

use crate::input::Input;

/// The most text of a rule file.
const MAX_FILE_BYTES: usize = 256 << 10;

/// The most bytes that the rules are tried on.
const MAX_BLOB_BYTES: usize = 4 << 10;

/// A valid rule with a pattern of the input's.
fn with_pattern(pattern: &str) -> String {
    let escaped: String = pattern
        .chars()
        .map(|c| format!("\\U{:08x}", u32::from(c)))
        .collect();
    format!(
        "[[rule]]\nid = \"fuzz-rule\"\nname = \"n\"\ndescription = \"d\"\nprovider = \"p\"\nkind = \"api-key\"\n\
         severity = \"low\"\nconfidence = \"high\"\npattern = \"{escaped}\"\nkeywords = [\"key\"]\n\
         examples.match = [\"{{{{secret}}}}\"]\nexamples.reject = [\"{{{{short}}}}\"]\n\
         remediation.action = \"revoke\"\nremediation.steps = \"s\"\n"
    )
}

fn tell(error: &RuleError) {
    let text = error.to_string();
    assert!(!text.is_empty());
    let _ = (error.hint(), error.kind(), error.place(), error.rule());
}

/// A file of rules, or where the first byte is odd one rule's pattern.
///
/// # Panics
/// If an error cannot be told, or rules that parsed cannot be used.
pub fn rule_parse(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let is_pattern = input.byte() & 1 == 1;
    let text = String::from_utf8_lossy(input.rest(MAX_FILE_BYTES));
    let file = if is_pattern {
        with_pattern(&text)
    } else {
        text.clone().into_owned()
    };
    let rules = match RuleSet::parse("fuzz.toml", &file) {
        Ok(rules) => rules,
        Err(error) => return tell(&error),
    };
    let mut blob = Vec::new();
    for rule in rules.iter() {
        match rule.expanded_examples() {
            Ok(examples) => blob.extend(examples.r#match.concat().into_bytes()),
            Err(error) => tell(&error),
        }
        let _ = rule.sample_path();
        blob.extend(rule.sample_secret(1).unwrap_or_default());
        blob.extend_from_slice(b" key\n");
    }
    blob.extend_from_slice(text.as_bytes());
    blob.truncate(MAX_BLOB_BYTES);
    match Scanner::new(rules, ScannerOptions::default()) {
        Ok(scanner) => {
            let found = runs::scan(&scanner, &blob);
            assert_eq!(runs::scan(&scanner, &blob), found);
            assert!(scanner.explain().count() > 0 && scanner.memory_usage() > 0);
        }
        Err(error) => tell(&error),
    }
}
